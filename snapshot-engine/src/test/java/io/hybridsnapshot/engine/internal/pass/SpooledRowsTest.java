package io.hybridsnapshot.engine.internal.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.Orders;
import io.hybridsnapshot.testkit.data.Table;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A source that stalls while its first reading is given up: a replay still gets every row. */
@Timeout(60)
class SpooledRowsTest {
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Table ORDERS = Orders.numbered(30).table();

    @TempDir
    Path directory;

    private final CountDownLatch stalled = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private volatile boolean interrupted;

    /** Rows of which the second batch comes late. */
    private final class Stalling implements RowStream {
        private final RowStream rows = ORDERS.stream(new ReadOptions(List.of(), 7, Optional.empty()));
        private int batches;

        @Override
        public Schema schema() {
            return rows.schema();
        }

        @Override
        public Optional<RowBatch> next() {
            if (++batches == 2) {
                stalled.countDown();
                try {
                    go.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                    throw new IllegalStateException("the source was interrupted", e);
                }
            }
            return rows.next();
        }

        @Override
        public void close() {
            rows.close();
        }
    }

    private PrefetchedRowStream source() {
        return PrefetchedRowStream.open(Stalling::new, SHORT);
    }

    private SpooledRows spooled(PrefetchedRowStream source) {
        return new SpooledRows(source, new InMemorySnapshotCodec(), directory.resolve("copy"));
    }

    /** Reads one batch in a thread that goes on to the batch that comes late, and gives that reading up. */
    private void giveUp(SpooledRows rows) throws InterruptedException {
        try (PrefetchedRowStream lane = PrefetchedRowStream.openShared(() -> rows.rows(ReadOptions.ALL))) {
            assertEquals(7, lane.next().orElseThrow().rowCount());
            assertTrue(stalled.await(30, TimeUnit.SECONDS));
        }
    }

    @Test
    void aReadingThatIsGivenUpLeavesEveryRowToTheReplay() throws Exception {
        try (PrefetchedRowStream source = source();
                SpooledRows rows = spooled(source)) {
            long start = System.nanoTime();
            giveUp(rows);
            assertTrue(System.nanoTime() - start < PrefetchedRowStream.PATIENCE.toNanos());
            FutureTask<Table> replay = new FutureTask<>(() -> {
                try (RowStream again = rows.replay()) {
                    return Table.read(again);
                }
            });
            Thread caller = new Thread(replay);
            caller.start();
            awaitWaiting(caller);
            go.countDown();
            assertEquals(Orders.rowsOf(ORDERS), Orders.rowsOf(replay.get(30, TimeUnit.SECONDS)));
            assertFalse(interrupted);
        }
    }

    @Test
    void anInterruptionEndsTheReplaysWaitForAReadingThatWasGivenUp() throws Exception {
        try (PrefetchedRowStream source = source();
                SpooledRows rows = spooled(source)) {
            giveUp(rows);
            FutureTask<SnapshotException> replay =
                    new FutureTask<>(() -> assertThrows(SnapshotException.class, rows::replay));
            Thread caller = new Thread(replay);
            caller.start();
            awaitWaiting(caller);
            caller.interrupt();
            assertTrue(Interruption.isCauseOf(replay.get(30, TimeUnit.SECONDS)));
            assertFalse(interrupted);
        }
        assertTrue(interrupted);
    }

    @Test
    void aReadingThatIsGivenUpEndsWithTheSource() throws Exception {
        Thread[] reader = new Thread[1];
        try (PrefetchedRowStream source = source();
                SpooledRows rows = spooled(source)) {
            try (PrefetchedRowStream lane = PrefetchedRowStream.openShared(() -> {
                reader[0] = Thread.currentThread();
                return rows.rows(ReadOptions.ALL);
            })) {
                assertTrue(lane.next().isPresent());
                assertTrue(stalled.await(30, TimeUnit.SECONDS));
            }
        }
        reader[0].join(TimeUnit.SECONDS.toMillis(30));
        assertFalse(reader[0].isAlive());
    }

    @Test
    void aClosedCopyIsNotOpenedAgain() {
        go.countDown();
        try (PrefetchedRowStream source = source()) {
            SpooledRows rows = spooled(source);
            RowStream first = rows.rows(ReadOptions.ALL);
            rows.close();
            assertThrows(IllegalStateException.class, first::next);
            assertFalse(directory.resolve("copy").toFile().exists());
        }
    }

    /** Waits until a thread waits for the thread of the reading that was given up. */
    private static void awaitWaiting(Thread thread) throws InterruptedException {
        while (thread.isAlive() && thread.getState() != Thread.State.WAITING) {
            Thread.sleep(1);
        }
    }
}
