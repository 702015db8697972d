package io.hybridsnapshot.csv;

import java.io.Serial;
import java.nio.charset.CharacterCodingException;

/** Bytes that are not UTF-8, on their way through the parser to {@link CsvErrors}. */
final class MalformedUtf8Exception extends CharacterCodingException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final long offset;
    private final int firstByte;

    MalformedUtf8Exception(long offset, int firstByte) {
        this.offset = offset;
        this.firstByte = firstByte;
    }

    /** The number of bytes before the first bad one, after decompression. */
    long offset() {
        return offset;
    }

    /** The first bad byte, 0 to 255. */
    int firstByte() {
        return firstByte;
    }

    /** A guess of the encoding, in brackets after a blank; empty: none. */
    String encoding() {
        boolean isMark = offset == 0 && (firstByte == 0xFE || firstByte == 0xFF);
        return firstByte == 0 || isMark ? " (probably UTF-16)" : "";
    }

    @Override
    public String getMessage() {
        return "malformed UTF-8 at byte " + offset;
    }
}
