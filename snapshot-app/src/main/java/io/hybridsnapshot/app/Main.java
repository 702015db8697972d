package io.hybridsnapshot.app;

import io.hybridsnapshot.app.cli.SnapshotProgram;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The command line's entry point. */
public final class Main {
    private static final int BUFFER = 1 << 13;

    private Main() {}

    /** Runs the command line and ends the process with its exit code; {@code docs/cli.md} lists them. */
    public static void main(String[] args) {
        // The platform's own streams follow the locale, and would print question marks where it is C.
        StandardOutput written = new StandardOutput(new FileOutputStream(FileDescriptor.out));
        PrintStream out = new PrintStream(new BufferedOutputStream(written, BUFFER), false, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        System.setOut(out);
        System.setErr(err);
        int code = run(args, out, err, System.getenv());
        out.flush();
        if (written.failure().isPresent()) {
            code = SnapshotProgram.unwritten(code, written.failure().get(), err);
        }
        System.exit(code);
    }

    /**
     * Runs one command line in the current directory; never ends the process.
     *
     * @param out results; stays open
     * @param err errors and progress; stays open
     * @return the exit code
     */
    public static int run(String[] args, PrintStream out, PrintStream err, Map<String, String> environment) {
        return SnapshotProgram.run(args, out, err, environment);
    }
}
