package io.hybridsnapshot.postgres.source;

import io.hybridsnapshot.domain.batch.BooleanVector;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.batch.UuidVector;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * Some rows of a binary COPY, which are decoded column by column. One short loop handles one column, so its vector and
 * its type are looked up once for all rows of the block. A block is small enough for the processor's cache. A hot path:
 * no object per cell. For one thread.
 */
final class CopyBlock {
    private static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private static final int MOST_ROWS = 32;
    private static final int MOST_BYTES = 256 << 10;

    /** 2000-01-01, from which PostgreSQL counts days and microseconds. */
    private static final int EPOCH_DAY = 10_957;

    private static final long EPOCH_SECOND = EPOCH_DAY * 86_400L;
    private static final long MICROS_A_SECOND = 1_000_000;
    private static final long MICROS_A_DAY = 86_400 * MICROS_A_SECOND;
    private static final int NANOS_A_MICRO = 1_000;

    private final SourceColumn[] columns;
    private final NumericReader numeric = new NumericReader();

    private final byte[][] messages = new byte[MOST_ROWS][];
    /** Where the next column starts in each message. */
    private final int[] next = new int[MOST_ROWS];
    /** Where the present column's value starts in each message. */
    private final int[] starts = new int[MOST_ROWS];
    /** The length of the present column's value in each message; negative for NULL. */
    private final int[] lengths = new int[MOST_ROWS];

    private int rows;
    private int bytes;
    private Optional<Problem> problem = Optional.empty();

    /**
     * A value that the domain cannot hold.
     *
     * @param row counted from the block's first row, from 0
     */
    record Problem(int row, SourceColumn column, String value) {}

    CopyBlock(List<SourceColumn> columns) {
        this.columns = columns.toArray(new SourceColumn[0]);
    }

    /** Adds a row, whose count of fields starts at {@code at}. The block keeps the message until it is decoded. */
    void add(byte[] message, int at) {
        messages[rows] = message;
        next[rows] = at + Short.BYTES;
        rows++;
        bytes += message.length;
    }

    /** The number of rows that wait to be decoded. */
    int rows() {
        return rows;
    }

    /** Whether the block MUST be decoded before another row is added. */
    boolean isFull() {
        return rows == MOST_ROWS || bytes >= MOST_BYTES;
    }

    /**
     * Appends all rows to the vectors and empties the block.
     *
     * @return the first value in the order of the rows that the domain cannot hold; the vectors are then of no use
     */
    Optional<Problem> decode(List<ColumnVector> vectors) {
        problem = Optional.empty();
        for (int i = 0; i < columns.length; i++) {
            advance();
            decode(columns[i], vectors.get(i));
        }
        for (int row = 0; row < MOST_ROWS && messages[row] != null; row++) {
            messages[row] = null;
        }
        rows = 0;
        bytes = 0;
        return problem;
    }

    private void advance() {
        for (int row = 0; row < rows; row++) {
            int start = next[row];
            int length = (int) INTS.get(messages[row], start);
            start += Integer.BYTES;
            starts[row] = start;
            lengths[row] = length;
            next[row] = start + Math.max(0, length);
        }
    }

    private void decode(SourceColumn column, ColumnVector vector) {
        switch (column.form()) {
            case BOOL -> bools((BooleanVector) vector);
            case INT2 -> int2((LongVector) vector);
            case INT4 -> int4((LongVector) vector);
            case INT8 -> int8((LongVector) vector);
            case FLOAT4 -> float4((DoubleVector) vector);
            case FLOAT8 -> float8((DoubleVector) vector);
            case BYTES -> bytes((BytesVector) vector, 0);
            // A version byte comes before the text.
            case JSONB -> bytes((BytesVector) vector, 1);
            case UUID -> uuids((UuidVector) vector);
            case DATE -> dates(column, (LongVector) vector);
            case TIME -> times(column, (LongVector) vector);
            case TIMESTAMP -> timestamps(column, (TimestampVector) vector);
            case NUMERIC, WIDE_NUMERIC -> numerics(column, vector);
        }
    }

    private void bools(BooleanVector vector) {
        for (int row = 0; row < rows; row++) {
            if (lengths[row] < 0) {
                vector.appendNull();
            } else {
                vector.append(messages[row][starts[row]] != 0);
            }
        }
    }

    private void int2(LongVector vector) {
        for (int row = 0; row < rows; row++) {
            if (lengths[row] < 0) {
                vector.appendNull();
            } else {
                vector.append((short) SHORTS.get(messages[row], starts[row]));
            }
        }
    }

    private void int4(LongVector vector) {
        for (int row = 0; row < rows; row++) {
            if (lengths[row] < 0) {
                vector.appendNull();
            } else {
                vector.append((int) INTS.get(messages[row], starts[row]));
            }
        }
    }

    private void int8(LongVector vector) {
        for (int row = 0; row < rows; row++) {
            if (lengths[row] < 0) {
                vector.appendNull();
            } else {
                vector.append((long) LONGS.get(messages[row], starts[row]));
            }
        }
    }

    private void float4(DoubleVector vector) {
        for (int row = 0; row < rows; row++) {
            if (lengths[row] < 0) {
                vector.appendNull();
            } else {
                vector.append(Float.intBitsToFloat((int) INTS.get(messages[row], starts[row])));
            }
        }
    }

    private void float8(DoubleVector vector) {
        for (int row = 0; row < rows; row++) {
            if (lengths[row] < 0) {
                vector.appendNull();
            } else {
                vector.append(Double.longBitsToDouble((long) LONGS.get(messages[row], starts[row])));
            }
        }
    }

    private void bytes(BytesVector vector, int prefix) {
        for (int row = 0; row < rows; row++) {
            if (lengths[row] < 0) {
                vector.appendNull();
            } else {
                vector.append(messages[row], starts[row] + prefix, lengths[row] - prefix);
            }
        }
    }

    private void uuids(UuidVector vector) {
        for (int row = 0; row < rows; row++) {
            if (lengths[row] < 0) {
                vector.appendNull();
            } else {
                byte[] message = messages[row];
                int start = starts[row];
                vector.append((long) LONGS.get(message, start), (long) LONGS.get(message, start + Long.BYTES));
            }
        }
    }

    private void dates(SourceColumn column, LongVector vector) {
        for (int row = 0; row < rows; row++) {
            if (lengths[row] < 0) {
                vector.appendNull();
                continue;
            }
            int days = (int) INTS.get(messages[row], starts[row]);
            if (days == Integer.MAX_VALUE || days == Integer.MIN_VALUE) {
                stop(row, column, days > 0 ? "infinity" : "-infinity");
                return;
            }
            vector.append((long) days + EPOCH_DAY);
        }
    }

    private void times(SourceColumn column, LongVector vector) {
        for (int row = 0; row < rows; row++) {
            if (lengths[row] < 0) {
                vector.appendNull();
                continue;
            }
            long micros = (long) LONGS.get(messages[row], starts[row]);
            if (micros >= MICROS_A_DAY) {
                stop(row, column, "24:00:00");
                return;
            }
            vector.append(micros * NANOS_A_MICRO);
        }
    }

    private void timestamps(SourceColumn column, TimestampVector vector) {
        for (int row = 0; row < rows; row++) {
            if (lengths[row] < 0) {
                vector.appendNull();
                continue;
            }
            long micros = (long) LONGS.get(messages[row], starts[row]);
            if (micros == Long.MAX_VALUE || micros == Long.MIN_VALUE) {
                stop(row, column, micros > 0 ? "infinity" : "-infinity");
                return;
            }
            long seconds = Math.floorDiv(micros, MICROS_A_SECOND);
            vector.append(seconds + EPOCH_SECOND, (int) (micros - seconds * MICROS_A_SECOND) * NANOS_A_MICRO);
        }
    }

    private void numerics(SourceColumn column, ColumnVector vector) {
        for (int row = 0; row < rows; row++) {
            if (lengths[row] < 0) {
                vector.appendNull();
            } else if (!numeric.read(messages[row], starts[row], column.column().type(), vector)) {
                stop(row, column, numeric.problem());
                return;
            }
        }
    }

    /** Columns are decoded one after the other, so a later column may have its problem in an earlier row. */
    private void stop(int row, SourceColumn column, String value) {
        problem = Optional.of(new Problem(row, column, value));
        rows = row;
    }
}
