package io.hybridsnapshot.csv;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * The decompressed bytes of a whole Zstandard file: all its frames, one after the other (RFC 8878, section 3.1). A
 * truncated or damaged frame is a {@link CompressionDamageException}, and so is any byte after the last frame. The
 * library's own stream takes a few bytes of a further frame for the end of the file. A frame whose window is larger
 * than 128 MiB is an error, because it takes as much memory. For one thread; closes its source.
 */
final class ZstdBytes extends InputStream {
    private static final int BUFFER = 1 << 17;
    private static final String EXPECTED =
            "whole Zstandard frames with windows up to 128 MiB, and nothing after the last";

    private final InputStream compressed;
    private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();
    private final byte[] taken = new byte[BUFFER];
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER).limit(0);
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER).limit(0);

    /** Whether the bytes so far end with a whole frame. */
    private boolean isBetweenFrames = true;

    /** Whether the decompressor may hold bytes that did not fit. */
    private boolean hasMore;

    ZstdBytes(InputStream compressed) {
        this.compressed = Objects.requireNonNull(compressed, "compressed");
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    /** Fills the array as far as the file goes, as {@link GzipBytes} does. */
    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = 0;
        while (read < length && (out.hasRemaining() || decompress())) {
            int count = Math.min(length - read, out.remaining());
            out.get(bytes, offset + read, count);
            read += count;
        }
        return read == 0 && length > 0 ? -1 : read;
    }

    /** Decompresses at least one byte; false at the end of the file. */
    private boolean decompress() throws IOException {
        out.clear();
        while (out.position() == 0) {
            if (!in.hasRemaining() && !hasMore && !fill()) {
                out.flip();
                return false;
            }
            try {
                isBetweenFrames = decompressor.decompressDirectByteBufferStream(out, in);
            } catch (ZstdException e) {
                throw new CompressionDamageException(
                        false, "bytes that cannot be decompressed ('" + e.getMessage() + "')", EXPECTED, e);
            }
            hasMore = !isBetweenFrames && !out.hasRemaining();
        }
        out.flip();
        return true;
    }

    private boolean fill() throws IOException {
        int count = compressed.read(taken);
        if (count < 0) {
            if (!isBetweenFrames) {
                throw new CompressionDamageException(
                        true, "the end of the file within a Zstandard frame", EXPECTED, null);
            }
            return false;
        }
        in.clear();
        in.put(taken, 0, count).flip();
        return true;
    }

    @Override
    public void close() throws IOException {
        decompressor.close();
        compressed.close();
    }
}
