package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.internal.catalogue.ArchivedCells;
import io.hybridsnapshot.engine.internal.catalogue.ResolvedSnapshot;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A stored snapshot: its hashes are in the window, its cells are in the archive, or both. The archive is opened when
 * its cells are needed.
 */
public final class StoredSide implements Side {
    private final SnapshotEnvironment environment;
    private final Dataset dataset;
    private final String label;
    private final Optional<WindowSnapshot> window;
    private final Optional<String> archivedSpec;
    private final WithoutCells withoutCells;
    private Optional<Supplier<SnapshotReader>> archive;
    private Optional<SnapshotReader> reader = Optional.empty();
    private Optional<RemedyText> lost = Optional.empty();
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
            Optional<String> archivedSpec,
            Optional<Supplier<SnapshotReader>> archive,
            WithoutCells withoutCells) {
        this.environment = environment;
        this.dataset = dataset;
        this.label = label;
        this.window = window;
        this.archivedSpec = archivedSpec;
        this.archive = archive;
        this.withoutCells = withoutCells;
    }

    /** Returns the side of the window's current snapshot, if there is one. */
    public static Side current(
            SnapshotEnvironment environment,
            Dataset dataset,
            Optional<WindowSnapshot> current,
            WithoutCells withoutCells) {
        return current.isPresent() ? current(environment, dataset, current.get(), withoutCells) : new NoSide();
    }

    private static StoredSide current(
            SnapshotEnvironment environment, Dataset dataset, WindowSnapshot snapshot, WithoutCells withoutCells) {
        Optional<Supplier<SnapshotReader>> archive =
                snapshot.archiveId().map(id -> () -> ArchivedCells.open(environment, id));
        StoredSide side = new StoredSide(
                environment,
                dataset,
                "snapshot of " + snapshot.date(),
                Optional.of(snapshot),
                Optional.empty(),
                archive,
                withoutCells);
        side.lost = missingKey(dataset, snapshot).map(RemedyText::plain);
        return side;
    }

    /**
     * Returns the side of a snapshot that a reference names. Opens its archive, if it has one.
     *
     * @throws SnapshotException CORRUPT if the archive is damaged; UNAVAILABLE if it cannot be reached
     */
    public static StoredSide of(SnapshotEnvironment environment, Dataset dataset, ResolvedSnapshot snapshot) {
        StoredSide side = new StoredSide(
                environment,
                dataset,
                snapshot.label(),
                snapshot.window(),
                snapshot.archive().flatMap(archived -> archived.hashSpecId()),
                snapshot.archive().map(archived -> () -> ArchivedCells.open(environment, archived)),
                WithoutCells.FAIL);
        Optional<ArchiveId> referred = snapshot.window().flatMap(WindowSnapshot::archiveId);
        if (referred.isPresent() && snapshot.archive().isEmpty()) {
            side.lost = Optional.of(ArchivedCells.missing(referred.get()).text());
        }
        side.cells();
        return side;
    }

    /**
     * Rows that were archived without the present key columns cannot be matched by their cells. The window's own data
     * decides.
     */
    private static Optional<String> missingKey(Dataset dataset, WindowSnapshot snapshot) {
        return snapshot.schema()
                .flatMap(schema -> dataset.keyColumns().stream()
                        .filter(column -> !schema.names().contains(column))
                        .findFirst())
                .map(column -> "it has no column '" + column + "', which is a key column now");
    }

    /** Returns the snapshot in the window, if its rows are there. */
    Optional<WindowSnapshot> window() {
        return window;
    }

    /** Checks whether the window has lost rows of the snapshot, so that only its archive has them all. */
    boolean lacksRows() {
        return window.filter(known -> known.state() == SnapshotState.INCOMPLETE).isPresent();
    }

    /** Compares by the window's hashes alone from now on, whatever the archive holds. */
    void ignoreCells() {
        archive = Optional.empty();
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public Optional<Schema> schema() {
        Optional<Schema> known = reader.map(SnapshotReader::schema).or(() -> window.flatMap(WindowSnapshot::schema));
        return known.isPresent() ? known : cells().map(SnapshotReader::schema);
    }

    /** The hashes of an archived snapshot are those that it was saved with. */
    @Override
    public boolean isHashedBy(HashSpec spec) {
        Optional<String> known = window.isPresent() ? window.flatMap(WindowSnapshot::hashSpecId) : archivedSpec;
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
        if (reader.isEmpty() && lost.isEmpty() && archive.isPresent()) {
            try {
                reader = Optional.of(archive.get().get());
            } catch (SnapshotException e) {
                giveUpCells(e);
            }
        }
        return reader;
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

    @Override
    public SortedKeyedRows rows(HashSpec spec, RowHashing hashing) {
        boolean windowServes =
                window.isPresent() && !lacksRows() && spec.equals(dataset.hashSpec()) && isHashedBy(spec);
        if (!windowServes && hasCells()) {
            rehashed = Optional.of(hashing.rows(reader.orElseThrow(), dataset, spec));
            return rehashed.get();
        }
        if (lacksRows()) {
            throw SnapshotException.corrupt(
                            "rows of the window's current snapshot are missing, and its archive cannot be used")
                    .where(label)
                    .actual(lost.orElse(RemedyText.plain("no archive")))
                    .nextStep("restore the rows of the current table, or the archive, from a backup")
                    .build();
        }
        return windowRows(hashing);
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
