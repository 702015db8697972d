package io.hybridsnapshot.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hybridsnapshot.app.Main;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Ctrl-C and SIGTERM while a file is written. The program runs in a separate process and gets the signal that a
 * terminal or a scheduler sends.
 */
class InterruptedOutputTest {
    private static final long DEADLINE_SECONDS = 60;

    /** More rows than are made before the signal comes, by far. */
    private static final String ROWS = "500000000";

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"INT, 2, csv, 130", "TERM, 15, csv, 143", "INT, 2, parquet, 130"})
    void aSignalLeavesNeitherTheFileNorItsPart(String signal, int number, String kind, int code) throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/proc/self")), "needs a system with signals and /proc");
        Path outputs = Files.createDirectory(directory.resolve("outputs"));
        Path target = outputs.resolve("orders." + kind);
        Path err = directory.resolve("err");
        Process process = start(target, err);
        try {
            waitForPart(outputs, process, err);
            // A shell that starts a job in the background lets it and its children ignore Ctrl-C.
            assumeTrue(catches(process, number), "SIG" + signal + " is ignored by what runs this test");
            assertEquals(
                    0,
                    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                            .inheritIO()
                            .start()
                            .waitFor());
            assertTrue(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS), "still running");
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertEquals(code, process.exitValue(), Files.readString(err));
        assertEquals(List.of(), names(outputs));
        assertEquals("", Files.readString(err));
    }

    private Process start(Path target, Path err) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Xmx256m",
                        Main.class.getName(),
                        "make-orders",
                        "--rows",
                        ROWS,
                        "--to",
                        target.toString(),
                        "--quiet")
                .directory(directory.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("SNAPSHOT_") || name.startsWith("KESTRA_"));
        builder.environment().put("SNAPSHOT_HOME", directory.resolve("home").toString());
        return builder.redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.to(err.toFile()))
                .start();
    }

    private static void waitForPart(Path outputs, Process process, Path err) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (names(outputs).stream().noneMatch(name -> name.endsWith(".part"))) {
            assertTrue(process.isAlive(), () -> "ended before it wrote: " + read(err));
            assertTrue(System.nanoTime() < deadline, "no .part file in " + names(outputs));
            Thread.sleep(20);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Whether a process has a handler for a signal, by the mask that Linux shows. */
    private static boolean catches(Process process, int number) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            return lines.filter(line -> line.startsWith("SigCgt:"))
                    .map(line -> Long.parseUnsignedLong(
                            line.substring("SigCgt:".length()).strip(), 16))
                    .anyMatch(mask -> (mask >>> number - 1 & 1) == 1);
        }
    }

    private static List<String> names(Path outputs) throws IOException {
        try (Stream<Path> files = Files.list(outputs)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
