package io.hybridsnapshot.engine.internal.changeset;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.changeset.ChangeSetCounts;
import io.hybridsnapshot.domain.changeset.ChangeSetFormat;
import io.hybridsnapshot.domain.changeset.LineKind;
import io.hybridsnapshot.domain.changeset.RowFilter;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.BatchComparison;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.SchemaDrift;
import io.hybridsnapshot.engine.internal.comparison.Baseline;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Builds the change set between the files of two snapshots. Each file is read once whole, and once more at the rows
 * that differ, some columns at a time. Memory is bounded by the rows that differ, and by one column of all rows where a
 * column is stored whole. One thread.
 */
public final class ChangeSetBuilder {
    /** A change set that takes more than this share of the later file's bytes is not kept, unless it is small. */
    public static final double MOST_SHARE = 0.5;

    /** A change set of this number of bytes is kept, however small the later file is. */
    public static final long SMALL_BYTES = 1 << 16;

    private static final long FEW_CELLS = 10_000;

    /** A column that differs in more than this share of the rows of both files is stored whole. */
    private static final double WHOLE_SHARE = 0.3;

    /** Cells of rows that are held at a time, on each side. */
    private static final int MOST_CELLS = 1 << 20;

    private static final int BLOCK_ROWS = 1 << 12;

    private final SnapshotCodec codec;
    private final Dataset dataset;
    private final RowHashing hashing;

    /**
     * Makes a builder.
     *
     * @param codec writes the file
     * @param dataset tells the key, the rules of the comparison, and the carried columns
     * @param hashing lends sorters
     */
    public ChangeSetBuilder(SnapshotCodec codec, Dataset dataset, RowHashing hashing) {
        this.codec = codec;
        this.dataset = dataset;
        this.hashing = hashing;
    }

    /** Why there is no change set between two files. */
    public enum Refusal {
        /** The two have no key in common, with types that are comparable. */
        NO_KEY,
        /** A file holds rows without a key, or rows that share one. */
        NOT_KEYED,
        /** The change set would take more than {@link #MOST_SHARE} and {@link #SMALL_BYTES}. */
        TOO_LARGE
    }

    /**
     * The result: one of the two.
     *
     * @param built the change set
     * @param refusal why there is none
     */
    public record Result(Optional<Built> built, Optional<Refusal> refusal) {
        private static Result of(Refusal refusal) {
            return new Result(Optional.empty(), Optional.of(refusal));
        }
    }

    /**
     * A change set.
     *
     * @param file the file of the change set
     * @param counts its rows
     * @param filter its entries
     */
    public record Built(WrittenFile file, ChangeSetCounts counts, RowFilter filter) {}

    /** Checks whether rows of two schemas can have one identity. */
    private boolean haveOneKey(Schema before, Schema after) {
        return dataset.keyColumns().stream()
                .allMatch(name -> before.find(name).isPresent()
                        && after.find(name).isPresent()
                        && before.column(before.indexOf(name))
                                .type()
                                .isComparableTo(
                                        after.column(after.indexOf(name)).type()));
    }

    /**
     * Builds the change set.
     *
     * @param before the file of the earlier snapshot
     * @param after the file of the later snapshot
     * @param afterSize bytes of the later file
     * @param notes what the file of the change set notes beside its lines
     * @param target where the file is written
     * @throws io.hybridsnapshot.domain.error.SnapshotException CORRUPT if a file is damaged; UNAVAILABLE if the disk is
     *     full
     */
    public Result build(
            SnapshotReader before, SnapshotReader after, long afterSize, Map<String, String> notes, Path target) {
        if (!haveOneKey(before.schema(), after.schema())) {
            return Result.of(Refusal.NO_KEY);
        }
        List<ColumnPair> columns = ColumnPair.of(before.schema(), after.schema());
        HashSpec spec = Baseline.shared(SchemaDrift.between(before.schema(), after.schema()), dataset.hashSpec());
        Optional<DifferingRows> rows = DifferingRows.of(dataset, before, after, columns, spec, hashing);
        if (rows.isEmpty()) {
            return Result.of(Refusal.NOT_KEYED);
        }
        return new Build(before, after, columns, spec, rows.get())
                .write(afterSize, notes, target)
                .map(built -> new Result(Optional.of(built), Optional.empty()))
                .orElseGet(() -> Result.of(Refusal.TOO_LARGE));
    }

    /** One change set under way. */
    private final class Build {
        private final SnapshotReader before;
        private final SnapshotReader after;
        private final List<ColumnPair> columns;
        private final HashSpec spec;
        private final DifferingRows rows;
        /** By column: the differing rows whose values differ in it. */
        private final Map<String, BitSet> differing = new HashMap<>();

        private final BitSet changed = new BitSet();
        private final BitSet listed = new BitSet();
        private final Set<String> whole = new HashSet<>();
        private final Set<String> carried = new LinkedHashSet<>(dataset.carriedColumns());
        private final FilterEntries entries = new FilterEntries(codec.filterDigest());

        Build(
                SnapshotReader before,
                SnapshotReader after,
                List<ColumnPair> columns,
                HashSpec spec,
                DifferingRows rows) {
            this.before = before;
            this.after = after;
            this.columns = columns;
            this.spec = spec;
            this.rows = rows;
        }

        Optional<Built> write(long afterSize, Map<String, String> notes, Path target) {
            findCells();
            decide();
            if (isTooMuch()) {
                return Optional.empty();
            }
            ChangeSetCounts counts = counts();
            Map<String, String> allNotes = new HashMap<>(notes);
            allNotes.put(ChangeSetFormat.FORM_KEY, ChangeSetFormat.FORM);
            allNotes.put(ChangeSetFormat.ROWS_BEFORE_KEY, Long.toString(before.rowCount()));
            allNotes.put(ChangeSetFormat.ROWS_AFTER_KEY, Long.toString(after.rowCount()));
            try (SnapshotWriter file = codec.openWriter(target, ChangeSetFormat.SCHEMA, allNotes)) {
                LineWriter lines = new LineWriter(file);
                describe(lines);
                writeRows(lines);
                writeCells(lines);
                WrittenFile written = lines.finish();
                return written.size() > Math.max(SMALL_BYTES, MOST_SHARE * afterSize)
                        ? Optional.empty()
                        : Optional.of(new Built(written, counts, entries.filter()));
            }
        }

        /** Finds the cells that differ, a block of rows at a time. */
        private void findCells() {
            Schema earlier = before.schema();
            Schema later = after.schema();
            BatchComparison comparison = BatchComparison.of(earlier, later, spec);
            for (int from = 0; from < rows.differing().size(); from += BLOCK_ROWS) {
                int count = Math.min(BLOCK_ROWS, rows.differing().size() - from);
                RowBatch left = pairedBefore(earlier, from, count);
                RowBatch right = RowsInMemory.at(after, rows.differing().after(from, count), later);
                comparison.read(left, right);
                int[] found = new int[count];
                for (int column = 0; column < comparison.columns().size(); column++) {
                    int differ = comparison.differing(column, 0, 0, count, found);
                    for (int i = 0; i < differ; i++) {
                        changed.set(from + found[i]);
                    }
                }
                for (ColumnPair column : columns) {
                    if (column.isOfOneType()) {
                        findCells(
                                column,
                                left.vector(earlier.indexOf(column.name())),
                                right.vector(later.indexOf(column.name())),
                                from,
                                count);
                    }
                }
            }
        }

        private void findCells(ColumnPair column, ColumnVector left, ColumnVector right, int from, int count) {
            for (int row = 0; row < count; row++) {
                if (!ExactCells.same(left, row, right, row)) {
                    differing
                            .computeIfAbsent(column.name(), name -> new BitSet())
                            .set(from + row);
                }
            }
        }

        /** Returns the earlier versions of some differing rows, in the order of the later ones. */
        private RowBatch pairedBefore(Schema schema, int from, int count) {
            long[] positions = rows.differing().before(from, count);
            long[] sorted = positions.clone();
            Arrays.sort(sorted);
            RowBatch batch = RowsInMemory.at(before, sorted, schema);
            if (Arrays.equals(sorted, positions)) {
                return batch;
            }
            List<ColumnVector> vectors = RowBatch.vectorsFor(schema, count);
            for (long position : positions) {
                int row = Arrays.binarySearch(sorted, position);
                for (int column = 0; column < vectors.size(); column++) {
                    vectors.get(column).appendFrom(batch.vector(column), row);
                }
            }
            return new RowBatch(schema, vectors);
        }

        /** Decides which columns are stored whole, and which rows have lines. */
        private void decide() {
            for (ColumnPair column : columns) {
                long count = differing.getOrDefault(column.name(), new BitSet()).cardinality();
                if (!column.isOfOneType() || count > WHOLE_SHARE * rows.order().survivors()) {
                    whole.add(column.name());
                }
            }
            listed.or(changed);
            differing.forEach((column, cells) -> {
                if (!whole.contains(column)) {
                    listed.or(cells);
                }
            });
        }

        /** Estimates whether the cells are too many, before they are written. */
        private boolean isTooMuch() {
            long cells = 0;
            for (BitSet each : differing.values()) {
                cells += each.cardinality();
            }
            cells += (rows.added().size() + rows.deleted().size()) * (long) columns.size();
            return cells > Math.max(FEW_CELLS, MOST_SHARE * rows.order().rowsAfter() * columns.size());
        }

        private ChangeSetCounts counts() {
            return new ChangeSetCounts(
                    rows.added().size(),
                    changed.cardinality(),
                    (long) listed.cardinality() - changed.cardinality(),
                    rows.deleted().size());
        }

        private void describe(LineWriter lines) {
            for (ColumnPair column : columns) {
                lines.describe(
                        LineKind.SCHEMA,
                        before.schema().find(column.name()).orElse(-1),
                        after.schema().find(column.name()).orElse(-1),
                        column.name(),
                        column.before().map(Column::type).map(ColumnType::toString),
                        column.after().map(Column::type).map(ColumnType::toString));
            }
            int position = 0;
            for (String key : dataset.keyColumns()) {
                lines.describe(LineKind.KEY, position, position, key, Optional.empty(), Optional.empty());
                position++;
            }
            Set<String> notes = new TreeSet<>(before.metadata().keySet());
            notes.addAll(after.metadata().keySet());
            for (String note : notes) {
                lines.describe(
                        LineKind.NOTE,
                        -1,
                        -1,
                        note,
                        Optional.ofNullable(before.metadata().get(note)),
                        Optional.ofNullable(after.metadata().get(note)));
            }
            long[] runsAfter = rows.order().runsAfter();
            long[] runsBefore = rows.order().runsBefore();
            for (int run = 0; run < runsAfter.length; run++) {
                lines.run(runsBefore[run], runsAfter[run]);
            }
        }

        private void writeRows(LineWriter lines) {
            write(lines, LineKind.DELETED, rows.deleted());
            write(lines, LineKind.NEW, rows.added());
            for (LineKind kind : List.of(LineKind.CHANGED, LineKind.TOUCHED)) {
                for (int row = listed.nextSetBit(0); row >= 0; row = listed.nextSetBit(row + 1)) {
                    if (changed.get(row) == (kind == LineKind.CHANGED)) {
                        write(lines, kind, rows.differing(), row);
                    }
                }
            }
        }

        private void write(LineWriter lines, LineKind kind, DifferingRows.Rows some) {
            for (int row = 0; row < some.size(); row++) {
                write(lines, kind, some, row);
            }
        }

        private void write(LineWriter lines, LineKind kind, DifferingRows.Rows some, int row) {
            lines.row(kind, some.before(row), some.after(row), some.identityHigh(row), some.identityLow(row));
            entries.identity(some.identityHigh(row), some.identityLow(row));
        }

        /** Writes the cells, some columns at a time. */
        private void writeCells(LineWriter lines) {
            Pairs pairs = Pairs.of(rows.differing(), listed);
            int most = Math.max(
                    1,
                    Math.max(
                            pairs.size(),
                            Math.max(rows.added().size(), rows.deleted().size())));
            int group = Math.max(1, MOST_CELLS / most);
            for (int from = 0; from < columns.size(); from += group) {
                List<ColumnPair> some = columns.subList(from, Math.min(columns.size(), from + group));
                RowBatch deletedRows = RowsInMemory.at(before, rows.deleted().allBefore(), some(before.schema(), some));
                RowBatch addedRows = RowsInMemory.at(after, rows.added().allAfter(), some(after.schema(), some));
                List<ColumnPair> cells = some.stream()
                        .filter(column -> !whole.contains(column.name())
                                && (differing.containsKey(column.name()) || isWrittenKey(column.name())))
                        .toList();
                RowBatch earlier = RowsInMemory.at(before, pairs.before(), some(before.schema(), cells));
                RowBatch later = RowsInMemory.at(after, pairs.after(), some(after.schema(), cells));
                for (ColumnPair column : some) {
                    writeSingles(lines, LineKind.DELETED, column, rows.deleted(), deletedRows);
                    writeSingles(lines, LineKind.NEW, column, rows.added(), addedRows);
                    if (whole.contains(column.name())) {
                        writeWhole(lines, column);
                    } else if (cells.contains(column)) {
                        writePairs(lines, column, pairs, earlier, later);
                    }
                }
            }
        }

        private Schema some(Schema schema, List<ColumnPair> wanted) {
            return schema.select(wanted.stream()
                    .map(ColumnPair::name)
                    .filter(name -> schema.find(name).isPresent())
                    .toList());
        }

        /** A key of one UUID is the identity, and is not written again. */
        private boolean isWrittenKey(String column) {
            List<String> keys = dataset.keyColumns();
            boolean isIdentity = keys.size() == 1
                    && after.schema()
                            .column(after.schema().indexOf(keys.get(0)))
                            .type()
                            .equals(ColumnType.UUID);
            return keys.contains(column) && !isIdentity;
        }

        private void writeSingles(
                LineWriter lines, LineKind kind, ColumnPair column, DifferingRows.Rows some, RowBatch batch) {
            Optional<Column> side = kind == LineKind.DELETED ? column.before() : column.after();
            if (side.isEmpty()) {
                return;
            }
            byte[] name = name(column);
            ColumnVector cells = batch.vector(batch.schema().indexOf(column.name()));
            BytesVector texts = texts(side.get().type(), cells);
            for (int row = 0; row < some.size(); row++) {
                if (!texts.isNull(row)) {
                    boolean isBefore = kind == LineKind.DELETED;
                    lines.cell(
                            kind,
                            some.before(row),
                            some.after(row),
                            name,
                            texts,
                            isBefore ? row : -1,
                            texts,
                            isBefore ? -1 : row);
                    addEntry(column, texts, row);
                }
            }
        }

        private void writePairs(LineWriter lines, ColumnPair column, Pairs pairs, RowBatch earlier, RowBatch later) {
            byte[] name = name(column);
            BitSet cells = differing.getOrDefault(column.name(), new BitSet());
            boolean isKey = isWrittenKey(column.name());
            BytesVector left = texts(
                    column.before().orElseThrow().type(),
                    earlier.vector(earlier.schema().indexOf(column.name())));
            BytesVector right = texts(
                    column.after().orElseThrow().type(),
                    later.vector(later.schema().indexOf(column.name())));
            for (LineKind kind : List.of(LineKind.CHANGED, LineKind.TOUCHED)) {
                for (int i = 0; i < pairs.size(); i++) {
                    int row = pairs.row(i);
                    if (changed.get(row) == (kind == LineKind.CHANGED) && (isKey || cells.get(row))) {
                        int leftRow = pairs.beforeIndex(i);
                        lines.cell(kind, -1, pairs.after()[i], name, left, leftRow, right, i);
                        addEntry(column, left, leftRow);
                        addEntry(column, right, i);
                    }
                }
            }
        }

        /** Writes a column of all rows that both files have. */
        private void writeWhole(LineWriter lines, ColumnPair column) {
            byte[] name = name(column);
            Optional<BytesVector> left = column.before().map(side -> all(before, side));
            Optional<BytesVector> right = column.after().map(side -> all(after, side));
            BytesVector none = new BytesVector(1);
            RowOrder.Walk walk = rows.order().walk();
            while (walk.next()) {
                if (walk.before() >= 0) {
                    int leftRow = (int) walk.before();
                    int rightRow = (int) walk.after();
                    boolean hasLeft = left.isPresent() && !left.get().isNull(leftRow);
                    boolean hasRight = right.isPresent() && !right.get().isNull(rightRow);
                    if (hasLeft || hasRight) {
                        lines.cell(
                                LineKind.COLUMN,
                                -1,
                                walk.after(),
                                name,
                                left.orElse(none),
                                hasLeft ? leftRow : -1,
                                right.orElse(none),
                                hasRight ? rightRow : -1);
                    }
                    left.filter(texts -> hasLeft).ifPresent(texts -> addEntry(column, texts, leftRow));
                    right.filter(texts -> hasRight).ifPresent(texts -> addEntry(column, texts, rightRow));
                }
            }
        }

        private BytesVector all(SnapshotReader file, Column column) {
            Schema schema = file.schema().select(List.of(column.name()));
            return texts(column.type(), RowsInMemory.all(file, schema).vector(0));
        }

        private BytesVector texts(ColumnType type, ColumnVector cells) {
            BytesVector texts = new BytesVector(Math.max(1, cells.size()));
            for (int row = 0; row < cells.size(); row++) {
                CellForm.append(type, cells, row, texts);
            }
            return texts;
        }

        private void addEntry(ColumnPair column, BytesVector texts, int row) {
            if (carried.contains(column.name()) && !texts.isNull(row)) {
                entries.value(column.name(), texts.text(row));
            }
        }

        private byte[] name(ColumnPair column) {
            return column.name().getBytes(StandardCharsets.UTF_8);
        }
    }

    /** The rows of both files that have lines, with the earlier positions sorted for reading. */
    private record Pairs(int[] rows, long[] before, long[] after, int[] beforeIndexes) {
        static Pairs of(DifferingRows.Rows differing, BitSet listed) {
            int[] rows = listed.stream().toArray();
            long[] before = new long[rows.length];
            long[] after = new long[rows.length];
            for (int i = 0; i < rows.length; i++) {
                before[i] = differing.before(rows[i]);
                after[i] = differing.after(rows[i]);
            }
            long[] sorted = before.clone();
            Arrays.sort(sorted);
            int[] indexes = new int[rows.length];
            for (int i = 0; i < rows.length; i++) {
                indexes[i] = Arrays.binarySearch(sorted, before[i]);
            }
            return new Pairs(rows, sorted, after, indexes);
        }

        int size() {
            return rows.length;
        }

        int row(int index) {
            return rows[index];
        }

        int beforeIndex(int index) {
            return beforeIndexes[index];
        }
    }
}
