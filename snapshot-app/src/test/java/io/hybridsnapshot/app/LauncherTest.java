package io.hybridsnapshot.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher of a checkout, as cron and containers call it: with an almost empty environment. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a script for bash")
class LauncherTest {
    private record Ended(int code, String out, String err) {}

    private static final String SHARED = "snapshot-app/src/main/launcher/launch.bash";

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
        launcher(script.toAbsolutePath().getParent(), checkout);
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

    private static void launcher(Path from, Path to) throws IOException {
        Files.copy(from.resolve("snapshot"), to.resolve("snapshot"));
        assertTrue(to.resolve("snapshot").toFile().setExecutable(true));
        Path shared = to.resolve(SHARED);
        Files.createDirectories(shared.getParent());
        Files.copy(from.resolve(SHARED), shared);
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
    void aStandardInputThatIsClosedIsEmpty() throws Exception {
        Path script = Files.writeString(
                directory.resolve("closed.sh"), "exec '" + checkout.resolve("snapshot") + "' inspect - <&-");
        Path err = directory.resolve("err");
        Process process = new ProcessBuilder("sh", script.toString())
                .redirectError(err.toFile())
                .redirectOutput(directory.resolve("out").toFile())
                .start();
        assertEquals(2, process.waitFor());
        assertTrue(Files.readString(err).contains("an empty file"), Files.readString(err));
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
        assertEquals(3, compilingLater(run("list", "--help")));
        for (String[] arguments : new String[][] {{"detect", "--none"}, {"save", "list"}}) {
            Ended ended = run(arguments);
            assertEquals("4", lastCompiler(ended), String.join(" ", arguments));
            assertEquals(1, compilingLater(ended), String.join(" ", arguments));
        }
        Files.writeString(directory.resolve("small.csv"), "ID\n1\n");
        Files.write(directory.resolve("large.csv"), new byte[2 << 20]);
        // Ended by the last option, before the source is read.
        for (String[] arguments : new String[][] {
            {"detect", "a", "--source", "small.csv", "--none"},
            {"save", "a", "-s", "small.csv", "--none"},
            {"save", "a", "--source=small.csv", "--none"}
        }) {
            assertEquals("1", lastCompiler(run(arguments)), String.join(" ", arguments));
        }
        for (String[] arguments : new String[][] {
            {"detect", "a", "--source", "large.csv", "--none"},
            {"save", "a", "--source", "missing.csv", "--none"},
            {"compare", "small.csv", "small.csv", "--none"}
        }) {
            assertEquals("4", lastCompiler(run(arguments)), String.join(" ", arguments));
        }
        environment.put("SNAPSHOT_JAVA_OPTS", "-XX:+PrintFlagsFinal -XX:TieredStopAtLevel=3");
        assertEquals("3", lastCompiler(run("--version")), "the user's option wins");
    }

    /** The JVM's last level of compilation. */
    private static String lastCompiler(Ended ended) {
        return flag(ended, "TieredStopAtLevel");
    }

    /** How many times as late as usual the JVM compiles a method. */
    private static double compilingLater(Ended ended) {
        return Double.parseDouble(flag(ended, "CompileThresholdScaling"));
    }

    /** An option of the JVM, as it prints all of them. */
    private static String flag(Ended ended, String name) {
        return ended.out()
                .lines()
                .filter(line -> line.contains(" " + name + " "))
                .map(line -> line.split("=")[1].strip().split(" ")[0])
                .findFirst()
                .orElseThrow(() -> new AssertionError(ended.out() + ended.err()));
    }

    @Test
    void aProgramThatCannotBeBuiltIsUnavailable() throws Exception {
        Path empty = Files.createDirectories(directory.resolve("empty"));
        launcher(checkout, empty);
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
        launcher(checkout, broken);
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
    void aCheckoutWithoutThePartThatLaunchersShareIsUnavailable() throws Exception {
        Path broken = Files.createDirectories(directory.resolve("broken"));
        launcher(checkout, broken);
        Files.delete(broken.resolve(SHARED));
        Ended ended = run(broken, "list");
        assertEquals(5, ended.code(), ended.err());
        assertTrue(ended.err().startsWith("error: cannot read "), ended.err());
        assertEquals(1, ended.err().lines().count(), ended.err());
    }

    @Test
    void aFolderThatJavaCannotHaveOnTheClassPathIsUnavailable() throws Exception {
        Path colon = Files.createDirectories(directory.resolve("a:b"));
        launcher(checkout, colon);
        Ended ended = run(colon, "list");
        assertEquals(5, ended.code(), ended.err());
        assertTrue(ended.err().contains("with ':' in its name"), ended.err());
    }

    @Test
    void theProgramsOwnExitCodesArePassedOn() throws Exception {
        assertEquals(2, run("nosuch", "--help").code());
        Files.writeString(directory.resolve("a.csv"), "id\n1\n1\n");
        assertEquals(2, run("hash", "missing.csv", "--key", "id").code());
    }

    /**
     * The archives of classes, with a Java that notes its calls and writes junk for an archive. The real Java then gets
     * the junk, as it gets the archive of another Java or of other jars.
     */
    @Nested
    class ClassArchive {
        private Path jdk;
        private Path target;
        private Path root;

        @BeforeEach
        void checkoutOfItsOwn() throws IOException {
            root = Files.createDirectories(directory.resolve("checkout"));
            launcher(checkout, root);
            target = Files.createDirectories(root.resolve("snapshot-app/target"));
            Files.createSymbolicLink(target.resolve("lib"), checkout.resolve("snapshot-app/target/lib"));
            Path jar = Files.copy(
                    checkout.resolve("snapshot-app/target/snapshot-app-1.jar"), target.resolve("snapshot-app-1.jar"));
            Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minusSeconds(60)));
            jdk = Files.createDirectories(directory.resolve("jdk/bin")).getParent();
            release("1");
            java("printf junk >\"$archive\"");
            environment.put("JAVA_HOME", jdk.toString());
            environment.put("XDG_CACHE_HOME", directory.resolve("caches").toString());
        }

        private void release(String build) throws IOException {
            int feature = Runtime.version().feature();
            Files.writeString(
                    jdk.resolve("release"),
                    "JAVA_RUNTIME_VERSION=\"" + feature + ".0.1+" + build + "\"\nJAVA_VERSION=\"" + feature
                            + ".0.1\"\n");
        }

        private void java(String training) throws IOException {
            String real =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            Path java = Files.writeString(
                    jdk.resolve("bin/java"),
                    String.join(
                            "\n",
                            "#!/bin/sh",
                            "echo \"$*\" >>'" + directory.resolve("calls") + "'",
                            "case \"$*\" in",
                            "*.StartTraining*)",
                            "    for option; do",
                            "        case $option in -XX:ArchiveClassesAtExit=*) archive=${option#*=} ;; esac",
                            "    done",
                            "    " + training,
                            "    exit ;;",
                            "esac",
                            "exec '" + real + "' \"$@\"",
                            ""));
            assertTrue(java.toFile().setExecutable(true));
        }

        private void answers(Path root) throws IOException, InterruptedException {
            Ended ended = run(root, "--version");
            assertEquals(0, ended.code(), ended.err());
            assertEquals("", ended.err());
            assertTrue(ended.out().startsWith("snapshot "), ended.out());
        }

        private long calls(String with) throws IOException {
            return Files.readAllLines(directory.resolve("calls")).stream()
                    .filter(call -> call.contains(with))
                    .count();
        }

        private List<String> files(Path folder) throws IOException {
            if (Files.notExists(folder)) {
                return List.of();
            }
            try (Stream<Path> walk = Files.walk(folder)) {
                return walk.map(path -> path.getFileName().toString())
                        .filter(name -> name.startsWith("classes-"))
                        .sorted()
                        .toList();
            }
        }

        private String name(String build) {
            int feature = Runtime.version().feature();
            return "classes-" + feature + "-" + feature + ".0.1+" + build + ".jsa";
        }

        @Test
        void isMadeOnceForEachBuildOfJavaAndUsedFromThenOn() throws Exception {
            environment.put("SNAPSHOT_CLASS_ARCHIVE", "now");
            answers(root);
            assertEquals(List.of(name("1")), files(target));
            answers(root);
            assertEquals(1, calls("StartTraining"));
            assertEquals(2, calls("-XX:SharedArchiveFile=" + target.resolve(name("1"))));
            release("2");
            answers(root);
            assertEquals(2, calls("StartTraining"));
            assertEquals(List.of(name("1"), name("2")), files(target));
            // A new jar makes both files old.
            Files.setLastModifiedTime(
                    target.resolve("snapshot-app-1.jar"),
                    FileTime.from(Instant.now().minusSeconds(5)));
            for (String build : List.of("1", "2")) {
                Files.setLastModifiedTime(
                        target.resolve(name(build)), FileTime.from(Instant.now().minusSeconds(30)));
            }
            answers(root);
            assertEquals(3, calls("StartTraining"));
            assertEquals(List.of(name("2")), files(target));
        }

        @Test
        void isMadeAgainAfterABuildThatChangedTheJarOfAnotherModuleAlone() throws Exception {
            environment.put("SNAPSHOT_CLASS_ARCHIVE", "now");
            Path stamp = Files.createFile(
                    Files.createDirectories(root.resolve("target")).resolve("snapshot-build.stamp"));
            Files.setLastModifiedTime(stamp, FileTime.from(Instant.now().minusSeconds(60)));
            answers(root);
            answers(root);
            assertEquals(1, calls("StartTraining"));
            Files.setLastModifiedTime(
                    target.resolve(name("1")), FileTime.from(Instant.now().minusSeconds(30)));
            Files.setLastModifiedTime(stamp, FileTime.from(Instant.now().minusSeconds(5)));
            answers(root);
            answers(root);
            assertEquals(2, calls("StartTraining"));
            assertEquals(List.of(name("1")), files(target));
        }

        @Test
        void isNeitherMadeNorUsedWhereItIsOff() throws Exception {
            Files.writeString(target.resolve(name("1")), "junk");
            environment.put("SNAPSHOT_CLASS_ARCHIVE", "off");
            answers(root);
            assertEquals(0, calls("SharedArchiveFile"));
            Files.delete(target.resolve(name("1")));
            answers(root);
            assertEquals(0, calls("StartTraining"));
        }

        @Test
        void aJobWithoutATerminalMakesNone() throws Exception {
            answers(root);
            assertEquals(List.of(), files(target));
            assertEquals(0, calls("StartTraining"));
        }

        @Test
        void aFailedAttemptPrintsNothingAndIsRepeatedOnDemandOrAfterADay() throws Exception {
            java("echo failed; echo failed >&2; exit 1");
            environment.put("SNAPSHOT_CLASS_ARCHIVE", "now");
            answers(root);
            Path failed = target.resolve(name("1") + ".failed");
            assertEquals(List.of(failed.getFileName().toString()), files(target));
            answers(root);
            assertEquals(2, calls("StartTraining"));
            environment.remove("SNAPSHOT_CLASS_ARCHIVE");
            assumeTrue(shell("command -v script").code() == 0, "skipped: there is no command 'script'");
            // The files of a package are old.
            Files.setLastModifiedTime(
                    target.resolve("snapshot-app-1.jar"), FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
            String onTerminal = "script -qec '" + root.resolve("snapshot") + " --version' /dev/null";
            assertEquals(0, shell(onTerminal).code());
            Instant twoDaysAgo = Instant.now().minusSeconds(2 * 86_400);
            Files.setLastModifiedTime(failed, FileTime.from(twoDaysAgo));
            assertEquals(0, shell(onTerminal).code());
            Instant last = Instant.now().plusSeconds(60);
            while (Files.getLastModifiedTime(failed).toInstant().isBefore(twoDaysAgo.plusSeconds(60))
                    || Files.exists(target.resolve(name("1") + ".lock"))) {
                assertTrue(Instant.now().isBefore(last), "it is not made in the background");
                Thread.sleep(50);
            }
            assertEquals(3, calls("StartTraining"));
        }

        @Test
        void severalAtOnceLeaveOneFile() throws Exception {
            environment.put("SNAPSHOT_CLASS_ARCHIVE", "now");
            java("printf ju >\"$archive\"; sleep 1; printf nk >>\"$archive\"");
            List<Process> running = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                ProcessBuilder process = new ProcessBuilder(
                                root.resolve("snapshot").toString(), "--version")
                        .redirectOutput(directory.resolve("out" + i).toFile())
                        .redirectError(directory.resolve("err" + i).toFile());
                process.environment().putAll(environment);
                running.add(process.start());
            }
            for (int i = 0; i < 4; i++) {
                assertTrue(running.get(i).waitFor(2, TimeUnit.MINUTES));
                assertEquals(0, running.get(i).exitValue());
                assertEquals("", Files.readString(directory.resolve("err" + i)));
            }
            assertEquals(List.of(name("1")), files(target));
            assertEquals("junk", Files.readString(target.resolve(name("1"))));
        }

        @Test
        void aLockThatAKilledLauncherLeftIsTakenOverLater() throws Exception {
            environment.put("SNAPSHOT_CLASS_ARCHIVE", "now");
            Path lock = Files.createDirectory(target.resolve(name("1") + ".lock"));
            answers(root);
            assertEquals(0, calls("StartTraining"));
            Files.setLastModifiedTime(lock, FileTime.from(Instant.now().minusSeconds(3_600)));
            answers(root);
            assertEquals(List.of(name("1")), files(target));
        }

        @Test
        void aCheckoutThatCannotBeWrittenLeavesItToTheUsersCache() throws Exception {
            environment.put("SNAPSHOT_CLASS_ARCHIVE", "now");
            Path caches = directory.resolve("caches");
            String call = root.resolve("snapshot") + " --version";
            for (int i = 0; i < 2; i++) {
                Ended ended = shell(readOnly(call, target));
                assumeTrue(!ended.err().contains("unshare:") && !ended.err().contains("mount:"), ended.err());
                assertEquals(0, ended.code(), ended.err());
                assertEquals("", ended.err());
            }
            assertEquals(List.of(), files(target));
            assertEquals(List.of(name("1")), files(caches));
            assertEquals(1, calls("StartTraining"));
            try (Stream<Path> walk = Files.walk(caches)) {
                for (Path path : walk.filter(Files::isDirectory).toList()) {
                    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
                }
            }
            // Without a place for the file, the program does without it.
            Path closed = Files.createDirectories(directory.resolve("closed"));
            environment.put("XDG_CACHE_HOME", closed.toString());
            Ended ended = shell(readOnly(call, target, closed));
            assertEquals(0, ended.code(), ended.err());
            assertEquals("", ended.err());
            assertEquals(1, calls("StartTraining"));
        }

        private String readOnly(String command, Path... folders) {
            StringBuilder line = new StringBuilder("unshare -m sh -c '");
            for (Path folder : folders) {
                line.append("mount --bind ").append(folder).append(' ').append(folder);
                line.append(" && mount -o remount,bind,ro ").append(folder).append(" && ");
            }
            return line.append("exec ").append(command).append("'").toString();
        }
    }

    private Ended shell(String line) throws IOException, InterruptedException {
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        ProcessBuilder process = new ProcessBuilder("sh", "-c", line)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        process.environment().putAll(environment);
        Process running = process.start();
        running.getOutputStream().close();
        assertTrue(running.waitFor(2, TimeUnit.MINUTES), "the launcher hangs");
        return new Ended(running.exitValue(), Files.readString(out), Files.readString(err));
    }
}
