package io.hybridsnapshot.parquet;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.bytes.BytesUtils;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesReader;
import org.apache.parquet.io.ParquetDecodingException;

/**
 * Checks the claims of pages in the DELTA encodings
 * (https://parquet.apache.org/docs/file-format/data-pages/encodings/), before the library allocates memory for them.
 */
final class DeltaPages {
    /** Writers use blocks of 128 to some thousand values. */
    private static final int MOST_BLOCK_VALUES = 1 << 20;

    private DeltaPages() {}

    /** The lengths of a page's values, and the position of the first value's bytes, which all lie together. */
    record Lengths(int[] lengths, int start) {}

    /** Returns the lengths that a page in DELTA_LENGTH_BYTE_ARRAY starts with; at most one a row. */
    static Lengths lengths(byte[] page, int from, int to, int rows) throws IOException {
        if (from == to) {
            return new Lengths(new int[0], to);
        }
        int[] lengths = new int[count(stream(page, from, to), rows)];
        ByteBufferInputStream in = stream(page, from, to);
        DeltaBinaryPackingValuesReader reader = new DeltaBinaryPackingValuesReader();
        reader.initFromPage(rows, in);
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = reader.readInteger();
        }
        return new Lengths(lengths, to - in.available());
    }

    /**
     * Refuses a page of more values than rows; other encodings than DELTA pass. Returns the number of values, or -1
     * where the encoding does not tell.
     */
    static int requireCount(Encoding encoding, byte[] page, int from, int to, int rows) throws IOException {
        boolean delta = encoding == Encoding.DELTA_BINARY_PACKED
                || encoding == Encoding.DELTA_LENGTH_BYTE_ARRAY
                || encoding == Encoding.DELTA_BYTE_ARRAY;
        return delta && from < to ? count(stream(page, from, to), rows) : -1;
    }

    /** Reads the header of packed numbers and returns their count. */
    private static int count(ByteBufferInputStream in, int rows) throws IOException {
        int block = BytesUtils.readUnsignedVarInt(in);
        BytesUtils.readUnsignedVarInt(in);
        int count = BytesUtils.readUnsignedVarInt(in);
        if (block < 0 || block > MOST_BLOCK_VALUES || count < 0 || count > rows) {
            throw new ParquetDecodingException(count + " values, in blocks of " + block + ", in a page of " + rows);
        }
        return count;
    }

    /**
     * An upper bound for the longest value of a page of byte strings. In DELTA_BYTE_ARRAY, a value is the prefix that
     * it shares with the value before it, plus the bytes that follow.
     */
    static long longestValue(Encoding encoding, byte[] page, int from, int to, int rows) throws IOException {
        if (from == to) {
            return 0;
        }
        return switch (encoding) {
            case DELTA_LENGTH_BYTE_ARRAY -> longest(new int[count(stream(page, from, to), rows)], page, from, to, rows);
            case DELTA_BYTE_ARRAY -> {
                int[] shared = new int[count(stream(page, from, to), rows)];
                ByteBufferInputStream in = stream(page, from, to);
                DeltaBinaryPackingValuesReader reader = new DeltaBinaryPackingValuesReader();
                reader.initFromPage(rows, in);
                for (int i = 0; i < shared.length; i++) {
                    shared[i] = reader.readInteger();
                }
                yield longest(shared, page, to - in.available(), to, rows);
            }
            default -> to - from;
        };
    }

    /**
     * The greatest sum of a value's shared bytes and its own bytes. The range holds the packed lengths of the latter.
     */
    private static long longest(int[] shared, byte[] page, int from, int to, int rows) throws IOException {
        if (count(stream(page, from, to), rows) != shared.length) {
            throw new ParquetDecodingException("not as many ends of values as values");
        }
        DeltaBinaryPackingValuesReader reader = new DeltaBinaryPackingValuesReader();
        reader.initFromPage(rows, stream(page, from, to));
        long longest = 0;
        for (int bytes : shared) {
            longest = Math.max(longest, (long) bytes + reader.readInteger());
        }
        return longest;
    }

    private static ByteBufferInputStream stream(byte[] page, int from, int to) {
        return ByteBufferInputStream.wrap(ByteBuffer.wrap(page, from, to - from));
    }
}
