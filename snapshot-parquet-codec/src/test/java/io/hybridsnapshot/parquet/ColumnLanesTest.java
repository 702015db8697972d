package io.hybridsnapshot.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.testkit.data.RandomTables;
import io.hybridsnapshot.testkit.data.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several threads encode the columns of a file. They give the bytes of one thread, and its error. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ColumnLanesTest {
    private static final ParquetSettings SETTINGS = ParquetSettings.defaults();

    @TempDir
    Path directory;

    @Test
    void aFileHasTheSameBytesForAnyNumberOfThreads() throws IOException {
        for (long seed = 0; seed < 6; seed++) {
            Table table = RandomTables.seeded(seed).table(25, 3 * RowBatch.DEFAULT_ROWS, 1_500);
            // Small row groups end while the lanes are at work.
            ParquetSettings settings = new ParquetSettings(Compression.ZSTD, 3, 1 << 16);
            byte[] alone = written(table, settings, 1);
            assertArrayEquals(alone, written(table, settings, 2), "seed " + seed);
            assertArrayEquals(alone, written(table, settings, 4), "seed " + seed);
        }
    }

    private byte[] written(Table table, ParquetSettings settings, int threads) throws IOException {
        Path file = directory.resolve("file");
        try (ParquetSnapshotWriter writer =
                new ParquetSnapshotWriter(file, table.schema(), Map.of(), settings, threads)) {
            table.batches().forEach(writer::append);
            WrittenFile written = writer.finish();
            assertEquals(table.rowCount(), written.rowCount());
        }
        return Files.readAllBytes(file);
    }

    @Test
    void everyColumnIsWorkedOnOnceAndBySeveralThreads() throws IOException {
        CountDownLatch bothAtWork = new CountDownLatch(2);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        AtomicIntegerArray times = new AtomicIntegerArray(50);
        try (ColumnLanes lanes = new ColumnLanes(50, SETTINGS, 2)) {
            lanes.together((column, workspace) -> {
                times.incrementAndGet(column);
                if (threads.add(Thread.currentThread())) {
                    bothAtWork.countDown();
                    await(bothAtWork);
                }
            });
        }
        assertEquals(2, threads.size());
        for (int column = 0; column < times.length(); column++) {
            assertEquals(1, times.get(column));
        }
    }

    @Test
    void theFailureOfTheFirstColumnIsThrownWhateverTheOrder() {
        IOException first = new IOException("of column 3");
        IllegalStateException second = new IllegalStateException("of column 4");
        CountDownLatch laterFailed = new CountDownLatch(1);
        AtomicIntegerArray times = new AtomicIntegerArray(50);
        try (ColumnLanes lanes = new ColumnLanes(50, SETTINGS, 2)) {
            IOException thrown = assertThrows(
                    IOException.class,
                    () -> lanes.together((column, workspace) -> {
                        times.incrementAndGet(column);
                        if (column == 3) {
                            await(laterFailed);
                            throw first;
                        }
                        if (column == 4) {
                            laterFailed.countDown();
                            throw second;
                        }
                    }));
            assertSame(first, thrown);
        }
        assertEquals(0, times.get(49), "a column was begun after a failure");
    }

    @Test
    void aBusyPoolDelaysNothing() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        for (int i = 0; i < ForkJoinPool.getCommonPoolParallelism() + 2; i++) {
            ForkJoinPool.commonPool().execute(() -> await(release));
        }
        try (ColumnLanes lanes = new ColumnLanes(50, SETTINGS, 4)) {
            Set<Thread> threads = ConcurrentHashMap.newKeySet();
            lanes.together((column, workspace) -> threads.add(Thread.currentThread()));
            assertEquals(Set.of(Thread.currentThread()), threads);
        } finally {
            release.countDown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(1, TimeUnit.MINUTES));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
