package io.hybridsnapshot.app;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/**
 * Remembers the reason for a failed write, which a {@link java.io.PrintStream} does not report. A reader that has gone
 * is no failure: it has read all it wanted. For one thread at a time.
 */
final class StandardOutput extends FilterOutputStream {
    private IOException failure;

    StandardOutput(OutputStream out) {
        super(out);
    }

    /** The first failure, a reader that has gone apart. */
    Optional<IOException> failure() {
        return failure == null || isClosedPipe(failure) ? Optional.empty() : Optional.of(failure);
    }

    private static boolean isClosedPipe(IOException cause) {
        String message = String.valueOf(cause.getMessage());
        // The texts of EPIPE on Linux and macOS, and of ERROR_BROKEN_PIPE and ERROR_NO_DATA on Windows.
        return message.contains("Broken pipe")
                || message.contains("pipe has been ended")
                || message.contains("pipe is being closed");
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            throw noted(e);
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            out.flush();
        } catch (IOException e) {
            throw noted(e);
        }
    }

    private IOException noted(IOException cause) {
        if (failure == null) {
            failure = cause;
        }
        return cause;
    }
}
