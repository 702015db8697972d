package io.hybridsnapshot.domain.encoding;

import io.hybridsnapshot.domain.batch.BooleanVector;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DecimalVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.batch.Wtf8;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.TypeKind;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collection;

/**
 * Digests of keys, 64 bits each, for finding equal keys quickly. Equal keys have equal digests on both sides of a
 * {@link BatchComparison#ofKeys comparison of keys}. Unequal keys may have one digest, unless the key is a single
 * column that fits a {@code long}: the digest is then the value itself. A hot path; immutable.
 */
public final class KeyDigests {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long PRIME = 0x9e3779b97f4a7c15L;
    private static final long OF_NULL = 0x6a09e667f3bcc909L;

    private final int[] columns;
    private final boolean[] texts;

    private KeyDigests(int[] columns, boolean[] texts) {
        this.columns = columns;
        this.texts = texts;
    }

    /** Returns the digests of keys of a schema. */
    public static KeyDigests of(Schema schema, Collection<String> keyColumns) {
        int[] columns = keyColumns.stream().mapToInt(schema::indexOf).toArray();
        boolean[] texts = new boolean[columns.length];
        for (int i = 0; i < columns.length; i++) {
            texts[i] = schema.column(columns[i]).type().kind() == TypeKind.TEXT;
        }
        return new KeyDigests(columns, texts);
    }

    /** Checks whether some row has NULL in every key column, so that it has no identity. */
    public boolean anyLacksIdentity(RowBatch batch) {
        for (int column : columns) {
            if (batch.vector(column).nullCount() == 0) {
                return false;
            }
        }
        for (int row = 0; row < batch.rowCount(); row++) {
            boolean nullsAlone = true;
            for (int column : columns) {
                nullsAlone &= batch.vector(column).isNull(row);
            }
            if (nullsAlone) {
                return true;
            }
        }
        return false;
    }

    /** Computes the digests of a batch's rows; {@code digests} is at least as long as the batch. */
    public void digest(RowBatch batch, long[] digests) {
        int rows = batch.rowCount();
        if (columns.length == 1 && batch.vector(columns[0]) instanceof LongVector longs) {
            System.arraycopy(longs.values(), 0, digests, 0, rows);
            return;
        }
        Arrays.fill(digests, 0, rows, 0);
        for (int i = 0; i < columns.length; i++) {
            ColumnVector vector = batch.vector(columns[i]);
            for (int row = 0; row < rows; row++) {
                long cell = vector.isNull(row) ? OF_NULL : cell(vector, texts[i], row);
                digests[row] = CellDigests.mixed(digests[row] * PRIME + cell);
            }
        }
    }

    private static long cell(ColumnVector vector, boolean text, int row) {
        if (vector instanceof LongVector longs) {
            return longs.get(row);
        }
        if (vector instanceof BytesVector bytes) {
            return bytes(bytes, text, row);
        }
        if (vector instanceof TimestampVector times) {
            return times.epochSecond(row) * PRIME + times.nanoOfSecond(row);
        }
        if (vector instanceof DecimalVector decimals) {
            return CellDigests.mixed(decimals.high(row)) + decimals.low(row);
        }
        if (vector instanceof UuidVector uuids) {
            return CellDigests.mixed(uuids.high(row)) + uuids.low(row);
        }
        if (vector instanceof DoubleVector doubles) {
            return Double.doubleToLongBits(doubles.get(row) + 0.0);
        }
        if (vector instanceof BooleanVector booleans) {
            return booleans.get(row) ? 1 : 2;
        }
        throw new IllegalArgumentException("no digest of a " + vector.getClass().getSimpleName());
    }

    private static long bytes(BytesVector vector, boolean text, int row) {
        byte[] data = vector.data();
        int from = vector.start(row);
        int to = vector.end(row);
        if (text && !Wtf8.isWellFormed(data, from, to - from)) {
            // Such a text may have two forms in bytes, which are one value.
            return vector.text(row).hashCode();
        }
        long digest = to - from;
        int at = from;
        for (; at <= to - Long.BYTES; at += Long.BYTES) {
            digest = CellDigests.mixed(digest * PRIME + (long) LONG.get(data, at));
        }
        long rest = 0;
        for (; at < to; at++) {
            rest = rest << Byte.SIZE | data[at] & 0xff;
        }
        return CellDigests.mixed(digest * PRIME + rest);
    }
}
