package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.batch.BooleanVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.schema.Column;
import java.io.IOException;
import java.util.Optional;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.schema.PrimitiveType;

/** Encodes BOOLEAN columns, a bit a value. A hot path. */
final class BooleanColumnEncoder extends ColumnEncoder {
    private int pendingBits;
    private int pendingCount;
    private boolean sawFalse;
    private boolean sawTrue;

    BooleanColumnEncoder(Column column, PrimitiveType type) {
        super(column, type, Optional.empty());
    }

    @Override
    boolean usesDictionary() {
        return false;
    }

    @Override
    void encode(ColumnVector vector, int from, int to, long firstRow) throws IOException {
        BooleanVector booleans = (BooleanVector) vector;
        for (int row = from; row < to; row++) {
            if (booleans.isNull(row)) {
                appendNull();
                continue;
            }
            boolean value = booleans.get(row);
            sawTrue |= value;
            sawFalse |= !value;
            // The last byte is rewritten until it is full, so that the page is complete at any end.
            pendingBits |= (value ? 1 : 0) << pendingCount;
            if (pendingCount == 0) {
                plain().putByte(pendingBits);
            } else {
                plain().array()[plain().length() - 1] = (byte) pendingBits;
            }
            pendingCount++;
            if (pendingCount == Byte.SIZE) {
                pendingBits = 0;
                pendingCount = 0;
            }
            appendRows(1, 1);
            countPlain(1);
        }
    }

    @Override
    boolean bounds(Bytes values, Statistics.Builder builder) {
        builder.withMin(new byte[] {(byte) (sawFalse ? 0 : 1)}).withMax(new byte[] {(byte) (sawTrue ? 1 : 0)});
        pendingBits = 0;
        pendingCount = 0;
        sawFalse = false;
        sawTrue = false;
        return true;
    }

    @Override
    boolean bounds(int[] pageIds, int count, Statistics.Builder builder) {
        throw new IllegalStateException("booleans have no dictionary");
    }

    @Override
    int dictionarySize() {
        return 0;
    }

    @Override
    long dictionaryBytes() {
        return 0;
    }

    @Override
    void clearDictionary() {}

    @Override
    void writeDictionary(Bytes out) {
        throw new IllegalStateException("booleans have no dictionary");
    }

    @Override
    int putCompact(Bytes out, int most) {
        throw new IllegalStateException("booleans have no compact encoding");
    }

    @Override
    void putPlain(int id, Bytes out) {
        throw new IllegalStateException("booleans have no dictionary");
    }
}
