package io.hybridsnapshot.domain.batch;

import java.util.Arrays;

/**
 * Values of columns that fit a {@code long}: integers, dates (days since 1970-01-01), times of day (nanoseconds since
 * midnight) and decimals of up to 18 digits (the unscaled value at the column's scale). Threads: as
 * {@link ColumnVector} says.
 */
public final class LongVector extends ColumnVector {
    private long[] values;

    /** Makes an empty vector with room for {@code capacity} rows; it grows. */
    public LongVector(int capacity) {
        super(capacity);
        this.values = new long[Math.max(capacity, 1)];
    }

    /** Appends a value. */
    public void append(long value) {
        int row = nextRow();
        writeZero(row);
        values[row] = value;
    }

    /** Returns the value of a row; 0 where it is NULL. */
    public long get(int row) {
        return values[row];
    }

    /** Returns the values themselves, valid below {@link #size()}; not to be changed. */
    public long[] values() {
        return values;
    }

    @Override
    public long heapBytes() {
        return 8L * values.length;
    }

    @Override
    void writeZero(int row) {
        if (row >= values.length) {
            values = Arrays.copyOf(values, grown(values.length, row + 1));
        }
    }

    @Override
    void copyValue(ColumnVector other, int row) {
        append(((LongVector) other).values[row]);
    }
}
