package io.hybridsnapshot.benchmarks;

import io.hybridsnapshot.csv.CsvFormat;
import io.hybridsnapshot.csv.CsvRowSource;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.comparison.DetectChanges;
import io.hybridsnapshot.engine.comparison.DetectRequest;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveResult;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The platform doing the jobs that are measured. Reading and hashing alone take the caller's thread. */
final class SnapshotSteps {
    private final Dataset dataset;
    private final CsvFormat format;
    private final SaveSnapshot save;
    private final DetectChanges detect;

    /** The jobs on a table, whose types are declared as a dataset's definition would. */
    SnapshotSteps(MeasuredTable table, SnapshotEnvironment environment) {
        Map<String, ColumnType> types = new HashMap<>();
        for (Column column : table.schema().columns()) {
            types.put(column.name(), column.type());
        }
        this.dataset = table.dataset();
        this.format = CsvFormat.DEFAULT.withTypes(types);
        this.save = new SaveSnapshot(environment);
        this.detect = new DetectChanges(environment);
    }

    /** Reads a CSV file, computes identities and row hashes and lets them go; the number of rows. */
    long readAndHash(Path csv) {
        try (RowStream rows = new CsvRowSource(csv, format).open(ReadOptions.ALL)) {
            RowHasher hasher = RowHasher.of(rows.schema(), dataset.hashSpec(), dataset.keyColumns());
            long count = 0;
            for (Optional<RowBatch> batch = rows.next(); batch.isPresent(); batch = rows.next()) {
                count += hasher.hash(batch.get()).size();
            }
            return count;
        }
    }

    /** Takes a snapshot of a CSV file: published in the window, stored in the archive. */
    SaveResult save(Path csv, Partition partition, Progress progress) {
        SaveRequest request = SaveRequest.of(dataset, partition).withProgress(progress);
        return save.save(request, new CsvRowSource(csv, format));
    }

    /** Compares a CSV file with the current snapshot; the counts alone. */
    DeltaReport detect(Path csv, Partition partition) {
        DetectRequest request = new DetectRequest(dataset, partition, Optional.empty(), Progress.NONE);
        return detect.detect(request, new CsvRowSource(csv, format));
    }
}
