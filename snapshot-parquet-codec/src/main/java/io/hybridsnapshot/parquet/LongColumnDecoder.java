package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.batch.BooleanVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DecimalVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.schema.Column;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ValuesType;
import org.apache.parquet.column.values.ValuesReader;
import org.apache.parquet.io.ParquetDecodingException;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/** Decodes BOOLEAN, INT32, INT64, FLOAT and DOUBLE, floating point as its bits. A hot path. */
final class LongColumnDecoder extends ColumnDecoder {
    private static final long NANOS_OF_DAY = 86_400_000_000_000L;

    /** Appends a number as a value of the column's type. */
    @FunctionalInterface
    private interface Sink {
        void append(ColumnVector out, long number);
    }

    private enum Mode {
        PLAIN,
        IDS,
        BITS,
        LIBRARY
    }

    private final PrimitiveTypeName physical;
    private final int width;
    private final Sink sink;
    private final HybridReader ids = new HybridReader();
    private Mode mode = Mode.PLAIN;
    private long[] dictionary = new long[0];
    private byte @Nullable [] page;
    private int position;
    private int end;
    private @Nullable ValuesReader library;
    /** The values that the library still holds of the page; -1 where its encoding does not tell. */
    private int libraryLeft;

    LongColumnDecoder(FileColumn column, Scratch scratch) {
        super(column, scratch);
        this.physical = column.type().getPrimitiveTypeName();
        this.width =
                physical == PrimitiveTypeName.INT32 || physical == PrimitiveTypeName.FLOAT ? Integer.BYTES : Long.BYTES;
        this.sink = sink(column.column(), column.type());
    }

    private static Sink sink(Column column, PrimitiveType type) {
        LogicalTypeAnnotation annotation = type.getLogicalTypeAnnotation();
        boolean unsigned = annotation instanceof IntLogicalTypeAnnotation integer && !integer.isSigned();
        return switch (column.type().kind()) {
            case BOOLEAN -> (out, number) -> ((BooleanVector) out).append(number != 0);
            case INT8, INT16, INT32, DATE -> inRange(column);
            case INT64 ->
                unsigned
                        ? (out, number) -> ((LongVector) out).append(Integer.toUnsignedLong((int) number))
                        : (out, number) -> ((LongVector) out).append(number);
            case DECIMAL -> {
                if (!column.type().isWideDecimal()) {
                    yield inRange(column);
                }
                yield unsigned
                        ? (out, number) -> ((DecimalVector) out).append(0, number)
                        : (out, number) -> ((DecimalVector) out).append(number);
            }
            case FLOAT32 -> (out, number) -> ((DoubleVector) out).append(Float.intBitsToFloat((int) number));
            case FLOAT64 -> (out, number) -> ((DoubleVector) out).append(Double.longBitsToDouble(number));
            case TIME -> time(((TimeLogicalTypeAnnotation) annotation).getUnit());
            case TIMESTAMP, INSTANT -> timestamp(((TimestampLogicalTypeAnnotation) annotation).getUnit());
            default ->
                (out, number) -> {
                    throw new ParquetDecodingException("a value in a column that says it holds none");
                };
        };
    }

    private static Sink inRange(Column column) {
        ColumnRange range = ColumnRange.of(column);
        return (out, number) -> {
            if (!range.holds(number, number)) {
                throw new OutsideTypeException(
                        Long.toString(number), column.type().toString());
            }
            ((LongVector) out).append(number);
        };
    }

    private static Sink time(TimeUnit unit) {
        long nanos = 1_000_000_000 / unitsOfSecond(unit);
        return (out, number) -> {
            if (number < 0 || number >= NANOS_OF_DAY / nanos) {
                throw new OutsideTypeException(
                        "the time of day " + number + " " + unit, "0 to " + (NANOS_OF_DAY / nanos - 1) + " " + unit);
            }
            ((LongVector) out).append(number * nanos);
        };
    }

    private static Sink timestamp(TimeUnit unit) {
        long units = unitsOfSecond(unit);
        int nanos = (int) (1_000_000_000 / units);
        return (out, number) -> ((TimestampVector) out)
                .append(Math.floorDiv(number, units), (int) Math.floorMod(number, units) * nanos);
    }

    private static long unitsOfSecond(TimeUnit unit) {
        return switch (unit) {
            case MILLIS -> 1_000;
            case MICROS -> 1_000_000;
            case NANOS -> 1_000_000_000;
        };
    }

    @Override
    long readDictionary(byte[] bytes, int length, int count) {
        if (physical == PrimitiveTypeName.BOOLEAN || count > length / width) {
            throw new ParquetDecodingException("a dictionary of " + count + " values in " + length + " bytes");
        }
        if (column().trusted() && count * width != length) {
            throw new ParquetDecodingException("a dictionary of " + count + " values in " + length + " bytes");
        }
        dictionary = new long[count];
        for (int i = 0; i < count; i++) {
            dictionary[i] = number(bytes, i * width);
        }
        return (long) Long.BYTES * count;
    }

    @Override
    void forgetDictionary() {
        dictionary = new long[0];
    }

    @Override
    long mostBytes(int rows) {
        return 0;
    }

    @Override
    void startIds(byte[] bytes, int from, int to, int bits) {
        mode = Mode.IDS;
        ids.start(bytes, from, to, bits);
    }

    @Override
    void startValues(Encoding encoding, byte[] bytes, int from, int to, int rows) throws IOException {
        page = bytes;
        position = from;
        end = to;
        if (physical == PrimitiveTypeName.BOOLEAN && encoding == Encoding.PLAIN) {
            mode = Mode.BITS;
            ids.startPacked(bytes, from, to, 1, (int) Math.min(rows, (long) (to - from) << 3));
        } else if (physical == PrimitiveTypeName.BOOLEAN && encoding == Encoding.RLE) {
            int runs = to - from < Integer.BYTES ? -1 : Bytes.intAt(bytes, from);
            if (runs < 0 || runs > to - from - Integer.BYTES) {
                throw new ParquetDecodingException("values end outside their page");
            }
            mode = Mode.BITS;
            ids.start(bytes, from + Integer.BYTES, from + Integer.BYTES + runs, 1);
        } else if (encoding == Encoding.PLAIN) {
            mode = Mode.PLAIN;
        } else {
            mode = Mode.LIBRARY;
            libraryLeft = DeltaPages.requireCount(encoding, bytes, from, to, rows);
            library = encoding.getValuesReader(column().descriptor(), ValuesType.VALUES);
            library.initFromPage(rows, ByteBufferInputStream.wrap(ByteBuffer.wrap(bytes, from, to - from)));
        }
    }

    @Override
    void append(int rows, int values, int[] rowLevels, ColumnVector out) {
        long[] numbers = scratch().numbers;
        decode(values, numbers);
        int at = 0;
        for (int row = 0; row < rows; row++) {
            if (rowLevels[row] == 0) {
                out.appendNull();
            } else {
                sink.append(out, numbers[at++]);
            }
        }
    }

    @Override
    void skipValues(int values) {
        decode(values, scratch().numbers);
    }

    @Override
    boolean isPageExhausted() {
        return switch (mode) {
            case PLAIN -> position == end;
            case IDS, BITS -> ids.isExhausted();
            case LIBRARY -> libraryLeft <= 0;
        };
    }

    private void decode(int values, long[] numbers) {
        switch (mode) {
            case PLAIN -> {
                if ((long) values * width > end - position) {
                    throw new ParquetDecodingException("values end outside their page");
                }
                for (int i = 0; i < values; i++) {
                    numbers[i] = number(page, position);
                    position += width;
                }
            }
            case IDS -> {
                int[] numbersOf = scratch().ids;
                ids.read(numbersOf, values);
                for (int i = 0; i < values; i++) {
                    // An id outside is an index out of bounds, which the caller takes for damage.
                    numbers[i] = dictionary[numbersOf[i]];
                }
            }
            case BITS -> {
                int[] bits = scratch().ids;
                ids.read(bits, values);
                for (int i = 0; i < values; i++) {
                    numbers[i] = bits[i];
                }
            }
            case LIBRARY -> {
                if (libraryLeft >= 0) {
                    if (values > libraryLeft) {
                        throw new ParquetDecodingException("fewer values in a page than its rows need");
                    }
                    libraryLeft -= values;
                }
                for (int i = 0; i < values; i++) {
                    numbers[i] = fromLibrary();
                }
            }
        }
    }

    private long number(byte[] bytes, int at) {
        return width == Integer.BYTES ? Bytes.intAt(bytes, at) : Bytes.longAt(bytes, at);
    }

    private long fromLibrary() {
        return switch (physical) {
            case BOOLEAN -> library.readBoolean() ? 1 : 0;
            case INT32 -> library.readInteger();
            case INT64 -> library.readLong();
            case FLOAT -> Float.floatToRawIntBits(library.readFloat());
            case DOUBLE -> Double.doubleToRawLongBits(library.readDouble());
            default -> throw new IllegalStateException("not a number: " + physical);
        };
    }
}
