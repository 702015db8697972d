package io.hybridsnapshot.domain.batch;

import java.util.Arrays;

/** Values of BOOLEAN columns, one byte a row: 0 or 1. Threads: as {@link ColumnVector} says. */
public final class BooleanVector extends ColumnVector {
    private byte[] values;

    /** Makes an empty vector with room for {@code capacity} rows; it grows. */
    public BooleanVector(int capacity) {
        super(capacity);
        this.values = new byte[Math.max(capacity, 1)];
    }

    /** Appends a value. */
    public void append(boolean value) {
        writeZero(nextRow());
        if (value) {
            values[size() - 1] = 1;
        }
    }

    /** Returns the value of a row; false where it is NULL. */
    public boolean get(int row) {
        return values[row] != 0;
    }

    @Override
    public long heapBytes() {
        return values.length;
    }

    @Override
    void writeZero(int row) {
        if (row >= values.length) {
            values = Arrays.copyOf(values, grown(values.length, row + 1));
        }
    }

    @Override
    void copyValue(ColumnVector other, int row) {
        append(((BooleanVector) other).get(row));
    }
}
