package io.hybridsnapshot.parquet;

import java.nio.charset.StandardCharsets;
import org.apache.parquet.io.ParquetDecodingException;

/**
 * UUIDs and times of day as texts of a fixed length, for readers without such types:
 * {@code 00112233-4455-6677-8899-aabbccddeeff}, {@code 23:59:59.123456} or, with nanoseconds,
 * {@code 23:59:59.123456789}. The texts sort as the values do. A hot path: works on arrays.
 */
final class CellTexts {
    static final int UUID_LENGTH = 36;
    static final int MICROS_LENGTH = 15;
    static final int NANOS_LENGTH = 18;

    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final long NANOS_OF_SECOND = 1_000_000_000L;
    private static final int HYPHENS = 1 << 8 | 1 << 13 | 1 << 18 | 1 << 23;

    private CellTexts() {}

    /** Writes a UUID's text to the start of an array. */
    static void writeUuid(long high, long low, byte[] out) {
        int digit = 0;
        for (int at = 0; at < UUID_LENGTH; at++) {
            if ((HYPHENS >>> at & 1) != 0 && at < Integer.SIZE) {
                out[at] = '-';
            } else {
                long word = digit < 16 ? high : low;
                out[at] = DIGITS[(int) (word >>> (60 - 4 * (digit & 15))) & 15];
                digit++;
            }
        }
    }

    /** The high or the low half of a UUID's text. */
    static long readUuid(byte[] text, int offset, int length, boolean low) {
        long high = 0;
        long value = 0;
        if (length != UUID_LENGTH) {
            throw new ParquetDecodingException("a UUID of " + length + " characters");
        }
        int digit = 0;
        for (int at = 0; at < UUID_LENGTH; at++) {
            byte c = text[offset + at];
            if ((HYPHENS >>> at & 1) != 0 && at < Integer.SIZE) {
                require(c == '-');
            } else {
                int number = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
                require(number >= 0);
                value = value << 4 | number;
                if (++digit == 16) {
                    high = value;
                    value = 0;
                }
            }
        }
        return low ? value : high;
    }

    /** Writes the text of a nanosecond of the day to the start of an array; {@code length} is one of the two above. */
    static void writeTime(long nanoOfDay, int length, byte[] out) {
        int second = (int) (nanoOfDay / NANOS_OF_SECOND);
        int fraction = (int) (nanoOfDay % NANOS_OF_SECOND);
        if (length == MICROS_LENGTH) {
            fraction /= 1_000;
        }
        digits(second / 3_600, 0, 2, out);
        out[2] = ':';
        digits(second / 60 % 60, 3, 2, out);
        out[5] = ':';
        digits(second % 60, 6, 2, out);
        out[8] = '.';
        digits(fraction, 9, length - 9, out);
    }

    /** The nanosecond of the day that a text denotes. */
    static long readTime(byte[] text, int offset, int length) {
        if (length != MICROS_LENGTH && length != NANOS_LENGTH) {
            throw new ParquetDecodingException("a time of " + length + " characters");
        }
        require(text[offset + 2] == ':' && text[offset + 5] == ':' && text[offset + 8] == '.');
        long hour = number(text, offset, 2);
        long minute = number(text, offset + 3, 2);
        long second = number(text, offset + 6, 2);
        require(hour < 24 && minute < 60 && second < 60);
        long fraction = number(text, offset + 9, length - 9);
        return ((hour * 60 + minute) * 60 + second) * NANOS_OF_SECOND
                + (length == MICROS_LENGTH ? 1_000 * fraction : fraction);
    }

    private static void digits(int number, int at, int count, byte[] out) {
        int rest = number;
        for (int i = at + count - 1; i >= at; i--) {
            out[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    private static long number(byte[] text, int at, int count) {
        long number = 0;
        for (int i = at; i < at + count; i++) {
            require(text[i] >= '0' && text[i] <= '9');
            number = 10 * number + text[i] - '0';
        }
        return number;
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new ParquetDecodingException("a text that is none of its column's type");
        }
    }
}
