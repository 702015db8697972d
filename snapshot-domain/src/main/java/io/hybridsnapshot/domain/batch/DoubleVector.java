package io.hybridsnapshot.domain.batch;

import java.util.Arrays;

/** Values of FLOAT32 (widened) and FLOAT64 columns. Threads: as {@link ColumnVector} says. */
public final class DoubleVector extends ColumnVector {
    private double[] values;

    /** Makes an empty vector with room for {@code capacity} rows; it grows. */
    public DoubleVector(int capacity) {
        super(capacity);
        this.values = new double[Math.max(capacity, 1)];
    }

    /** Appends a value. */
    public void append(double value) {
        int row = nextRow();
        writeZero(row);
        values[row] = value;
    }

    /** Returns the value of a row; 0 where it is NULL. */
    public double get(int row) {
        return values[row];
    }

    /** Returns the values themselves, valid below {@link #size()}; not to be changed. */
    public double[] values() {
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
        append(((DoubleVector) other).values[row]);
    }
}
