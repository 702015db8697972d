package io.hybridsnapshot.benchmarks;

import io.hybridsnapshot.csv.CsvFormat;
import io.hybridsnapshot.csv.CsvRowSource;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveResult;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import io.hybridsnapshot.samples.OrdersUnified;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The platform doing the steps that are measured, in the caller's thread but for {@link #save}. */
final class SnapshotSteps {
    private final Dataset dataset = Dataset.of("ORDERS_UNIFIED", List.of(OrdersUnified.KEY))
            .withCarriedColumns(OrdersUnified.DATASET.carriedColumns());
    private final CsvFormat format;
    private final SaveSnapshot save;

    /** The steps on tables of a schema, whose types are declared as a dataset's definition would. */
    SnapshotSteps(Schema schema, SnapshotEnvironment environment) {
        Map<String, ColumnType> types = new HashMap<>();
        for (Column column : schema.columns()) {
            types.put(column.name(), column.type());
        }
        this.format = CsvFormat.DEFAULT.withTypes(types);
        this.save = new SaveSnapshot(environment);
    }

    /** Reads a CSV file and lets its rows go; their number. */
    long readCsv(Path csv) {
        try (RowStream rows = new CsvRowSource(csv, format).open(ReadOptions.ALL)) {
            return MeasuredRows.count(rows);
        }
    }

    /** Reads a CSV file into memory. */
    MeasuredRows load(Path csv) {
        return MeasuredRows.readAll(new CsvRowSource(csv, format), ReadOptions.ALL);
    }

    /** Computes identities and row hashes; the number of rows. */
    long hash(MeasuredRows rows) {
        RowHasher hasher = RowHasher.of(rows.schema(), dataset.hashSpec(), dataset.keyColumns());
        long count = 0;
        for (RowBatch batch : rows.batches()) {
            count += hasher.hash(batch).size();
        }
        return count;
    }

    /** Writes rows as Parquet, digests included, and forces the file to the disk. */
    WrittenFile writeParquet(MeasuredRows rows, Path file) {
        try (SnapshotWriter writer = new ParquetSnapshotCodec().openWriter(file, rows.schema(), Map.of())) {
            for (RowBatch batch : rows.batches()) {
                writer.append(batch);
            }
            return writer.finish();
        }
    }

    /** Takes a snapshot of a CSV file: published in the window, stored in the archive. */
    SaveResult save(Path csv, Partition partition, Progress progress) {
        SaveRequest request = SaveRequest.of(dataset, partition).withProgress(progress);
        return save.save(request, new CsvRowSource(csv, format));
    }
}
