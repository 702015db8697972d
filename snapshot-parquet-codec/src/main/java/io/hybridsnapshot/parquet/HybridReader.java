package io.hybridsnapshot.parquet;

import java.util.Arrays;
import org.apache.parquet.io.ParquetDecodingException;
import org.jspecify.annotations.Nullable;

/**
 * Reads Parquet's RLE / bit-packing hybrid from a page that is padded by eight bytes. A hot path. Every run is checked
 * against the page's end, so damaged bytes cause an error and never a read outside the page.
 */
final class HybridReader {
    private byte @Nullable [] page;
    private int position;
    private int end;
    private int width;
    private long mask;

    private int repeated;
    private int repeatedValue;
    private int packed;
    private long packedBit;

    /** Starts at the runs of values of {@code bits} bits in {@code [from, to)}. */
    void start(byte[] bytes, int from, int to, int bits) {
        if (bits < 0 || bits > 32 || from < 0 || from > to) {
            throw new ParquetDecodingException("runs of " + bits + " bits at " + from + " to " + to);
        }
        page = bytes;
        position = from;
        end = to;
        width = bits;
        mask = (1L << bits) - 1;
        repeated = 0;
        packed = 0;
    }

    /** Starts at {@code count} packed values of {@code bits} bits that no run header precedes. */
    void startPacked(byte[] bytes, int from, int to, int bits, int count) {
        start(bytes, from, to, bits);
        if ((long) count * bits > (long) (to - from) << 3) {
            throw new ParquetDecodingException(count + " packed values end outside their page");
        }
        packed = count;
        packedBit = (long) from << 3;
        position = to;
    }

    /** Reads the next {@code count} values. */
    void read(int[] target, int count) {
        int at = 0;
        while (at < count) {
            if (repeated > 0) {
                int taken = Math.min(repeated, count - at);
                Arrays.fill(target, at, at + taken, repeatedValue);
                repeated -= taken;
                at += taken;
            } else if (packed > 0) {
                int taken = Math.min(packed, count - at);
                for (int i = 0; i < taken; i++) {
                    target[at + i] = (int) (Bytes.longAt(page, (int) (packedBit >>> 3)) >>> (packedBit & 7) & mask);
                    packedBit += width;
                }
                packed -= taken;
                at += taken;
            } else {
                nextRun();
            }
        }
    }

    /** Whether only the padding of the last group of packed values is left. */
    boolean isExhausted() {
        return position == end && repeated == 0 && packed < 8;
    }

    private void nextRun() {
        int header = varint();
        int count = header >>> 1;
        if (count == 0) {
            throw new ParquetDecodingException("an empty run");
        }
        if ((header & 1) == 0) {
            int bytes = (width + 7) / 8;
            if (bytes > end - position) {
                throw new ParquetDecodingException("a repeat ends outside its page");
            }
            int value = 0;
            for (int i = 0; i < bytes; i++) {
                value |= (page[position++] & 0xFF) << (8 * i);
            }
            if ((value & ~mask) != 0) {
                throw new ParquetDecodingException("a repeated value of more than " + width + " bits");
            }
            repeated = count;
            repeatedValue = value;
        } else {
            // The last run of some writers is cut where its values end.
            long bytes = Math.min((long) count * width, end - position);
            long values = width == 0 ? (long) count * 8 : Math.min((long) count * 8, bytes * 8 / width);
            if (values <= 0 || values > Integer.MAX_VALUE) {
                throw new ParquetDecodingException("a packed run ends outside its page");
            }
            packed = (int) values;
            packedBit = (long) position << 3;
            position += (int) bytes;
        }
    }

    private int varint() {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            if (position >= end) {
                throw new ParquetDecodingException("the runs end too early");
            }
            int next = page[position++];
            value |= (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new ParquetDecodingException("a run's length is too long");
    }
}
