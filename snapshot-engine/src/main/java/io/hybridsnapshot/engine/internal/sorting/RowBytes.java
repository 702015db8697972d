package io.hybridsnapshot.engine.internal.sorting;

import io.hybridsnapshot.domain.batch.BooleanVector;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DecimalVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.engine.error.EngineRemedy;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * Rows as bytes, one after the other in one array. Each cell has a byte for NULL or not, then its value as in the
 * vector. This form serves only for rows that wait in memory or in a temporary file. A hot path: no object a cell. One
 * thread.
 */
final class RowBytes {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final int FIRST_BYTES = 1 << 16;
    /** The most that a cell takes beside the bytes of a text or binary. */
    private static final int CELL_BYTES = 1 + 2 * Long.BYTES;

    private static final long MOST_BYTES = Integer.MAX_VALUE - 8;

    private byte[] data = new byte[FIRST_BYTES];
    private int length;

    byte[] data() {
        return data;
    }

    int length() {
        return length;
    }

    /** Returns how many bytes of heap are held. */
    long heapBytes() {
        return data.length;
    }

    void clear() {
        length = 0;
    }

    /** Returns an upper bound of a row's bytes. */
    static long bound(RowBatch batch, int row) {
        int columns = batch.schema().size();
        long bound = (long) columns * CELL_BYTES;
        for (int i = 0; i < columns; i++) {
            if (batch.vector(i) instanceof BytesVector bytes) {
                bound += bytes.length(row);
            }
        }
        return bound;
    }

    /**
     * Makes room for this number of further bytes. The buffer grows by halves up to {@code most}, and beyond that only
     * by the bytes needed.
     */
    void reserve(long bytes, long most) {
        long needed = length + bytes;
        if (needed > MOST_BYTES) {
            throw SnapshotException.invalidRequest("a row is too long to be compared cell by cell")
                    .actual("about " + bytes + " bytes")
                    .expected("at most " + MOST_BYTES)
                    .nextStep("compare without details ({0})", EngineRemedy.WITHOUT_DETAILS)
                    .build();
        }
        if (needed > data.length) {
            long grown = Math.min(most, data.length + (data.length >> 1));
            data = Arrays.copyOf(data, (int) Math.max(needed, grown));
        }
    }

    /** Appends a row. The caller has made room for it. */
    void append(RowBatch batch, int row) {
        for (int i = 0; i < batch.schema().size(); i++) {
            ColumnVector vector = batch.vector(i);
            if (vector.isNull(row)) {
                data[length++] = 0;
                continue;
            }
            data[length++] = 1;
            if (vector instanceof LongVector longs) {
                putLong(longs.get(row));
            } else if (vector instanceof BytesVector bytes) {
                int count = bytes.length(row);
                INT.set(data, length, count);
                System.arraycopy(bytes.data(), bytes.start(row), data, length + Integer.BYTES, count);
                length += Integer.BYTES + count;
            } else if (vector instanceof DoubleVector doubles) {
                putLong(Double.doubleToRawLongBits(doubles.get(row)));
            } else if (vector instanceof TimestampVector times) {
                putLong(times.epochSecond(row));
                putLong(times.nanoOfSecond(row));
            } else if (vector instanceof DecimalVector decimals) {
                putLong(decimals.high(row));
                putLong(decimals.low(row));
            } else if (vector instanceof UuidVector uuids) {
                putLong(uuids.high(row));
                putLong(uuids.low(row));
            } else if (vector instanceof BooleanVector booleans) {
                data[length++] = (byte) (booleans.get(row) ? 1 : 0);
            } else {
                throw unknown(vector);
            }
        }
    }

    private void putLong(long value) {
        LONG.set(data, length, value);
        length += Long.BYTES;
    }

    /** Appends the row that begins at a position to vectors of the types it was made of. */
    static void read(byte[] data, int from, List<ColumnVector> target) {
        int at = from;
        for (int i = 0; i < target.size(); i++) {
            ColumnVector vector = target.get(i);
            if (data[at++] == 0) {
                vector.appendNull();
            } else if (vector instanceof LongVector longs) {
                longs.append((long) LONG.get(data, at));
                at += Long.BYTES;
            } else if (vector instanceof BytesVector bytes) {
                int count = (int) INT.get(data, at);
                bytes.append(data, at + Integer.BYTES, count);
                at += Integer.BYTES + count;
            } else if (vector instanceof DoubleVector doubles) {
                doubles.append(Double.longBitsToDouble((long) LONG.get(data, at)));
                at += Long.BYTES;
            } else if (vector instanceof TimestampVector times) {
                times.append((long) LONG.get(data, at), (int) (long) LONG.get(data, at + Long.BYTES));
                at += 2 * Long.BYTES;
            } else if (vector instanceof DecimalVector decimals) {
                decimals.append((long) LONG.get(data, at), (long) LONG.get(data, at + Long.BYTES));
                at += 2 * Long.BYTES;
            } else if (vector instanceof UuidVector uuids) {
                uuids.append((long) LONG.get(data, at), (long) LONG.get(data, at + Long.BYTES));
                at += 2 * Long.BYTES;
            } else if (vector instanceof BooleanVector booleans) {
                booleans.append(data[at++] == 1);
            } else {
                throw unknown(vector);
            }
        }
    }

    private static IllegalArgumentException unknown(ColumnVector vector) {
        return new IllegalArgumentException("no bytes of a " + vector.getClass().getSimpleName());
    }
}
