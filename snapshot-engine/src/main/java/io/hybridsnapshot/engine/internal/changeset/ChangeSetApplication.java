package io.hybridsnapshot.engine.internal.changeset;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.changeset.LineKind;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.internal.sorting.RowReordering;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Applies a change set: turns the rows of one snapshot into those of the other, every cell and their order. Rows are
 * streamed; rows that stand in another order are sorted within bounded memory. One thread.
 */
public final class ChangeSetApplication {
    private static final long BYTES_IN_MEMORY = 64L << 20;

    private final ChangeSetContent content;
    private final Path scratch;

    /**
     * Makes an application.
     *
     * @param scratch a directory for rows that are sorted
     */
    public ChangeSetApplication(ChangeSetContent content, Path scratch) {
        this.content = content;
        this.scratch = scratch;
    }

    /**
     * Turns the earlier snapshot into the later one.
     *
     * @param before the file of the earlier snapshot, which the caller closes after the stream
     * @return the later snapshot's rows, which the caller closes
     * @throws SnapshotException CORRUPT if the file is not the one that the change set was made from, as far as its
     *     columns and its number of rows show
     */
    public RowStream forward(SnapshotReader before) {
        require(before, content.before(), content.order().rowsBefore());
        Schema columns = common(content.before(), content.after());
        Rows base = new Rows(rows(before, columns));
        RowOrder order = content.order();
        if (order.isKept()) {
            return new Later(
                    base, order, Skipped.of(content.rows(LineKind.DELETED).allBefore()), Optional.empty());
        }
        RowReordering sorting = new RowReordering(columns, scratch, BYTES_IN_MEMORY);
        try {
            long[] places = order.positionsAfter();
            for (long position = 0; base.next(); position++) {
                if (places[(int) position] >= 0) {
                    sorting.add(base.batch(), base.row(), places[(int) position]);
                }
            }
            base.close();
            return new Later(new Rows(sorting.finish()), order, Skipped.NONE, Optional.of(sorting));
        } catch (RuntimeException e) {
            sorting.close();
            throw e;
        }
    }

    /**
     * Turns the later snapshot into the earlier one.
     *
     * @param after the file of the later snapshot, which the caller closes after the stream
     * @return the earlier snapshot's rows, which the caller closes
     * @throws SnapshotException CORRUPT as {@link #forward} does
     */
    public RowStream backward(SnapshotReader after) {
        require(after, content.after(), content.order().rowsAfter());
        Rows base = new Rows(rows(after, common(content.before(), content.after())));
        RowOrder order = content.order();
        Survivors survivors = new Survivors(base, order);
        if (order.isKept()) {
            return new Earlier(survivors, order, Optional.empty());
        }
        RowReordering sorting = new RowReordering(content.before(), scratch, BYTES_IN_MEMORY);
        try {
            for (Optional<RowBatch> next = survivors.next(); next.isPresent(); next = survivors.next()) {
                for (int row = 0; row < next.get().rowCount(); row++) {
                    sorting.add(next.get(), row, survivors.before(row));
                }
            }
            survivors.close();
            return new Earlier(sorting.finish(), order, Optional.of(sorting));
        } catch (RuntimeException e) {
            sorting.close();
            throw e;
        }
    }

    private static RowStream rows(SnapshotReader file, Schema columns) {
        // A reader without wishes returns all columns.
        List<String> names = columns.size() == 0 ? file.schema().names().subList(0, 1) : columns.names();
        return file.rows(ReadOptions.ALL.withColumns(names));
    }

    /** The columns with cells that both snapshots share. */
    private static Schema common(Schema before, Schema after) {
        List<String> names = new ArrayList<>();
        for (ColumnPair column : ColumnPair.of(before, after)) {
            if (column.isOfOneType()) {
                names.add(column.name());
            }
        }
        return before.select(names);
    }

    private static void require(SnapshotReader file, Schema schema, long rows) {
        if (!file.schema().equals(schema) || file.rowCount() != rows) {
            throw SnapshotException.corrupt("a change set does not belong to this snapshot")
                    .actual(file.rowCount() + " rows of " + file.schema().size() + " columns")
                    .expected(rows + " rows of " + schema.size() + " columns")
                    .nextStep("remove the change set and build it again")
                    .build();
        }
    }

    private static SnapshotException tooFewRows() {
        return SnapshotException.corrupt("a snapshot's file holds fewer rows than its change set expects")
                .nextStep("check the archive; restore it from a backup")
                .build();
    }

    /** Positions to skip in a stream. */
    private static final class Skipped {
        static final Skipped NONE = new Skipped(new long[0]);

        private final long[] positions;
        private int next;

        private Skipped(long[] positions) {
            this.positions = positions;
        }

        static Skipped of(long[] positions) {
            return new Skipped(positions);
        }

        boolean has(long position) {
            if (next < positions.length && positions[next] == position) {
                next++;
                return true;
            }
            return false;
        }
    }

    /** Walks over the rows of a stream. */
    private static final class Rows implements AutoCloseable {
        private final RowStream stream;
        private @Nullable RowBatch batch;
        private int row = -1;

        Rows(RowStream stream) {
            this.stream = stream;
        }

        boolean next() {
            row++;
            while (batch == null || row >= batch.rowCount()) {
                Optional<RowBatch> following = stream.next();
                if (following.isEmpty()) {
                    return false;
                }
                batch = following.get();
                row = 0;
            }
            return true;
        }

        RowBatch batch() {
            if (batch == null) {
                throw new IllegalStateException("at no row");
            }
            return batch;
        }

        int row() {
            return row;
        }

        @Override
        public void close() {
            stream.close();
        }
    }

    /** The cells of the change set for one side's column, by the later position. */
    private final class Overlay {
        private final Column column;
        private final boolean isLater;
        private final List<ChangeSetContent.Cells> cells = new ArrayList<>();
        private final int[] lines;

        Overlay(Column column, boolean isLater) {
            this.column = column;
            this.isLater = isLater;
            for (LineKind kind : List.of(LineKind.CHANGED, LineKind.TOUCHED, LineKind.COLUMN)) {
                content.cells(column.name(), kind).ifPresent(cells::add);
            }
            this.lines = new int[cells.size()];
        }

        /**
         * Appends the cell at a later position, if the change set has one. Positions are asked for in ascending order.
         */
        boolean append(long position, ColumnVector to) {
            for (int i = 0; i < lines.length; i++) {
                ChangeSetContent.Cells some = cells.get(i);
                while (lines[i] < some.size() && some.position(lines[i]) < position) {
                    lines[i]++;
                }
                if (lines[i] < some.size() && some.position(lines[i]) == position) {
                    CellForm.read(column.type(), isLater ? some.after() : some.before(), lines[i], to);
                    return true;
                }
            }
            return false;
        }
    }

    /** The cells of rows that only one side has, by ascending positions. */
    private final class Singles {
        private final Column column;
        private final Optional<ChangeSetContent.Cells> cells;
        private final LineKind kind;
        private int line;

        Singles(Column column, LineKind kind) {
            this.column = column;
            this.kind = kind;
            this.cells = content.cells(column.name(), kind);
        }

        void append(long position, ColumnVector to) {
            ChangeSetContent.Cells some = cells.orElse(null);
            while (some != null && line < some.size() && some.position(line) < position) {
                line++;
            }
            if (some == null || line == some.size() || some.position(line) != position) {
                to.appendNull();
                return;
            }
            BytesVector texts = kind == LineKind.NEW ? some.after() : some.before();
            CellForm.read(column.type(), texts, line, to);
        }
    }

    private static int[] sources(Schema target, Schema base) {
        int[] sources = new int[target.size()];
        for (int column = 0; column < sources.length; column++) {
            OptionalInt found = base.find(target.column(column).name());
            sources[column] = found.orElse(-1);
        }
        return sources;
    }

    /** The later snapshot's rows. */
    private final class Later implements RowStream {
        private final Rows base;
        private final RowOrder.Walk walk;
        private final Skipped skipped;
        private final Optional<RowReordering> sorting;
        private final Schema schema = content.after();
        private final int[] sources;
        private final List<Overlay> overlays = new ArrayList<>();
        private final List<Singles> added = new ArrayList<>();
        private long position;

        Later(Rows base, RowOrder order, Skipped skipped, Optional<RowReordering> sorting) {
            this.base = base;
            this.walk = order.walk();
            this.skipped = skipped;
            this.sorting = sorting;
            this.sources = sources(schema, common(content.before(), content.after()));
            for (Column column : schema.columns()) {
                overlays.add(new Overlay(column, true));
                added.add(new Singles(column, LineKind.NEW));
            }
        }

        @Override
        public Schema schema() {
            return schema;
        }

        @Override
        public Optional<RowBatch> next() {
            List<ColumnVector> vectors = RowBatch.vectorsFor(schema, RowBatch.DEFAULT_ROWS);
            int rows = 0;
            while (rows < RowBatch.DEFAULT_ROWS && walk.next()) {
                boolean isAdded = walk.before() < 0;
                if (!isAdded) {
                    moveToSurvivor();
                }
                for (int column = 0; column < sources.length; column++) {
                    ColumnVector to = vectors.get(column);
                    if (isAdded) {
                        added.get(column).append(walk.after(), to);
                    } else if (!overlays.get(column).append(walk.after(), to)) {
                        appendBase(column, to);
                    }
                }
                rows++;
            }
            return rows == 0 ? Optional.empty() : Optional.of(new RowBatch(schema, vectors));
        }

        private void moveToSurvivor() {
            do {
                if (!base.next()) {
                    throw tooFewRows();
                }
            } while (skipped.has(position++));
        }

        private void appendBase(int column, ColumnVector to) {
            if (sources[column] < 0) {
                to.appendNull();
            } else {
                to.appendFrom(base.batch().vector(sources[column]), base.row());
            }
        }

        @Override
        public void close() {
            base.close();
            sorting.ifPresent(RowReordering::close);
        }
    }

    /** The rows of both snapshots as the earlier one has them, in the later order. */
    private final class Survivors implements RowStream {
        private final Rows base;
        private final RowOrder.Walk walk;
        private final Schema schema = content.before();
        private final int[] sources;
        private final List<Overlay> overlays = new ArrayList<>();
        private final long[] positions = new long[RowBatch.DEFAULT_ROWS];

        Survivors(Rows base, RowOrder order) {
            this.base = base;
            this.walk = order.walk();
            this.sources = sources(schema, common(content.before(), content.after()));
            for (Column column : schema.columns()) {
                overlays.add(new Overlay(column, false));
            }
        }

        /** Returns the earlier position of a row of the batch returned last. */
        long before(int row) {
            return positions[row];
        }

        @Override
        public Schema schema() {
            return schema;
        }

        @Override
        public Optional<RowBatch> next() {
            List<ColumnVector> vectors = RowBatch.vectorsFor(schema, RowBatch.DEFAULT_ROWS);
            int rows = 0;
            while (rows < RowBatch.DEFAULT_ROWS && walk.next()) {
                if (!base.next()) {
                    throw tooFewRows();
                }
                if (walk.before() < 0) {
                    continue;
                }
                for (int column = 0; column < sources.length; column++) {
                    ColumnVector to = vectors.get(column);
                    if (overlays.get(column).append(walk.after(), to)) {
                        continue;
                    }
                    if (sources[column] < 0) {
                        to.appendNull();
                    } else {
                        to.appendFrom(base.batch().vector(sources[column]), base.row());
                    }
                }
                positions[rows++] = walk.before();
            }
            return rows == 0 ? Optional.empty() : Optional.of(new RowBatch(schema, vectors));
        }

        @Override
        public void close() {
            base.close();
        }
    }

    /** The earlier snapshot's rows: the survivors in the earlier order, and the DELETED ones among them. */
    private final class Earlier implements RowStream {
        private final Rows survivors;
        private final Optional<RowReordering> sorting;
        private final Schema schema = content.before();
        private final Skipped deleted =
                Skipped.of(content.rows(LineKind.DELETED).allBefore());
        private final List<Singles> cells = new ArrayList<>();
        private final long rowsBefore;
        private long position;

        Earlier(RowStream survivors, RowOrder order, Optional<RowReordering> sorting) {
            this.survivors = new Rows(survivors);
            this.sorting = sorting;
            this.rowsBefore = order.rowsBefore();
            for (Column column : schema.columns()) {
                cells.add(new Singles(column, LineKind.DELETED));
            }
        }

        @Override
        public Schema schema() {
            return schema;
        }

        @Override
        public Optional<RowBatch> next() {
            List<ColumnVector> vectors = RowBatch.vectorsFor(schema, RowBatch.DEFAULT_ROWS);
            int rows = 0;
            for (; rows < RowBatch.DEFAULT_ROWS && position < rowsBefore; position++, rows++) {
                boolean isDeleted = deleted.has(position);
                if (!isDeleted && !survivors.next()) {
                    throw tooFewRows();
                }
                for (int column = 0; column < vectors.size(); column++) {
                    if (isDeleted) {
                        cells.get(column).append(position, vectors.get(column));
                    } else {
                        vectors.get(column).appendFrom(survivors.batch().vector(column), survivors.row());
                    }
                }
            }
            return rows == 0 ? Optional.empty() : Optional.of(new RowBatch(schema, vectors));
        }

        @Override
        public void close() {
            survivors.close();
            sorting.ifPresent(RowReordering::close);
        }
    }
}
