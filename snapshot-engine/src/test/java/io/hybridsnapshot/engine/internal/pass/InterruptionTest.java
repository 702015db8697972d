package io.hybridsnapshot.engine.internal.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import org.junit.jupiter.api.Test;

class InterruptionTest {
    private static final SnapshotException FULL =
            SnapshotException.unavailable("the file cannot be written").build();

    private static SnapshotException failure(boolean interrupted, SnapshotException error) {
        try {
            return assertThrows(
                    SnapshotException.class,
                    () -> Interruption.keepingFlag(() -> {
                        if (interrupted) {
                            Thread.currentThread().interrupt();
                        }
                        throw error;
                    }));
        } finally {
            assertEquals(interrupted, Thread.interrupted());
        }
    }

    @Test
    void errorOfADriverThatWasInterruptedIsAnInterruption() {
        SnapshotException error = failure(true, FULL);
        assertEquals(SnapshotException.Kind.UNAVAILABLE, error.kind());
        assertTrue(error.getMessage().startsWith("the work was interrupted"), error.getMessage());
        assertFalse(error.getMessage().contains("file"), error.getMessage());
        assertSame(FULL, error.getCause());
    }

    @Test
    void errorWithoutAnInterruptionStays() {
        assertSame(FULL, failure(false, FULL));
    }

    @Test
    void unknownOutcomeStaysUnknown() {
        SnapshotException unknown =
                SnapshotException.outcomeUnknown("the commit broke off").build();
        assertSame(unknown, failure(true, unknown));
    }
}
