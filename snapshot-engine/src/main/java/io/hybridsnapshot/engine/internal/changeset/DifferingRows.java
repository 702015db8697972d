package io.hybridsnapshot.engine.internal.changeset;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.RowDigests;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.internal.comparison.MergeDelta;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.sorting.KeyedRowCursor;
import io.hybridsnapshot.engine.internal.sorting.KeyedRowSorter;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import java.security.SecureRandom;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The rows in which two files differ: by their positions and identities, with the order of the others. Each file is
 * read once. Immutable once it is made; takes 32 bytes for each row that is NEW or DELETED, and 32 for each other row
 * that differs.
 *
 * @param order the order of the rows
 * @param deleted the earlier positions of DELETED rows, ascending
 * @param added the later positions of NEW rows, ascending
 * @param differing the rows of both files that differ, by their later positions, ascending
 */
record DifferingRows(RowOrder order, Rows deleted, Rows added, Rows differing) {
    /** The sorters of one comparison, which share the memory of one. */
    private static final int SORTERS = 6;

    /** Rows with their positions and identities. */
    static final class Rows {
        private final Positions before = new Positions();
        private final Positions after = new Positions();
        private final Positions identityHighs = new Positions();
        private final Positions identityLows = new Positions();

        void add(long positionBefore, long positionAfter, long identityHigh, long identityLow) {
            before.add(positionBefore);
            after.add(positionAfter);
            identityHighs.add(identityHigh);
            identityLows.add(identityLow);
        }

        int size() {
            return before.size();
        }

        long before(int row) {
            return before.get(row);
        }

        long after(int row) {
            return after.get(row);
        }

        long[] before(int from, int count) {
            return before.range(from, count);
        }

        long[] after(int from, int count) {
            return after.range(from, count);
        }

        long[] allBefore() {
            return before.toArray();
        }

        long[] allAfter() {
            return after.toArray();
        }

        long identityHigh(int row) {
            return identityHighs.get(row);
        }

        long identityLow(int row) {
            return identityLows.get(row);
        }
    }

    /**
     * Compares two files.
     *
     * @param columns the columns of both files
     * @param spec the rules for columns with two types
     * @return empty if a file holds rows without a key, or rows that share one
     */
    static Optional<DifferingRows> of(
            Dataset dataset,
            SnapshotReader before,
            SnapshotReader after,
            List<ColumnPair> columns,
            HashSpec spec,
            RowHashing hashing) {
        List<String> exact = columns.stream()
                .filter(ColumnPair::isOfOneType)
                .map(ColumnPair::name)
                .toList();
        List<String> retyped = columns.stream()
                .filter(ColumnPair::isRetyped)
                .map(ColumnPair::name)
                .filter(spec::covers)
                .toList();
        Set<String> needed = new LinkedHashSet<>(dataset.keyColumns());
        needed.addAll(exact);
        needed.addAll(retyped);
        Schema earlier = before.schema().select(needed);
        Schema later = after.schema().select(needed);
        SecureRandom random = new SecureRandom();
        RowDigests.Sides bits = RowDigests.ofExactRows(earlier, later, exact, random);
        RowDigests.Sides fields = RowDigests.ofRows(earlier, later, spec, retyped, random);
        return digests(dataset, before, earlier, bits.before(), fields.before(), hashing)
                .flatMap(earlierRows -> digests(dataset, after, later, bits.after(), fields.after(), hashing)
                        .map(laterRows -> merged(
                                before.rowCount(), after.rowCount(), new MergeDelta(earlierRows, laterRows), hashing)));
    }

    /** Returns the rows by their identities; empty if a row has none, or shares it. */
    private static Optional<SortedKeyedRows> digests(
            Dataset dataset,
            SnapshotReader file,
            Schema schema,
            RowDigests bits,
            RowDigests fields,
            RowHashing hashing) {
        KeyedRowSorter sorter = hashing.sorter(SORTERS);
        Schema keys = schema.select(dataset.keyColumns());
        RowHasher hasher = RowHasher.ofIdentities(keys, dataset.hashSpec(), dataset.keyColumns());
        try (RowStream rows = file.rows(ReadOptions.ALL.withColumns(schema.names()))) {
            for (Optional<RowBatch> next = rows.next(); next.isPresent(); next = rows.next()) {
                RowBatch batch = next.get();
                KeyedHashes identities = hasher.hash(batch.select(keys));
                if (identities.missingIdentities() > 0) {
                    return Optional.empty();
                }
                bits.digest(batch);
                fields.digest(batch);
                for (int row = 0; row < batch.rowCount(); row++) {
                    sorter.add(
                            identities.identityHigh(row),
                            identities.identityLow(row),
                            bits.high(row),
                            bits.low(row),
                            fields.high(row),
                            fields.low(row));
                }
            }
        }
        SortedKeyedRows sorted = sorter.finish();
        return sorted.inspect(1).duplicates().isEmpty() ? Optional.of(sorted) : Optional.empty();
    }

    private static DifferingRows merged(long rowsBefore, long rowsAfter, MergeDelta delta, RowHashing hashing) {
        // Sorted by a position: the words of a record are positions and identity.
        KeyedRowSorter deletedRows = hashing.sorter(SORTERS);
        KeyedRowSorter addedRows = hashing.sorter(SORTERS);
        KeyedRowSorter others = hashing.sorter(SORTERS);
        try (MergeDelta.PairCursor rows = delta.openPairs()) {
            while (rows.nextOfAll()) {
                long high = rows.identityHigh();
                long low = rows.identityLow();
                if (rows.kind() == ChangeKind.DELETED) {
                    deletedRows.add(rows.before().ordinal(), 0, high, low, 0, 0);
                } else if (rows.kind() == ChangeKind.NEW) {
                    addedRows.add(rows.after().ordinal(), 0, high, low, 0, 0);
                } else {
                    long differs = rows.kind() == ChangeKind.CHANGED ? 1 : 0;
                    others.add(rows.after().ordinal(), rows.before().ordinal(), high, low, differs, 0);
                }
            }
        }
        Rows deleted = new Rows();
        try (KeyedRowCursor row = deletedRows.finish().open()) {
            while (row.next()) {
                deleted.add(row.identityHigh(), -1, row.hashWord(0), row.hashWord(1));
            }
        }
        Rows added = new Rows();
        try (KeyedRowCursor row = addedRows.finish().open()) {
            while (row.next()) {
                added.add(-1, row.identityHigh(), row.hashWord(0), row.hashWord(1));
            }
        }
        Rows differing = new Rows();
        RowOrder.Finder order = new RowOrder.Finder(deleted.allBefore());
        try (KeyedRowCursor row = others.finish().open()) {
            while (row.next()) {
                order.add(row.identityHigh(), row.identityLow());
                if (row.hashWord(2) == 1) {
                    differing.add(row.identityLow(), row.identityHigh(), row.hashWord(0), row.hashWord(1));
                }
            }
        }
        return new DifferingRows(order.finish(rowsBefore, rowsAfter, added.allAfter()), deleted, added, differing);
    }
}
