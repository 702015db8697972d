package io.hybridsnapshot.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.function.Executable;

/** Expectations that several contracts share. */
final class Expectations {
    private static final long PATIENCE_SECONDS = 100;

    private Expectations() {}

    /** The call fails with a deliberate error of this kind. */
    static SnapshotException assertKind(Kind kind, Executable call) {
        SnapshotException thrown = assertThrows(SnapshotException.class, call);
        assertEquals(kind, thrown.kind(), thrown::getMessage);
        return thrown;
    }

    /**
     * The call breaks the port's order of calls. The port does not define which error follows, but the error MUST be
     * thrown on purpose.
     */
    static void assertMisuse(Executable call) {
        RuntimeException thrown = assertThrows(RuntimeException.class, call);
        if (thrown instanceof SnapshotException named) {
            assertTrue(
                    named.kind() == Kind.INVALID_REQUEST || named.kind() == Kind.CONFLICT,
                    () -> "a misuse was answered with " + named.kind() + ": " + named.getMessage());
        } else {
            assertTrue(
                    thrown instanceof IllegalStateException || thrown instanceof IllegalArgumentException,
                    () -> "a misuse was answered with " + thrown);
        }
    }

    /** An offer of a subclass beyond its factory. Without the offer the fact is skipped and reports that. */
    static <T> T orSkip(Optional<T> offered, String reason) {
        if (offered.isEmpty()) {
            Assumptions.abort(reason);
        }
        return offered.orElseThrow();
    }

    /** The result of another thread, or its error if it failed. */
    static <T> T await(Future<T> future) throws Exception {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return fail("another thread still waits for the store", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }
}
