package io.hybridsnapshot.domain.batch;

import java.util.Arrays;

/**
 * Values of TIMESTAMP and INSTANT columns: the second since 1970-01-01T00:00:00 (of the local time line, or of UTC) and
 * the nanosecond within it (0 to 999,999,999, also before 1970). Threads: as {@link ColumnVector} says.
 */
public final class TimestampVector extends ColumnVector {
    private long[] seconds;
    private int[] nanos;

    /** Makes an empty vector with room for {@code capacity} rows; it grows. */
    public TimestampVector(int capacity) {
        super(capacity);
        this.seconds = new long[Math.max(capacity, 1)];
        this.nanos = new int[Math.max(capacity, 1)];
    }

    /** Appends a value; {@code nanosOfSecond} is never negative. */
    public void append(long epochSecond, int nanosOfSecond) {
        int row = nextRow();
        writeZero(row);
        seconds[row] = epochSecond;
        nanos[row] = nanosOfSecond;
    }

    /** Returns the second of a row; 0 where it is NULL. */
    public long epochSecond(int row) {
        return seconds[row];
    }

    /** Returns the nanosecond within the second of a row. */
    public int nanoOfSecond(int row) {
        return nanos[row];
    }

    @Override
    public long heapBytes() {
        return 12L * seconds.length;
    }

    @Override
    void writeZero(int row) {
        if (row >= seconds.length) {
            int length = grown(seconds.length, row + 1);
            seconds = Arrays.copyOf(seconds, length);
            nanos = Arrays.copyOf(nanos, length);
        }
    }

    @Override
    void copyValue(ColumnVector other, int row) {
        TimestampVector source = (TimestampVector) other;
        append(source.seconds[row], source.nanos[row]);
    }
}
