package io.hybridsnapshot.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.FileBytes;
import io.hybridsnapshot.domain.codec.FileRowSource;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.comparison.CompareRequest;
import io.hybridsnapshot.engine.comparison.CompareSnapshots;
import io.hybridsnapshot.engine.comparison.DetailRequest;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.parquet.ParquetSettings;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Counts the costs of a comparison of two Parquet files: bytes fetched, and bytes allocated a row. The bounds are the
 * figures of this version and a tenth. Compiled code may allocate less than interpreted code, never more, so the bounds
 * are those of an interpreter, and hold on any machine.
 */
class ComparisonCostTest {
    private static final int ROWS = 20_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Schema COLUMNS = Schema.of(List.of(
            new Column("ID", ColumnType.INT64),
            new Column("NAME", ColumnType.TEXT),
            new Column("QTY", ColumnType.INT32),
            new Column("STATUS", ColumnType.TEXT)));

    @TempDir
    private Path directory;

    private final ParquetSnapshotCodec codec = new ParquetSnapshotCodec(ParquetSettings.defaults());
    private final AtomicLong fetched = new AtomicLong();
    private final AtomicLong readerAllocated = new AtomicLong();

    /** The costs of a comparison. */
    private record Cost(long fetchedBytes, long engineBytesARow, long readerBytesARow) {}

    @Test
    void aComparisonInTheSameOrderCostsNoMoreThanItDid() {
        Path before = file("a", id -> id, 0);
        Path after = file("b", id -> id, 100);
        assertCost(new Cost(47_560, 180, 89), cost(before, after));
    }

    @Test
    void aComparisonInAnotherOrderCostsNoMoreThanItDid() {
        Path before = file("a", id -> id, 0);
        Path after = file("c", id -> id * 7_919 % ROWS, 100);
        assertCost(new Cost(71_153, 647, 184), cost(before, after));
    }

    private static void assertCost(Cost bound, Cost cost) {
        String all = "bound " + bound + ", actual " + cost;
        assertTrue(10 * cost.fetchedBytes() <= 11 * bound.fetchedBytes(), all);
        assertTrue(10 * cost.engineBytesARow() <= 11 * bound.engineBytesARow(), all);
        assertTrue(10 * cost.readerBytesARow() <= 11 * bound.readerBytesARow(), all);
    }

    private Cost cost(Path before, Path after) {
        // The first comparison loads classes, which allocates too.
        compare(before, after);
        fetched.set(0);
        readerAllocated.set(0);
        long allocated = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
        compare(before, after);
        allocated = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - allocated;
        return new Cost(fetched.get(), allocated / ROWS, readerAllocated.get() / ROWS);
    }

    private void compare(Path before, Path after) {
        SnapshotEnvironment environment = new SnapshotEnvironment(
                new InMemoryWindowStore(),
                new InMemoryArchiveStore(),
                codec,
                directory.resolve("work"),
                Clock.systemUTC(),
                "test",
                SnapshotEnvironment.DEFAULT_ROWS_IN_MEMORY);
        DeltaSummary counts = new CompareSnapshots(environment)
                .compare(new CompareRequest(
                        Dataset.of("t", List.of("ID")),
                        Partition.ALL,
                        new SnapshotReference.OfSource(source(before)),
                        new SnapshotReference.OfSource(source(after)),
                        Optional.of(DetailRequest.EXAMPLES),
                        Progress.NONE))
                .counts();
        assertEquals(new DeltaSummary(0, ROWS / 100, ROWS - ROWS / 100, 0), counts);
    }

    private Path file(String name, LongUnaryOperator order, int changedEvery) {
        Path file = directory.resolve(name);
        try (SnapshotWriter writer = codec.openWriter(file, COLUMNS, Map.of())) {
            for (int from = 0; from < ROWS; from += RowBatch.DEFAULT_ROWS) {
                List<ColumnVector> vectors = RowBatch.vectorsFor(COLUMNS, RowBatch.DEFAULT_ROWS);
                for (int row = from; row < Math.min(ROWS, from + RowBatch.DEFAULT_ROWS); row++) {
                    long id = order.applyAsLong(row);
                    ((LongVector) vectors.get(0)).append(id);
                    ((BytesVector) vectors.get(1)).append("name of " + id * 31 % 5_000);
                    ((LongVector) vectors.get(2)).append(id * 17 % 900);
                    boolean changed = changedEvery > 0 && id % changedEvery == 0;
                    ((BytesVector) vectors.get(3)).append(changed ? "changed" : "open");
                }
                writer.append(new RowBatch(COLUMNS, vectors));
            }
            writer.finish();
        }
        return file;
    }

    private FileRowSource source(Path file) {
        return new FileRowSource() {
            @Override
            public String description() {
                return file.toString();
            }

            @Override
            public RowStream open(ReadOptions options) {
                throw new AssertionError("the rows are read from the file");
            }

            @Override
            public Optional<SnapshotReader> openFile() {
                return Optional.of(new CountingReader(codec.openReader(new CountingBytes(FileBytes.open(file)))));
            }
        };
    }

    /** Counts the bytes that are fetched. */
    private final class CountingBytes implements SeekableBytes {
        private final SeekableBytes inner;

        CountingBytes(SeekableBytes inner) {
            this.inner = inner;
        }

        @Override
        public long length() {
            return inner.length();
        }

        @Override
        public void read(long position, byte[] target, int offset, int length) {
            fetched.addAndGet(length);
            inner.read(position, target, offset, length);
        }

        @Override
        public String description() {
            return inner.description();
        }

        @Override
        public void close() {
            inner.close();
        }
    }

    /** Counts the bytes that are allocated for all rows, in whatever thread. */
    private final class CountingReader implements SnapshotReader {
        private final SnapshotReader inner;

        CountingReader(SnapshotReader inner) {
            this.inner = inner;
        }

        @Override
        public Schema schema() {
            return inner.schema();
        }

        @Override
        public long rowCount() {
            return inner.rowCount();
        }

        @Override
        public Map<String, String> metadata() {
            return inner.metadata();
        }

        @Override
        public Set<String> columnsStoredAlike(SnapshotReader other, Collection<String> columns) {
            return inner.columnsStoredAlike(((CountingReader) other).inner, columns);
        }

        @Override
        public RowStream rows(ReadOptions options) {
            RowStream rows = inner.rows(options);
            return new RowStream() {
                @Override
                public Schema schema() {
                    return rows.schema();
                }

                @Override
                public Optional<RowBatch> next() {
                    long thread = Thread.currentThread().getId();
                    long allocated = THREADS.getThreadAllocatedBytes(thread);
                    try {
                        return rows.next();
                    } finally {
                        readerAllocated.addAndGet(THREADS.getThreadAllocatedBytes(thread) - allocated);
                    }
                }

                @Override
                public void close() {
                    rows.close();
                }
            };
        }

        @Override
        public RowStream rowsAt(long[] ordinals, ReadOptions options) {
            return inner.rowsAt(ordinals, options);
        }

        @Override
        public void close() {
            inner.close();
        }
    }
}
