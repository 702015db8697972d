package io.hybridsnapshot.csv;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The decompressed bytes of a whole gzip file: all its members, one after the other (RFC 1952, section 2.2). A
 * truncated or damaged member, its header included, is a {@link CompressionDamageException}. So is any byte after the
 * last member, zero or not. {@link java.util.zip.GZIPInputStream} takes a damaged header of a later member for the end
 * of the file, and other readers do not check the header's checksum. For one thread; closes its source.
 */
final class GzipBytes extends InputStream {
    private static final int BUFFER = 1 << 16;
    private static final String EXPECTED = "whole gzip members and nothing after the last";

    // RFC 1952, section 2.3.1.
    private static final int FIRST_MAGIC = 0x1F;
    private static final int SECOND_MAGIC = 0x8B;
    private static final int DEFLATE = 8;
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xE0;
    private static final int TIME_FLAGS_AND_SYSTEM = 6;

    private final InputStream compressed;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 header = new CRC32();
    private final CRC32 content = new CRC32();
    private final byte[] buffer = new byte[BUFFER];
    private int at;
    private int end;
    /** Bytes that were taken into the buffer. */
    private long taken;

    private boolean ended;

    /**
     * Reads the header of the first member.
     *
     * @throws CompressionDamageException if it is damaged
     * @throws IOException if the source fails
     */
    GzipBytes(InputStream compressed) throws IOException {
        this.compressed = Objects.requireNonNull(compressed, "compressed");
        boolean begun = false;
        try {
            begin();
            begun = true;
        } finally {
            if (!begun) {
                inflater.end();
            }
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    /**
     * Fills the array as far as the file goes, so that damage within a short file is reported before its bytes are
     * taken for rows.
     */
    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = 0;
        while (read < length && !ended) {
            int count = inflate(bytes, offset + read, length - read);
            if (count > 0) {
                content.update(bytes, offset + read, count);
                read += count;
                continue;
            }
            requireTrailer();
            if (fill()) {
                begin();
            } else {
                ended = true;
            }
        }
        return read == 0 && length > 0 ? -1 : read;
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        compressed.close();
    }

    /** Decompresses at least one byte; 0 at the end of the member. */
    private int inflate(byte[] bytes, int offset, int length) throws IOException {
        try {
            while (true) {
                int count = inflater.inflate(bytes, offset, length);
                if (count > 0) {
                    return count;
                }
                if (inflater.finished()) {
                    at = end - inflater.getRemaining();
                    return 0;
                }
                if (inflater.needsDictionary()) {
                    throw damage("a dictionary, which gzip does not know");
                }
                if (!fill()) {
                    throw cut();
                }
                handOver();
            }
        } catch (DataFormatException e) {
            throw new CompressionDamageException(
                    false, "compressed bytes that cannot be decompressed ('" + e.getMessage() + "')", EXPECTED, e);
        }
    }

    /** Gives the inflater all bytes of the buffer. The bytes left at the member's end are taken back. */
    private void handOver() {
        inflater.setInput(buffer, at, end - at);
        at = end;
    }

    /** Reads a member's header, its optional fields and checksum. */
    private void begin() throws IOException {
        long start = taken - (end - at);
        header.reset();
        int first = headerByte();
        if (first != FIRST_MAGIC || headerByte() != SECOND_MAGIC) {
            throw damage("no gzip header at byte " + start);
        }
        int method = headerByte();
        if (method != DEFLATE) {
            throw damage("a gzip header with the unknown method " + method + " at byte " + start);
        }
        int flags = headerByte();
        if ((flags & RESERVED) != 0) {
            throw damage("a gzip header with reserved flags at byte " + start);
        }
        skip(TIME_FLAGS_AND_SYSTEM);
        if ((flags & EXTRA) != 0) {
            skip(headerByte() | headerByte() << 8);
        }
        if ((flags & NAME) != 0) {
            skipText();
        }
        if ((flags & COMMENT) != 0) {
            skipText();
        }
        if ((flags & HEADER_CRC) != 0) {
            int actual = (int) header.getValue() & 0xFFFF;
            if ((nextByte() | nextByte() << 8) != actual) {
                throw damage("a gzip header at byte " + start + " whose checksum is another");
            }
        }
        content.reset();
        inflater.reset();
        handOver();
    }

    private void skip(int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            headerByte();
        }
    }

    private void skipText() throws IOException {
        while (headerByte() != 0) {
            // All of it is passed over.
        }
    }

    private void requireTrailer() throws IOException {
        if (nextInt() != (int) content.getValue()) {
            throw damage("a gzip member whose checksum is another");
        }
        if (nextInt() != (int) inflater.getBytesWritten()) {
            throw damage("a gzip member of another length than it says");
        }
    }

    private int nextInt() throws IOException {
        return nextByte() | nextByte() << 8 | nextByte() << 16 | nextByte() << 24;
    }

    private int headerByte() throws IOException {
        int next = nextByte();
        header.update(next);
        return next;
    }

    private int nextByte() throws IOException {
        if (!fill()) {
            throw cut();
        }
        return buffer[at++] & 0xFF;
    }

    /** Makes sure that the buffer has a byte; false at the end of the file. */
    private boolean fill() throws IOException {
        while (at == end) {
            int count = compressed.read(buffer);
            if (count < 0) {
                return false;
            }
            at = 0;
            end = count;
            taken += count;
        }
        return true;
    }

    private static CompressionDamageException damage(String found) {
        return new CompressionDamageException(false, found, EXPECTED, null);
    }

    private static CompressionDamageException cut() {
        return new CompressionDamageException(true, "the end of the file within a gzip member", EXPECTED, null);
    }
}
