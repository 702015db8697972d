package io.hybridsnapshot.parquet;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import io.airlift.compress.lz4.Lz4Compressor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPOutputStream;
import org.apache.parquet.bytes.ByteBufferReleaser;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.xerial.snappy.Snappy;

/**
 * Compresses pages with the libraries themselves, because Parquet's own codecs are Hadoop's classes. For one thread;
 * {@link #release} frees native memory.
 */
final class PageCompressor implements BytesInputCompressor {
    private final CompressionCodecName name;
    private final int level;
    private final ZstdCompressCtx zstd;
    private final Lz4Compressor lz4;
    private byte[] out = new byte[1 << 16];

    PageCompressor(ParquetSettings settings) {
        this.name = name(settings);
        this.level = settings.level();
        this.zstd = settings.compression() == Compression.ZSTD ? new ZstdCompressCtx().setLevel(level) : null;
        this.lz4 = settings.compression() == Compression.LZ4_RAW ? new Lz4Compressor() : null;
    }

    /** Returns Parquet's name of a compression. */
    static CompressionCodecName name(ParquetSettings settings) {
        return CompressionCodecName.valueOf(settings.compression().name());
    }

    @Override
    public BytesInput compress(BytesInput bytes) throws IOException {
        if (name == CompressionCodecName.UNCOMPRESSED) {
            return bytes;
        }
        try (ByteBufferReleaser releaser = new ByteBufferReleaser(HeapByteBufferAllocator.getInstance())) {
            ByteBuffer buffer = bytes.toByteBuffer(releaser);
            return compress(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
        }
    }

    private BytesInput compress(byte[] in, int offset, int length) throws IOException {
        switch (name) {
            case ZSTD -> {
                reserve(Math.toIntExact(Zstd.compressBound(length)));
                return BytesInput.from(out, 0, zstd.compressByteArray(out, 0, out.length, in, offset, length));
            }
            case SNAPPY -> {
                reserve(Snappy.maxCompressedLength(length));
                return BytesInput.from(out, 0, Snappy.compress(in, offset, length, out, 0));
            }
            case LZ4_RAW -> {
                reserve(lz4.maxCompressedLength(length));
                return BytesInput.from(out, 0, lz4.compress(in, offset, length, out, 0, out.length));
            }
            case GZIP -> {
                ByteArrayOutputStream compressed = new ByteArrayOutputStream(length / 4 + 64);
                try (GZIPOutputStream gzip = new LeveledGzip(compressed, level)) {
                    gzip.write(in, offset, length);
                }
                return BytesInput.from(compressed.toByteArray());
            }
            default -> throw new IllegalStateException("no compressor for " + name);
        }
    }

    /** Returns how many bytes the array's first {@code length} bytes take compressed. */
    int sizeOf(byte[] in, int length) {
        if (length == 0 || name == CompressionCodecName.UNCOMPRESSED) {
            return length;
        }
        try {
            return Math.toIntExact(compress(in, 0, length).size());
        } catch (IOException e) {
            throw new IllegalStateException("a compressor of bytes in memory", e);
        }
    }

    private void reserve(int length) {
        if (length > out.length) {
            out = new byte[length];
        }
    }

    @Override
    public CompressionCodecName getCodecName() {
        return name;
    }

    @Override
    public void release() {
        if (zstd != null) {
            zstd.close();
        }
    }

    private static final class LeveledGzip extends GZIPOutputStream {
        LeveledGzip(ByteArrayOutputStream out, int level) throws IOException {
            super(out);
            def.setLevel(level);
        }
    }
}
