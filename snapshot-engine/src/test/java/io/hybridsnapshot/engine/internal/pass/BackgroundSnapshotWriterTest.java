package io.hybridsnapshot.engine.internal.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.engine.Orders;
import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The thread that writes a file: each of its failures arrives, and none leaves a short file that counts as complete.
 */
@Timeout(30)
class BackgroundSnapshotWriterTest {
    private static final RowBatch BATCH = Orders.numbered(7).table().batches().get(0);

    private static class Counting implements SnapshotWriter {
        private int appended;
        boolean finished;

        @Override
        public void append(RowBatch batch) {
            appended++;
        }

        @Override
        public WrittenFile finish() {
            finished = true;
            return new WrittenFile(Path.of("orders"), appended, 0, 0, "", "");
        }

        @Override
        public void close() {
            // There is no file.
        }
    }

    /** Fails with a checked exception, as code in other languages may. */
    private static final class Failing extends Counting {
        private final Throwable failure;

        Failing(Throwable failure) {
            this.failure = failure;
        }

        @Override
        public void append(RowBatch batch) {
            Failing.<RuntimeException>raise(failure);
        }

        @SuppressWarnings("unchecked")
        private static <E extends Throwable> void raise(Throwable failure) throws E {
            throw (E) failure;
        }
    }

    private static void appendMany(SnapshotWriter writer) {
        for (int i = 0; i < 20; i++) {
            writer.append(BATCH);
        }
    }

    @Test
    void everyBatchIsWritten() {
        try (BackgroundSnapshotWriter writer = new BackgroundSnapshotWriter(new Counting())) {
            appendMany(writer);
            assertEquals(20, writer.finish().rowCount());
        }
    }

    @Test
    void anUndeclaredCheckedExceptionEndsTheWaitForRoom() {
        IOException full = new IOException("no space left on device");
        try (BackgroundSnapshotWriter writer = new BackgroundSnapshotWriter(new Failing(full))) {
            UndeclaredThrowableException failure =
                    assertThrows(UndeclaredThrowableException.class, () -> appendMany(writer));
            assertSame(full, failure.getCause());
        }
    }

    @Test
    void anUndeclaredCheckedExceptionLeavesNoFileThatCountsAsComplete() {
        IOException full = new IOException("no space left on device");
        Failing inner = new Failing(full);
        try (BackgroundSnapshotWriter writer = new BackgroundSnapshotWriter(inner)) {
            writer.append(BATCH);
            UndeclaredThrowableException failure = assertThrows(UndeclaredThrowableException.class, writer::finish);
            assertSame(full, failure.getCause());
        }
        assertFalse(inner.finished);
    }

    @Test
    void aClosedWriterTakesNoBatch() {
        Counting inner = new Counting();
        BackgroundSnapshotWriter writer = new BackgroundSnapshotWriter(inner);
        writer.close();
        assertThrows(IllegalStateException.class, () -> appendMany(writer));
        assertThrows(IllegalStateException.class, writer::finish);
        assertFalse(inner.finished);
    }
}
