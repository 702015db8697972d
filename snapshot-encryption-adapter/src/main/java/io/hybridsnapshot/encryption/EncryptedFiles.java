package io.hybridsnapshot.encryption;

import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/** Encrypted files as plain ones, for callers that need the bytes and not the rows. Stateless. */
public final class EncryptedFiles {
    private static final String PAGE = "the documentation's page 'Encrypt archives' describes keysets";

    private EncryptedFiles() {}

    /**
     * The plain bytes of a file. A file without the header of an encrypted one is already plain and returned unchanged.
     * The keys are requested only for a file with that header. Only the segments that are read are fetched and
     * decrypted. The last segment always is, so opening detects a truncated file.
     *
     * @param bytes a whole file; closed with the result, also if opening fails
     * @return bytes that throw CORRUPT when a read meets damage; for one thread, as {@link SeekableBytes} are
     * @throws SnapshotException INVALID_REQUEST if the key is not available, naming it; CORRUPT if the file was cut or
     *     damaged
     */
    public static SeekableBytes open(SeekableBytes bytes, Supplier<EncryptionKeys> keys) {
        Objects.requireNonNull(keys, "keys");
        try {
            byte[] start = new byte[(int) Math.min(FileHeader.LENGTH, bytes.length())];
            bytes.read(0, start, 0, start.length);
            Optional<FileHeader> header = FileHeader.find(start, bytes);
            return header.isEmpty() ? bytes : DecryptedBytes.open(bytes, header.get(), key(header.get(), bytes, keys));
        } catch (RuntimeException | Error e) {
            try {
                bytes.close();
            } catch (RuntimeException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    private static ArchiveKey key(FileHeader header, SeekableBytes bytes, Supplier<EncryptionKeys> keys) {
        EncryptionKeys known = keys.get();
        return known.find(header.keyId())
                .orElseThrow(
                        () -> SnapshotException.invalidRequest("the file is encrypted with a key that is not at hand")
                                .where(bytes.description())
                                .actual(known)
                                .expected("key " + ArchiveKey.text(header.keyId()))
                                .nextStep(
                                        known.ids().isEmpty()
                                                ? "name the keyset that holds it; " + PAGE
                                                : "name the keyset that holds it, or add it to this one; " + PAGE)
                                .build());
    }

    static SnapshotException damaged(SeekableBytes bytes, String actual) {
        return SnapshotException.corrupt("an encrypted file is damaged")
                .where(bytes.description())
                .actual(actual)
                .nextStep("fetch it again, or restore it from a backup")
                .build();
    }
}
