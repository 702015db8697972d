package io.hybridsnapshot.jdbc.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OrderedBatchesTest {
    private static final Schema SCHEMA = Schema.of(new Column("n", ColumnType.INT64));

    @Test
    void batchesComeRangeByRangeWhoeverIsFaster() throws Exception {
        for (int seed = 0; seed < 30; seed++) {
            Random random = new Random(seed);
            int ranges = 1 + random.nextInt(20);
            int readers = 1 + random.nextInt(4);
            OrderedBatches batches = new OrderedBatches(ranges, readers + 1, 2);
            AtomicInteger waiting = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            ExecutorService pool = Executors.newFixedThreadPool(readers);
            List<Future<?>> running = new ArrayList<>();
            for (int r = 0; r < readers; r++) {
                Random pace = new Random(seed * 31L + r);
                running.add(pool.submit(() -> {
                    for (int range = batches.beginRange(); range >= 0; range = batches.beginRange()) {
                        for (int i = 0; i < sizeOf(range); i++) {
                            if (pace.nextInt(4) == 0) {
                                Thread.sleep(1);
                            }
                            most.accumulateAndGet(waiting.incrementAndGet(), Math::max);
                            assertTrue(batches.add(range, batch(range * 100L + i)));
                        }
                        batches.endRange(range);
                    }
                    return null;
                }));
            }
            List<Long> taken = new ArrayList<>();
            for (Optional<RowBatch> next = batches.take(); next.isPresent(); next = batches.take()) {
                waiting.decrementAndGet();
                taken.add(value(next.get()));
            }
            for (Future<?> reader : running) {
                reader.get();
            }
            pool.shutdown();
            List<Long> expected = new ArrayList<>();
            for (int range = 0; range < ranges; range++) {
                for (int i = 0; i < sizeOf(range); i++) {
                    expected.add(range * 100L + i);
                }
            }
            assertEquals(expected, taken, "seed " + seed);
            assertTrue(
                    most.get() <= (readers + 1) * 2 + readers + 1,
                    most.get() + " batches of " + readers + " readers at a time");
            assertEquals(Optional.empty(), batches.take());
        }
    }

    @Test
    void aFailureOfALaterRangeIsMetAtOnceAndStopsAll() throws Exception {
        OrderedBatches batches = new OrderedBatches(3, 3, 2);
        batches.beginRange();
        batches.beginRange();
        assertTrue(batches.add(0, batch(1)));
        IllegalStateException failure = new IllegalStateException("range 1");
        batches.fail(failure);
        batches.fail(new IllegalStateException("another"));
        assertSame(failure, assertThrows(IllegalStateException.class, batches::take));
        assertSame(failure, assertThrows(IllegalStateException.class, batches::take));
        assertEquals(-1, batches.beginRange());
        assertFalse(batches.add(0, batch(2)));
    }

    @Test
    void aStopLetsWaitingReadersGoAndHidesWhatTheyThenSay() throws Exception {
        OrderedBatches batches = new OrderedBatches(1, 1, 1);
        int range = batches.beginRange();
        assertTrue(batches.add(range, batch(1)));
        ExecutorService pool = Executors.newSingleThreadExecutor();
        Future<Boolean> reader = pool.submit(() -> batches.add(range, batch(2)));
        assertThrows(java.util.concurrent.TimeoutException.class, () -> reader.get(50, TimeUnit.MILLISECONDS));
        batches.stop();
        assertFalse(reader.get());
        batches.fail(new IllegalStateException("cancelled"));
        assertEquals(Optional.empty(), batches.take());
        pool.shutdown();
    }

    private static int sizeOf(int range) {
        return range % 5;
    }

    private static RowBatch batch(long value) {
        LongVector vector = new LongVector(1);
        vector.append(value);
        return new RowBatch(SCHEMA, List.of(vector));
    }

    private static long value(RowBatch batch) {
        return ((LongVector) batch.vector(0)).get(0);
    }
}
