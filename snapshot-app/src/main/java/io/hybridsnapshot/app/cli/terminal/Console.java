package io.hybridsnapshot.app.cli.terminal;

import io.hybridsnapshot.app.report.Page;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The program's access to its surroundings. The streams stay the caller's.
 *
 * @param out results
 * @param err errors, warnings and progress
 * @param environment the environment variables
 * @param directory the base of relative paths
 * @param userHome the user's home directory, if one is known
 * @param clock the current time
 * @param screen the kind of target that {@code err} has
 * @param page the page that {@code out} prints on
 */
public record Console(
        PrintStream out,
        PrintStream err,
        Map<String, String> environment,
        Path directory,
        Optional<Path> userHome,
        Clock clock,
        Screen screen,
        Page page) {
    /** The kind of target that a stream has. */
    public enum Screen {
        /** A user watches it. */
        TERMINAL,
        /** A file or another program reads it. */
        PIPE
    }

    public Console {
        Objects.requireNonNull(out, "out");
        Objects.requireNonNull(err, "err");
        environment = Map.copyOf(environment);
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(userHome, "userHome");
        Objects.requireNonNull(clock, "clock");
        Objects.requireNonNull(screen, "screen");
        Objects.requireNonNull(page, "page");
    }
}
