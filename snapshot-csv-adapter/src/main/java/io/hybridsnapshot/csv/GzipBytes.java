package io.hybridsnapshot.csv;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * The decompressed bytes of a whole gzip file: all its members, one after the other (RFC 1952, section 2.2). A member that is cut or
 * damaged, and any byte after the last member, zero or not, is a {@link GzipDamageException}. {@link java.util.zip.GZIPInputStream} takes a
 * damaged header of a later member for the end of the file. One thread; closes its source.
 */
final class GzipBytes extends InputStream {
    private static final int BUFFER = 1 << 16;

    private final Source source;
    private final InputStream members;

    /**
     * Reads the header of the first member.
     *
     * @throws GzipDamageException if it is damaged
     * @throws IOException if the source fails
     */
    GzipBytes(InputStream compressed) throws IOException {
        source = new Source(compressed);
        try {
            members = GzipCompressorInputStream.builder()
                    .setInputStream(source)
                    .setDecompressConcatenated(true)
                    .setBufferSize(BUFFER)
                    .get();
        } catch (IOException | RuntimeException e) {
            throw told(e);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            return members.read(bytes, offset, length);
        } catch (IOException | RuntimeException e) {
            throw told(e);
        }
    }

    @Override
    public void close() throws IOException {
        members.close();
        source.close();
    }

    /** The library throws one type for damage and for a failing disk, so the source remembers its own failure. */
    private IOException told(Exception e) {
        if (source.failure != null) {
            return source.failure;
        }
        if (e instanceof EOFException) {
            return new GzipDamageException(true, "the end of the file within a gzip member", e);
        }
        return new GzipDamageException(false, "'" + e.getMessage() + "'", e);
    }

    /** Remembers what went wrong below the decompression. A pipe cannot say how many bytes wait, and need not. */
    private static final class Source extends FilterInputStream {
        private IOException failure;

        Source(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            try {
                return super.read();
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return super.read(bytes, offset, length);
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }

        @Override
        public int available() {
            return 0;
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
