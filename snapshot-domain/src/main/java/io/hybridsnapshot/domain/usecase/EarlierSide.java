package io.hybridsnapshot.domain.usecase;

import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.ChangeDetails;
import io.hybridsnapshot.domain.delta.ChangeDrillDown;
import io.hybridsnapshot.domain.delta.DeltaBasis;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.delta.MergeDelta;
import io.hybridsnapshot.domain.delta.SnapshotDelta;
import io.hybridsnapshot.domain.delta.SortedKeyedRows;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.SchemaDrift;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The current snapshot of the window as the earlier side of a comparison with rows that are being read: decides the basis, computes the delta
 * where the window's database cannot, and opens the archive for the cells before. Closed by whoever opened it.
 */
final class EarlierSide implements AutoCloseable {
    private final SnapshotEnvironment environment;
    private final Dataset dataset;
    private final Optional<WindowSnapshot> snapshot;
    private final WithoutArchive withoutArchive;
    private final Baseline baseline;
    private Optional<SnapshotReader> reader = Optional.empty();
    private Optional<SortedKeyedRows> rehashed = Optional.empty();

    /** What to do if the archive of the earlier rows cannot be reached. */
    enum WithoutArchive {
        /** Fail. */
        FAIL,
        /** Compare by the hashes that the window has. */
        USE_HASHES
    }

    /** The earlier side of a comparison with rows of a schema. */
    EarlierSide(
            SnapshotEnvironment environment,
            Dataset dataset,
            Optional<WindowSnapshot> snapshot,
            Schema after,
            WithoutArchive withoutArchive) {
        this.environment = environment;
        this.dataset = dataset;
        this.snapshot = snapshot;
        this.withoutArchive = withoutArchive;
        Baseline wanted = baseline(snapshot, after, evidence(snapshot));
        boolean needsCells = wanted.basis() == DeltaBasis.SHARED_COLUMNS || wanted.basis() == DeltaBasis.REHASHED;
        this.baseline = needsCells && cells().isEmpty() ? baseline(snapshot, after, Baseline.Evidence.HASHES) : wanted;
    }

    private static Baseline.Evidence evidence(Optional<WindowSnapshot> snapshot) {
        return snapshot.flatMap(WindowSnapshot::archiveId).isPresent()
                ? Baseline.Evidence.CELLS
                : Baseline.Evidence.HASHES;
    }

    private Baseline baseline(Optional<WindowSnapshot> earlier, Schema after, Baseline.Evidence evidence) {
        return earlier.map(known -> Baseline.of(
                        new Baseline.Known(known.schema(), known.hashSpecId(), evidence), after, dataset.hashSpec()))
                .orElse(new Baseline(DeltaBasis.FIRST_SNAPSHOT, SchemaDrift.NONE, dataset.hashSpec()));
    }

    Baseline baseline() {
        return baseline;
    }

    /** Whether the rows have to be hashed a second time, over the columns that both sides have. */
    boolean needsSharedHashes() {
        return baseline.basis() == DeltaBasis.SHARED_COLUMNS;
    }

    /**
     * The delta on the basis decided.
     *
     * @param after the later rows, hashed under the baseline's spec
     * @param inDatabase the join by the hashes that the window has
     */
    SnapshotDelta delta(SortedKeyedRows after, RowHashing hashing, Supplier<SnapshotDelta> inDatabase) {
        return switch (baseline.basis()) {
            case SHARED_COLUMNS, REHASHED -> {
                rehashed = Optional.of(hashing.rows(cells().orElseThrow(), dataset, baseline.spec()));
                yield new MergeDelta(rehashed.get(), after);
            }
            case FIRST_SNAPSHOT, WHOLE_ROWS, WHOLE_ROWS_DESPITE_DRIFT, KEYS_ONLY -> inDatabase.get();
        };
    }

    /** The counts as the basis allows them: by keys alone, no row of both is known to be unchanged. */
    DeltaSummary counts(SnapshotDelta delta) {
        DeltaSummary counts = delta.summary();
        return baseline.basis() == DeltaBasis.KEYS_ONLY
                ? new DeltaSummary(counts.added(), counts.changed() + counts.unchanged(), 0, counts.deleted())
                : counts;
    }

    /** The cells behind a delta. */
    ChangeDetails details(
            SnapshotDelta delta,
            SortedKeyedRows after,
            SnapshotReader afterCells,
            DetailRequest request,
            RowHashing hashing,
            Progress progress) {
        ChangeDrillDown.Side before = new ChangeDrillDown.Side(located(hashing), cells());
        ChangeDrillDown.Side later = new ChangeDrillDown.Side(after, Optional.of(afterCells));
        try (ChangeDrillDown drillDown = new ChangeDrillDown(
                before,
                later,
                dataset.keyColumns(),
                baseline.spec(),
                hashing.scratch(),
                hashing.rowsInMemory(),
                rows -> progress.at(Progress.Step.DETAILING, rows))) {
            return drillDown.details(delta, request.exampleLimit(), request.listener());
        }
    }

    private SortedKeyedRows located(RowHashing hashing) {
        if (rehashed.isPresent()) {
            return rehashed.get();
        }
        if (cells().isPresent()) {
            return hashing.identities(cells().get(), dataset);
        }
        if (snapshot.isEmpty()) {
            return hashing.sorter().finish();
        }
        try (KeyedRowStream rows = environment.window().openRows(dataset, snapshot.get())) {
            return hashing.windowRows(rows);
        }
    }

    private Optional<SnapshotReader> cells() {
        if (reader.isEmpty()) {
            try {
                reader = snapshot.flatMap(WindowSnapshot::archiveId)
                        .map(id -> environment
                                .codec()
                                .openReader(environment.archive().open(id)));
            } catch (SnapshotException e) {
                if (withoutArchive == WithoutArchive.FAIL || e.kind() != SnapshotException.Kind.UNAVAILABLE) {
                    throw e;
                }
            }
        }
        return reader;
    }

    @Override
    public void close() {
        reader.ifPresent(SnapshotReader::close);
    }
}
