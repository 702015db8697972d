package io.hybridsnapshot.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.app.Main;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Help, version and usage errors neither read the configuration nor assemble the application. */
class NoApplicationTest {
    private static final String INJECTOR = "com.google.inject.internal.InjectorImpl";

    @TempDir
    Path directory;

    @Test
    void theConfigurationIsReadByNoHelpAndNoUsageError() {
        TestProgram program = new TestProgram(directory);
        program.file("snapshot.yaml", "nonsense: [");
        TestProgram.Ended broken = program.run("list");
        assertEquals(2, broken.code());
        assertTrue(broken.err().contains("snapshot.yaml"), broken.err());
        for (String command : List.of("save", "list", "verify", "demo", "config")) {
            TestProgram.Ended help = program.done(command, "--help");
            assertEquals("", help.err());
            assertTrue(help.out().startsWith("Usage: snapshot " + command), help.out());
        }
        assertTrue(program.done("--version").out().startsWith("snapshot "));
        for (String[] wrong : List.of(new String[] {"save"}, new String[] {"list", "--nosuch"}, new String[] {
            "cleanup", "a", "--keep-days", "x"
        })) {
            TestProgram.Ended usage = program.run(wrong);
            assertEquals(2, usage.code());
            assertFalse(usage.err().contains("snapshot.yaml"), usage.err());
        }
    }

    @Test
    void noInjectorIsMadeForHelpVersionAndUsageErrors() throws IOException, InterruptedException {
        assertTrue(loaded("list").contains(INJECTOR), "a command makes one");
        for (String[] arguments : List.of(
                new String[] {"--help"}, new String[] {"--version"}, new String[] {"save", "--help"}, new String[] {
                    "list", "--nosuch"
                })) {
            assertFalse(loaded(arguments).contains(INJECTOR), List.of(arguments).toString());
        }
    }

    /** The classes that a process of its own loads, with stores that cannot be reached. */
    private String loaded(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-Xlog:class+load:stdout",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder process =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        process.environment()
                .putAll(Map.of(
                        "KESTRA_POSTGRES_HOST", "127.0.0.1",
                        "KESTRA_POSTGRES_PORT", "1",
                        "KESTRA_POSTGRES_USER", "nobody",
                        "HOME", directory.toString()));
        Process running = process.start();
        String output = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        running.waitFor();
        assertTrue(output.contains("io.hybridsnapshot.app.cli.SnapshotCommand"), output);
        return output;
    }
}
