package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.schema.Column;
import java.util.Optional;
import org.apache.parquet.bytes.BytesUtils;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/** Encodes columns of numbers of 4 or 8 bytes: INT32, INT64, FLOAT and DOUBLE. A hot path. */
final class LongColumnEncoder extends ColumnEncoder {
    private final LongValues source;
    private final ColumnRange range;
    private final int width;
    private final boolean floating;
    private final LongDictionary dictionary = new LongDictionary();

    LongColumnEncoder(Column column, PrimitiveType type, ExactValues.Collector exact, Compatibility compatibility) {
        super(column, type, compact(type, compatibility));
        PrimitiveTypeName physical = type.getPrimitiveTypeName();
        this.source = LongValues.of(column, type, exact);
        this.range = ColumnRange.of(column);
        this.width =
                physical == PrimitiveTypeName.INT32 || physical == PrimitiveTypeName.FLOAT ? Integer.BYTES : Long.BYTES;
        this.floating = physical == PrimitiveTypeName.FLOAT || physical == PrimitiveTypeName.DOUBLE;
    }

    private static Optional<Encoding> compact(PrimitiveType type, Compatibility compatibility) {
        if (compatibility == Compatibility.SPARK) {
            return Optional.empty();
        }
        return switch (type.getPrimitiveTypeName()) {
            case INT32, INT64 -> Optional.of(Encoding.DELTA_BINARY_PACKED);
            default -> Optional.of(Encoding.BYTE_STREAM_SPLIT);
        };
    }

    @Override
    boolean usesDictionary() {
        return true;
    }

    @Override
    void encode(ColumnVector vector, int from, int to, long firstRow) {
        long[] slice = numbers().ofLength(to - from);
        source.fill(vector, from, to, firstRow, slice);
        if (!floating) {
            requireInRange(vector, from, to, firstRow, slice);
        }
        boolean intoDictionary = dictionaryOpen();
        for (int at = from; at < to; at += Long.SIZE) {
            int count = Math.min(Long.SIZE, to - at);
            long present = vector.presentBits(at, count);
            appendRows(present, count);
            if (intoDictionary) {
                for (long rest = present; rest != 0; rest &= rest - 1) {
                    appendId(dictionary.idOf(slice[at - from + Long.numberOfTrailingZeros(rest)]));
                }
                countInDictionary(Long.bitCount(present), (long) width * Long.bitCount(present));
            } else {
                putAll(slice, at - from, present);
            }
        }
    }

    private void putAll(long[] slice, int from, long present) {
        Bytes out = plain();
        int count = Long.bitCount(present);
        out.reserve(Long.BYTES * count + Long.BYTES);
        byte[] array = out.array();
        int at = out.length();
        for (long rest = present; rest != 0; rest &= rest - 1) {
            // Four bytes too many are overwritten by the next number.
            Bytes.putLong(array, at, slice[from + Long.numberOfTrailingZeros(rest)]);
            at += width;
        }
        out.extend(width * count);
        countPlain(count);
    }

    private void requireInRange(ColumnVector vector, int from, int to, long firstRow, long[] slice) {
        for (int row = from; row < to; row++) {
            if (!range.holds(slice[row - from], slice[row - from]) && !vector.isNull(row)) {
                throw ColumnRange.outside(column(), firstRow + row - from, CellText.of(column().type(), vector, row));
            }
        }
    }

    @Override
    int putCompact(Bytes out, int most) {
        int length = Math.min(plain().length(), most / width * width);
        byte[] values = plain().array();
        if (floating) {
            for (int stream = 0; stream < width; stream++) {
                for (int at = stream; at < length; at += width) {
                    out.putByte(values[at]);
                }
            }
            return length;
        }
        int count = length / width;
        long[] all = numbers().ofLength(count);
        for (int i = 0; i < count; i++) {
            all[i] = width == Integer.BYTES ? Bytes.intAt(values, i * width) : Bytes.longAt(values, i * width);
        }
        DeltaRuns.write(all, count, width == Integer.BYTES, out);
        return length;
    }

    private void put(long number, Bytes out) {
        if (width == Integer.BYTES) {
            out.putInt((int) number);
        } else {
            out.putLong(number);
        }
    }

    @Override
    int dictionarySize() {
        return dictionary.size();
    }

    @Override
    long dictionaryBytes() {
        return (long) dictionary.size() * width;
    }

    @Override
    void clearDictionary() {
        dictionary.clear();
    }

    @Override
    void writeDictionary(Bytes out) {
        for (int id = 0; id < dictionary.size(); id++) {
            put(dictionary.value(id), out);
        }
    }

    @Override
    void putPlain(int id, Bytes out) {
        put(dictionary.value(id), out);
    }

    @Override
    boolean bounds(int[] pageIds, int count, Statistics.Builder builder) {
        Bounds bounds = new Bounds();
        for (int i = 0; i < count; i++) {
            bounds.add(dictionary.value(pageIds[i]));
        }
        return bounds.describe(builder);
    }

    @Override
    boolean bounds(Bytes values, Statistics.Builder builder) {
        Bounds bounds = new Bounds();
        for (int at = 0; at < values.length(); at += width) {
            bounds.add(width == Integer.BYTES ? Bytes.intAt(values.array(), at) : Bytes.longAt(values.array(), at));
        }
        return bounds.describe(builder);
    }

    /** Floating point is compared by value: the library widens zeros to both signs, and NaN lies outside all bounds. */
    private final class Bounds {
        private long least = Long.MAX_VALUE;
        private long greatest = Long.MIN_VALUE;
        private double leastFloating = Double.POSITIVE_INFINITY;
        private double greatestFloating = Double.NEGATIVE_INFINITY;
        private boolean ordered = true;

        void add(long number) {
            if (floating) {
                double value =
                        width == Integer.BYTES ? Float.intBitsToFloat((int) number) : Double.longBitsToDouble(number);
                ordered &= !Double.isNaN(value);
                leastFloating = Math.min(leastFloating, value);
                greatestFloating = Math.max(greatestFloating, value);
            } else {
                least = Math.min(least, number);
                greatest = Math.max(greatest, number);
            }
        }

        boolean describe(Statistics.Builder builder) {
            if (ordered) {
                builder.withMin(bytes(least, leastFloating)).withMax(bytes(greatest, greatestFloating));
            }
            return ordered;
        }

        private byte[] bytes(long number, double value) {
            if (width == Integer.BYTES) {
                return BytesUtils.intToBytes(floating ? Float.floatToRawIntBits((float) value) : (int) number);
            }
            return BytesUtils.longToBytes(floating ? Double.doubleToRawLongBits(value) : number);
        }
    }
}
