package io.hybridsnapshot.app;

import io.hybridsnapshot.app.cli.SnapshotProgram;
import io.hybridsnapshot.app.cli.StoredAnswers;
import io.hybridsnapshot.app.config.UserHome;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The command line's entry point. */
public final class Main {
    private static final int BUFFER = 1 << 13;
    private static final int DONE = 0;

    /**
     * The exit code for an unreachable store. Repeated here because the class that lists all codes may be the missing
     * one.
     */
    private static final int UNAVAILABLE = 5;

    private Main() {}

    /** Runs the command line and ends the process with its exit code; {@code docs/cli.md} lists them. */
    public static void main(String[] args) {
        // Java's own streams follow the locale, and would print question marks in the C locale.
        StandardOutput written = new StandardOutput(new FileOutputStream(FileDescriptor.out));
        PrintStream out = new PrintStream(new BufferedOutputStream(written, BUFFER), false, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        System.setOut(out);
        System.setErr(err);
        int code;
        try {
            // Before anything else is loaded.
            code = StoredAnswers.print(out, args) ? DONE : command(args, out, err);
        } catch (LinkageError e) {
            // Java itself would exit with 1, which means that rows differ.
            err.println("error: the program cannot start: found no usable class '" + e.getMessage()
                    + "', expected its libraries on the class path; build or install it again, then run the same"
                    + " command");
            code = UNAVAILABLE;
        }
        out.flush();
        if (written.failure().isPresent()) {
            code = SnapshotProgram.unwritten(code, written.failure().get(), err);
        }
        System.exit(code);
    }

    private static int command(String[] args, PrintStream out, PrintStream err) {
        // Drivers look below this directory as well: for ~/.pgpass, and for certificates.
        UserHome.find().ifPresent(home -> System.setProperty("user.home", home.toString()));
        return SnapshotProgram.run(args, out, err, System.getenv());
    }

    /**
     * Runs one command line in the current directory; never ends the process.
     *
     * @param out results; stays open
     * @param err errors and progress; stays open
     * @return the exit code
     */
    public static int run(String[] args, PrintStream out, PrintStream err, Map<String, String> environment) {
        return StoredAnswers.print(out, args) ? DONE : SnapshotProgram.run(args, out, err, environment);
    }
}
