package io.hybridsnapshot.csv;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Characters of a UTF-8 stream without its byte order mark. Unlike {@code InputStreamReader} it knows the offset of the first bad byte,
 * which it reports after all the characters before it. One thread.
 */
final class Utf8Reader extends Reader {
    private static final int BUFFER = 1 << 16;

    private final InputStream in;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER).limit(0);

    /** The offset in the stream of the buffer's first byte. */
    private long base;

    private boolean started;
    private boolean ended;

    Utf8Reader(InputStream in) {
        this.in = in;
    }

    @Override
    public int read(char[] chars, int offset, int length) throws IOException {
        if (!started) {
            skipByteOrderMark();
        }
        CharBuffer target = CharBuffer.wrap(chars, offset, length);
        while (true) {
            CoderResult result = decoder.decode(bytes, target, ended);
            int count = target.position() - offset;
            if (count > 0) {
                return count;
            }
            if (result.isError()) {
                throw new MalformedUtf8Exception(base + bytes.position(), bytes.get(bytes.position()) & 0xFF);
            }
            if (ended) {
                return -1;
            }
            fill();
        }
    }

    private void skipByteOrderMark() throws IOException {
        started = true;
        while (bytes.remaining() < 3 && !ended) {
            fill();
        }
        if (bytes.remaining() >= 3
                && bytes.get(0) == (byte) 0xEF
                && bytes.get(1) == (byte) 0xBB
                && bytes.get(2) == (byte) 0xBF) {
            bytes.position(3);
        }
    }

    private void fill() throws IOException {
        base += bytes.position();
        bytes.compact();
        int count = in.read(bytes.array(), bytes.position(), bytes.remaining());
        if (count < 0) {
            ended = true;
        } else {
            bytes.position(bytes.position() + count);
        }
        bytes.flip();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
