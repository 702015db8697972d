package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DecimalVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.schema.TypeKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ValuesType;
import org.apache.parquet.column.values.ValuesReader;
import org.apache.parquet.io.ParquetDecodingException;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/** Decodes BINARY, FIXED_LEN_BYTE_ARRAY and INT96. A hot path. */
final class BytesColumnDecoder extends ColumnDecoder {
    private static final int INT96_BYTES = 12;
    private static final int JULIAN_DAY_OF_1970 = 2_440_588;
    private static final long SECONDS_OF_DAY = 86_400;
    private static final long NANOS_OF_DAY = 86_400_000_000_000L;

    /** Appends a byte string as a value of the column's type. */
    @FunctionalInterface
    private interface Sink {
        void append(ColumnVector out, byte[] bytes, int offset, int length);
    }

    private enum Mode {
        PLAIN,
        LENGTHS,
        IDS,
        LIBRARY
    }

    private final int fixedLength;
    private final boolean validate;
    /** Whether the values go to a vector of bytes, independent of their type in the file. */
    private final boolean variable;

    private final Sink sink;
    private final HybridReader ids = new HybridReader();
    private Mode mode = Mode.PLAIN;
    private byte[] dictionary = new byte[0];
    private int[] starts = new int[0];
    private int[] ends = new int[0];
    private byte @Nullable [] page;
    private int position;
    private int end;
    private int[] lengths = new int[0];
    /** The number of values of {@link #lengths} that were read. */
    private int lengthsRead;

    private @Nullable ValuesReader library;
    /** The length of the dictionary's longest value. */
    private int longest;

    /** The most bytes that one value, and all values, of the open page can have. */
    private long longestInLibrary;

    private long mostInLibrary;

    BytesColumnDecoder(FileColumn column, Scratch scratch) {
        super(column, scratch);
        PrimitiveTypeName physical = column.type().getPrimitiveTypeName();
        this.fixedLength = switch (physical) {
            case INT96 -> INT96_BYTES;
            case FIXED_LEN_BYTE_ARRAY -> column.type().getTypeLength();
            default -> 0;
        };
        this.validate = column.column().type().kind() == TypeKind.TEXT && !column.trusted();
        this.variable = column.column().type().kind() == TypeKind.TEXT
                || column.column().type().kind() == TypeKind.BINARY;
        this.sink = switch (column.column().type().kind()) {
            case TIME ->
                (out, bytes, offset, length) -> ((LongVector) out).append(CellTexts.readTime(bytes, offset, length));
            case UUID ->
                physical == PrimitiveTypeName.BINARY
                        ? (out, bytes, offset, length) -> ((UuidVector) out)
                                .append(
                                        CellTexts.readUuid(bytes, offset, length, false),
                                        CellTexts.readUuid(bytes, offset, length, true))
                        : (out, bytes, offset, length) -> ((UuidVector) out)
                                .append(
                                        bigEndian(bytes, offset, Long.BYTES),
                                        bigEndian(bytes, offset + Long.BYTES, Long.BYTES));
            case DECIMAL ->
                column.column().type().isWideDecimal()
                        ? BytesColumnDecoder::appendWide
                        : narrow(ColumnRange.of(column.column()));
            case TIMESTAMP -> BytesColumnDecoder::appendInt96;
            default -> (out, bytes, offset, length) -> ((BytesVector) out).append(bytes, offset, length);
        };
    }

    private static void appendWide(ColumnVector out, byte[] bytes, int offset, int length) {
        int lowBytes = Math.min(length, Long.BYTES);
        int highBytes = Math.min(length - lowBytes, Long.BYTES);
        requireSigns(bytes, offset, length, 2 * Long.BYTES);
        long low = bigEndian(bytes, offset + length - lowBytes, lowBytes);
        long high = highBytes == 0 ? low >> 63 : bigEndian(bytes, offset + length - lowBytes - highBytes, highBytes);
        ((DecimalVector) out).append(high, low);
    }

    private static Sink narrow(ColumnRange range) {
        return (out, bytes, offset, length) -> {
            requireSigns(bytes, offset, length, Long.BYTES);
            int used = Math.min(length, Long.BYTES);
            long value = bigEndian(bytes, offset + length - used, used);
            if (!range.holds(value, value)) {
                throw new OutsideTypeException(
                        "the unscaled value " + value, range.least() + " to " + range.greatest());
            }
            ((LongVector) out).append(value);
        };
    }

    /** The bytes before the last {@code kept} bytes may only repeat their sign. */
    private static void requireSigns(byte[] bytes, int offset, int length, int kept) {
        if (length == 0) {
            throw new ParquetDecodingException("a decimal of no bytes");
        }
        int sign = length > kept ? bytes[offset + length - kept] >> 7 : 0;
        for (int i = offset; i < offset + length - kept; i++) {
            if (bytes[i] != sign) {
                throw new OutsideTypeException("a decimal of more than " + 8 * kept + " bits", "at most that");
            }
        }
    }

    /** The nanosecond of the day (8 bytes) and the Julian day (4), little-endian. */
    private static void appendInt96(ColumnVector out, byte[] bytes, int offset, int length) {
        long nanos = Bytes.longAt(bytes, offset);
        long day = Bytes.intAt(bytes, offset + Long.BYTES) - (long) JULIAN_DAY_OF_1970;
        if (nanos < 0 || nanos >= NANOS_OF_DAY) {
            throw new OutsideTypeException(
                    "an INT96 of day " + day + " since 1970 and nanosecond " + nanos + " of it",
                    "a nanosecond from 0 to " + (NANOS_OF_DAY - 1));
        }
        ((TimestampVector) out).append(day * SECONDS_OF_DAY + nanos / 1_000_000_000, (int) (nanos % 1_000_000_000));
    }

    /** A number in two's complement. */
    private static long bigEndian(byte[] bytes, int offset, int length) {
        long value = bytes[offset];
        for (int i = 1; i < length; i++) {
            value = value << 8 | bytes[offset + i] & 0xFF;
        }
        return value;
    }

    @Override
    long readDictionary(byte[] bytes, int length, int count) {
        if (count > length / Math.max(fixedLength, 1) || fixedLength == 0 && count > length / Integer.BYTES) {
            throw new ParquetDecodingException("a dictionary of " + count + " values in " + length + " bytes");
        }
        mode = Mode.PLAIN;
        dictionary = bytes;
        starts = new int[count];
        ends = new int[count];
        page = bytes;
        position = 0;
        end = length;
        longest = 0;
        for (int i = 0; i < count; i++) {
            int size = nextLength();
            requireText(bytes, position, size);
            longest = Math.max(longest, size);
            starts[i] = position;
            position += size;
            ends[i] = position;
        }
        if (column().trusted() && position != length) {
            throw new ParquetDecodingException("a dictionary of more than " + count + " values");
        }
        return bytes.length + 2L * Integer.BYTES * count;
    }

    @Override
    void forgetDictionary() {
        dictionary = new byte[0];
        starts = new int[0];
        ends = new int[0];
        page = dictionary;
        position = 0;
        end = 0;
    }

    @Override
    long mostBytes(int rows) {
        if (!variable) {
            return 0;
        }
        return switch (mode) {
            case PLAIN -> fixedLength > 0 ? (long) fixedLength * rows : plainBytes(rows);
            case LENGTHS -> lengthBytes(rows);
            case IDS -> (long) longest * rows;
            case LIBRARY -> Math.min(longestInLibrary * rows, mostInLibrary);
        };
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
        if (encoding == Encoding.PLAIN) {
            mode = Mode.PLAIN;
        } else if (encoding == Encoding.DELTA_LENGTH_BYTE_ARRAY && fixedLength == 0) {
            mode = Mode.LENGTHS;
            DeltaPages.Lengths packed = DeltaPages.lengths(bytes, from, to, rows);
            lengths = packed.lengths();
            lengthsRead = 0;
            position = packed.start();
        } else {
            mode = Mode.LIBRARY;
            DeltaPages.requireCount(encoding, bytes, from, to, rows);
            longestInLibrary = fixedLength > 0 ? fixedLength : DeltaPages.longestValue(encoding, bytes, from, to, rows);
            mostInLibrary = encoding == Encoding.DELTA_BYTE_ARRAY ? Long.MAX_VALUE : to - from;
            library = encoding.getValuesReader(column().descriptor(), ValuesType.VALUES);
            library.initFromPage(rows, ByteBufferInputStream.wrap(ByteBuffer.wrap(bytes, from, to - from)));
        }
    }

    @Override
    void append(int rows, int values, int[] rowLevels, ColumnVector out) {
        switch (mode) {
            case PLAIN, LENGTHS -> {
                for (int row = 0; row < rows; row++) {
                    if (rowLevels[row] == 0) {
                        out.appendNull();
                    } else {
                        int length = nextLength();
                        requireText(page, position, length);
                        sink.append(out, page, position, length);
                        position += length;
                    }
                }
            }
            case IDS -> {
                int[] idOf = scratch().ids;
                ids.read(idOf, values);
                int at = 0;
                for (int row = 0; row < rows; row++) {
                    if (rowLevels[row] == 0) {
                        out.appendNull();
                    } else {
                        // An id outside is an index out of bounds, which the caller takes for damage.
                        int id = idOf[at++];
                        sink.append(out, dictionary, starts[id], ends[id] - starts[id]);
                    }
                }
            }
            case LIBRARY -> {
                for (int row = 0; row < rows; row++) {
                    if (rowLevels[row] == 0) {
                        out.appendNull();
                    } else {
                        Binary value = library.readBytes();
                        byte[] bytes = value.getBytesUnsafe();
                        requireText(bytes, 0, bytes.length);
                        sink.append(out, bytes, 0, bytes.length);
                    }
                }
            }
        }
    }

    @Override
    void skipValues(int values) {
        switch (mode) {
            case PLAIN, LENGTHS -> {
                for (int i = 0; i < values; i++) {
                    int length = nextLength();
                    position += length;
                }
            }
            case IDS -> ids.read(scratch().ids, values);
            case LIBRARY -> library.skip(values);
        }
    }

    @Override
    boolean isPageExhausted() {
        return switch (mode) {
            case PLAIN -> position == end;
            case LENGTHS -> position == end && lengthsRead == lengths.length;
            case IDS -> ids.isExhausted();
            case LIBRARY -> true;
        };
    }

    /** Moves to the next value's bytes and returns their number. */
    private int nextLength() {
        int length = fixedLength;
        if (mode == Mode.LENGTHS) {
            // A value without a length is an index out of bounds, which the caller takes for damage.
            length = lengths[lengthsRead++];
        } else if (fixedLength == 0) {
            if (end - position < Integer.BYTES) {
                throw new ParquetDecodingException("values end outside their page");
            }
            length = Bytes.intAt(page, position);
            position += Integer.BYTES;
        }
        if (length < 0 || length > end - position) {
            throw new ParquetDecodingException("a value ends outside its page");
        }
        return length;
    }

    /** The bytes of the next values if none of the rows is NULL. Damage surfaces later, when the values are read. */
    private long plainBytes(int rows) {
        int at = position;
        for (int i = 0; i < rows && at <= end - Integer.BYTES; i++) {
            int length = Bytes.intAt(page, at);
            if (length < 0 || length > end - Integer.BYTES - at) {
                break;
            }
            at += Integer.BYTES + length;
        }
        return at - position;
    }

    private long lengthBytes(int rows) {
        long bytes = 0;
        for (int i = lengthsRead; i < Math.min((long) lengthsRead + rows, lengths.length); i++) {
            bytes += Math.max(0, lengths[i]);
        }
        return Math.min(bytes, end - position);
    }

    private void requireText(byte[] bytes, int offset, int length) {
        if (validate && !Utf8.isValid(bytes, offset, length)) {
            throw new OutsideTypeException("a text that is not UTF-8", "UTF-8");
        }
    }
}
