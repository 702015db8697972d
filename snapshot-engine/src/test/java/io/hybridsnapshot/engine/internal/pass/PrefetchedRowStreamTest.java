package io.hybridsnapshot.engine.internal.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowStream;
import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams that fail in ways of their own: no failure is lost, and none holds the caller. */
@Timeout(30)
class PrefetchedRowStreamTest {
    private static final Schema SCHEMA = Schema.of(new Column("ID", ColumnType.INT64));

    private final AtomicInteger closings = new AtomicInteger();

    /** A stream without rows. */
    private class Empty implements RowStream {
        private boolean closed;

        @Override
        public Schema schema() {
            if (closed) {
                throw new IllegalStateException("the stream is closed");
            }
            return SCHEMA;
        }

        @Override
        public Optional<RowBatch> next() {
            return Optional.empty();
        }

        @Override
        public void close() {
            closed = true;
            closings.incrementAndGet();
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> RuntimeException undeclared(Throwable failure) throws E {
        throw (E) failure;
    }

    @Test
    void aFailureOfAStreamThatSetsItsInterruptFlagArrives() {
        IllegalStateException failure = new IllegalStateException("timed out");
        try (PrefetchedRowStream rows = PrefetchedRowStream.open(() -> new Empty() {
            @Override
            public Optional<RowBatch> next() {
                Thread.currentThread().interrupt();
                throw failure;
            }
        })) {
            assertSame(failure, assertThrows(IllegalStateException.class, rows::next));
        }
        assertEquals(1, closings.get());
    }

    @Test
    void aStreamThatReturnsNullFails() {
        try (PrefetchedRowStream rows = PrefetchedRowStream.open(() -> new Empty() {
            @Override
            public Optional<RowBatch> next() {
                return null;
            }
        })) {
            NullPointerException failure = assertThrows(NullPointerException.class, rows::next);
            assertEquals("the source's stream returned null for a batch", failure.getMessage());
        }
        assertEquals(1, closings.get());
        NullPointerException failure =
                assertThrows(NullPointerException.class, () -> PrefetchedRowStream.open(() -> null));
        assertEquals("the source returned null for a stream", failure.getMessage());
        assertThrows(
                NullPointerException.class,
                () -> PrefetchedRowStream.open(() -> new Empty() {
                    @Override
                    public Schema schema() {
                        return null;
                    }
                }));
        assertEquals(2, closings.get());
    }

    @Test
    void aStreamThatSetsItsInterruptFlagWhileItOpensIsRead() {
        Supplier<RowStream> opening = () -> {
            Thread.currentThread().interrupt();
            return new Empty();
        };
        try (PrefetchedRowStream rows = PrefetchedRowStream.open(opening)) {
            assertEquals(Optional.empty(), rows.next());
        }
        assertEquals(1, closings.get());
    }

    @Test
    void anUndeclaredCheckedExceptionArrives() {
        IOException failure = new IOException("gone");
        UndeclaredThrowableException opening = assertThrows(
                UndeclaredThrowableException.class,
                () -> PrefetchedRowStream.open(() -> {
                    throw PrefetchedRowStreamTest.<RuntimeException>undeclared(failure);
                }));
        assertSame(failure, opening.getCause());
        try (PrefetchedRowStream rows = PrefetchedRowStream.open(() -> new Empty() {
            @Override
            public Optional<RowBatch> next() {
                throw PrefetchedRowStreamTest.<RuntimeException>undeclared(failure);
            }
        })) {
            assertSame(
                    failure,
                    assertThrows(UndeclaredThrowableException.class, rows::next).getCause());
        }
        assertEquals(1, closings.get());
    }

    @Test
    void aCallerThatWaitsForAStreamThatAnotherThreadClosesIsReleased() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        PrefetchedRowStream rows = PrefetchedRowStream.open(
                () -> new Empty() {
                    @Override
                    public Optional<RowBatch> next() {
                        reading.countDown();
                        try {
                            Thread.sleep(60_000);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                        return Optional.empty();
                    }
                },
                Duration.ofMillis(50));
        FutureTask<IllegalStateException> waiting =
                new FutureTask<>(() -> assertThrows(IllegalStateException.class, rows::next));
        new Thread(waiting).start();
        reading.await();
        rows.close();
        assertEquals(
                "the stream was closed while its next batch was awaited",
                waiting.get(20, TimeUnit.SECONDS).getMessage());
        assertEquals(1, closings.get());
    }

    @Test
    void theColumnsAreKnownAfterTheStreamIsClosed() {
        PrefetchedRowStream rows = PrefetchedRowStream.open(Empty::new);
        assertEquals(Optional.empty(), rows.next());
        rows.end();
        assertEquals(SCHEMA, rows.schema());
        assertEquals(1, closings.get());
    }

    @Test
    void aStreamWhoseColumnsFailIsClosedAndItsFirstErrorStays() {
        IllegalStateException failure = new IllegalStateException("no columns");
        IllegalStateException closing = new IllegalStateException("the connection is gone");
        IllegalStateException thrown = assertThrows(
                IllegalStateException.class,
                () -> PrefetchedRowStream.open(() -> new Empty() {
                    @Override
                    public Schema schema() {
                        throw failure;
                    }

                    @Override
                    public void close() {
                        super.close();
                        throw closing;
                    }
                }));
        assertSame(failure, thrown);
        assertTrue(List.of(thrown.getSuppressed()).contains(closing));
        assertEquals(1, closings.get());
    }
}
