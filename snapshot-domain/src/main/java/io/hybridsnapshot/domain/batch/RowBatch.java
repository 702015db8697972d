package io.hybridsnapshot.domain.batch;

import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Some consecutive rows of a table, one vector a column. A batch is handed from thread to thread and MUST NOT be
 * changed once it is made. Readers may keep it.
 */
public final class RowBatch {
    /** The default number of rows that a source puts into a batch. */
    public static final int DEFAULT_ROWS = 2_048;

    /**
     * A source ends a batch early when its vectors hold about this many bytes: 16 MiB, less where a forty-eighth of the
     * heap is less. Some batches are in memory at once, between the threads that read, hash and write.
     */
    public static final long DEFAULT_BYTES =
            Math.max(1L << 20, Math.min(16L << 20, Runtime.getRuntime().maxMemory() / 48));

    private final Schema schema;
    private final ColumnVector[] vectors;
    private final int rowCount;

    /**
     * Makes a batch of these vectors.
     *
     * @throws IllegalArgumentException if the vectors are not of the schema's types or not all of one size
     */
    public RowBatch(Schema schema, List<? extends ColumnVector> vectors) {
        this.schema = Objects.requireNonNull(schema, "schema");
        this.vectors = vectors.toArray(new ColumnVector[0]);
        if (this.vectors.length != schema.size()) {
            throw new IllegalArgumentException(this.vectors.length + " vectors for " + schema.size() + " columns");
        }
        this.rowCount = this.vectors.length == 0 ? 0 : this.vectors[0].size();
        for (int i = 0; i < this.vectors.length; i++) {
            Column column = schema.column(i);
            ColumnVector vector = this.vectors[i];
            Class<?> expected = ColumnVector.forType(column.type(), 1).getClass();
            if (vector.getClass() != expected || vector.size() != rowCount) {
                throw new IllegalArgumentException("column '" + column.name() + "' has a "
                        + vector.getClass().getSimpleName() + " of " + vector.size() + " rows, expected a "
                        + expected.getSimpleName() + " of " + rowCount);
            }
        }
    }

    /** Returns empty vectors for a batch of this schema, to be filled and passed to the constructor. */
    public static List<ColumnVector> vectorsFor(Schema schema, int capacity) {
        List<ColumnVector> vectors = new ArrayList<>(schema.size());
        for (Column column : schema.columns()) {
            vectors.add(ColumnVector.forType(column.type(), capacity));
        }
        return vectors;
    }

    /** Returns the columns. */
    public Schema schema() {
        return schema;
    }

    /** Returns the number of rows. */
    public int rowCount() {
        return rowCount;
    }

    /** Returns the vector of a column by position. */
    public ColumnVector vector(int column) {
        return vectors[column];
    }

    /**
     * Returns the same rows with the columns of another schema, which has to name columns of this one; vectors are
     * shared.
     */
    public RowBatch select(Schema columns) {
        List<ColumnVector> selected = new ArrayList<>(columns.size());
        for (Column column : columns.columns()) {
            selected.add(vectors[schema.indexOf(column.name())]);
        }
        return new RowBatch(columns, selected);
    }

    /**
     * Returns a copy of some of the rows, given by their positions in ascending order; {@code count} of the array are
     * used.
     */
    public RowBatch rows(int[] positions, int count) {
        List<ColumnVector> copies = vectorsFor(schema, count);
        for (int column = 0; column < vectors.length; column++) {
            ColumnVector copy = copies.get(column);
            for (int i = 0; i < count; i++) {
                copy.appendFrom(vectors[column], positions[i]);
            }
        }
        return new RowBatch(schema, copies);
    }
}
