package io.hybridsnapshot.parquet;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Counts the bytes of heap that a row takes in hashing, writing and reading. The counts do not depend on the machine's
 * load. Each limit is a tenth above what was measured on Java 17 and 25; an object a cell exceeds all of them.
 */
class RowCostTest {
    private static final int COLUMNS = 40;
    private static final int BATCHES = 16;
    private static final int ROWS = BATCHES * RowBatch.DEFAULT_ROWS;

    /** Six words: identity and hash. */
    private static final double HASHED = 48.2;

    private static final double WRITTEN = 1_310;
    private static final double READ = 1_510;

    private static final int WARM_UP_RUNS = 12;
    private static final int RUNS = 5;

    @TempDir
    Path directory;

    private final Schema schema = schema();
    private final List<RowBatch> batches = batches(schema);

    private static Schema schema() {
        List<Column> columns = new ArrayList<>(List.of(new Column("id", ColumnType.INT64)));
        for (int i = 1; i < COLUMNS; i++) {
            columns.add(new Column("c" + i, i % 3 == 0 ? ColumnType.INT32 : ColumnType.TEXT));
        }
        return Schema.of(columns);
    }

    /** Texts of few, some and ever new values, and numbers; a quarter of the cells is NULL. */
    private static List<RowBatch> batches(Schema schema) {
        Random random = new Random(3);
        List<RowBatch> batches = new ArrayList<>();
        for (int batch = 0; batch < BATCHES; batch++) {
            List<ColumnVector> vectors = RowBatch.vectorsFor(schema, RowBatch.DEFAULT_ROWS);
            for (int row = 0; row < RowBatch.DEFAULT_ROWS; row++) {
                ((LongVector) vectors.get(0)).append(batch * RowBatch.DEFAULT_ROWS + row);
                for (int column = 1; column < COLUMNS; column++) {
                    int value = random.nextInt(column % 4 == 0 ? Integer.MAX_VALUE : 40 * column);
                    if (random.nextInt(4) == 0) {
                        vectors.get(column).appendNull();
                    } else if (vectors.get(column) instanceof LongVector numbers) {
                        numbers.append(value);
                    } else {
                        ((BytesVector) vectors.get(column)).append("a text of an order " + value);
                    }
                }
            }
            batches.add(new RowBatch(schema, vectors));
        }
        return batches;
    }

    /** The bytes a row that warm code allocates in all threads: the least of some runs. */
    private static double bytesPerRow(Runnable work) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int run = 0; run < WARM_UP_RUNS + RUNS; run++) {
            long before = allocatedBytes(threads);
            work.run();
            least = Math.min(least, allocatedBytes(threads) - before);
        }
        return (double) least / ROWS;
    }

    /** The threads that help live on between the runs, so their bytes count in both sums. */
    private static long allocatedBytes(ThreadMXBean threads) {
        long bytes = 0;
        for (long ofThread : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
            bytes += Math.max(0, ofThread);
        }
        return bytes;
    }

    private static void assertCost(String work, double measured, double actual) {
        assertTrue(
                actual <= 1.1 * measured,
                () -> work + " allocates " + actual + " bytes a row, measured were " + measured);
    }

    @Test
    void hashingAllocatesTheHashesAlone() {
        RowHasher hasher = RowHasher.of(schema, HashSpec.HSR1, List.of("id"));
        assertCost("hashing", HASHED, bytesPerRow(() -> batches.forEach(hasher::hash)));
    }

    @Test
    void writingAllocatesPagesAndNothingForACell() {
        Path file = directory.resolve("written.parquet");
        assertCost(
                "writing", WRITTEN, bytesPerRow(() -> Tables.write(file, ParquetSettings.defaults(), schema, batches)));
    }

    @Test
    void readingAllocatesTheVectorsAndNothingForACell() {
        Path file = directory.resolve("read.parquet");
        Tables.write(file, ParquetSettings.defaults(), schema, batches);
        assertCost("reading", READ, bytesPerRow(() -> {
            try (RowStream rows = new ParquetRowSource(file).open(ReadOptions.ALL)) {
                Optional<RowBatch> batch;
                do {
                    batch = rows.next();
                } while (batch.isPresent());
            }
        }));
    }
}
