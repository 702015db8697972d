package io.hybridsnapshot.silence;

import java.io.Serial;
import java.net.SocketException;

/** The other side of a connection fell silent, and the connection was given up. */
public final class SilentConnectionException extends SocketException {
    @Serial
    private static final long serialVersionUID = 1L;

    SilentConnectionException(String message, Throwable cause) {
        super(message);
        initCause(cause);
    }

    /** Whether an error was caused by silence: closed by the watch, or ended by a driver's own read time-out. */
    public static boolean isBehind(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof SilentConnectionException || at instanceof java.net.SocketTimeoutException) {
                return true;
            }
        }
        return false;
    }
}
