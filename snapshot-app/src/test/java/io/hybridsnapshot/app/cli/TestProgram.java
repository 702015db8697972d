package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.app.report.Page;
import io.hybridsnapshot.embedded.EmbeddedPostgresServer;
import io.hybridsnapshot.embedded.EmbeddedPostgresSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The program in this process, in a separate directory, with the one embedded server of all tests. */
final class TestProgram {
    /** The output and the exit code of a call. */
    record Ended(int code, String out, String err) {
        Map<String, Object> json() {
            return JsonText.document(out);
        }

        Map<String, Object> error() {
            return JsonText.document(err);
        }
    }

    private final Path directory;
    private final Map<String, String> environment = new HashMap<>();
    private Page page = Page.PLAIN;

    TestProgram(Path directory) {
        this.directory = directory;
        environment.put("SNAPSHOT_HOME", Server.HOME.toString());
        environment.put("SNAPSHOT_WORK_DIRECTORY", directory.resolve("work").toString());
    }

    static EmbeddedPostgresServer server() {
        return Server.RUNNING;
    }

    static Path home() {
        return Server.HOME;
    }

    TestProgram with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    TestProgram on(Page other) {
        page = other;
        return this;
    }

    Path file(String name, String text) {
        return file(name, text.getBytes(StandardCharsets.UTF_8));
    }

    Path file(String name, byte[] bytes) {
        try {
            return Files.write(directory.resolve(name), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String read(String name) {
        try {
            return Files.readString(directory.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Ended run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = new SnapshotProgram(TestConsole.on(
                        page,
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        environment,
                        directory))
                .run(arguments);
        return new Ended(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** A call that has to end well. */
    Ended done(String... arguments) {
        Ended ended = run(arguments);
        if (ended.code() != 0) {
            throw new AssertionError(
                    List.of(arguments) + " ended with " + ended.code() + ": " + ended.err() + ended.out());
        }
        return ended;
    }

    private static final class Server {
        static final Path HOME = home();
        static final EmbeddedPostgresServer RUNNING =
                EmbeddedPostgresServer.open(EmbeddedPostgresSettings.in(HOME.resolve("postgresql")));

        private static Path home() {
            try {
                Path home = Files.createTempDirectory("snapshot-app-test");
                Runtime.getRuntime().addShutdownHook(new Thread(() -> sweep(home)));
                return home;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /**
         * The server has its own shutdown hook, so its directory is emptied as far as possible, and again after the
         * server has gone.
         */
        private static void sweep(Path home) {
            RUNNING.close();
            try (Stream<Path> walk = Files.walk(home)) {
                walk.sorted(Comparator.reverseOrder())
                        .forEach(path -> path.toFile().delete());
            } catch (IOException | UncheckedIOException e) {
                home.toFile().deleteOnExit();
            }
        }
    }
}
