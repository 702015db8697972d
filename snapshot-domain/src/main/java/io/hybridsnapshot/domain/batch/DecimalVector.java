package io.hybridsnapshot.domain.batch;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * Values of DECIMAL columns of more than 18 digits. Each is the unscaled value at the column's scale, as a signed
 * 128-bit number: {@code high * 2^64 + low} with {@code low} unsigned. Threads: as {@link ColumnVector} says.
 */
public final class DecimalVector extends ColumnVector {
    private long[] high;
    private long[] low;

    /** Makes an empty vector with room for {@code capacity} rows; it grows. */
    public DecimalVector(int capacity) {
        super(capacity);
        this.high = new long[Math.max(capacity, 1)];
        this.low = new long[Math.max(capacity, 1)];
    }

    /** Appends an unscaled value given as two words. */
    public void append(long highWord, long lowWord) {
        int row = nextRow();
        writeZero(row);
        high[row] = highWord;
        low[row] = lowWord;
    }

    /** Appends an unscaled value that fits a {@code long}. */
    public void append(long unscaled) {
        append(unscaled >> 63, unscaled);
    }

    /**
     * Appends an unscaled value.
     *
     * @throws ArithmeticException if it needs more than 128 bits
     */
    public void append(BigInteger unscaled) {
        if (unscaled.bitLength() > 127) {
            throw new ArithmeticException("more than 128 bits");
        }
        append(unscaled.shiftRight(64).longValue(), unscaled.longValue());
    }

    /** Checks whether the row's unscaled value fits a {@code long}, which is then {@link #low}. */
    public boolean fitsLong(int row) {
        return high[row] == low[row] >> 63;
    }

    /** Returns the upper word of a row. */
    public long high(int row) {
        return high[row];
    }

    /** Returns the lower word of a row, unsigned. */
    public long low(int row) {
        return low[row];
    }

    /** Returns the unscaled value of a row as an object; for the rare values that do not fit a {@code long}. */
    public BigInteger unscaled(int row) {
        return BigInteger.valueOf(high[row])
                .shiftLeft(64)
                .or(BigInteger.valueOf(low[row]).and(LOW_MASK));
    }

    private static final BigInteger LOW_MASK = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

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
        DecimalVector source = (DecimalVector) other;
        append(source.high[row], source.low[row]);
    }
}
