package io.hybridsnapshot.app.cli.terminal;

import io.hybridsnapshot.app.report.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Checks whether a user watches a stream. Stateless. */
public final class Screens {
    private static final Path STDOUT = Path.of("/proc/self/fd/1");
    private static final Path STDERR = Path.of("/proc/self/fd/2");
    private static final int NARROWEST = 40;
    private static final int WIDEST = 500;

    private Screens() {}

    /**
     * The kind of target that stderr has. Linux reports the target. On other systems, the answer is whether the process
     * has a console. A terminal that understands no control sequences counts as a pipe.
     */
    public static Console.Screen ofStderr(Map<String, String> environment) {
        return isDumb(environment, System.getProperty("os.name", "")) ? Console.Screen.PIPE : of(STDERR);
    }

    /**
     * The page that stdout is. On a terminal, {@code COLUMNS} is its width; the launcher sets it. Marks are coloured
     * unless {@code NO_COLOR} has a value (no-color.org) or the terminal understands no control sequences.
     */
    public static Page ofStdout(Map<String, String> environment) {
        return page(environment, of(STDOUT), isDumb(environment, System.getProperty("os.name", "")));
    }

    static Page page(Map<String, String> environment, Console.Screen screen, boolean dumb) {
        if (screen == Console.Screen.PIPE) {
            return Page.PLAIN;
        }
        boolean coloured = !dumb && environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Page(width(environment), true, coloured, false);
    }

    /** The width of the terminal, which the launcher sets; a usual one if it is not set. */
    static int width(Map<String, String> environment) {
        String columns = environment.getOrDefault("COLUMNS", "");
        return columns.matches("[0-9]{1,4}")
                ? Math.max(NARROWEST, Math.min(WIDEST, Integer.parseInt(columns)))
                : Page.PLAIN.width();
    }

    /** Whether a terminal moves no cursor: Unix names each one's kind in {@code TERM}, Windows none. */
    public static boolean isDumb(Map<String, String> environment, String system) {
        String kind = environment.getOrDefault("TERM", "");
        return kind.equals("dumb") || kind.isEmpty() && !system.startsWith("Windows");
    }

    private static Console.Screen of(Path stream) {
        boolean terminal;
        try {
            terminal = Files.isSymbolicLink(stream)
                    ? Files.readSymbolicLink(stream).toString().matches("/dev/(pts/\\d+|tty.*|console)")
                    : System.console() != null && Runtime.version().feature() < 22;
        } catch (IOException e) {
            terminal = false;
        }
        return terminal ? Console.Screen.TERMINAL : Console.Screen.PIPE;
    }
}
