package io.hybridsnapshot.encryption;

import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The beginning of an encrypted file, big-endian: 8 bytes that identify the format, its version (one byte, 1), three
 * zero bytes, the key's id (4 bytes), and the CRC-32 of all that (4 bytes). The CRC distinguishes damage from a missing
 * key. The header is the associated data of the encryption: bytes that follow another header do not decrypt.
 *
 * @param keyId the id of the key that encrypts the file
 */
record FileHeader(int keyId) {
    static final int LENGTH = 20;

    private static final int CHECKED_LENGTH = 16;
    private static final int VERSION = 1;
    /** Not ASCII and with both kinds of line break, so that no text begins so, and a transfer as text is found. */
    private static final byte[] MAGIC = {(byte) 0x89, 'H', 'S', 'E', 'N', 'C', '\r', '\n'};

    byte[] bytes() {
        ByteBuffer header = ByteBuffer.allocate(LENGTH);
        header.put(MAGIC).putInt(VERSION << 24).putInt(keyId);
        return header.putInt(crc(header.array())).array();
    }

    /**
     * The header of a file, unless it is a plain one.
     *
     * @param start the file's first {@link #LENGTH} bytes, or all bytes of a shorter file
     * @throws SnapshotException CORRUPT if the header is damaged or cut, INVALID_REQUEST if it is of a later version
     */
    static Optional<FileHeader> find(byte[] start, SeekableBytes bytes) {
        if (start.length < MAGIC.length || !Arrays.equals(MAGIC, 0, MAGIC.length, start, 0, MAGIC.length)) {
            return Optional.empty();
        }
        ByteBuffer header = ByteBuffer.wrap(start);
        if (start.length < LENGTH || header.getInt(CHECKED_LENGTH) != crc(start)) {
            throw EncryptedFiles.damaged(bytes, "a header that is not whole");
        }
        int version = header.getInt(MAGIC.length);
        if (version != VERSION << 24) {
            throw SnapshotException.invalidRequest("the file is encrypted in a way that this program does not know")
                    .where(bytes.description())
                    .actual("version " + (version >>> 24))
                    .expected("version " + VERSION)
                    .nextStep("read it with the program that wrote it, or a newer one")
                    .build();
        }
        return Optional.of(new FileHeader(header.getInt(MAGIC.length + Integer.BYTES)));
    }

    private static int crc(byte[] header) {
        CRC32 crc = new CRC32();
        crc.update(header, 0, CHECKED_LENGTH);
        return (int) crc.getValue();
    }
}
