package io.hybridsnapshot.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * An unpacked package, and calls of its launcher as another user with an almost empty environment. Paths outside ASCII
 * pass through the shell, because this JVM's own encoding of paths may be ASCII. For one thread.
 */
final class Installation {
    /** The user nobody, whom most systems know. */
    private static final String USER = "65534";

    private static final int MINUTES = 3;

    private final Path directory;
    private final Path home;
    private final String launcher;
    private final Map<String, String> environment = new LinkedHashMap<>();

    /**
     * Takes an unpacked tree.
     *
     * @param directory a scratch directory of this test
     * @param launcher the launcher, in the words of a shell, whose current directory is the scratch directory
     */
    Installation(Path directory, String launcher) throws IOException, InterruptedException {
        this.directory = directory;
        this.launcher = launcher;
        this.home = Files.createDirectories(directory.resolve("home"));
        environment.put("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("HOME", home.toString());
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        if (isRoot()) {
            shell("chown " + USER + " home");
        }
    }

    /** How a command ended. */
    record Ended(int code, String out, String err) {}

    /** A package of this build; the test is skipped where the build made none. */
    static Path packaged(String name) {
        Path file = Path.of(System.getProperty("packages")).resolve(name);
        assertTrue(Files.isRegularFile(file), file + " is missing");
        return file;
    }

    /** The version of the packages. */
    static String version() {
        return System.getProperty("version");
    }

    /** Skips the test where a command is missing. */
    static void assumeCommand(String name) {
        boolean there = Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
        assumeTrue(there, name + " is not installed");
    }

    Path home() {
        return home;
    }

    void environment(String name, String value) {
        environment.put(name, value);
    }

    void withoutEnvironment(String name) {
        environment.remove(name);
    }

    /** Calls the launcher. The arguments must not hold single quotes. */
    Ended run(String... arguments) throws IOException, InterruptedException {
        StringBuilder line = new StringBuilder("exec ");
        if (isRoot()) {
            line.append("setpriv --reuid=")
                    .append(USER)
                    .append(" --regid=")
                    .append(USER)
                    .append(" --clear-groups ");
        }
        line.append("env -i");
        environment.forEach((name, value) ->
                line.append(" '").append(name).append('=').append(value).append('\''));
        line.append(' ').append(launcher);
        for (String argument : arguments) {
            line.append(" '").append(argument).append('\'');
        }
        return call(directory, line.append(" </dev/null").toString());
    }

    /** Runs a line of the shell in the scratch directory as this user; it has to succeed. */
    String shell(String line) throws IOException, InterruptedException {
        Ended ended = call(directory, line);
        assertEquals(0, ended.code(), line + "\n" + ended.out() + ended.err());
        return ended.out();
    }

    /** Runs a line of the shell. */
    static Ended call(Path directory, String line) throws IOException, InterruptedException {
        Path script = Files.writeString(Files.createTempFile("line", ".sh"), line, StandardCharsets.UTF_8);
        Path out = Files.createTempFile("line", ".out");
        Path err = Files.createTempFile("line", ".err");
        try {
            Process process = new ProcessBuilder(List.of("sh", script.toString()))
                    .directory(directory.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            process.getOutputStream().close();
            assertTrue(process.waitFor(MINUTES, TimeUnit.MINUTES), "hangs: " + line);
            return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            for (Path file : List.of(script, out, err)) {
                Files.delete(file);
            }
        }
    }

    /** The files below a directory, relative to it, in order. */
    static List<String> files(Path root) throws IOException {
        List<String> files = new ArrayList<>();
        if (Files.exists(root)) {
            try (Stream<Path> walk = Files.walk(root)) {
                walk.filter(Files::isRegularFile)
                        .map(path -> root.relativize(path).toString())
                        .sorted()
                        .forEach(files::add);
            }
        }
        return files;
    }

    static boolean isRoot() {
        return System.getProperty("user.name", "").equals("root");
    }
}
