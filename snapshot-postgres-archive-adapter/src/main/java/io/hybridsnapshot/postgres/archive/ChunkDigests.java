package io.hybridsnapshot.postgres.archive;

import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.schema.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.stream.IntStream;

/** The digests of a file's chunks, as they are stored, and the digest over them. For one thread. */
final class ChunkDigests {
    private static final int PIECE_BYTES = 256 << 10;

    private final MessageDigest chunk = Sha256.digest();
    private final MessageDigest all = Sha256.digest();

    ChunkDigests() {}

    /** Adds the next chunk. Returns its SHA-256 as lower-case hexadecimal digits in ASCII. */
    byte[] add(byte[] bytes, int length) {
        chunk.update(bytes, 0, length);
        byte[] hex = hex(chunk.digest());
        all.update(hex);
        return hex;
    }

    /** Lower-case hex SHA-256 over the chunks' digests in order. */
    String ofAll() {
        return HexFormat.of().formatHex(all.digest());
    }

    /**
     * The result of {@link #ofAll} for all chunks of a file. Reads the file on all cores, because the chunks do not
     * depend on each other and nothing can be sent before the result is known.
     */
    static String of(WrittenFile file, int chunkBytes, int chunks) throws IOException {
        MessageDigest all = Sha256.digest();
        try (FileChannel channel = FileChannel.open(file.file(), StandardOpenOption.READ)) {
            IntStream.range(0, chunks)
                    .parallel()
                    .mapToObj(number -> ofChunk(
                            channel, (long) number * chunkBytes, Math.min((number + 1L) * chunkBytes, file.size())))
                    .forEachOrdered(all::update);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return HexFormat.of().formatHex(all.digest());
    }

    private static byte[] ofChunk(FileChannel channel, long start, long end) {
        MessageDigest digest = Sha256.digest();
        ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, end - start));
        try {
            for (long at = start; at < end; at += piece.limit()) {
                piece.clear().limit((int) Math.min(piece.capacity(), end - at));
                int read = channel.read(piece, at);
                if (read < 0) {
                    // Cut off meanwhile: the digests of the sent bytes tell.
                    break;
                }
                digest.update(piece.flip());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return hex(digest.digest());
    }

    private static byte[] hex(byte[] digest) {
        return HexFormat.of().formatHex(digest).getBytes(StandardCharsets.US_ASCII);
    }
}
