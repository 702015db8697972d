package io.hybridsnapshot.engine.comparison;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.FileBytes;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.WindowProbe;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.internal.comparison.EarlierSide;
import io.hybridsnapshot.engine.internal.comparison.LaterSide;
import io.hybridsnapshot.engine.internal.comparison.LostRows;
import io.hybridsnapshot.engine.internal.pass.BackgroundSnapshotWriter;
import io.hybridsnapshot.engine.internal.pass.PartitionedRowStream;
import io.hybridsnapshot.engine.internal.pass.PrefetchedRowStream;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.pass.Scratch;
import io.hybridsnapshot.engine.internal.sorting.KeyedRowSorter;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the rows of a source that are NEW, CHANGED, UNCHANGED or DELETED since the partition's current snapshot. No
 * snapshot is taken, and nothing visible is written. One pass over the source; the join runs in the window's database.
 * If a foreign writer made the snapshot and the request gives its hash spec, the rows are first kept in a file. They
 * are then hashed from there by that spec and joined in process.
 */
public final class DetectChanges {
    private final SnapshotEnvironment environment;

    /** Makes the use case in an environment. */
    public DetectChanges(SnapshotEnvironment environment) {
        this.environment = environment;
    }

    /**
     * Compares a source with the current snapshot; without one every row is NEW.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST for wrong input and NULL or duplicate
     *     keys, CORRUPT if rows of the current snapshot are missing and no archive has them, UNAVAILABLE if a store
     *     cannot be reached
     */
    public DeltaReport detect(DetectRequest request, RowSource source) {
        Dataset dataset = request.dataset();
        try (Scratch scratch = Scratch.in(environment.workDirectory());
                RowHashing hashing = new RowHashing(scratch.directory(), environment.rowsInMemory());
                WindowProbe probe = environment.window().openProbe(dataset, request.partition())) {
            Optional<WindowSnapshot> current =
                    probe.current().map(snapshot -> LostRows.completed(environment, snapshot));
            ReadOptions options = ReadOptions.ALL.withKnownTypes(current.flatMap(WindowSnapshot::schema));
            try (RowStream rows = source.open(options)) {
                Schema schema = rows.schema();
                dataset.requireColumnsIn(schema);
                try (EarlierSide earlier = new EarlierSide(
                        environment,
                        dataset,
                        current,
                        schema,
                        EarlierSide.WithoutArchive.FAIL,
                        request.foreignHashes())) {
                    request.details().ifPresent(earlier::requireFit);
                    Optional<Path> copy = request.details().isPresent() || earlier.needsLaterCells()
                            ? Optional.of(scratch.file("rows"))
                            : Optional.empty();
                    Read read = read(request, rows, probe, earlier, hashing, copy);
                    return new LaterSide(source, rows, read.rows(), read.comparedRows(), () -> cells(copy))
                            .reportSince(earlier, hashing, probe::delta, request.details(), request.progress());
                }
            }
        }
    }

    private SnapshotReader cells(Optional<Path> copy) {
        return environment.codec().openReader(FileBytes.open(copy.orElseThrow()));
    }

    private Read read(
            DetectRequest request,
            RowStream opened,
            WindowProbe probe,
            EarlierSide earlier,
            RowHashing hashing,
            Optional<Path> copy) {
        Dataset dataset = request.dataset();
        Schema schema = opened.schema();
        RowHasher hasher = RowHasher.of(schema, dataset.hashSpec(), dataset.keyColumns());
        Optional<RowHasher> sharedHasher = earlier.needsSharedHashes()
                ? Optional.of(RowHasher.of(schema, earlier.baseline().spec(), dataset.keyColumns()))
                : Optional.empty();
        KeyedRowSorter sorter = hashing.sorter();
        KeyedRowSorter sharedSorter = sharedHasher.isPresent() ? hashing.sorter() : sorter;
        RowHashing.IdentityCheck check = new RowHashing.IdentityCheck(dataset);
        long count = 0;
        try (RowStream rows = new PrefetchedRowStream(PartitionedRowStream.of(opened, dataset, request.partition()));
                RowCopy target = new RowCopy(environment, schema, copy)) {
            for (Optional<RowBatch> next = rows.next(); next.isPresent(); next = rows.next()) {
                RowBatch batch = next.get();
                target.append(batch);
                earlier.observe(batch);
                KeyedHashes hashes = hasher.hash(batch);
                check.add(hashes);
                sorter.add(hashes);
                sharedHasher.ifPresent(shared -> sharedSorter.add(shared.hash(batch)));
                if (check.allIdentified() && !earlier.needsLaterCells()) {
                    probe.add(hashes);
                }
                count += batch.rowCount();
                request.progress().at(Progress.Step.READING, count);
            }
            check.requireIdentities(rows);
            target.finish();
            SortedKeyedRows sorted = sorter.finish();
            SortedKeyedRows.Inspection inspection = sorted.inspect(RowHashing.OFFENDERS);
            if (!inspection.duplicates().isEmpty()) {
                check.requireUnique(inspection.duplicates(), rows, Optional.empty());
            }
            return new Read(sorted, sharedHasher.isPresent() ? sharedSorter.finish() : sorted);
        }
    }

    /** All rows of the source, hashed under the dataset's spec and under the comparison's. */
    private record Read(SortedKeyedRows rows, SortedKeyedRows comparedRows) {}

    /** Writes the rows to a file if their cells are needed later, and nothing otherwise. */
    static final class RowCopy implements AutoCloseable {
        private final Optional<SnapshotWriter> writer;

        RowCopy(SnapshotEnvironment environment, Schema schema, Optional<Path> file) {
            this.writer = file.map(
                    path -> new BackgroundSnapshotWriter(environment.codec().openWriter(path, schema, Map.of())));
        }

        void append(RowBatch batch) {
            writer.ifPresent(target -> target.append(batch));
        }

        void finish() {
            writer.ifPresent(SnapshotWriter::finish);
        }

        @Override
        public void close() {
            writer.ifPresent(SnapshotWriter::close);
        }
    }
}
