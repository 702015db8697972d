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
        PrintStream out = utf8(FileDescriptor.out);
        PrintStream err = utf8(FileDescriptor.err);
        System.setOut(out);
        System.setErr(err);
        int code = run(args, out, err, System.getenv());
        out.flush();
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

    // The platform's own streams follow the locale, and would print question marks where it is C.
    private static PrintStream utf8(FileDescriptor descriptor) {
        return new PrintStream(
                new BufferedOutputStream(new FileOutputStream(descriptor), BUFFER),
                descriptor == FileDescriptor.err,
                StandardCharsets.UTF_8);
    }
}
