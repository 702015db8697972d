package io.hybridsnapshot.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher of a checkout, as cron and containers call it: with an almost empty environment. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a script for bash")
class LauncherTest {
    private record Ended(int code, String out, String err) {}

    @TempDir
    static Path checkout;

    @TempDir
    Path directory;

    private final Map<String, String> environment = new LinkedHashMap<>(Map.of(
            "JAVA_HOME",
            System.getProperty("java.home"),
            "PATH",
            System.getenv().getOrDefault("PATH", "/usr/bin:/bin")));

    /** A checkout that is built: the script, the program's jar and the libraries. */
    @BeforeAll
    static void checkout() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        Path script = Files.exists(root.resolve("snapshot")) ? root.resolve("snapshot") : root.resolve("../snapshot");
        Files.copy(script, checkout.resolve("snapshot"));
        assertTrue(checkout.resolve("snapshot").toFile().setExecutable(true));
        Path target = checkout.resolve("snapshot-app/target");
        Files.createDirectories(target.resolve("lib"));
        int number = 0;
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path)) {
                boolean program = Files.exists(path.resolve("io/hybridsnapshot/app/Main.class"));
                jar(path, program ? target.resolve("snapshot-app-1.jar") : target.resolve("lib/" + number++ + ".jar"));
            } else if (Files.exists(path)) {
                Files.createSymbolicLink(target.resolve("lib/" + number++ + ".jar"), path.toAbsolutePath());
            }
        }
    }

    private static void jar(Path classes, Path jar) throws IOException {
        try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(jar));
                JarOutputStream out = new JarOutputStream(file);
                Stream<Path> walk = Files.walk(classes)) {
            out.setLevel(0);
            for (Path path : walk.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(
                        new JarEntry(classes.relativize(path).toString().replace(File.separatorChar, '/')));
                Files.copy(path, out);
                out.closeEntry();
            }
        }
    }

    private Ended run(String... arguments) throws IOException, InterruptedException {
        return run(checkout, arguments);
    }

    private Ended run(Path root, String... arguments) throws IOException, InterruptedException {
        List<String> call = new ArrayList<>(List.of("env", "-i"));
        environment.forEach((name, value) -> call.add(name + "=" + value));
        // The shell passes bytes on, independent of the encoding of this JVM's own arguments.
        StringBuilder line = new StringBuilder("exec '" + root.resolve("snapshot") + "'");
        for (String argument : arguments) {
            line.append(" '").append(argument).append('\'');
        }
        Path script = Files.writeString(directory.resolve("call.sh"), line, StandardCharsets.UTF_8);
        call.addAll(List.of("sh", script.toString()));
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        Process process = new ProcessBuilder(call)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        process.getOutputStream().close();
        assertTrue(process.waitFor(2, TimeUnit.MINUTES), "the launcher hangs");
        return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /** One row, hashed from a file. The key and the file's name have characters outside ASCII. */
    private Ended hashed() throws IOException, InterruptedException {
        String name = "Zürich.csv";
        // By the shell, as this JVM's own encoding of paths may be ASCII.
        Files.writeString(directory.resolve("rows"), "ORT\nMünchen\n", StandardCharsets.UTF_8);
        Path make = Files.writeString(directory.resolve("make.sh"), "cp rows '" + name + "'\n", StandardCharsets.UTF_8);
        assertEquals(
                0,
                new ProcessBuilder("sh", make.toString())
                        .directory(directory.toFile())
                        .start()
                        .waitFor());
        return run("hash", name, "--key", "ORT", "--json");
    }

    @Test
    void inAPosixLocaleArgumentsAndPathsKeepTheirCharacters() throws Exception {
        Ended ended = hashed();
        assertEquals(0, ended.code(), ended.err());
        assertTrue(ended.out().contains("Zürich.csv") && ended.out().contains("München"), ended.out());
    }

    @Test
    void aLocaleThatTheSystemDoesNotHaveIsReplaced() throws Exception {
        environment.put("LANG", "xx_XX.ISO-8859-1");
        Ended ended = hashed();
        assertEquals(0, ended.code(), ended.err());
        assertEquals("", ended.err());
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() throws Exception {
        Path script = directory.resolve("latin1.sh");
        Files.write(
                script,
                ("exec '" + checkout.resolve("snapshot") + "' list -p Zürich").getBytes(StandardCharsets.ISO_8859_1));
        Path err = directory.resolve("err");
        Process process = new ProcessBuilder("sh", script.toString())
                .redirectError(err.toFile())
                .redirectOutput(directory.resolve("out").toFile())
                .start();
        assertEquals(2, process.waitFor());
        assertTrue(Files.readString(err).contains("characters that were lost"), Files.readString(err));
    }

    @Test
    void withoutHomeAndWithoutATermItRuns() throws Exception {
        assertEquals(0, run("--version").code());
    }

    @Test
    void theVariableHomeIsTheHome() throws Exception {
        environment.put("HOME", directory.resolve("mine").toString());
        Ended ended = run("config");
        assertEquals(0, ended.code(), ended.err());
        assertTrue(
                ended.out().contains(directory.resolve("mine/.hybrid-snapshots").toString()), ended.out());
    }

    @Test
    void aJvmThatCannotStartIsUnavailable() throws Exception {
        environment.put("SNAPSHOT_JAVA_OPTS", "-Xmx9999999g -Dx=\"y\"");
        Ended ended = run("--version");
        assertEquals(5, ended.code(), ended.err());
        assertTrue(ended.err().startsWith("error: Java cannot start ("), ended.err());
        assertEquals(1, ended.err().lines().count(), ended.err());
        environment.put("SNAPSHOT_JAVA_OPTS", "-XX:NoSuchOption");
        ended = run("--version", "--json");
        assertEquals(5, ended.code(), ended.err());
        assertTrue(ended.err().startsWith("{\"error\": {\"kind\": \"UNAVAILABLE\", \"message\": \""), ended.err());
        assertTrue(ended.err().endsWith("\"exitCode\": 5}}\n"), ended.err());
    }

    @Test
    void onlyShortCommandsGoWithoutTheOptimisingCompiler() throws Exception {
        environment.put("SNAPSHOT_JAVA_OPTS", "-XX:+PrintFlagsFinal");
        for (String[] arguments : new String[][] {{"--version"}, {"list", "--help"}, {"save", "-h"}, {"config"}}) {
            assertEquals("1", lastCompiler(run(arguments)), String.join(" ", arguments));
        }
        for (String[] arguments : new String[][] {{"detect", "--none"}, {"save", "list"}}) {
            assertEquals("4", lastCompiler(run(arguments)), String.join(" ", arguments));
        }
        environment.put("SNAPSHOT_JAVA_OPTS", "-XX:+PrintFlagsFinal -XX:TieredStopAtLevel=3");
        assertEquals("3", lastCompiler(run("--version")), "the user's option wins");
    }

    /** The JVM's last level of compilation, as it prints its options. */
    private static String lastCompiler(Ended ended) {
        return ended.out()
                .lines()
                .filter(line -> line.contains(" TieredStopAtLevel "))
                .map(line -> line.split("=")[1].strip().split(" ")[0])
                .findFirst()
                .orElseThrow(() -> new AssertionError(ended.out() + ended.err()));
    }

    @Test
    void aProgramThatCannotBeBuiltIsUnavailable() throws Exception {
        Path empty = Files.createDirectories(directory.resolve("empty"));
        Files.copy(checkout.resolve("snapshot"), empty.resolve("snapshot"));
        assertTrue(empty.resolve("snapshot").toFile().setExecutable(true));
        Path maven = Files.writeString(
                Files.createDirectories(directory.resolve("bin")).resolve("mvn"), "#!/bin/sh\nexit 1\n");
        assertTrue(maven.toFile().setExecutable(true));
        environment.put("PATH", maven.getParent() + ":" + environment.get("PATH"));
        Ended ended = run(empty, "list");
        assertEquals(5, ended.code(), ended.err());
        assertTrue(ended.err().contains("error: the build failed; see "), ended.err());
        ended = run(empty, "list", "-q");
        assertTrue(ended.err().startsWith("error: "), ended.err());
    }

    @Test
    void aJavaThatIsTooOldIsUnavailable() throws Exception {
        Path home = Files.createDirectories(directory.resolve("jdk8/bin"));
        Path java = Files.writeString(home.resolve("java"), "#!/bin/sh\necho 'openjdk version \"1.8.0_402\"' >&2\n");
        assertTrue(java.toFile().setExecutable(true));
        Path tools = Files.createDirectories(directory.resolve("tools"));
        for (String tool : List.of("bash", "dirname", "env", "grep", "head", "locale", "readlink", "sed", "sh", "tr")) {
            for (String from : environment.get("PATH").split(":")) {
                Path there = Path.of(from, tool);
                if (Files.isExecutable(there) && Files.notExists(tools.resolve(tool))) {
                    Files.createSymbolicLink(tools.resolve(tool), there);
                }
            }
        }
        environment.put("JAVA_HOME", home.getParent().toString());
        environment.put("PATH", tools.toString());
        Ended ended = run("list");
        assertEquals(5, ended.code(), ended.err());
        assertTrue(ended.err().startsWith("error: Java 17 or later is needed ("), ended.err());
        assertTrue(ended.err().contains("java is 8"), ended.err());
    }

    @Test
    void aLibraryThatIsMissingIsUnavailable() throws Exception {
        Path broken = Files.createDirectories(directory.resolve("broken"));
        Files.copy(checkout.resolve("snapshot"), broken.resolve("snapshot"));
        assertTrue(broken.resolve("snapshot").toFile().setExecutable(true));
        Files.createDirectories(broken.resolve("snapshot-app/target/lib"));
        Files.copy(
                checkout.resolve("snapshot-app/target/snapshot-app-1.jar"),
                broken.resolve("snapshot-app/target/snapshot-app-1.jar"));
        Ended ended = run(broken, "list");
        assertEquals(5, ended.code(), ended.err());
        assertTrue(ended.err().startsWith("error: the program cannot start"), ended.err());
        assertFalse(ended.err().contains("Exception in thread"), ended.err());
    }

    @Test
    void theProgramsOwnExitCodesArePassedOn() throws Exception {
        assertEquals(2, run("nosuch", "--help").code());
        Files.writeString(directory.resolve("a.csv"), "id\n1\n1\n");
        assertEquals(2, run("hash", "missing.csv", "--key", "id").code());
    }
}
