package io.hybridsnapshot.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commands on disks that are really full. The disks are mounted in a name space of the child process, which the kernel
 * ends with the child. No mount and no server outlives a test, however the test ends.
 */
@Timeout(300)
final class FullDiskCommandsTest {
    private static final String MOUNT = "mount -t tmpfs -o size=300m,mode=700 tmpfs \"$0/home\""
            + " && mount -t tmpfs -o size=1m,mode=700 tmpfs \"$0/small\" && echo MOUNTED && exec \"$@\"";

    private record Step(int code, String said) {}

    @TempDir
    private Path directory;

    private final List<Process> children = new ArrayList<>();

    @AfterEach
    void endChildren() {
        children.forEach(Process::destroyForcibly);
    }

    @Test
    void aFullDiskOfTheEmbeddedServerIsToldAndReadsGoOn() throws Exception {
        Map<String, Step> steps = run("server");
        Path server = directory.toRealPath().resolve("home/postgresql");
        assertEquals(0, steps.get("first").code(), steps::toString);
        for (String failing : List.of("mid-save", "save full", "no reserve")) {
            Step step = steps.get(failing);
            assertEquals(5, step.code(), failing + ": " + step.said());
            assertTrue(step.said().contains("disk is full"), failing + ": " + step.said());
            assertTrue(
                    step.said().contains("free at least 128 MiB on the disk of " + server),
                    failing + ": " + step.said());
            assertTrue(
                    step.said().lines().filter(line -> line.contains("error: ")).count() == 1,
                    failing + ": " + step.said());
        }
        for (String reading :
                List.of("list after", "room again", "list full", "verify full", "export full", "again", "verified")) {
            Step step = steps.get(reading);
            assertEquals(0, step.code(), reading + ": " + step.said());
        }
        assertTrue(
                steps.get("save full").said().contains("nothing was written"),
                steps.get("save full").said());
        assertTrue(
                steps.get("verified").said().contains("nothing found"),
                steps.get("verified").said());
    }

    @Test
    void aFullDiskOfTheWorkDirectoryAndOfAnOutputIsToldAndLeavesNothing() throws Exception {
        Map<String, Step> steps = run("files");
        Path small = directory.resolve("small");
        for (String failing : List.of("scratch", "best-effort", "changes", "export", "export parquet", "backup")) {
            Step step = steps.get(failing);
            assertEquals(5, step.code(), failing + ": " + step.said());
            assertTrue(step.said().contains("the disk is full"), failing + ": " + step.said());
            assertTrue(step.said().contains("No space left on device"), failing + ": " + step.said());
            assertTrue(
                    step.said().matches(".*free space on the disk of (file )?" + small + ".*"),
                    failing + ": " + step.said());
        }
        for (String working : List.of("first", "saved", "verified")) {
            assertEquals(0, steps.get(working).code(), steps.get(working).said());
        }
        assertEquals("[]", steps.get("LEFT").said());
    }

    private Map<String, Step> run(String scenario) throws IOException {
        assumeTrue(
                "root".equals(System.getProperty("user.name")) && Files.isExecutable(Path.of("/usr/bin/unshare")),
                "skipped: only root on Linux can mount a small disk");
        Files.createDirectory(directory.resolve("home"));
        Files.createDirectory(directory.resolve("small"));
        List<String> command = new ArrayList<>(List.of(
                "unshare", "-m", "-p", "-f", "--kill-child", "--mount-proc", "sh", "-c", MOUNT, directory.toString()));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                FullDiskProgram.class.getName(),
                directory.toString(),
                scenario));
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        children.add(child);
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assumeTrue(output.contains("MOUNTED"), "skipped: no disk can be mounted here: " + output);
        assertTrue(output.contains("\nEND"), output);
        Map<String, Step> steps = new HashMap<>();
        output.lines().forEach(line -> {
            String[] parts = line.split("\t", 3);
            if (line.startsWith("STEP ")) {
                steps.put(parts[0].substring("STEP ".length()), new Step(Integer.parseInt(parts[1]), parts[2]));
            } else if (line.startsWith("LEFT ")) {
                steps.put("LEFT", new Step(0, line.substring("LEFT ".length())));
            }
        });
        return steps;
    }
}
