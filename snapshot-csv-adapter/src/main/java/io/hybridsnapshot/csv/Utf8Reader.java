package io.hybridsnapshot.csv;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The characters of a UTF-8 stream without its byte order mark. Table 3-7 of the Unicode standard defines well-formed
 * bytes. The offset of the first ill-formed byte is reported after all characters before it. JDK 17's decoder takes
 * half the time of a pass over a file; this class finds runs of ASCII eight bytes at a time and widens them with the
 * JDK's intrinsic. A hot path; for one thread.
 */
final class Utf8Reader extends Reader {
    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;
    private static final int BUFFER = 1 << 16;

    /** From this length on, a run is worth the detour through a string. */
    private static final int LONG_RUN = 48;

    private static final int HEAD_CHARS = 4_096;

    private static final int MALFORMED = -1;
    private static final int INCOMPLETE = 0;

    private final InputStream in;
    private final byte[] bytes = new byte[BUFFER];
    private int position;
    private int limit;

    /** The offset in the stream of the buffer's first byte. */
    private long base;

    private boolean started;
    private boolean ended;

    /** The first characters, for errors, and the last one so far. */
    private final StringBuilder head = new StringBuilder();

    private char last;

    Utf8Reader(InputStream in) {
        this.in = in;
    }

    /** {@inheritDoc} The range has to have room for two characters, which a supplementary code point takes. */
    @Override
    public int read(char[] chars, int offset, int length) throws IOException {
        if (!started) {
            skipByteOrderMark();
        }
        while (true) {
            int end = decode(chars, offset, offset + length);
            if (end > offset) {
                if (head.length() < HEAD_CHARS) {
                    head.append(chars, offset, Math.min(end - offset, HEAD_CHARS - head.length()));
                }
                last = chars[end - 1];
                return end - offset;
            }
            if (position < limit && (ended || sequence() == MALFORMED)) {
                throw new MalformedUtf8Exception(base + position, bytes[position] & 0xFF);
            }
            if (ended) {
                return -1;
            }
            fill();
        }
    }

    /** The first characters that were read, at most 4,096. */
    String head() {
        return head.toString();
    }

    /** Whether {@link #head} is everything that was read so far. */
    boolean isHeadWhole() {
        return ended && head.length() < HEAD_CHARS;
    }

    /** Whether the last character that was read ends a line; call it at the end of the stream. */
    boolean endsWithLineBreak() {
        return last == '\n' || last == '\r';
    }

    /** Decodes until there is no more room, or no complete well-formed sequence. Returns the end of the characters. */
    private int decode(char[] chars, int from, int to) {
        int o = from;
        while (o < to && position < limit) {
            int run = asciiRun(Math.min(limit - position, to - o));
            if (run >= LONG_RUN) {
                new String(bytes, position, run, StandardCharsets.ISO_8859_1).getChars(0, run, chars, o);
            } else {
                for (int i = 0; i < run; i++) {
                    chars[o + i] = (char) bytes[position + i];
                }
            }
            o += run;
            position += run;
            // Other scripts have many such sequences in a row.
            while (o < to - 1 && position < limit && bytes[position] < 0) {
                int length = sequence();
                if (length <= 0) {
                    return o;
                }
                o = put(chars, o, length);
                position += length;
            }
            if (o == to - 1 && position < limit && bytes[position] < 0) {
                return o;
            }
        }
        return o;
    }

    private int asciiRun(int length) {
        int i = position;
        int end = position + length;
        while (i <= end - Long.BYTES) {
            long high = (long) EIGHT_BYTES.get(bytes, i) & HIGH_BITS;
            if (high != 0) {
                return i + (Long.numberOfTrailingZeros(high) >>> 3) - position;
            }
            i += Long.BYTES;
        }
        while (i < end && bytes[i] >= 0) {
            i++;
        }
        return i - position;
    }

    /** The length of the sequence of several bytes at the position, or {@link #MALFORMED}, or {@link #INCOMPLETE}. */
    private int sequence() {
        int first = bytes[position] & 0xFF;
        int length = first < 0xC2 ? MALFORMED : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : MALFORMED;
        if (length == MALFORMED) {
            return MALFORMED;
        }
        int available = Math.min(length, limit - position);
        if (available > 1) {
            int second = bytes[position + 1] & 0xFF;
            // Narrower if a wider range would be overlong, a surrogate, or beyond U+10FFFF.
            int lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
            int highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
            if (second < lowest || second > highest) {
                return MALFORMED;
            }
        }
        for (int i = 2; i < available; i++) {
            if ((bytes[position + i] & 0xC0) != 0x80) {
                return MALFORMED;
            }
        }
        return available == length ? length : INCOMPLETE;
    }

    private int put(char[] chars, int at, int length) {
        int first = bytes[position];
        int second = bytes[position + 1] & 0x3F;
        if (length == 2) {
            chars[at] = (char) ((first & 0x1F) << 6 | second);
            return at + 1;
        }
        int third = bytes[position + 2] & 0x3F;
        if (length == 3) {
            chars[at] = (char) ((first & 0x0F) << 12 | second << 6 | third);
            return at + 1;
        }
        int point = (first & 0x07) << 18 | second << 12 | third << 6 | bytes[position + 3] & 0x3F;
        chars[at] = Character.highSurrogate(point);
        chars[at + 1] = Character.lowSurrogate(point);
        return at + 2;
    }

    private void skipByteOrderMark() throws IOException {
        started = true;
        while (limit < 3 && !ended) {
            fill();
        }
        if (limit >= 3 && bytes[0] == (byte) 0xEF && bytes[1] == (byte) 0xBB && bytes[2] == (byte) 0xBF) {
            position = 3;
        }
    }

    private void fill() throws IOException {
        System.arraycopy(bytes, position, bytes, 0, limit - position);
        base += position;
        limit -= position;
        position = 0;
        int count = in.read(bytes, limit, bytes.length - limit);
        if (count < 0) {
            ended = true;
        } else {
            limit += count;
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
