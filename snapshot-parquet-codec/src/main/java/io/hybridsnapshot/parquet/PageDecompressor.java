package io.hybridsnapshot.parquet;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import io.airlift.compress.lz4.Lz4Decompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.ParquetDecodingException;
import org.jspecify.annotations.Nullable;
import org.xerial.snappy.Snappy;

/**
 * Decompresses pages with the libraries themselves, because Parquet's own codecs are Hadoop's classes. A page with an
 * impossible claimed size is refused before memory is allocated for it. For one thread; {@link #close} frees native
 * memory.
 */
final class PageDecompressor implements AutoCloseable {
    // The most bytes that one compressed byte can stand for. A DEFLATE match of 258 bytes takes at least 2 bits. An LZ4
    // length byte stands for 255 bytes. A Snappy copy of 64 bytes takes 3. A Zstandard block of 128 KiB takes at least
    // 3 and its header.
    private static final int MAX_GZIP_RATIO = 1_032;
    private static final int MAX_LZ4_RATIO = 255;
    private static final int MAX_ZSTD_RATIO = (128 << 10) / 3;
    private static final int SMALL = 1 << 16;

    private @Nullable ZstdDecompressCtx zstd;
    private @Nullable Lz4Decompressor lz4;

    /** Whether pages of this codec can be read. */
    static boolean supports(CompressionCodecName codec) {
        return switch (codec) {
            case UNCOMPRESSED, ZSTD, SNAPPY, GZIP, LZ4_RAW -> true;
            default -> false;
        };
    }

    /** Refuses a claimed size that the compressed bytes cannot hold. */
    static void requirePlausible(CompressionCodecName codec, byte[] in, int offset, int length, int size)
            throws IOException {
        boolean plausible = switch (codec) {
            case UNCOMPRESSED -> size == length;
            case ZSTD -> plausibleZstd(in, offset, length, size);
            case SNAPPY -> Snappy.uncompressedLength(in, offset, length) == size;
            case GZIP -> size <= SMALL + (long) length * MAX_GZIP_RATIO;
            case LZ4_RAW -> size <= SMALL + (long) length * MAX_LZ4_RATIO;
            default -> throw new ParquetDecodingException("no decompressor for " + codec);
        };
        if (!plausible) {
            throw new ParquetDecodingException(length + " bytes of " + codec + " that claim to be " + size);
        }
    }

    private static boolean plausibleZstd(byte[] in, int offset, int length, int size) {
        long known = Zstd.getFrameContentSize(in, offset, length);
        return known > 0
                ? known <= size && (known == size || size <= SMALL + (long) length * MAX_ZSTD_RATIO)
                : size <= SMALL + (long) length * MAX_ZSTD_RATIO;
    }

    /** Decompresses into exactly {@code size} bytes. */
    void decompress(CompressionCodecName codec, byte[] in, int offset, int length, byte[] out, int at, int size)
            throws IOException {
        int made = switch (codec) {
            case UNCOMPRESSED -> {
                System.arraycopy(in, offset, out, at, length);
                yield length;
            }
            case ZSTD -> {
                if (zstd == null) {
                    zstd = new ZstdDecompressCtx();
                }
                yield zstd.decompressByteArray(out, at, size, in, offset, length);
            }
            case SNAPPY -> {
                // The length was compared with the header's, so the output ends at the right place.
                yield Snappy.uncompress(in, offset, length, out, at);
            }
            case GZIP -> gunzip(in, offset, length, out, at, size);
            case LZ4_RAW -> {
                if (lz4 == null) {
                    lz4 = new Lz4Decompressor();
                }
                yield lz4.decompress(in, offset, length, out, at, size);
            }
            default -> throw new ParquetDecodingException("no decompressor for " + codec);
        };
        if (made != size) {
            throw new ParquetDecodingException(made + " bytes decompressed, expected " + size);
        }
    }

    private static int gunzip(byte[] in, int offset, int length, byte[] out, int at, int size) throws IOException {
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(in, offset, length))) {
            int made = gzip.readNBytes(out, at, size);
            return gzip.read() < 0 ? made : made + 1;
        }
    }

    @Override
    public void close() {
        if (zstd != null) {
            zstd.close();
            zstd = null;
        }
    }
}
