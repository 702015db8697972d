package io.hybridsnapshot.domain.batch;

import java.util.Arrays;
import java.util.UUID;

/**
 * Values of UUID columns as two words: the first and the last eight bytes, big-endian. Threads: as {@link ColumnVector}
 * says.
 */
public final class UuidVector extends ColumnVector {
    private long[] high;
    private long[] low;

    /** Makes an empty vector with room for {@code capacity} rows; it grows. */
    public UuidVector(int capacity) {
        super(capacity);
        this.high = new long[Math.max(capacity, 1)];
        this.low = new long[Math.max(capacity, 1)];
    }

    /** Appends a value. */
    public void append(long highWord, long lowWord) {
        int row = nextRow();
        writeZero(row);
        high[row] = highWord;
        low[row] = lowWord;
    }

    /** Appends a value. */
    public void append(UUID value) {
        append(value.getMostSignificantBits(), value.getLeastSignificantBits());
    }

    /** Returns the first eight bytes of a row. */
    public long high(int row) {
        return high[row];
    }

    /** Returns the last eight bytes of a row. */
    public long low(int row) {
        return low[row];
    }

    @Override
    public long heapBytes() {
        return 16L * high.length;
    }

    @Override
    void writeZero(int row) {
        if (row >= high.length) {
            int length = grown(high.length, row + 1);
            high = Arrays.copyOf(high, length);
            low = Arrays.copyOf(low, length);
        }
    }

    @Override
    void copyValue(ColumnVector other, int row) {
        UuidVector source = (UuidVector) other;
        append(source.high[row], source.low[row]);
    }
}
