package io.hybridsnapshot.csv;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a UTF-8 stream without its byte order mark, in a buffer that a scanner moves along. Table 3-7 of the
 * Unicode standard defines well-formed bytes. Bytes become readable as whole characters. The first ill-formed byte is
 * an error only after all characters before it were read. A hot path: the fields are read directly. For one thread.
 */
final class Utf8Bytes implements AutoCloseable {
    /** Reads eight bytes of an array as a number; the first byte is the lowest. */
    static final VarHandle EIGHT_BYTES = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    /** Read by scanners behind {@link #limit}, eight bytes at a time. */
    private static final int SLACK = Long.BYTES;

    private static final int HEAD_CHARS = 4_096;
    private static final int MALFORMED = -1;
    private static final int INCOMPLETE = 0;

    private final InputStream in;

    /** The bytes; eight more than its capacity, so that eight bytes can be read at any position. */
    byte[] buffer;

    /** The first byte that is still needed. Everything before it may be overwritten. */
    int position;

    /** The end of the readable bytes: whole, well-formed characters. */
    int limit;

    /** The end of the bytes that were read from the stream. */
    private int filled;

    /** The offset in the stream of the buffer's first byte. */
    private long base;

    private boolean started;
    private boolean ended;
    private @Nullable IOException failure;

    /** The first bytes, for errors, and the last one so far. */
    private final byte[] head = new byte[3 * HEAD_CHARS];

    private int headLength;
    private byte last;

    Utf8Bytes(InputStream in, int capacity) {
        this.in = in;
        this.buffer = new byte[capacity + SLACK];
    }

    /** Whether there are no more bytes than those up to {@link #limit}, and no ill-formed ones behind them. */
    boolean isEnd() {
        return ended && failure == null && limit == filled;
    }

    /** Whether the bytes from the position fill the buffer, so that more need a larger one. */
    boolean isFull() {
        return position == 0 && filled == capacity();
    }

    int capacity() {
        return buffer.length - SLACK;
    }

    /** Makes the buffer larger. */
    void grow(int capacity) {
        buffer = Arrays.copyOf(buffer, capacity + SLACK);
    }

    /**
     * Moves the bytes from the position to the start of the buffer and reads more behind them. Positions taken before
     * are then invalid. The limit stays where it is if the buffer is full or the stream is at its end.
     *
     * @param wanted how many bytes to read if the stream and the buffer have them, at least 1
     * @throws MalformedUtf8Exception if the next byte is ill-formed
     * @throws IOException of the stream, once all bytes before were read
     */
    void fill(int wanted) throws IOException {
        System.arraycopy(buffer, position, buffer, 0, filled - position);
        base += position;
        filled -= position;
        limit -= position;
        position = 0;
        if (!started) {
            skipByteOrderMark();
        }
        int before = limit;
        do {
            read(wanted);
            validate();
        } while (limit == before && !ended && !isMalformed() && filled < capacity());
        boolean isFaulty = isMalformed() || ended && !isEnd();
        if (limit > before || !isFaulty) {
            return;
        }
        if (failure != null && !isMalformed()) {
            throw failure;
        }
        throw new MalformedUtf8Exception(base + limit, buffer[limit] & 0xFF);
    }

    /** The first characters that were read, at most 4,096. */
    String head() {
        String text = new String(head, 0, headLength, StandardCharsets.UTF_8);
        if (text.length() <= HEAD_CHARS) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(HEAD_CHARS - 1)) ? HEAD_CHARS - 1 : HEAD_CHARS;
        return text.substring(0, end);
    }

    /**
     * The offset of the first zero byte if the stream looks like UTF-16 without a byte order mark: of the first four
     * bytes, every other one is zero. Else -1.
     */
    int zeroOfUtf16() {
        if (headLength < 4) {
            return -1;
        }
        boolean littleEndian = head[0] != 0 && head[1] == 0 && head[2] != 0 && head[3] == 0;
        boolean bigEndian = head[0] == 0 && head[1] != 0 && head[2] == 0 && head[3] != 0;
        return littleEndian ? 1 : bigEndian ? 0 : -1;
    }

    /** Whether {@link #head} is everything that was read so far. */
    boolean isHeadWhole() {
        return ended && head().length() < HEAD_CHARS;
    }

    /** Whether the last byte that was read ends a line; call it at the end of the stream. */
    boolean endsWithLineBreak() {
        return last == '\n' || last == '\r';
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private void read(int wanted) {
        int target = (int) Math.min(capacity(), (long) filled + wanted);
        try {
            while (filled < target && !ended) {
                int count = in.read(buffer, filled, capacity() - filled);
                if (count < 0) {
                    ended = true;
                } else {
                    filled += count;
                }
            }
        } catch (IOException e) {
            ended = true;
            failure = e;
        }
    }

    private void skipByteOrderMark() {
        read(3);
        started = true;
        if (filled >= 3 && buffer[0] == (byte) 0xEF && buffer[1] == (byte) 0xBB && buffer[2] == (byte) 0xBF) {
            filled -= 3;
            System.arraycopy(buffer, 3, buffer, 0, filled);
            base = 3;
        }
    }

    /** Moves the limit behind the last whole and well-formed character. */
    private void validate() {
        int from = limit;
        int i = asciiEnd(from);
        while (i < filled) {
            int length = sequence(i);
            if (length <= 0) {
                break;
            }
            i = asciiEnd(i + length);
        }
        limit = i;
        if (limit > from) {
            last = buffer[limit - 1];
            int copied = Math.min(limit - from, head.length - headLength);
            System.arraycopy(buffer, from, head, headLength, copied);
            headLength += copied;
        }
    }

    private boolean isMalformed() {
        return limit < filled && sequence(limit) == MALFORMED;
    }

    private int asciiEnd(int from) {
        byte[] b = buffer;
        int i = from;
        while (i <= filled - Long.BYTES) {
            long high = (long) EIGHT_BYTES.get(b, i) & HIGH_BITS;
            if (high != 0) {
                return i + (Long.numberOfTrailingZeros(high) >>> 3);
            }
            i += Long.BYTES;
        }
        while (i < filled && b[i] >= 0) {
            i++;
        }
        return i;
    }

    /** The length of the sequence of several bytes at a position, or {@link #MALFORMED}, or {@link #INCOMPLETE}. */
    private int sequence(int at) {
        int first = buffer[at] & 0xFF;
        int length = first < 0xC2 ? MALFORMED : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : MALFORMED;
        if (length == MALFORMED) {
            return MALFORMED;
        }
        int available = Math.min(length, filled - at);
        if (available > 1) {
            int second = buffer[at + 1] & 0xFF;
            // Narrower if a wider range would be overlong, a surrogate, or beyond U+10FFFF.
            int lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
            int highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
            if (second < lowest || second > highest) {
                return MALFORMED;
            }
        }
        for (int i = 2; i < available; i++) {
            if ((buffer[at + i] & 0xC0) != 0x80) {
                return MALFORMED;
            }
        }
        return available == length ? length : INCOMPLETE;
    }
}
