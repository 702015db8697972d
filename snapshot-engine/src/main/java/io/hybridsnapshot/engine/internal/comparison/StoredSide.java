package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.internal.catalogue.ArchivedCells;
import io.hybridsnapshot.engine.internal.catalogue.ResolvedSnapshot;
import io.hybridsnapshot.engine.internal.pass.Interruption;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.util.Optional;

/**
 * A stored snapshot: its hashes are in the window, its cells are in the archive, or both. The archive is opened when
 * its cells are needed.
 */
public final class StoredSide implements Side {
    private final SnapshotEnvironment environment;
    private final Dataset dataset;
    private final String label;
    private final Optional<WindowSnapshot> window;
    private final Optional<ArchivedSnapshot> found;
    private final WithoutCells withoutCells;
    private boolean ignoringCells;
    private boolean lacksCellsOfAltered;
    private Optional<Boolean> altered = Optional.empty();
    private Optional<Schema> archivedSchema = Optional.empty();
    private Optional<SnapshotReader> reader = Optional.empty();
    private Optional<RemedyText> lost;
    private Optional<SortedKeyedRows> rehashed = Optional.empty();
    private Optional<SortedKeyedRows> windowRows = Optional.empty();

    /** The choices if the archive of a snapshot cannot be read although the window has hashes of its rows. */
    public enum WithoutCells {
        /** Fail. */
        FAIL,
        /** Compare by the hashes that the window has if the archive is damaged; fail if it cannot be reached. */
        USE_HASHES_IF_DAMAGED,
        /** Compare by the hashes that the window has. */
        USE_HASHES
    }

    private StoredSide(
            SnapshotEnvironment environment,
            Dataset dataset,
            String label,
            Optional<WindowSnapshot> window,
            Optional<ArchivedSnapshot> found,
            WithoutCells withoutCells) {
        this.environment = environment;
        this.dataset = dataset;
        this.label = label;
        this.window = window;
        this.found = found;
        this.withoutCells = withoutCells;
        this.lost = window.flatMap(WindowSnapshot::schema).flatMap(this::missingKey);
    }

    /** Returns the side of the window's current snapshot, if there is one. */
    public static Side current(
            SnapshotEnvironment environment,
            Dataset dataset,
            Optional<WindowSnapshot> current,
            WithoutCells withoutCells) {
        return current.isPresent()
                ? new StoredSide(
                        environment,
                        dataset,
                        "snapshot of " + current.get().date(),
                        current,
                        AddedRows.archive(environment, dataset, current.get()),
                        withoutCells)
                : new NoSide();
    }

    /**
     * Returns the side of a snapshot that a reference names. Opens its archive, if it has one whose cells can be
     * compared.
     *
     * @throws SnapshotException CORRUPT if the archive is damaged; UNAVAILABLE if it cannot be reached; INVALID_REQUEST
     *     if only the archive has the rows and it lacks a key column
     */
    public static StoredSide of(SnapshotEnvironment environment, Dataset dataset, ResolvedSnapshot snapshot) {
        StoredSide side = new StoredSide(
                environment, dataset, snapshot.label(), snapshot.window(), snapshot.archive(), WithoutCells.FAIL);
        if (!side.hasCells() && side.window.isEmpty()) {
            throw side.keyless();
        }
        return side;
    }

    /**
     * Rows that were archived without the present key columns cannot be matched by their cells. The window's own data
     * decides.
     */
    private Optional<RemedyText> missingKey(Schema schema) {
        return dataset.findMissingKeyColumn(schema)
                .map(column -> RemedyText.plain("it has no column '" + column + "', which is a key column now"));
    }

    private SnapshotException keyless() {
        return SnapshotException.invalidRequest("the rows of a snapshot cannot be matched by the dataset's key")
                .where(label)
                .actual(lost.orElseThrow())
                .expected("an archive with the key columns " + dataset.keyColumns()
                        + ", because the window has no hashes of these rows")
                .nextStep("compare snapshots that have these columns, or compare by the key that the snapshot was saved"
                        + " with")
                .build();
    }

    /** Returns the snapshot in the window, if its rows are there. */
    Optional<WindowSnapshot> window() {
        return window;
    }

    /** Checks whether the window has lost rows of the snapshot, so that only its archive has them all. */
    boolean lacksRows() {
        return window.filter(known -> known.state() == SnapshotState.INCOMPLETE).isPresent();
    }

    /**
     * Returns the archive of the ledger's snapshot, if the window's snapshot is that one with rows that a foreign
     * writer added.
     */
    Optional<ArchivedSnapshot> addedTo() {
        return found.filter(archive -> window.filter(WindowSnapshot::isForeign).isPresent());
    }

    /** Returns the number of current rows that are not compared, because only {@link #addedTo} is. */
    long leftOut() {
        if (lost.isPresent() || ignoringCells) {
            return 0;
        }
        return addedTo()
                .map(archive -> window.orElseThrow().rowCount()
                        - archive.rowCount().orElse(window.orElseThrow().rowCount()))
                .orElse(0L);
    }

    /**
     * Checks whether the rows that the window has of the snapshot are not those that were saved. Reads them if they
     * have not been read. False if they cannot be read, or a save has replaced them meanwhile.
     */
    boolean isAltered(RowHashing hashing) {
        Optional<Fingerprint> saved = window.filter(known -> !lacksRows()).flatMap(WindowSnapshot::fingerprint);
        if (altered.isEmpty() && saved.isPresent()) {
            altered = Optional.of(isOther(saved.get(), hashing));
        }
        return isAltered();
    }

    private boolean isOther(Fingerprint saved, RowHashing hashing) {
        try {
            return !windowRows(hashing).fingerprint((high, low) -> true).equals(saved);
        } catch (SnapshotException e) {
            if (e.kind() == SnapshotException.Kind.CORRUPT) {
                return true;
            }
            boolean isUnknown = e.kind() == SnapshotException.Kind.CONFLICT || e.isStoreOut();
            if (isUnknown && !Interruption.isCauseOf(e)) {
                return false;
            }
            throw e;
        }
    }

    /** Checks the same for rows that have been read; false if they have not been. */
    boolean isReadAltered(RowHashing hashing) {
        return windowRows.isPresent() && isAltered(hashing);
    }

    /**
     * Notes that the archive lacks rows which the window has.
     *
     * @return false if the window's rows are those that were saved, so that the archive is at fault
     */
    boolean missesAltered(RowHashing hashing) {
        lacksCellsOfAltered = isAltered(hashing);
        return lacksCellsOfAltered;
    }

    boolean lacksCellsOfAltered() {
        return lacksCellsOfAltered;
    }

    /** Returns the result of an earlier check; false if there was none. */
    boolean isAltered() {
        return altered.orElse(false);
    }

    /** Compares by the window's hashes alone from now on, whatever the archive holds. */
    void ignoreCells() {
        ignoringCells = true;
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public Optional<Schema> schema() {
        if (archivedSchema.isEmpty() && window.flatMap(WindowSnapshot::schema).isEmpty()) {
            cells();
        }
        return archivedSchema.or(() -> window.flatMap(WindowSnapshot::schema));
    }

    /** The hashes of an archived snapshot are those that it was saved with. */
    @Override
    public boolean isHashedBy(HashSpec spec) {
        Optional<String> known = window.isPresent()
                ? window.flatMap(WindowSnapshot::hashSpecId)
                : found.flatMap(ArchivedSnapshot::hashSpecId);
        return known.equals(Optional.of(spec.id()));
    }

    @Override
    public boolean hasCells() {
        return cells().isPresent();
    }

    @Override
    public Optional<RemedyText> lostCells() {
        return lost;
    }

    @Override
    public Optional<SnapshotReader> cells() {
        if (reader.isEmpty() && lost.isEmpty() && hasArchive() && !ignoringCells) {
            try {
                openArchive();
            } catch (SnapshotException e) {
                giveUpCells(e);
            }
        }
        return reader;
    }

    private boolean hasArchive() {
        return found.isPresent() || window.flatMap(WindowSnapshot::archiveId).isPresent();
    }

    private void openArchive() {
        Optional<ArchivedSnapshot> archive = found.or(() -> window.flatMap(WindowSnapshot::archiveId)
                .flatMap(id -> environment.archive().find(id)));
        if (archive.isEmpty()) {
            lost = Optional.of(
                    ArchivedCells.missing(environment, window.orElseThrow()).text());
            return;
        }
        reader = Optional.of(ArchivedCells.open(environment, archive.get()));
        archivedSchema = reader.map(SnapshotReader::schema);
        lost = archivedSchema.flatMap(this::missingKey);
        if (lost.isPresent()) {
            closeReader();
        }
    }

    /**
     * Gives the archive up after a failure of it. A damaged archive of the past must not keep the present from being
     * saved, except where only the archive has the rows.
     *
     * @throws SnapshotException the failure, if the comparison may not go on without the cells
     */
    void giveUpCells(SnapshotException failure) {
        boolean tolerated = !lacksRows()
                && (withoutCells != WithoutCells.FAIL && failure.kind() == SnapshotException.Kind.CORRUPT
                        || withoutCells == WithoutCells.USE_HASHES && failure.isStoreOut());
        if (!tolerated) {
            throw failure;
        }
        lost = Optional.of(failure.text());
        closeReader();
        rehashed = Optional.empty();
    }

    private boolean windowServes(HashSpec spec) {
        return window.isPresent() && !lacksRows() && spec.equals(dataset.hashSpec()) && isHashedBy(spec);
    }

    @Override
    public Optional<SnapshotReader> comparedCells(HashSpec spec) {
        return windowServes(spec) ? Optional.empty() : cells();
    }

    @Override
    public SortedKeyedRows rows(HashSpec spec, RowHashing hashing) {
        if (!windowServes(spec) && hasCells()) {
            rehashed = Optional.of(hashing.rows(reader.orElseThrow(), dataset, spec));
            return rehashed.get();
        }
        if (lacksRows()) {
            throw SnapshotException.corrupt(
                            "rows of the window's current snapshot are missing, and its archive cannot be used")
                    .where(label)
                    .actual(lost.orElse(RemedyText.plain("no archive")))
                    .nextStep("restore the rows of the current table, or an archive that was lost, from a backup")
                    .build();
        }
        return windowRows(hashing);
    }

    /**
     * Reads identities and hashes as the window has them now, if the comparison may need them: where the window lacks
     * rows, or its hashes are those of another spec of the platform, it probably needs the archive instead.
     *
     * @throws SnapshotException CONFLICT or CORRUPT if foreign statements have replaced or removed the rows
     */
    public void holdWindowRows(RowHashing hashing) {
        boolean isForeign = window.filter(WindowSnapshot::isForeign).isPresent();
        if (window.isPresent() && !lacksRows() && found.isEmpty() && (isForeign || isHashedBy(dataset.hashSpec()))) {
            windowRows(hashing);
        }
    }

    /** Returns identities and hashes as the window has them. */
    SortedKeyedRows windowRows(RowHashing hashing) {
        if (windowRows.isEmpty()) {
            try (KeyedRowStream rows = environment.window().openRows(dataset, window.orElseThrow())) {
                windowRows = Optional.of(hashing.windowRows(rows));
            }
        }
        return windowRows.get();
    }

    @Override
    public SortedKeyedRows located(HashSpec spec, RowHashing hashing) {
        if (rehashed.isPresent()) {
            return rehashed.get();
        }
        return hasCells() ? hashing.identities(reader.orElseThrow(), dataset) : windowRows(hashing);
    }

    @Override
    public long expectedRows(long read) {
        return window.map(WindowSnapshot::rowCount)
                .or(() -> found.flatMap(
                        archive -> archive.rowCount().stream().boxed().findFirst()))
                .orElse(0L);
    }

    @Override
    public Optional<String> remark() {
        return Optional.empty();
    }

    private void closeReader() {
        reader.ifPresent(SnapshotReader::close);
        reader = Optional.empty();
    }

    @Override
    public void close() {
        closeReader();
    }
}
