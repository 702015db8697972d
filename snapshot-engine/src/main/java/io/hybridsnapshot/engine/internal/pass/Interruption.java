package io.hybridsnapshot.engine.internal.pass;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.function.Supplier;

/**
 * The interruption of a use case. A blocking call that is interrupted throws {@link #error} and leaves the thread's
 * interrupt flag clear, so that stores and files can be cleaned up by calls that would refuse an interrupted thread.
 * The use case sets the flag again when it is done ({@link #keepingFlag}). Stateless.
 */
public final class Interruption {
    private Interruption() {}

    /** Returns the error of an interrupted use case. */
    static SnapshotException error(Exception cause) {
        return SnapshotException.unavailable("the work was interrupted")
                .nextStep("run it again")
                .cause(cause)
                .build();
    }

    /** Checks whether an error ended the work because its thread was interrupted. */
    public static boolean isCauseOf(RuntimeException error) {
        return error.getCause() instanceof InterruptedException;
    }

    /**
     * Does work, and sets the thread's interrupt flag if the work ends because of an interruption. A driver or a
     * channel may have left the flag set and failed with an error of its own, which is then the cause of the error.
     */
    public static <T> T keepingFlag(Supplier<T> work) {
        try {
            return work.get();
        } catch (SnapshotException e) {
            if (isCauseOf(e)) {
                Thread.currentThread().interrupt();
            } else if (e.kind() == SnapshotException.Kind.UNAVAILABLE
                    && Thread.currentThread().isInterrupted()) {
                throw error(e);
            }
            throw e;
        }
    }
}
