package io.hybridsnapshot.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.comparison.CompareRequest;
import io.hybridsnapshot.engine.comparison.CompareSnapshots;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.comparison.DetailRequest;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.parquet.ParquetSettings;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import io.hybridsnapshot.postgres.connection.HeapWatch;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How long the cells of changed rows take to be found in files of different orders; docs/how-to/compare.md has the
 * command.
 */
@EnabledIfSystemProperty(named = "measure", matches = "true", disabledReason = "a measurement, run by hand")
class DrillDownMeasurementTest {
    private static final int COLUMNS = 30;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "the same order, 200000, 1",
        "the reversed order, 200000, 199999",
        "a scattered order, 200000, 76543",
        "a scattered order, 1000000, 765431"
    })
    void everyRowChanged(String order, long rows, long stride) {
        SnapshotEnvironment environment = new SnapshotEnvironment(
                new InMemoryWindowStore(),
                new InMemoryArchiveStore(),
                new ParquetSnapshotCodec(ParquetSettings.defaults()),
                directory.resolve("work"),
                Clock.systemUTC(),
                "measurement",
                SnapshotEnvironment.DEFAULT_ROWS_IN_MEMORY);
        AtomicLong detailing = new AtomicLong();
        AtomicLong heard = new AtomicLong();
        CompareRequest request = new CompareRequest(
                Dataset.of("changed", List.of("ID")),
                Partition.ALL,
                new SnapshotReference.OfSource(new Changed(rows, 1, 0)),
                new SnapshotReference.OfSource(new Changed(rows, stride, 1)),
                Optional.of(new DetailRequest(3, Optional.of(row -> {
                    detailing.compareAndSet(0, System.nanoTime());
                    heard.incrementAndGet();
                }))),
                Progress.NONE);
        try (HeapWatch heap = new HeapWatch()) {
            long start = System.nanoTime();
            DeltaReport report = new CompareSnapshots(environment).compare(request);
            long end = System.nanoTime();
            System.out.printf(
                    "%d rows of %d columns, all changed, in %s: %d ms, of which %d ms from the first changed"
                            + " row on; %s%n",
                    rows, COLUMNS, order, (end - start) / 1_000_000, (end - detailing.get()) / 1_000_000, heap);
            assertEquals(new DeltaSummary(0, rows, 0, 0), report.counts());
            assertEquals(rows, heard.get());
        }
    }

    /** Rows of numbers and texts, one of each changed in every row. */
    private record Changed(long count, long stride, long change) implements RowSource {
        @Override
        public String description() {
            return count + " rows by " + stride;
        }

        @Override
        public RowStream open(ReadOptions options) {
            List<Column> columns = new ArrayList<>();
            columns.add(new Column("ID", ColumnType.INT64));
            for (int i = 1; i < COLUMNS; i++) {
                columns.add(new Column("C" + i, i % 2 == 0 ? ColumnType.INT64 : ColumnType.TEXT));
            }
            Schema schema = Schema.of(columns);
            return new RowStream() {
                private long done;

                @Override
                public Schema schema() {
                    return schema;
                }

                @Override
                public Optional<RowBatch> next() {
                    if (done == count) {
                        return Optional.empty();
                    }
                    List<ColumnVector> vectors = RowBatch.vectorsFor(schema, options.batchRows());
                    for (int i = 0; i < options.batchRows() && done < count; i++, done++) {
                        long id = Math.floorMod(done * stride, count);
                        ((LongVector) vectors.get(0)).append(id);
                        for (int column = 1; column < COLUMNS; column++) {
                            long value = (id + 1) * 2_654_435_761L % (10_007L * column) + (column <= 2 ? change : 0);
                            if (vectors.get(column) instanceof BytesVector texts) {
                                texts.append("text " + value);
                            } else {
                                ((LongVector) vectors.get(column)).append(value);
                            }
                        }
                    }
                    return Optional.of(new RowBatch(schema, vectors));
                }

                @Override
                public void close() {}
            };
        }
    }
}
