package io.hybridsnapshot.parquet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A file that is digested while it is written, since Parquet writers never seek back. The bytes after the row groups
 * are held back until the file is closed. Closing seals the footer and forces the file to the disk. For one thread.
 */
final class DigestedFile extends PositionOutputStream implements OutputFile {
    private final Path file;
    private final FileChannel channel;
    private final MessageDigest md5 = digest("MD5");
    private final MessageDigest sha256 = digest("SHA-256");
    private final byte[] buffer = new byte[1 << 18];
    private int buffered;
    private long position;
    private @Nullable ByteArrayOutputStream tail;

    DigestedFile(Path file) throws IOException {
        this.file = file;
        this.channel = FileChannel.open(
                file, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
    }

    @Override
    public long getPos() {
        return position;
    }

    @Override
    public void write(int value) throws IOException {
        if (buffered == buffer.length) {
            flush();
        }
        buffer[buffered++] = (byte) value;
        position++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (length > buffer.length - buffered) {
            flush();
        }
        if (length > buffer.length) {
            writeThrough(bytes, offset, length);
        } else {
            System.arraycopy(bytes, offset, buffer, buffered, length);
            buffered += length;
        }
        position += length;
    }

    @Override
    public void flush() throws IOException {
        int count = buffered;
        buffered = 0;
        writeThrough(buffer, 0, count);
    }

    /** Holds back all further bytes: indexes and the footer, which {@link #close} seals. */
    void holdTail() throws IOException {
        flush();
        tail = new ByteArrayOutputStream();
    }

    private void writeSealed(byte[] held) throws IOException {
        int end = held.length - ParquetFile.TRAILER_BYTES;
        int footer = end - Bytes.intAt(held, end);
        byte[] seal = FooterSeal.of(held, footer, end);
        writeThrough(held, 0, footer);
        writeThrough(seal, 0, seal.length);
        writeThrough(held, footer, held.length - footer);
        position += seal.length;
    }

    private void writeThrough(byte[] bytes, int offset, int length) throws IOException {
        if (tail != null) {
            tail.write(bytes, offset, length);
            return;
        }
        md5.update(bytes, offset, length);
        sha256.update(bytes, offset, length);
        ByteBuffer source = ByteBuffer.wrap(bytes, offset, length);
        while (source.hasRemaining()) {
            channel.write(source);
        }
    }

    @Override
    public void close() throws IOException {
        if (channel.isOpen()) {
            try (channel) {
                flush();
                if (tail != null) {
                    byte[] held = tail.toByteArray();
                    tail = null;
                    writeSealed(held);
                }
                channel.force(true);
            }
        }
    }

    /** Closes the file and discards the bytes not yet written. */
    void abandon() throws IOException {
        channel.close();
    }

    /** The MD5 of the whole file in lower-case hex. Call once, after closing the file. */
    String md5() {
        return HexFormat.of().formatHex(md5.digest());
    }

    /** The SHA-256 of the whole file in lower-case hex. Call once, after closing the file. */
    String sha256() {
        return HexFormat.of().formatHex(sha256.digest());
    }

    @Override
    public PositionOutputStream create(long blockSizeHint) {
        return this;
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSizeHint) {
        return this;
    }

    @Override
    public boolean supportsBlockSize() {
        return false;
    }

    @Override
    public long defaultBlockSize() {
        return 0;
    }

    @Override
    public String getPath() {
        return file.toString();
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + algorithm, e);
        }
    }
}
