package io.hybridsnapshot.domain.delta;

import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.encoding.CellComparison;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/**
 * Finds the cells behind a delta: for every CHANGED row the columns that differ with the value before and after; and where columns were dropped
 * and others added, which of them may be one under a new name. Reads only the rows that differ, in the order in which the earlier file holds them, some thousands at a time, so that memory does not grow with their number. One
 * thread; closed by whoever opened it.
 */
public final class ChangeDrillDown implements AutoCloseable {
    private static final int ROWS_AT_A_TIME = 4_096;
    private static final int FIRST_ROWS = 16;
    /** About how many bytes of earlier rows are held at a time, however wide the rows are. */
    private static final long BYTES_AT_A_TIME = 32L << 20;

    /**
     * One side of a comparison.
     *
     * @param rows its sorted rows, whose ordinals are positions in the file
     * @param reader the file that holds its cells; empty where there is none
     */
    public record Side(SortedKeyedRows rows, Optional<SnapshotReader> reader) {}

    private final Side before;
    private final Side after;
    private final List<String> keyColumns;
    private final HashSpec spec;
    private final ComparisonRules rules;
    private final LongConsumer progress;
    private final KeyedRowSorter changed;
    private final KeyedRowSorter added;
    private final KeyedRowSorter deleted;
    private long done;
    private long forgiven;

    /**
     * A drill-down.
     *
     * @param keyColumns the columns that name a row for people
     * @param spec the rules under which hashes, and cells, are equal
     * @param rules which differences of cells do not matter
     * @param scratch a directory for what does not fit the memory
     * @param rowsInMemory rows that sorting holds in memory
     * @param progress hears how many rows are done
     */
    public ChangeDrillDown(
            Side before,
            Side after,
            List<String> keyColumns,
            HashSpec spec,
            ComparisonRules rules,
            Path scratch,
            int rowsInMemory,
            LongConsumer progress) {
        this.before = before;
        this.after = after;
        this.keyColumns = List.copyOf(keyColumns);
        this.spec = spec;
        this.rules = rules;
        this.progress = progress;
        this.changed = new KeyedRowSorter(scratch, rowsInMemory);
        this.added = new KeyedRowSorter(scratch, rowsInMemory);
        this.deleted = new KeyedRowSorter(scratch, rowsInMemory);
    }

    /**
     * Looks up the cells of every row that differs, and suggests renames.
     *
     * @param exampleLimit how many rows of each kind to return
     * @param listener hears every row that differs, those aside that the rules forgive
     * @throws SnapshotException CORRUPT if a side's file does not hold the rows that the delta names; INVALID_REQUEST if there are rules
     *     and CHANGED rows, and a side has no file
     */
    public ChangeDetails details(SnapshotDelta delta, int exampleLimit, Optional<RowChangeListener> listener) {
        locate(delta);
        Collector collector = new Collector(exampleLimit, listener);
        Map<String, Long> counts = changedRows(collector);
        keysOnly(added.finish(), after, ChangeKind.NEW, collector);
        keysOnly(deleted.finish(), before, ChangeKind.DELETED, collector);
        List<ColumnChanges> columns = new ArrayList<>();
        counts.forEach((column, rows) -> columns.add(new ColumnChanges(column, rows)));
        columns.sort(Comparator.comparingLong(ColumnChanges::rows).reversed());
        return new ChangeDetails(columns, collector.examples, forgiven, new RenameSearch(before, after).suggestions());
    }

    /** Gives every row that differs its positions in the two files and sorts by them. */
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
                        changed.add(left.ordinal(), right.ordinal(), high, low, 0, 0);
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
        throw SnapshotException.corrupt("a snapshot's file does not hold a row that its window holds")
                .where("row " + new UUID(high, low))
                .nextStep("if the dataset's key changed since, save without details; else check the archive")
                .build();
    }

    private Map<String, Long> changedRows(Collector collector) {
        Map<String, Long> counts = new LinkedHashMap<>();
        SortedKeyedRows rows = changed.finish();
        if (rows.size() == 0) {
            return counts;
        }
        if (before.reader().isEmpty() || after.reader().isEmpty()) {
            if (!rules.isEmpty()) {
                throw rules.withoutCells(before.reader().isEmpty() ? "the earlier side" : "the later side");
            }
            keysOnly(rows, after, ChangeKind.CHANGED, collector);
            return counts;
        }
        SnapshotReader left = before.reader().get();
        SnapshotReader right = after.reader().get();
        Schema leftSchema = left.schema().select(cellColumns(left.schema(), right.schema()));
        Schema rightSchema = right.schema().select(cellColumns(right.schema(), left.schema()));
        CellComparison comparison = CellComparison.of(leftSchema, rightSchema, spec);
        ForgivenCells forgivenCells = new ForgivenCells(comparison.columns(), leftSchema, rightSchema, rules);
        long[] columnCounts = new long[comparison.columns().size()];
        try (KeyedRowCursor cursor = rows.open()) {
            Chunk chunk = new Chunk();
            int rowsAtATime = FIRST_ROWS;
            while (chunk.fill(cursor, rowsAtATime)) {
                List<RowBatch> earlier = read(left, leftSchema, chunk.first);
                rowsAtATime = rowsThatFit(earlier, chunk.size);
                compareChunk(chunk, earlier, right, rightSchema, comparison, forgivenCells, columnCounts, collector);
                done += chunk.size;
                progress.accept(done);
            }
        }
        for (int i = 0; i < columnCounts.length; i++) {
            if (columnCounts[i] > 0) {
                counts.put(comparison.columns().get(i), columnCounts[i]);
            }
        }
        return counts;
    }

    /** How many rows as wide as these fit the memory. */
    private static int rowsThatFit(List<RowBatch> rows, int count) {
        long bytes = 1;
        for (RowBatch batch : rows) {
            for (int column = 0; column < batch.schema().size(); column++) {
                bytes += batch.vector(column).heapBytes();
            }
        }
        return (int) Math.max(1, Math.min(ROWS_AT_A_TIME, BYTES_AT_A_TIME * count / bytes));
    }

    /** The key columns and all that both sides have and the spec covers. */
    private Set<String> cellColumns(Schema own, Schema other) {
        Set<String> columns = new LinkedHashSet<>(keyColumns);
        for (String name : own.names()) {
            if (spec.covers(name) && other.find(name).isPresent()) {
                columns.add(name);
            }
        }
        return columns;
    }

    private void compareChunk(
            Chunk chunk,
            List<RowBatch> earlier,
            SnapshotReader right,
            Schema rightSchema,
            CellComparison comparison,
            ForgivenCells forgivenCells,
            long[] columnCounts,
            Collector collector) {
        int[] byAfter = order(chunk.second);
        long[] afterOrdinals = new long[chunk.size];
        for (int i = 0; i < chunk.size; i++) {
            afterOrdinals[i] = chunk.second[byAfter[i]];
        }
        int position = 0;
        ReadOptions options = new ReadOptions(rightSchema.names(), afterOrdinals.length, Optional.empty());
        try (RowStream stream = right.rowsAt(afterOrdinals, options)) {
            for (Optional<RowBatch> next = stream.next(); next.isPresent(); next = stream.next()) {
                compareBatch(
                        chunk,
                        earlier,
                        next.get(),
                        position,
                        byAfter,
                        comparison,
                        forgivenCells,
                        columnCounts,
                        collector);
                position += next.get().rowCount();
            }
        }
        requireAll(position, afterOrdinals.length);
    }

    private void compareBatch(
            Chunk chunk,
            List<RowBatch> earlier,
            RowBatch later,
            int from,
            int[] byAfter,
            CellComparison comparison,
            ForgivenCells forgivenCells,
            long[] columnCounts,
            Collector collector) {
        comparison.readAfter(later);
        // In the order of the earlier rows, so that a batch of them is taken up once.
        int[] rows = order(IntStream.range(from, from + later.rowCount())
                .mapToLong(i -> byAfter[i])
                .toArray());
        int batchIndex = 0;
        int batchStart = 0;
        comparison.readBefore(earlier.get(0));
        for (int row : rows) {
            int index = byAfter[from + row];
            while (index - batchStart >= earlier.get(batchIndex).rowCount()) {
                batchStart += earlier.get(batchIndex).rowCount();
                batchIndex++;
                comparison.readBefore(earlier.get(batchIndex));
            }
            compareRow(
                    chunk,
                    index,
                    earlier.get(batchIndex),
                    index - batchStart,
                    later,
                    row,
                    comparison,
                    forgivenCells,
                    columnCounts,
                    collector);
        }
    }

    private void compareRow(
            Chunk chunk,
            int index,
            RowBatch earlier,
            int earlierRow,
            RowBatch later,
            int laterRow,
            CellComparison comparison,
            ForgivenCells forgivenCells,
            long[] columnCounts,
            Collector collector) {
        boolean wanted = collector.wants(ChangeKind.CHANGED);
        List<CellChange> cells = new ArrayList<>();
        boolean differs = false;
        boolean forgave = false;
        for (int column = 0; column < columnCounts.length; column++) {
            if (comparison.differs(column, earlierRow, laterRow)) {
                if (forgivenCells.forgives(column, earlier, earlierRow, later, laterRow)) {
                    forgave = true;
                    continue;
                }
                differs = true;
                columnCounts[column]++;
                if (wanted) {
                    String name = comparison.columns().get(column);
                    cells.add(new CellChange(name, text(earlier, name, earlierRow), text(later, name, laterRow)));
                }
            }
        }
        if (forgave && !differs) {
            forgiven++;
        } else if (wanted) {
            collector.take(new RowChange(ChangeKind.CHANGED, chunk.identity(index), key(later, laterRow), cells));
        }
    }

    private void keysOnly(SortedKeyedRows rows, Side side, ChangeKind kind, Collector collector) {
        try (KeyedRowCursor cursor = rows.open()) {
            Chunk chunk = new Chunk();
            while (collector.wants(kind) && chunk.fill(cursor, ROWS_AT_A_TIME)) {
                if (side.reader().isEmpty()) {
                    for (int i = 0; i < chunk.size && collector.wants(kind); i++) {
                        collector.take(new RowChange(kind, chunk.identity(i), Map.of(), List.of()));
                    }
                    continue;
                }
                SnapshotReader reader = side.reader().get();
                int index = 0;
                // CHANGED rows of which only the later side has a file are placed by their second word.
                long[] ordinals = kind == ChangeKind.CHANGED ? chunk.secondInOrder() : chunk.first;
                for (RowBatch batch : read(reader, reader.schema().select(keyColumns), ordinals)) {
                    for (int row = 0; row < batch.rowCount() && collector.wants(kind); row++) {
                        collector.take(new RowChange(kind, chunk.identity(index + row), key(batch, row), List.of()));
                    }
                    index += batch.rowCount();
                }
            }
        }
    }

    private static List<RowBatch> read(SnapshotReader reader, Schema columns, long[] ordinals) {
        List<RowBatch> batches = new ArrayList<>();
        ReadOptions options = new ReadOptions(columns.names(), ROWS_AT_A_TIME, Optional.empty());
        int rows = 0;
        try (RowStream stream = reader.rowsAt(ordinals, options)) {
            for (Optional<RowBatch> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
                batches.add(batch.get());
                rows += batch.get().rowCount();
            }
        }
        requireAll(rows, ordinals.length);
        return batches;
    }

    private static void requireAll(int rows, int expected) {
        if (rows != expected) {
            throw SnapshotException.corrupt("a snapshot's file holds fewer rows than it says")
                    .actual(rows + " rows")
                    .expected(expected)
                    .nextStep("check the archive; restore it from a backup")
                    .build();
        }
    }

    /** The positions of some thousand numbers in ascending order of the numbers, each packed with its position into one word. */
    private static int[] order(long[] numbers) {
        long[] packed = new long[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            packed[i] = numbers[i] * ROWS_AT_A_TIME + i;
        }
        Arrays.sort(packed);
        int[] order = new int[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            order[i] = (int) (packed[i] % ROWS_AT_A_TIME);
        }
        return order;
    }

    private Map<String, Optional<String>> key(RowBatch batch, int row) {
        Map<String, Optional<String>> key = new LinkedHashMap<>();
        for (String column : keyColumns) {
            key.put(column, text(batch, column, row));
        }
        return key;
    }

    private static Optional<String> text(RowBatch batch, String column, int row) {
        int index = batch.schema().indexOf(column);
        return batch.vector(index).isNull(row)
                ? Optional.empty()
                : Optional.of(CellText.of(batch.schema().column(index).type(), batch.vector(index), row));
    }

    /** Deletes what was spilled. */
    @Override
    public void close() {
        changed.close();
        added.close();
        deleted.close();
    }

    /** Some rows that differ, by their positions. */
    private static final class Chunk {
        private long[] first = new long[0];
        private long[] second = new long[0];
        private long[] identities = new long[0];
        private int size;

        boolean fill(KeyedRowCursor cursor, int most) {
            first = new long[most];
            second = new long[most];
            identities = new long[2 * most];
            size = 0;
            while (size < most && cursor.next()) {
                first[size] = cursor.identityHigh();
                second[size] = cursor.identityLow();
                identities[2 * size] = cursor.hashWord(0);
                identities[2 * size + 1] = cursor.hashWord(1);
                size++;
            }
            first = Arrays.copyOf(first, size);
            second = Arrays.copyOf(second, size);
            return size > 0;
        }

        UUID identity(int index) {
            return new UUID(identities[2 * index], identities[2 * index + 1]);
        }

        /** The second positions in ascending order; the identities are put into that order too. */
        long[] secondInOrder() {
            int[] order = order(second);
            long[] ordered = new long[size];
            long[] orderedIdentities = new long[2 * size];
            for (int i = 0; i < size; i++) {
                ordered[i] = second[order[i]];
                orderedIdentities[2 * i] = identities[2 * order[i]];
                orderedIdentities[2 * i + 1] = identities[2 * order[i] + 1];
            }
            identities = orderedIdentities;
            return ordered;
        }
    }

    /** Keeps the first rows of each kind and hands all of them to the listener. */
    private static final class Collector {
        private final int exampleLimit;
        private final Optional<RowChangeListener> listener;
        private final List<RowChange> examples = new ArrayList<>();
        private final int[] kept = new int[ChangeKind.values().length];

        Collector(int exampleLimit, Optional<RowChangeListener> listener) {
            this.exampleLimit = exampleLimit;
            this.listener = listener;
        }

        boolean wants(ChangeKind kind) {
            return listener.isPresent() || kept[kind.ordinal()] < exampleLimit;
        }

        void take(RowChange change) {
            listener.ifPresent(target -> target.onChange(change));
            if (kept[change.kind().ordinal()] < exampleLimit) {
                kept[change.kind().ordinal()]++;
                examples.add(change);
            }
        }
    }
}
