package io.hybridsnapshot.engine.internal.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.Orders;
import io.hybridsnapshot.engine.StallingRows;
import io.hybridsnapshot.testkit.data.Table;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
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

    private final CountDownLatch go = new CountDownLatch(1);
    private final CountDownLatch interruption = new CountDownLatch(1);

    private PrefetchedRowStream source() {
        return PrefetchedRowStream.open(
                () -> new StallingRows(
                        ORDERS.stream(new ReadOptions(List.of(), 7, Optional.empty())), go, interruption),
                SHORT);
    }

    private SpooledRows spooled(PrefetchedRowStream source) {
        return new SpooledRows(source, new InMemorySnapshotCodec(), directory.resolve("copy"));
    }

    /** Reads one batch in a thread that goes on to the batch that comes late, and gives that reading up. */
    private static Thread giveUp(SpooledRows rows) throws InterruptedException {
        AtomicReference<Thread> reader = new AtomicReference<>();
        try (PrefetchedRowStream lane = PrefetchedRowStream.openShared(() -> {
            reader.set(Thread.currentThread());
            return rows.rows(ReadOptions.ALL);
        })) {
            assertEquals(7, lane.next().orElseThrow().rowCount());
            // The thread has copied the first batch, so it waits for the late one.
            awaitCall(reader.get(), PrefetchedRowStream.class, "nextItem");
        }
        return reader.get();
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
            awaitLock(caller);
            go.countDown();
            assertEquals(Orders.rowsOf(ORDERS), Orders.rowsOf(replay.get(30, TimeUnit.SECONDS)));
            assertEquals(1, interruption.getCount());
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
            awaitLock(caller);
            caller.interrupt();
            assertTrue(Interruption.isCauseOf(replay.get(30, TimeUnit.SECONDS)));
            assertEquals(1, interruption.getCount());
        }
        // Closing the source waits for its patience at most, so the reader may be interrupted a moment later.
        assertTrue(interruption.await(30, TimeUnit.SECONDS));
    }

    @Test
    void aReadingThatIsGivenUpEndsWithTheSource() throws Exception {
        Thread reader;
        try (PrefetchedRowStream source = source();
                SpooledRows rows = spooled(source)) {
            reader = giveUp(rows);
        }
        reader.join(TimeUnit.SECONDS.toMillis(30));
        assertFalse(reader.isAlive());
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

    /** Waits until a thread waits for the lock that the reading which was given up holds. */
    private static void awaitLock(Thread thread) throws InterruptedException {
        awaitCall(thread, ReentrantLock.class, "lockInterruptibly");
    }

    private static void awaitCall(Thread thread, Class<?> type, String method) throws InterruptedException {
        while (thread.isAlive()
                && Stream.of(thread.getStackTrace())
                        .noneMatch(frame -> frame.getMethodName().equals(method)
                                && frame.getClassName().equals(type.getName()))) {
            Thread.sleep(1);
        }
    }
}
