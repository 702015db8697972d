package io.hybridsnapshot.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.app.Main;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The words of a program that is stopped. */
class FarewellTest {
    private static final int TERMINATED = 143;

    @TempDir
    private Path directory;

    private static String to(String... arguments) {
        return Farewell.to(TestConsole.commandLine().parseArgs(arguments));
    }

    @Test
    void aSaveNamesTheCommandThatTidiesUp() {
        assertEquals(
                "stopped: the stores are consistent; the next save of 'orders' finishes or removes what this one left,"
                        + " and 'snapshot recover orders' does so now",
                to("save", "orders", "--source", "a.csv"));
    }

    @Test
    void aPreviewChangesNothingAndAnAppliedPlanGoesOn() {
        assertEquals("stopped: nothing was changed", to("cleanup", "orders"));
        assertTrue(to("cleanup", "orders", "--apply", "0123456789ab").contains("without --apply"));
    }

    @Test
    void aReadingCommandLeavesNothing() {
        String words = "stopped: nothing was changed, and no unfinished output file is left";
        assertEquals(words, to("diff", "a.csv", "b.csv"));
        assertEquals(words, to("verify", "orders"));
        assertEquals(words, to("export", "orders", "current", "--to", "a.csv"));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aProgramThatIsStoppedSaysSoOnceAndLeavesNoFile() throws Exception {
        Stopped stopped = stop("make-orders", "--rows", "100000000", "--to", "orders.csv");
        assertEquals(TERMINATED, stopped.code);
        assertEquals("stopped: nothing was changed, and no unfinished output file is left\n", stopped.err);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aJsonDocumentStaysAloneOnStderr() throws Exception {
        Stopped stopped = stop("make-orders", "--rows", "100000000", "--to", "orders.csv", "--json");
        assertEquals(TERMINATED, stopped.code);
        assertEquals("", stopped.err);
    }

    private record Stopped(int code, String err) {}

    /** Stops a program as soon as it writes its output. */
    private Stopped stop(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "--enable-native-access=ALL-UNNAMED",
                Main.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("SNAPSHOT_") || name.startsWith("KESTRA_"));
        Path err = directory.resolve("err");
        Process process = builder.redirectError(err.toFile()).start();
        try {
            for (int i = 0; i < 600 && unfinished().isEmpty(); i++) {
                Thread.sleep(100);
            }
            assertFalse(unfinished().isEmpty(), "no output after a minute");
            process.destroy();
            assertTrue(process.waitFor(1, TimeUnit.MINUTES), "still running");
        } finally {
            process.destroyForcibly();
        }
        assertEquals(List.of(), unfinished());
        return new Stopped(process.exitValue(), Files.readString(err, StandardCharsets.UTF_8));
    }

    private List<Path> unfinished() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".part"))
                    .toList();
        }
    }
}
