package io.hybridsnapshot.app.cli.terminal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Checks whether a user watches a stream. Stateless. */
public final class Screens {
    private static final Path STDERR = Path.of("/proc/self/fd/2");

    private Screens() {}

    /**
     * The kind of target that stderr has. Linux reports the target. On other systems, the answer is whether the process
     * has a console. A terminal that understands no control sequences counts as a pipe.
     */
    public static Console.Screen ofStderr(Map<String, String> environment) {
        return isDumb(environment, System.getProperty("os.name", "")) ? Console.Screen.PIPE : ofStderr();
    }

    /** Whether a terminal moves no cursor: Unix names each one's kind in {@code TERM}, Windows none. */
    public static boolean isDumb(Map<String, String> environment, String system) {
        String kind = environment.getOrDefault("TERM", "");
        return kind.equals("dumb") || kind.isEmpty() && !system.startsWith("Windows");
    }

    private static Console.Screen ofStderr() {
        boolean terminal;
        try {
            terminal = Files.isSymbolicLink(STDERR)
                    ? Files.readSymbolicLink(STDERR).toString().matches("/dev/(pts/\\d+|tty.*|console)")
                    : System.console() != null && Runtime.version().feature() < 22;
        } catch (IOException e) {
            terminal = false;
        }
        return terminal ? Console.Screen.TERMINAL : Console.Screen.PIPE;
    }
}
