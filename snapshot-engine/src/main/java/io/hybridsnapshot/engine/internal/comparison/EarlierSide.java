package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.delta.SnapshotDelta;
import io.hybridsnapshot.domain.encoding.LegacyRowHasher;
import io.hybridsnapshot.domain.encoding.LegacySpec;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.SchemaDrift;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.comparison.ChangeDetails;
import io.hybridsnapshot.engine.comparison.ColumnBasis;
import io.hybridsnapshot.engine.comparison.DeltaBasis;
import io.hybridsnapshot.engine.comparison.DetailRequest;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The current snapshot of the window as the earlier side of a comparison with rows that are being read. It decides the
 * basis, computes the delta if the window's database cannot, and opens the archive for the earlier cells. The caller
 * that opened it closes it.
 */
public final class EarlierSide implements AutoCloseable {
    /** The share of CHANGED rows above which a report remarks on it. */
    private static final double REMARKABLE_CHANGED_SHARE = 0.9;

    private final SnapshotEnvironment environment;
    private final Dataset dataset;
    private final Optional<WindowSnapshot> snapshot;
    private final Schema after;
    private final WithoutArchive withoutArchive;
    private final Optional<LegacySpec> foreignHashes;
    private final Optional<LegacyRowHasher> legacyHasher;
    private final boolean rowsAreMissing;
    private Baseline baseline;
    private Optional<String> lost = Optional.empty();
    private Optional<SnapshotReader> reader = Optional.empty();
    private Optional<SortedKeyedRows> rehashed = Optional.empty();
    private Optional<SortedKeyedRows> foreignRows = Optional.empty();
    private Optional<String> mismatch = Optional.empty();

    /** The choices if the archive of the earlier rows cannot be reached. */
    public enum WithoutArchive {
        /** Fail. */
        FAIL,
        /** Compare by the hashes that the window has. */
        USE_HASHES
    }

    /**
     * Makes the earlier side of a comparison with rows of a schema.
     *
     * @param foreignHashes the way in which a foreign writer hashed the snapshot's rows, if the caller gives it
     * @throws SnapshotException INVALID_REQUEST if it is given for the platform's own snapshot, or the schema lacks a
     *     hashed column
     */
    public EarlierSide(
            SnapshotEnvironment environment,
            Dataset dataset,
            Optional<WindowSnapshot> snapshot,
            Schema after,
            WithoutArchive withoutArchive,
            Optional<LegacySpec> foreignHashes) {
        this.environment = environment;
        this.dataset = dataset;
        this.snapshot = snapshot;
        this.after = after;
        this.withoutArchive = withoutArchive;
        this.foreignHashes = foreignHashes;
        foreignHashes.ifPresent(spec -> requireForeign(dataset, snapshot, spec));
        this.legacyHasher = snapshot.isEmpty()
                ? Optional.empty()
                : foreignHashes.map(spec -> LegacyRowHasher.of(after, spec, dataset.hashSpec(), dataset.keyColumns()));
        this.lost = missingKey(dataset, snapshot);
        this.rowsAreMissing = snapshot.filter(known -> known.state() == SnapshotState.INCOMPLETE)
                .isPresent();
        Baseline wanted = baseline(snapshot, after, evidence(snapshot));
        boolean needsCells = wanted.basis() == DeltaBasis.SHARED_COLUMNS || wanted.basis() == DeltaBasis.REHASHED;
        this.baseline = needsCells && cells().isEmpty() ? baseline(snapshot, after, Baseline.Evidence.HASHES) : wanted;
    }

    /**
     * Rows that were archived without the present key columns cannot be matched by their cells. The window's own data
     * decides.
     */
    private static Optional<String> missingKey(Dataset dataset, Optional<WindowSnapshot> snapshot) {
        return snapshot.flatMap(WindowSnapshot::schema)
                .flatMap(schema -> dataset.keyColumns().stream()
                        .filter(column -> !schema.names().contains(column))
                        .findFirst())
                .map(column -> "it has no column '" + column + "', which is a key column now");
    }

    private static void requireForeign(Dataset dataset, Optional<WindowSnapshot> snapshot, LegacySpec spec) {
        WindowSnapshot current = snapshot.orElseThrow(() -> SnapshotException.invalidRequest(
                        "there is no snapshot whose hashes a foreign writer could have made")
                .where("dataset '" + dataset.name() + "'")
                .actual("hash spec " + spec.id() + ", and no current snapshot of this partition")
                .expected("rows of another writer in the window")
                .nextStep("check the dataset's name and the partition, or leave the hash spec out")
                .build());
        if (!current.isForeign()) {
            throw SnapshotException.invalidRequest("the current snapshot is not a foreign writer's")
                    .where("dataset '" + current.dataset() + "', partition '" + current.partition() + "'")
                    .actual("hash spec " + spec.id() + " for a snapshot of "
                            + current.hashSpecId().orElse("an unknown spec") + ", batch "
                            + current.id().map(Object::toString).orElse("unknown"))
                    .expected("no legacy hash spec: the snapshot says itself how its rows were hashed")
                    .nextStep("leave the hash spec out (--hash-spec)")
                    .build();
        }
    }

    private static Baseline.Evidence evidence(Optional<WindowSnapshot> snapshot) {
        return snapshot.flatMap(WindowSnapshot::archiveId).isPresent()
                ? Baseline.Evidence.CELLS
                : Baseline.Evidence.HASHES;
    }

    private Baseline baseline(Optional<WindowSnapshot> earlier, Schema after, Baseline.Evidence evidence) {
        if (legacyHasher.isPresent()) {
            return new Baseline(DeltaBasis.LEGACY_HASHES, SchemaDrift.NONE, dataset.hashSpec());
        }
        return earlier.map(known ->
                        Baseline.of(new Baseline.Known(known.schema(), known.hashSpecId(), evidence), after, dataset))
                .orElse(new Baseline(DeltaBasis.FIRST_SNAPSHOT, SchemaDrift.NONE, dataset.hashSpec()));
    }

    public Baseline baseline() {
        return baseline;
    }

    /** Returns the snapshot in words; "nothing" where there is none. */
    String description() {
        return snapshot.map(known -> "snapshot of " + known.date()).orElse("nothing");
    }

    /** Returns how the columns are compared on that basis. */
    ColumnBasis columns() {
        return baseline.columns(
                dataset, Stream.concat(snapshot.flatMap(WindowSnapshot::schema).stream(), Stream.of(after)));
    }

    /** Checks whether the rows have to be hashed a second time, over the columns that both sides have. */
    public boolean needsSharedHashes() {
        return baseline.basis() == DeltaBasis.SHARED_COLUMNS;
    }

    /**
     * Checks whether the later rows are hashed from their file once more for the comparison, which then is not the
     * database's.
     */
    public boolean needsLaterCells() {
        return baseline.basis() == DeltaBasis.LEGACY_HASHES;
    }

    /** Observes a batch of the later rows. Every batch of them MUST be passed to this method. */
    public void observe(RowBatch batch) {
        legacyHasher.ifPresent(hasher -> hasher.observe(batch));
    }

    /**
     * Returns the delta on the basis decided.
     *
     * @param later the later rows, hashed under the baseline's spec
     * @param laterCells opens their cells, which are there where they are needed
     * @param inDatabase the join by the hashes that the window has
     */
    SnapshotDelta delta(
            SortedKeyedRows later,
            Supplier<SnapshotReader> laterCells,
            RowHashing hashing,
            Supplier<SnapshotDelta> inDatabase) {
        return switch (baseline.basis()) {
            case SHARED_COLUMNS, REHASHED -> {
                try {
                    yield archivedDelta(later, hashing);
                } catch (SnapshotException e) {
                    giveUpCells(e);
                    baseline = baseline(snapshot, after, Baseline.Evidence.HASHES);
                    yield inDatabase.get();
                }
            }
            case LEGACY_HASHES -> {
                try (SnapshotReader cells = laterCells.get()) {
                    yield legacyDelta(hashing.legacyRows(cells, legacyHasher.orElseThrow()), hashing);
                }
            }
            case FIRST_SNAPSHOT, WHOLE_ROWS, WHOLE_ROWS_DESPITE_DRIFT, KEYS_ONLY ->
                rowsAreMissing ? archivedDelta(later, hashing) : inDatabase.get();
        };
    }

    /** Returns the delta since the rows that the archive has, hashed anew. */
    private SnapshotDelta archivedDelta(SortedKeyedRows later, RowHashing hashing) {
        SnapshotReader archived = cells().orElseThrow(() -> SnapshotException.corrupt(
                        "rows of the window's current snapshot are missing, and its archive cannot be used")
                .where(description())
                .actual(lost.orElse("no archive"))
                .nextStep("restore the rows of the current table, or the archive, from a backup")
                .build());
        rehashed = Optional.of(hashing.rows(archived, dataset, baseline.spec()));
        return new MergeDelta(rehashed.get(), later);
    }

    private SnapshotDelta legacyDelta(SortedKeyedRows later, RowHashing hashing) {
        foreignRows = Optional.of(windowRows(hashing));
        MergeDelta delta = new MergeDelta(foreignRows.get(), later);
        DeltaSummary counts = delta.summary();
        if (counts.unchanged() == 0 && counts.changed() > 0) {
            mismatch = Optional.of(
                    "no row has the hash that the window holds of it: unless every row changed, the rows were hashed by"
                            + " another spec than "
                            + foreignHashes.orElseThrow().id()
                            + ", or over other columns or types than the source has");
        } else if (counts.unchanged() == 0 && counts.deleted() > 0 && counts.added() > 0) {
            mismatch = Optional.of("no row of the source is in the window: unless all were replaced, the key "
                    + dataset.keyColumns() + " is not what the foreign writer wrote to record_uuid");
        }
        return delta;
    }

    /** Returns the counts as the basis allows them: by keys alone, no row of both is known to be unchanged. */
    DeltaSummary counts(SnapshotDelta delta) {
        DeltaSummary counts = delta.summary();
        return baseline.basis() == DeltaBasis.KEYS_ONLY
                ? new DeltaSummary(counts.added(), counts.changed() + counts.unchanged(), 0, counts.deleted())
                : counts;
    }

    /**
     * Returns why the rows look as if they were hashed by another legacy spec or had another key than was said; empty:
     * they do not.
     */
    public Optional<String> mismatch() {
        return mismatch;
    }

    /**
     * Explains why wanted cells of the earlier rows could not be used, or why the comparison is doubtful.
     *
     * @param later the later rows; their reading may add a remark
     * @param counts the result of the comparison
     */
    Optional<String> remark(RowStream later, DeltaSummary counts) {
        List<String> remarks = Stream.of(
                        remark(), fromTheFuture(), manyChanged(baseline.basis(), counts), later.remark())
                .flatMap(Optional::stream)
                .toList();
        return remarks.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", remarks));
    }

    /** Returns a remark for the case that nearly every row of both snapshots is CHANGED by its cells. */
    public static Optional<String> manyChanged(DeltaBasis basis, DeltaSummary counts) {
        boolean byCells =
                basis == DeltaBasis.WHOLE_ROWS || basis == DeltaBasis.SHARED_COLUMNS || basis == DeltaBasis.REHASHED;
        // A single row proves nothing.
        return byCells && counts.changed() > 1 && counts.changedShare() > REMARKABLE_CHANGED_SHARE
                ? Optional.of(counts.changed() + " of the " + (counts.changed() + counts.unchanged())
                        + " rows of both are CHANGED: check whether each key stands in its own row")
                : Optional.empty();
    }

    /** A pipeline that writes local time east of Greenwich dates its rows ahead of every clock. */
    private Optional<String> fromTheFuture() {
        Instant now = environment.clock().instant();
        return snapshot.filter(WindowSnapshot::isForeign)
                .filter(foreign -> foreign.date().isAfter(now))
                .map(foreign -> "a foreign writer dated the earlier snapshot " + foreign.date()
                        + ", which is in the future (now " + now.truncatedTo(ChronoUnit.SECONDS)
                        + "); snapshots after it cannot be dated earlier: if it writes local time, name its time zone"
                        + " before a save (--take-over-zone)");
    }

    private Optional<String> remark() {
        if (baseline.basis() == DeltaBasis.KEYS_ONLY
                && snapshot.filter(WindowSnapshot::isForeign).isPresent()) {
            return Optional.of(
                    "a foreign writer made the earlier snapshot: if it was the Python pipeline, name its hash spec"
                            + " (--hash-spec legacy-py-b, for example) to compare by its hashes");
        }
        if (rowsAreMissing) {
            return Optional.of(
                    "rows of the current snapshot are missing from the window: it was compared by its archive "
                            + snapshot.flatMap(WindowSnapshot::archiveId).orElseThrow());
        }
        return mismatch.or(() -> lost.map(reason -> "the earlier snapshot's archive cannot be used: " + reason));
    }

    /**
     * Finds the cells behind a delta; empty if the earlier archive turns out to be damaged.
     *
     * @throws SnapshotException CORRUPT if it turns out to be damaged while a listener receives every row or there are
     *     rules to apply, INVALID_REQUEST if those rules do not fit the columns or there are no cells to apply them to
     */
    Optional<ChangeDetails> details(
            SnapshotDelta delta,
            SortedKeyedRows later,
            SnapshotReader laterCells,
            DetailRequest request,
            RowHashing hashing,
            Progress progress) {
        requireFit(request);
        try {
            return Optional.of(drillDown(delta, later, laterCells, request, hashing, progress));
        } catch (SnapshotException e) {
            if (request.listener().isPresent() || !request.rules().isEmpty()) {
                throw e;
            }
            giveUpCells(e);
            return Optional.empty();
        }
    }

    /**
     * Checks the rules of a comparison before any row is read.
     *
     * @throws SnapshotException INVALID_REQUEST if they do not fit the columns, or the earlier rows have no cells to
     *     apply them to
     */
    public void requireFit(DetailRequest request) {
        request.rules()
                .requireFit(
                        Stream.concat(snapshot.flatMap(WindowSnapshot::schema).stream(), Stream.of(after))
                                .toList(),
                        dataset.keyColumns());
        if (!request.rules().isEmpty() && snapshot.isPresent() && cells().isEmpty()) {
            throw request.rules()
                    .withoutCells("the earlier side"
                            + lost.map(reason -> ", whose archive cannot be used: " + reason)
                                    .orElse(""));
        }
    }

    private ChangeDetails drillDown(
            SnapshotDelta delta,
            SortedKeyedRows later,
            SnapshotReader laterCells,
            DetailRequest request,
            RowHashing hashing,
            Progress progress) {
        ChangeDrillDown.Side left = new ChangeDrillDown.Side(located(hashing), cells());
        ChangeDrillDown.Side right = new ChangeDrillDown.Side(later, Optional.of(laterCells));
        try (ChangeDrillDown drillDown = new ChangeDrillDown(
                left,
                right,
                dataset.keyColumns(),
                baseline.spec(),
                request.rules(),
                hashing.scratch(),
                hashing.rowsInMemory(),
                rows -> progress.at(Progress.Step.DETAILING, rows))) {
            return drillDown.details(delta, request.exampleLimit(), request.listener());
        }
    }

    /**
     * A damaged archive of the past must not keep the present from being saved, except where only the archive has the
     * rows.
     */
    private void giveUpCells(SnapshotException cause) {
        boolean tolerated = !rowsAreMissing
                && (cause.kind() == SnapshotException.Kind.CORRUPT
                        || cause.isStoreOut() && withoutArchive == WithoutArchive.USE_HASHES);
        if (!tolerated) {
            throw cause;
        }
        lost = Optional.of(cause.getMessage());
        close();
        reader = Optional.empty();
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
        return foreignRows.orElseGet(() -> windowRows(hashing));
    }

    private SortedKeyedRows windowRows(RowHashing hashing) {
        try (KeyedRowStream rows = environment.window().openRows(dataset, snapshot.orElseThrow())) {
            return hashing.windowRows(rows);
        }
    }

    private Optional<SnapshotReader> cells() {
        if (legacyHasher.isPresent()) {
            // An archive of a foreign writer, if there is one, has types of its own. Equal cells would differ under
            // them.
            return Optional.empty();
        }
        Optional<ArchiveId> id = snapshot.flatMap(WindowSnapshot::archiveId);
        if (reader.isEmpty() && lost.isEmpty() && id.isPresent()) {
            try {
                if (environment.archive().find(id.get()).isEmpty()) {
                    throw SnapshotException.corrupt("the window refers to an archive that is not there")
                            .where("archive " + id.get())
                            .nextStep("restore the archive's row from a backup")
                            .build();
                }
                reader = Optional.of(
                        environment.codec().openReader(environment.archive().open(id.get())));
            } catch (SnapshotException e) {
                giveUpCells(e);
            }
        }
        return reader;
    }

    @Override
    public void close() {
        reader.ifPresent(SnapshotReader::close);
    }
}
