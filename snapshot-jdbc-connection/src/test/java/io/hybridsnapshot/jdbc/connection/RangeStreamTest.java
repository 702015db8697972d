package io.hybridsnapshot.jdbc.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RangeStreamTest {
    private static final Schema SCHEMA = Schema.of(new Column("n", ColumnType.INT64));
    private static final int READERS = 5;

    private final CountDownLatch opening = new CountDownLatch(READERS);
    private final CountDownLatch end = new CountDownLatch(1);

    /** Waits in {@link #open} as for a server, until it is cancelled or the test ends. */
    private final class WaitingReader implements RangeStream.Reader {
        private final CountDownLatch answer;
        private volatile boolean returned;
        private volatile boolean closedWhileOpening;
        private volatile boolean closed;

        WaitingReader(CountDownLatch answer) {
            this.answer = answer;
        }

        @Override
        public RangeStream.Rows open(int range) {
            opening.countDown();
            try {
                answer.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            } finally {
                returned = true;
            }
            throw SnapshotException.unavailable("the connection is dropped").build();
        }

        @Override
        public void cancel() {
            if (answer != end) {
                answer.countDown();
            }
        }

        @Override
        public void close() {
            closedWhileOpening = !returned;
            closed = true;
        }
    }

    @AfterEach
    void letReadersGo() {
        end.countDown();
    }

    private List<WaitingReader> readers(boolean deaf) {
        return IntStream.range(0, READERS)
                .mapToObj(i -> new WaitingReader(deaf ? end : new CountDownLatch(1)))
                .toList();
    }

    private RangeStream stream(List<WaitingReader> readers, long patienceMillis) throws InterruptedException {
        RangeStream stream = new RangeStream(
                "reading", SCHEMA, READERS, readers, Optional.empty(), UnaryOperator.identity(), patienceMillis);
        opening.await();
        return stream;
    }

    @Test
    void aReaderThatWaitsForTheServerIsCancelledByItsConnection() throws InterruptedException {
        List<WaitingReader> readers = readers(false);
        // Longer than the limit of the test.
        stream(readers, TimeUnit.MINUTES.toMillis(10)).close();
        for (WaitingReader reader : readers) {
            assertTrue(reader.closed);
            assertFalse(reader.closedWhileOpening);
        }
    }

    @Test
    void readersThatDoNotEndAreAwaitedOnceAndNotEachForItself() throws InterruptedException {
        List<WaitingReader> readers = readers(true);
        RangeStream stream = stream(readers, 1_000);
        long start = System.nanoTime();
        stream.close();
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        assertTrue(millis >= 900 && millis < 1_000L * (READERS - 1), millis + " ms");
        assertTrue(readers.stream().allMatch(reader -> reader.closed));
    }

    @Test
    void anInterruptedCallerStillWaitsForTheThreadsAndStaysInterrupted() throws InterruptedException {
        List<WaitingReader> readers = readers(false);
        RangeStream stream = stream(readers, TimeUnit.MINUTES.toMillis(10));
        Thread.currentThread().interrupt();
        SnapshotException error = assertThrows(SnapshotException.class, stream::next);
        assertEquals("interrupted while reading", error.problem());
        stream.close();
        assertTrue(Thread.interrupted());
        for (WaitingReader reader : readers) {
            assertTrue(reader.closed);
            assertFalse(reader.closedWhileOpening);
        }
    }
}
