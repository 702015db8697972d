package io.hybridsnapshot.encryption;

import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.security.GeneralSecurityException;

/**
 * The plain bytes of an encrypted file. A read fetches all segments in its range in one piece, up to a bound, and
 * decrypts them. The last decrypted segment is kept. For one thread; owns the encrypted bytes.
 */
final class DecryptedBytes implements SeekableBytes {
    /** A read that touches more is done in several, so that the encrypted bytes held are bounded. */
    private static final int MAX_READ_BYTES = 4 << 20;

    private final SeekableBytes encrypted;
    private final ArchiveKey key;
    private final EncryptedChannel source;
    private final SeekableByteChannel plain;
    private final long length;

    private DecryptedBytes(
            SeekableBytes encrypted, ArchiveKey key, EncryptedChannel source, SeekableByteChannel plain, long length) {
        this.encrypted = encrypted;
        this.key = key;
        this.source = source;
        this.plain = plain;
        this.length = length;
    }

    /**
     * Opens the file and decrypts its last segment, the only one marked as the last. On failure the caller closes the
     * bytes.
     */
    static DecryptedBytes open(SeekableBytes encrypted, FileHeader header, ArchiveKey key) {
        EncryptedChannel source = new EncryptedChannel(encrypted, FileHeader.LENGTH, key.startBytes());
        long length = key.plainLength(source.size());
        if (length < 0) {
            throw EncryptedFiles.damaged(encrypted, encrypted.length() + " bytes, too few to be whole");
        }
        try {
            SeekableByteChannel plain = key.cipher().newSeekableDecryptingChannel(source, header.bytes());
            DecryptedBytes opened = new DecryptedBytes(encrypted, key, source, plain, length);
            opened.verifyEnd();
            return opened;
        } catch (IOException | GeneralSecurityException e) {
            throw undecipherable(encrypted, key, e);
        }
    }

    private void verifyEnd() throws IOException {
        long last = Math.max(0, length - 1);
        source.fetch(key.segmentStart(last), key.segmentEnd(last));
        plain.position(last);
        // One byte, if there is one. The end of an empty file is verified in the same way.
        int read = plain.read(ByteBuffer.allocate(1));
        if (read != (length == 0 ? -1 : 1)) {
            throw new IOException("the last segment is not whole");
        }
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public void read(long position, byte[] target, int offset, int count) {
        if (position < 0 || count > length - position) {
            throw SnapshotException.corrupt("the decrypted file ends too early")
                    .where(description())
                    .actual(length + " bytes")
                    .expected("at least " + (position + count))
                    .nextStep("fetch it again, or restore it from a backup")
                    .build();
        }
        try {
            for (int done = 0; done < count; ) {
                int part = Math.min(count - done, MAX_READ_BYTES);
                read(position + done, ByteBuffer.wrap(target, offset + done, part));
                done += part;
            }
        } catch (IOException e) {
            throw undecipherable(encrypted, key, e);
        }
    }

    private void read(long position, ByteBuffer target) throws IOException {
        if (!target.hasRemaining()) {
            return;
        }
        source.fetch(key.segmentStart(position), key.segmentEnd(position + target.remaining() - 1));
        plain.position(position);
        while (target.hasRemaining()) {
            if (plain.read(target) < 0) {
                throw new IOException("the segments end too early");
            }
        }
    }

    private static SnapshotException undecipherable(SeekableBytes encrypted, ArchiveKey key, Exception cause) {
        return SnapshotException.corrupt("an encrypted file is damaged")
                .where(encrypted.description())
                .actual("bytes that were not written with key " + ArchiveKey.text(key.id()))
                .nextStep("fetch it again, or restore it from a backup; if no file of this key can be read, the"
                        + " keyset holds another key under its number")
                .cause(cause)
                .build();
    }

    @Override
    public String description() {
        return encrypted.description();
    }

    @Override
    public void close() {
        encrypted.close();
    }
}
