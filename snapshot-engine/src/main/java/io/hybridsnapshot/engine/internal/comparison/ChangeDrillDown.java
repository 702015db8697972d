package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.delta.CellChange;
import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.ColumnChanges;
import io.hybridsnapshot.domain.delta.DeltaCursor;
import io.hybridsnapshot.domain.delta.RowChange;
import io.hybridsnapshot.domain.delta.SnapshotDelta;
import io.hybridsnapshot.domain.encoding.CellComparison;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.RowDigests;
import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.comparison.ChangeDetails;
import io.hybridsnapshot.engine.comparison.ComparisonRules;
import io.hybridsnapshot.engine.comparison.RowChangeListener;
import io.hybridsnapshot.engine.internal.sorting.KeyedRowCursor;
import io.hybridsnapshot.engine.internal.sorting.KeyedRowSorter;
import io.hybridsnapshot.engine.internal.sorting.RowReordering;
import io.hybridsnapshot.engine.internal.sorting.RowsAtOrdinals;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import io.hybridsnapshot.engine.pass.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Finds the cells behind a delta: for every CHANGED row the columns that differ, with the value before and after. If
 * columns were dropped and others added, it also finds pairs that may be one column under a new name. Reads only the
 * rows that differ, in the order of the earlier file, each file once. If the later file has another order, its rows are
 * first sorted into that of the earlier one, on the disk if they do not fit the memory. Memory does not grow with the
 * number of rows. One thread; the caller that opened the drill-down closes it.
 */
final class ChangeDrillDown implements AutoCloseable {
    /** About how many bytes of later rows are held while they are brought into another order, however wide they are. */
    private static final long BYTES_IN_MEMORY = 32L << 20;

    private final LocatedRows before;
    private final LocatedRows after;
    private final List<String> keyColumns;
    private final HashSpec spec;
    private final ComparisonRules rules;
    private final Path scratch;
    private final int rowsInMemory;
    private final Progress progress;
    private Optional<DigestTrace> trace = Optional.empty();
    /** Whether the listener receives rows with all of their cells. */
    private boolean whole;
    /** Sorted by their places in the two files: the earlier one first, where there is one. */
    private final KeyedRowSorter changed;

    private final KeyedRowSorter added;
    private final KeyedRowSorter deleted;
    private long done;
    private long changedRows;
    private long forgiven;
    private long unexplained;

    /**
     * Makes a drill-down.
     *
     * @param keyColumns the columns that name a row for people
     * @param spec the rules under which hashes, and cells, are equal
     * @param rules the differences of cells that do not matter
     * @param scratch a directory for data that does not fit the memory
     * @param rowsInMemory rows that sorting holds in memory
     * @param progress receives the number of finished rows
     */
    ChangeDrillDown(
            LocatedRows before,
            LocatedRows after,
            List<String> keyColumns,
            HashSpec spec,
            ComparisonRules rules,
            Path scratch,
            int rowsInMemory,
            Progress progress) {
        this.before = before;
        this.after = after;
        this.keyColumns = List.copyOf(keyColumns);
        this.spec = spec;
        this.rules = rules;
        this.scratch = scratch;
        this.rowsInMemory = rowsInMemory;
        this.progress = progress;
        this.changed = new KeyedRowSorter(scratch, rowsInMemory);
        this.added = new KeyedRowSorter(scratch, rowsInMemory);
        this.deleted = new KeyedRowSorter(scratch, rowsInMemory);
    }

    /**
     * Takes CHANGED rows of a trace, before {@link #tracedDetails}.
     *
     * @param rows records of {@link DigestTrace#addTo}
     */
    void addChanged(SortedKeyedRows rows) {
        try (KeyedRowCursor row = rows.open()) {
            while (row.next()) {
                changed.add(row.identityHigh(), row.identityLow(), row.hashWord(0), row.hashWord(1), 0, 0);
            }
        }
    }

    /**
     * Finds the cells of every row that differs, and suggests renames.
     *
     * @param exampleLimit the most rows of each kind to return
     * @param listener receives every row that differs, except rows that the rules forgive
     * @throws SnapshotException CORRUPT if a side's file does not hold the rows that the delta names; INVALID_REQUEST
     *     if there are rules and CHANGED rows, and a side has no file
     */
    ChangeDetails details(SnapshotDelta delta, int exampleLimit, Optional<RowChangeListener> listener) {
        locate(delta);
        return located(AlignedDetails.NONE, exampleLimit, listener);
    }

    /** Takes strays and {@link #addChanged CHANGED rows} with the digests of a trace. Both sides have a file. */
    StrayRows.Differing tracing(DigestTrace digests) {
        trace = Optional.of(digests);
        return new StrayRows.Differing() {
            @Override
            public void changed(long[] records, int beforeRow, int afterRow) {
                digests.addTo(changed, records, beforeRow, afterRow);
            }

            @Override
            public void added(long[] records, int afterRow) {
                added.add(records[afterRow + StrayRows.ORDINAL], 0, 0, 0, 0, 0);
            }

            @Override
            public void deleted(long[] records, int beforeRow) {
                deleted.add(records[beforeRow + StrayRows.ORDINAL], 0, 0, 0, 0, 0);
            }
        };
    }

    /**
     * Finds the cells of every row that {@link #tracing} and {@link #addChanged} took.
     *
     * @param aligned the details of other CHANGED rows
     * @param exampleLimit as {@link #details} has it
     * @param listener as {@link #details} has it
     */
    ChangeDetails tracedDetails(AlignedDetails aligned, int exampleLimit, Optional<RowChangeListener> listener) {
        return located(aligned, exampleLimit, listener);
    }

    private ChangeDetails located(AlignedDetails aligned, int exampleLimit, Optional<RowChangeListener> listener) {
        forgiven = aligned.forgiven();
        whole = listener.filter(RowChangeListener::wantsWholeRows).isPresent();
        ChangeCollector collector = new ChangeCollector(exampleLimit, listener, aligned.examples());
        Map<String, Long> counts = changedRows(aligned.columnCounts(), collector);
        collector.takeAlignedBefore(Long.MAX_VALUE);
        keysOnly(added.finish(), after, ChangeKind.NEW, collector);
        keysOnly(deleted.finish(), before, ChangeKind.DELETED, collector);
        List<ColumnChanges> columns = new ArrayList<>();
        counts.forEach((column, rows) -> columns.add(new ColumnChanges(column, rows)));
        columns.sort(Comparator.comparingLong(ColumnChanges::rows).reversed());
        return new ChangeDetails(
                columns, collector.examples(), forgiven, new RenameSearch(before, after, spec).suggestions());
    }

    /** Returns the number of CHANGED rows whose cells are all equal. */
    long unexplained() {
        return unexplained;
    }

    /** Finds the positions of every row that differs in the two files, and sorts the rows by them. */
    private void locate(SnapshotDelta delta) {
        try (DeltaCursor changes = delta.openChanges();
                KeyedRowCursor left = before.rows().open();
                KeyedRowCursor right = after.rows().open()) {
            while (changes.next()) {
                long high = changes.identityHigh();
                long low = changes.identityLow();
                switch (changes.kind()) {
                    case CHANGED -> {
                        advanceTo(left, high, low);
                        advanceTo(right, high, low);
                        if (before.reader().isPresent()) {
                            changed.add(left.ordinal(), right.ordinal(), high, low, 0, 0);
                        } else {
                            changed.add(right.ordinal(), left.ordinal(), high, low, 0, 0);
                        }
                    }
                    case NEW -> {
                        advanceTo(right, high, low);
                        added.add(right.ordinal(), 0, high, low, 0, 0);
                    }
                    case DELETED -> {
                        advanceTo(left, high, low);
                        deleted.add(left.ordinal(), 0, high, low, 0, 0);
                    }
                    case UNCHANGED -> throw new IllegalStateException("a delta's changes hold an unchanged row");
                }
            }
        }
    }

    private static void advanceTo(KeyedRowCursor rows, long high, long low) {
        while (rows.next()) {
            if (rows.identityHigh() == high && rows.identityLow() == low) {
                return;
            }
        }
        throw SnapshotException.corrupt("a row of the window is missing in the snapshot's file")
                .where("row " + new UUID(high, low))
                .nextStep("if the dataset's key changed since, save without details; else check the archive")
                .build();
    }

    private Map<String, Long> changedRows(Map<String, Long> aligned, ChangeCollector collector) {
        Map<String, Long> counts = new LinkedHashMap<>(aligned);
        SortedKeyedRows rows = changed.finish();
        if (rows.size() == 0) {
            return counts;
        }
        changedRows = rows.size();
        if (before.reader().isEmpty() || after.reader().isEmpty()) {
            if (!rules.isEmpty()) {
                throw rules.withoutCells(
                        RemedyText.plain(before.reader().isEmpty() ? "the earlier side" : "the later side"));
            }
            keysOnly(rows, after, ChangeKind.CHANGED, collector);
            return counts;
        }
        SnapshotReader left = before.reader().get();
        SnapshotReader right = after.reader().get();
        Cells all = new Cells(
                left.schema().select(cellColumns(left.schema(), right.schema())),
                right.schema().select(cellColumns(right.schema(), left.schema())),
                collector);
        // Where every column is read, a difference in a column without a trace shows anyway.
        Cells read = trace.filter(digests -> !whole)
                .map(digests -> all.narrowedTo(digests))
                .orElse(all);
        Schema leftColumns = whole ? left.schema() : read.leftSchema;
        Schema rightColumns = whole ? right.schema() : read.rightSchema;
        try (KeyedRowCursor cursor = rows.open();
                RowReordering reordering = new RowReordering(rightColumns, scratch, BYTES_IN_MEMORY);
                RowStream later = laterRows(right, rightColumns, rows, reordering);
                RowStream earlier = new RowsAtOrdinals(left, leftColumns, rows, KeyedRowCursor::identityHigh)) {
            while (cursor.next()) {
                read.advance(earlier, later);
                if (read.explains(cursor)) {
                    read.compare(cursor);
                } else {
                    all.compareAlone(left, right, cursor);
                }
            }
        }
        progress.at(Progress.Step.DETAILING, done, changedRows);
        counts.clear();
        for (String column : all.comparison.columns()) {
            long count = all.count(column) + (read == all ? 0 : read.count(column)) + aligned.getOrDefault(column, 0L);
            if (count > 0) {
                counts.put(column, count);
            }
        }
        return counts;
    }

    /** Returns the later rows in the order of the earlier ones. */
    private RowStream laterRows(SnapshotReader right, Schema columns, SortedKeyedRows rows, RowReordering reordering) {
        if (isInLaterOrder(rows)) {
            return new RowsAtOrdinals(right, columns, rows, KeyedRowCursor::identityLow);
        }
        try (KeyedRowSorter sorter = new KeyedRowSorter(scratch, rowsInMemory)) {
            try (KeyedRowCursor cursor = rows.open()) {
                for (long place = 0; cursor.next(); place++) {
                    sorter.add(cursor.identityLow(), place, 0, 0, 0, 0);
                }
            }
            SortedKeyedRows inLaterOrder = sorter.finish();
            try (RowStream stream = new RowsAtOrdinals(right, columns, inLaterOrder, KeyedRowCursor::identityHigh);
                    KeyedRowCursor places = inLaterOrder.open()) {
                for (Optional<RowBatch> next = stream.next(); next.isPresent(); next = stream.next()) {
                    for (int row = 0; row < next.get().rowCount(); row++) {
                        places.next();
                        reordering.add(next.get(), row, places.identityLow());
                    }
                }
            }
            return reordering.finish();
        }
    }

    private static boolean isInLaterOrder(SortedKeyedRows rows) {
        try (KeyedRowCursor cursor = rows.open()) {
            long last = -1;
            while (cursor.next()) {
                if (cursor.identityLow() <= last) {
                    return false;
                }
                last = cursor.identityLow();
            }
            return true;
        }
    }

    /** Returns the key columns and all that both sides have and the spec covers. */
    private Set<String> cellColumns(Schema own, Schema other) {
        Set<String> columns = new LinkedHashSet<>(keyColumns);
        for (String name : own.names()) {
            if (spec.covers(name) && other.find(name).isPresent()) {
                columns.add(name);
            }
        }
        return columns;
    }

    /** Compares some columns of the CHANGED rows, one row of each side at a time. */
    private final class Cells {
        private final Schema leftSchema;
        private final Schema rightSchema;
        private final CellComparison comparison;
        private final ForgivenCells forgivenCells;
        private final long[] columnCounts;
        private final ChangeCollector collector;
        private final KeyIdentities identities;
        private Optional<RowDigests.Sides> digests = Optional.empty();
        private @Nullable RowBatch earlier;
        private @Nullable RowBatch later;
        private WholeRows wholeEarlier = WholeRows.UNWANTED;
        private WholeRows wholeLater = WholeRows.UNWANTED;
        private int earlierRow;
        private int laterRow;

        Cells(Schema leftSchema, Schema rightSchema, ChangeCollector collector) {
            this.leftSchema = leftSchema;
            this.rightSchema = rightSchema;
            this.comparison = CellComparison.of(leftSchema, rightSchema, spec);
            this.forgivenCells = new ForgivenCells(comparison.columns(), leftSchema, rightSchema, rules);
            this.columnCounts = new long[comparison.columns().size()];
            this.collector = collector;
            this.identities = new KeyIdentities(rightSchema, spec, keyColumns);
        }

        /** Returns a comparison of the columns in which the rows of a trace differ. */
        Cells narrowedTo(DigestTrace traced) {
            Set<String> columns = new LinkedHashSet<>(keyColumns);
            columns.addAll(traced.columns());
            Cells narrow = new Cells(selected(leftSchema, columns), selected(rightSchema, columns), collector);
            narrow.digests = Optional.of(traced.narrowedTo(narrow.leftSchema, narrow.rightSchema));
            return narrow;
        }

        private static Schema selected(Schema schema, Set<String> columns) {
            return schema.select(
                    schema.names().stream().filter(columns::contains).toList());
        }

        long count(String column) {
            int index = comparison.columns().indexOf(column);
            return index < 0 ? 0 : columnCounts[index];
        }

        /** Moves both sides to their next rows. */
        void advance(RowStream earlierRows, RowStream laterRows) {
            earlierRow++;
            laterRow++;
            if (earlier == null || earlierRow == earlier.rowCount()) {
                takeEarlier(earlierRows.next().orElseThrow());
                progress.at(Progress.Step.DETAILING, done, changedRows);
            }
            if (later == null || laterRow == later.rowCount()) {
                takeLater(laterRows.next().orElseThrow());
            }
            done++;
        }

        private void takeEarlier(RowBatch read) {
            RowBatch batch = whole ? read.select(leftSchema) : read;
            wholeEarlier = wholeRows(read);
            earlier = batch;
            earlierRow = 0;
            comparison.readBefore(batch);
            digests.ifPresent(sides -> sides.before().digest(batch));
        }

        private void takeLater(RowBatch read) {
            RowBatch batch = whole ? read.select(rightSchema) : read;
            wholeLater = wholeRows(read);
            later = batch;
            laterRow = 0;
            comparison.readAfter(batch);
            digests.ifPresent(sides -> sides.after().digest(batch));
        }

        /** Checks whether the rows differ in no other column. */
        boolean explains(KeyedRowCursor row) {
            return digests.isEmpty() || DigestTrace.explains(digests.get(), earlierRow, laterRow, row);
        }

        /** Compares a row in all columns. Few rows differ in a column that leaves no trace in any row. */
        void compareAlone(SnapshotReader left, SnapshotReader right, KeyedRowCursor row) {
            takeEarlier(only(left, leftSchema, row.identityHigh()));
            takeLater(only(right, rightSchema, row.identityLow()));
            compare(row);
        }

        private static RowBatch only(SnapshotReader reader, Schema columns, long ordinal) {
            try (RowStream row =
                    reader.rowsAt(new long[] {ordinal}, new ReadOptions(columns.names(), 1, Optional.empty()))) {
                return row.next().orElseThrow();
            }
        }

        private static RowBatch at(@Nullable RowBatch batch) {
            if (batch == null) {
                throw new IllegalStateException("the pair is at no row");
            }
            return batch;
        }

        void compare(KeyedRowCursor row) {
            RowBatch before = at(earlier);
            RowBatch after = at(later);
            collector.takeAlignedBefore(row.identityHigh());
            boolean wanted = collector.wants(ChangeKind.CHANGED);
            List<CellChange> cells = new ArrayList<>();
            boolean differs = false;
            boolean forgave = false;
            for (int column = 0; column < columnCounts.length; column++) {
                if (comparison.differs(column, earlierRow, laterRow)) {
                    if (forgivenCells.forgives(column, before, earlierRow, after, laterRow)) {
                        forgave = true;
                        continue;
                    }
                    differs = true;
                    columnCounts[column]++;
                    if (wanted) {
                        String name = comparison.columns().get(column);
                        cells.add(new CellChange(name, text(before, name, earlierRow), text(after, name, laterRow)));
                    }
                }
            }
            if (forgave && !differs) {
                forgiven++;
                return;
            }
            if (!differs) {
                unexplained++;
            }
            if (wanted) {
                UUID identity = trace.isPresent() ? identities.of(after, laterRow) : identity(row);
                collector.take(new RowChange(
                        ChangeKind.CHANGED,
                        identity,
                        key(after, laterRow),
                        cells,
                        wholeEarlier.at(earlierRow),
                        wholeLater.at(laterRow)));
            }
        }
    }

    /** Names rows by their keys alone. CHANGED rows are located in the file of the only side that has one, if any. */
    private void keysOnly(SortedKeyedRows rows, LocatedRows side, ChangeKind kind, ChangeCollector collector) {
        if (rows.size() == 0) {
            return;
        }
        try (KeyedRowCursor cursor = rows.open()) {
            if (side.reader().isEmpty()) {
                while (collector.wants(kind) && cursor.next()) {
                    collector.take(new RowChange(kind, identity(cursor), Map.of(), List.of()));
                }
                return;
            }
            SnapshotReader reader = side.reader().get();
            Schema columns = whole ? reader.schema() : reader.schema().select(keyColumns);
            KeyIdentities identities = new KeyIdentities(columns, spec, keyColumns);
            try (RowStream stream = new RowsAtOrdinals(reader, columns, rows, KeyedRowCursor::identityHigh)) {
                while (collector.wants(kind)) {
                    Optional<RowBatch> batch = stream.next();
                    if (batch.isEmpty()) {
                        return;
                    }
                    WholeRows cells = wholeRows(batch.get());
                    for (int row = 0; row < batch.get().rowCount() && collector.wants(kind); row++) {
                        cursor.next();
                        UUID identity = trace.isPresent() ? identities.of(batch.get(), row) : identity(cursor);
                        collector.take(new RowChange(
                                kind,
                                identity,
                                key(batch.get(), row),
                                List.of(),
                                kind == ChangeKind.DELETED ? cells.at(row) : Optional.empty(),
                                kind == ChangeKind.DELETED ? Optional.empty() : cells.at(row)));
                    }
                }
            }
        }
    }

    /** Returns the identity in the record of a row that differs. A record of a trace has none. */
    private static UUID identity(KeyedRowCursor row) {
        return new UUID(row.hashWord(0), row.hashWord(1));
    }

    private WholeRows wholeRows(RowBatch batch) {
        return whole ? WholeRows.of(batch) : WholeRows.UNWANTED;
    }

    private Map<String, Optional<String>> key(RowBatch batch, int row) {
        Map<String, Optional<String>> key = new LinkedHashMap<>();
        for (String column : keyColumns) {
            key.put(column, text(batch, column, row));
        }
        return key;
    }

    /** Returns a cell's text; empty for NULL. */
    static Optional<String> text(RowBatch batch, String column, int row) {
        return text(batch, batch.schema().indexOf(column), row);
    }

    /** Returns the text of a cell by its position; empty for NULL. */
    static Optional<String> text(RowBatch batch, int column, int row) {
        return batch.vector(column).isNull(row)
                ? Optional.empty()
                : Optional.of(CellText.of(batch.schema().column(column).type(), batch.vector(column), row));
    }

    /** Deletes the spilled files. */
    @Override
    public void close() {
        changed.close();
        added.close();
        deleted.close();
    }
}
