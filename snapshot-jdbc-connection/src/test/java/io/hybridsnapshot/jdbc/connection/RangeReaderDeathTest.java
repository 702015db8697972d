package io.hybridsnapshot.jdbc.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The threads that read ranges: whatever ends one of them reaches the caller, which would wait for ever otherwise. */
@Timeout(30)
class RangeReaderDeathTest {
    private static final Schema SCHEMA = Schema.of(new Column("n", ColumnType.INT64));

    /** Ends its thread in some way when it opens a range. */
    private static final class DyingReader implements RangeStream.Reader {
        private final Runnable death;

        DyingReader(Runnable death) {
            this.death = death;
        }

        @Override
        public RangeStream.Rows open(int range) {
            death.run();
            return new RangeStream.Rows() {
                @Override
                public Optional<RowBatch> next() {
                    return Optional.of(new RowBatch(SCHEMA, RowBatch.vectorsFor(SCHEMA, 1)));
                }

                @Override
                public void cancel() {
                    // No statement runs.
                }
            };
        }

        @Override
        public void cancel() {
            // No connection is open.
        }

        @Override
        public void close() {
            // No connection is open.
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void raise(Throwable failure) throws E {
        throw (E) failure;
    }

    private static IllegalStateException failureOf(Runnable death) {
        try (RangeStream rows = new RangeStream(
                "reading the query of orders",
                SCHEMA,
                1,
                List.of(new DyingReader(death)),
                Optional.empty(),
                UnaryOperator.identity())) {
            return assertThrows(IllegalStateException.class, () -> {
                while (rows.next().isPresent()) {
                    // The reader dies before the last batch.
                }
            });
        }
    }

    @Test
    void anErrorReachesTheCaller() {
        OutOfMemoryError full = new OutOfMemoryError("Java heap space");
        assertSame(
                full,
                failureOf(() -> RangeReaderDeathTest.<RuntimeException>raise(full))
                        .getCause());
    }

    @Test
    void anUndeclaredCheckedExceptionReachesTheCaller() {
        IOException gone = new IOException("gone");
        assertSame(
                gone,
                failureOf(() -> RangeReaderDeathTest.<RuntimeException>raise(gone))
                        .getCause());
    }

    @Test
    void anInterruptFlagThatADriverLeavesReachesTheCaller() {
        IllegalStateException failure = failureOf(() -> Thread.currentThread().interrupt());
        assertEquals(InterruptedException.class, failure.getCause().getClass());
    }
}
