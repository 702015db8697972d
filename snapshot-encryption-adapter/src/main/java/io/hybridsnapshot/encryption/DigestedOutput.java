package io.hybridsnapshot.encryption;

import io.hybridsnapshot.domain.schema.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A file that is digested while it is written; closing it forces it to the disk. One thread. */
final class DigestedOutput extends OutputStream {
    private final FileChannel channel;
    // MD5 serves existing readers of the archive, which have always checked it. Integrity rests on SHA-256.
    private final MessageDigest md5 = md5Digest();
    private final MessageDigest sha256 = Sha256.digest();
    private long size;

    DigestedOutput(FileChannel channel) {
        this.channel = channel;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        md5.update(bytes, offset, length);
        sha256.update(bytes, offset, length);
        ByteBuffer source = ByteBuffer.wrap(bytes, offset, length);
        while (source.hasRemaining()) {
            channel.write(source);
        }
        size += length;
    }

    @Override
    public void close() throws IOException {
        if (channel.isOpen()) {
            try (channel) {
                channel.force(true);
            }
        }
    }

    long size() {
        return size;
    }

    /** In lower-case hex; to be asked once. */
    String md5() {
        return HexFormat.of().formatHex(md5.digest());
    }

    /** In lower-case hex; to be asked once. */
    String sha256() {
        return HexFormat.of().formatHex(sha256.digest());
    }

    private static MessageDigest md5Digest() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no MD5", e);
        }
    }
}
