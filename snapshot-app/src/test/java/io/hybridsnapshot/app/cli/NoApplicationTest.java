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

    /** The packages of wiring, databases, file formats, documents and logging. */
    private static final List<String> LIBRARIES = List.of(
            "com.google.",
            "org.jooq.",
            "com.fasterxml.",
            "org.apache.",
            "org.postgresql.",
            "com.microsoft.",
            "org.yaml.",
            "org.slf4j.",
            "ch.qos.",
            "java.util.logging.");

    /** The program's own classes that help takes. */
    private static final int OWN_CLASSES = 3;

    /** All classes that help takes, most of them Java's own, by Java's release; a tenth more is allowed. */
    private static final Map<Integer, Integer> CLASSES = Map.of(17, 492, 25, 754);

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

    @Test
    void helpAndVersionNeedNoLibraryAndFewClasses() throws Exception {
        // Without any library on the class path, so a class of one would end the program.
        String alone = Path.of(Main.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .toString();
        for (String[] arguments :
                List.of(new String[] {"--help"}, new String[] {"--version"}, new String[] {"save", "--help"})) {
            String output = loadedFrom(alone, arguments);
            assertTrue(output.lines().anyMatch(line -> line.matches("(Usage: )?snapshot .*")), output);
            List<String> classes = classes(output);
            List<String> own = classes.stream()
                    .filter(name -> name.startsWith("io.hybridsnapshot."))
                    .toList();
            assertTrue(own.size() <= OWN_CLASSES, own.size() + " own classes: " + own);
            int recorded = CLASSES.getOrDefault(Runtime.version().feature(), Integer.MAX_VALUE / 11);
            assertTrue(classes.size() <= recorded * 11 / 10, classes.size() + " classes, recorded " + recorded);
        }
    }

    @Test
    void usageErrorsLoadNoLibraryButTheParser() throws IOException, InterruptedException {
        for (String[] arguments : List.of(new String[] {"list", "--nosuch"}, new String[] {"lst"})) {
            assertEquals(
                    List.of(),
                    ofLibraries(classes(loaded(arguments))),
                    List.of(arguments).toString());
        }
    }

    private static List<String> classes(String output) {
        return output.lines()
                .filter(line -> line.contains(" source: "))
                .map(line -> line.replaceFirst("^(\\[[^]]*\\])*\\s*", "").replaceFirst(" source: .*", ""))
                .toList();
    }

    private static List<String> ofLibraries(List<String> classes) {
        return classes.stream()
                .filter(name -> LIBRARIES.stream().anyMatch(name::startsWith))
                .toList();
    }

    /** The classes that a process of its own loads, with stores that cannot be reached. */
    private String loaded(String... arguments) throws IOException, InterruptedException {
        return loadedFrom(System.getProperty("java.class.path"), arguments);
    }

    private String loadedFrom(String classPath, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-Xlog:class+load:stdout",
                "-cp",
                classPath,
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
        assertTrue(output.contains("io.hybridsnapshot.app.cli.StoredAnswers"), output);
        return output;
    }
}
