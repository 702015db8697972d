package io.hybridsnapshot.engine.save;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.BaseSnapshot;
import io.hybridsnapshot.domain.window.ChangedRows;
import io.hybridsnapshot.domain.window.WindowChanges;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.engine.internal.comparison.MergeDelta;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.pass.TextDigests;
import io.hybridsnapshot.engine.internal.sorting.KeyedRowCursor;
import io.hybridsnapshot.engine.internal.sorting.KeyedRowSorter;
import io.hybridsnapshot.engine.internal.sorting.RowsAtOrdinals;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Stages the rows in which a snapshot differs from the window's current rows: a row with another hash, and a row whose
 * carried texts differ although its hash is the same. The carried texts are read back from the snapshot's file. Memory
 * is bounded by the rows that sorting holds. One thread; used for one snapshot.
 */
final class ChangeStaging {
    private static final int BATCH_ROWS = 4_096;
    /** Hashes and former hashes are sorted side by side. */
    private static final int SORTERS = 2;

    private final WindowStore window;
    private final Dataset dataset;
    private final WindowChanges changes;
    private final BaseSnapshot base;
    private final WindowSnapshot snapshot;

    private ChangeStaging(
            WindowStore window, Dataset dataset, WindowChanges changes, BaseSnapshot base, WindowSnapshot snapshot) {
        this.window = window;
        this.dataset = dataset;
        this.changes = changes;
        this.base = base;
        this.snapshot = snapshot;
    }

    /**
     * Returns the staging of changes against the current snapshot; empty where all rows of the next snapshot differ, or
     * are treated so: the columns or the hash spec changed, or the window's rows are not those that were published.
     *
     * @param current the snapshot that the next one is compared with
     * @param schema the columns of the next snapshot
     */
    static Optional<ChangeStaging> of(
            WindowStore window, Dataset dataset, WindowWriter writer, Optional<WindowSnapshot> current, Schema schema) {
        Optional<WindowChanges> changes = writer.changes();
        boolean isAlike = current.filter(snapshot -> snapshot.hashSpecId()
                                .equals(Optional.of(dataset.hashSpec().id()))
                        && snapshot.schema()
                                .filter(earlier -> areSame(earlier, schema))
                                .isPresent())
                .isPresent();
        return changes.filter(able -> isAlike)
                .flatMap(WindowChanges::base)
                .filter(base -> current.orElseThrow().id().equals(Optional.of(base.snapshot())))
                .map(base -> new ChangeStaging(window, dataset, changes.orElseThrow(), base, current.orElseThrow()));
    }

    private static boolean areSame(Schema one, Schema other) {
        Set<Column> columns = new HashSet<>(one.columns());
        return one.size() == other.size() && columns.containsAll(other.columns());
    }

    /**
     * Stages the changes of a snapshot and seals it.
     *
     * @param before the base's rows
     * @param after the snapshot's rows; a row's ordinal is its position in the file
     * @param file the snapshot's file
     */
    void stage(
            SnapshotId id,
            SortedKeyedRows before,
            SortedKeyedRows after,
            Fingerprint fingerprint,
            SnapshotReader file,
            RowHashing hashing) {
        Optional<MergeDelta> texts = texts(file, hashing);
        KeyedRowSorter hashes = hashing.sorter(SORTERS);
        KeyedRowSorter formers = hashing.sorter(SORTERS);
        DeltaSummary counts = stageDeleted(id, new MergeDelta(before, after), texts, hashes, formers);
        SortedKeyedRows hashesByOrdinal = hashes.finish();
        SortedKeyedRows formersByOrdinal = formers.finish();
        if (hashesByOrdinal.size() > 0) {
            stageRows(id, hashesByOrdinal, formersByOrdinal, file);
        }
        changes.seal(id, base, counts, fingerprint);
    }

    /** Compares the texts that the hashes do not determine; empty where there are none. */
    private Optional<MergeDelta> texts(SnapshotReader file, RowHashing hashing) {
        List<String> columns = TextDigests.undetermined(dataset, file.schema());
        if (columns.isEmpty()) {
            return Optional.empty();
        }
        return window.openCarried(dataset, snapshot).map(carried -> {
            try (carried) {
                return new MergeDelta(
                        TextDigests.ofWindow(carried, columns, hashing, rows -> false),
                        TextDigests.ofFile(file, dataset, columns, hashing, rows -> false));
            }
        });
    }

    /**
     * Stages the rows that go, and hands the rows that are NEW or CHANGED to the sorters, by their ordinals. Both
     * sorters receive the same rows. The second word of a record of {@code hashes} is 1 for a NEW row.
     */
    private DeltaSummary stageDeleted(
            SnapshotId id,
            MergeDelta delta,
            Optional<MergeDelta> texts,
            KeyedRowSorter hashes,
            KeyedRowSorter formers) {
        long[] counts = new long[ChangeKind.values().length];
        KeyedHashes deleted = new KeyedHashes(BATCH_ROWS);
        try (MergeDelta.PairCursor rows = delta.openPairs();
                ChangedTexts changedTexts = new ChangedTexts(texts)) {
            while (rows.nextOfAll()) {
                ChangeKind kind = rows.kind();
                if (kind == ChangeKind.UNCHANGED && changedTexts.has(rows.identityHigh(), rows.identityLow())) {
                    kind = ChangeKind.CHANGED;
                }
                counts[kind.ordinal()]++;
                if (kind == ChangeKind.DELETED) {
                    append(deleted, rows.before());
                    if (deleted.size() == BATCH_ROWS) {
                        changes.stageDeleted(id, deleted);
                        deleted = new KeyedHashes(BATCH_ROWS);
                    }
                } else if (kind != ChangeKind.UNCHANGED) {
                    boolean isNew = kind == ChangeKind.NEW;
                    KeyedRowCursor after = rows.after();
                    add(hashes, after.ordinal(), isNew ? 1 : 0, after);
                    add(formers, after.ordinal(), 0, isNew ? after : rows.before());
                }
            }
        }
        if (deleted.size() > 0) {
            changes.stageDeleted(id, deleted);
        }
        return new DeltaSummary(
                counts[ChangeKind.NEW.ordinal()],
                counts[ChangeKind.CHANGED.ordinal()],
                counts[ChangeKind.UNCHANGED.ordinal()],
                counts[ChangeKind.DELETED.ordinal()]);
    }

    private static void append(KeyedHashes to, KeyedRowCursor row) {
        to.append(
                row.identityHigh(),
                row.identityLow(),
                row.hashWord(0),
                row.hashWord(1),
                row.hashWord(2),
                row.hashWord(3));
    }

    private static void add(KeyedRowSorter sorter, long ordinal, long mark, KeyedRowCursor row) {
        sorter.add(ordinal, mark, row.hashWord(0), row.hashWord(1), row.hashWord(2), row.hashWord(3));
    }

    private void stageRows(SnapshotId id, SortedKeyedRows hashes, SortedKeyedRows formers, SnapshotReader file) {
        Set<String> wanted = new LinkedHashSet<>(dataset.keyColumns());
        wanted.addAll(dataset.carriedColumns());
        Schema schema = file.schema().select(wanted);
        Schema keys = schema.select(dataset.keyColumns());
        RowHasher hasher = RowHasher.ofIdentities(keys, dataset.hashSpec(), dataset.keyColumns());
        try (RowStream rows = new RowsAtOrdinals(file, schema, hashes, KeyedRowCursor::identityHigh);
                KeyedRowCursor hash = hashes.open();
                KeyedRowCursor former = formers.open()) {
            for (Optional<RowBatch> next = rows.next(); next.isPresent(); next = rows.next()) {
                RowBatch batch = next.get();
                KeyedHashes identities = hasher.hash(batch.select(keys));
                KeyedHashes newHashes = new KeyedHashes(batch.rowCount());
                KeyedHashes formerHashes = new KeyedHashes(batch.rowCount());
                BitSet added = new BitSet(batch.rowCount());
                for (int row = 0; row < batch.rowCount(); row++) {
                    hash.next();
                    former.next();
                    added.set(row, hash.identityLow() == 1);
                    append(newHashes, identities, row, hash);
                    append(formerHashes, identities, row, former);
                }
                changes.stage(id, new ChangedRows(batch, newHashes, formerHashes, added));
            }
        }
    }

    private static void append(KeyedHashes to, KeyedHashes identities, int row, KeyedRowCursor hash) {
        to.append(
                identities.identityHigh(row),
                identities.identityLow(row),
                hash.hashWord(0),
                hash.hashWord(1),
                hash.hashWord(2),
                hash.hashWord(3));
    }
}
