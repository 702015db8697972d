package io.hybridsnapshot.domain.batch;

import io.hybridsnapshot.domain.schema.ColumnType;
import java.util.Arrays;

/**
 * The values of one column in a batch, with a null bitmap. A hot path: subclasses grow arrays in place and hand them
 * out without a copy. A vector is filled by one thread and must not change once its batch was handed on; from then on
 * any number of threads may read it.
 */
public abstract sealed class ColumnVector
        permits BooleanVector, LongVector, DoubleVector, DecimalVector, BytesVector, TimestampVector, UuidVector {
    private long[] nulls;
    private int size;
    private int nullCount;

    ColumnVector(int capacity) {
        this.nulls = new long[(Math.max(capacity, 1) + 63) >>> 6];
    }

    /** Returns an empty vector of the class that holds values of this type. */
    public static ColumnVector forType(ColumnType type, int capacity) {
        return switch (type.kind()) {
            case BOOLEAN -> new BooleanVector(capacity);
            case INT8, INT16, INT32, INT64, DATE, TIME -> new LongVector(capacity);
            case DECIMAL -> type.isWideDecimal() ? new DecimalVector(capacity) : new LongVector(capacity);
            case FLOAT32, FLOAT64 -> new DoubleVector(capacity);
            case TEXT, BINARY -> new BytesVector(capacity);
            case TIMESTAMP, INSTANT -> new TimestampVector(capacity);
            case UUID -> new UuidVector(capacity);
        };
    }

    /** Returns the number of rows. */
    public final int size() {
        return size;
    }

    /** Checks whether the row's value is NULL; rows count from 0. */
    public final boolean isNull(int row) {
        return nullCount != 0 && (nulls[row >>> 6] & (1L << row)) != 0;
    }

    /**
     * Returns a bit a row for up to 64 rows, the first row lowest: 1 if the row has a value, 0 if it is NULL. Higher
     * bits are 0.
     *
     * @param from the first row
     * @param count the number of rows, 1 to 64; all of them below {@link #size()}
     */
    public final long presentBits(int from, int count) {
        long all = lowBits(count);
        if (nullCount == 0) {
            return all;
        }
        int word = from >>> 6;
        int shift = from & Long.SIZE - 1;
        long absent = nulls[word] >>> shift;
        if (shift + count > Long.SIZE) {
            absent |= nulls[word + 1] << Long.SIZE - shift;
        }
        return ~absent & all;
    }

    /** Returns a word whose {@code count} lowest bits are 1; {@code count} is 1 to 64. */
    public static long lowBits(int count) {
        return -1L >>> Long.SIZE - count;
    }

    /** Returns how many rows are NULL. */
    public final int nullCount() {
        return nullCount;
    }

    /** Appends a NULL; the value's slot holds zero. */
    public final void appendNull() {
        int row = nextRow();
        nulls[row >>> 6] |= 1L << row;
        nullCount++;
        writeZero(row);
    }

    /** Appends some NULLs, as {@link #appendNull} does. */
    public final void appendNulls(int count) {
        if (count <= 0) {
            return;
        }
        int from = size;
        int end = Math.addExact(from, count);
        int words = (end + 63) >>> 6;
        if (words > nulls.length) {
            nulls = Arrays.copyOf(nulls, Math.max(nulls.length * 2, words));
        }
        for (int row = from; row < end; row = (row | 63) + 1) {
            int last = Math.min(end - 1, row | 63);
            nulls[row >>> 6] |= -1L << row & -1L >>> 63 - last;
        }
        size = end;
        nullCount += count;
        writeZeros(from, end);
    }

    /** Appends a row's value, or NULL, of another vector of the same class. */
    public final void appendFrom(ColumnVector other, int row) {
        if (other.isNull(row)) {
            appendNull();
        } else {
            copyValue(other, row);
        }
    }

    /** Returns about how many bytes of heap the values take. */
    public abstract long heapBytes();

    abstract void writeZero(int row);

    /** Makes room for some rows; their slots hold zero already. */
    void writeZeros(int from, int to) {
        writeZero(to - 1);
    }

    abstract void copyValue(ColumnVector other, int row);

    /** Takes the next row; the caller writes its slot. */
    final int nextRow() {
        int row = size++;
        if (row >>> 6 == nulls.length) {
            nulls = Arrays.copyOf(nulls, nulls.length * 2);
        }
        return row;
    }

    static int grown(int length, int needed) {
        return (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(needed, length + (long) (length >> 1) + 16));
    }
}
