package io.hybridsnapshot.app.encryption;

import io.hybridsnapshot.domain.codec.FileBytes;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.encryption.EncryptedFiles;
import io.hybridsnapshot.encryption.EncryptionKeys;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Files for people and other programs, which are never encrypted, whatever the archives are. Safe to share if its parts are. */
public final class PlainFiles {
    private static final int COPY_BYTES = 1 << 20;

    private final SnapshotCodec codec;
    private final Supplier<EncryptionKeys> keys;

    /**
     * Plain files of a codec.
     *
     * @param codec the codec without encryption
     * @param keys asked when an encrypted file is met
     */
    public PlainFiles(SnapshotCodec codec, Supplier<EncryptionKeys> keys) {
        this.codec = Objects.requireNonNull(codec, "codec");
        this.keys = Objects.requireNonNull(keys, "keys");
    }

    /** The codec without encryption. */
    public SnapshotCodec codec() {
        return codec;
    }

    /**
     * Puts the plain form of a stored file in a place, byte for byte as it was before it was encrypted; what is there is replaced when the new
     * file is whole, and nothing else is left.
     *
     * @param name what is stored, for messages: {@code archive 12}
     * @param fetch puts the stored file at a path, plain or encrypted
     * @throws SnapshotException as the fetch does; INVALID_REQUEST if the key is not at hand; CORRUPT if the file is damaged; UNAVAILABLE if
     *     the target cannot be written
     */
    public void put(String name, Consumer<Path> fetch, Path target) {
        Path absolute = target.toAbsolutePath();
        String passing = "." + absolute.getFileName() + "." + UUID.randomUUID();
        Path stored = absolute.resolveSibling(passing + ".stored");
        Path plain = absolute.resolveSibling(passing + ".part");
        try {
            try {
                fetch.accept(stored);
                decrypt(name, stored, plain);
                Files.move(plain, absolute, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(stored);
                Files.deleteIfExists(plain);
            }
        } catch (IOException e) {
            throw SnapshotException.unavailable("the file cannot be written")
                    .where(absolute.toString())
                    .actual(e)
                    .nextStep("check the directory's permissions and free space")
                    .cause(e)
                    .build();
        }
    }

    private void decrypt(String name, Path stored, Path plain) throws IOException {
        try (SeekableBytes bytes = EncryptedFiles.open(FileBytes.openCopy(stored, name), keys)) {
            // An encrypted file is always the longer one.
            if (bytes.length() < Files.size(stored)) {
                copy(bytes, plain);
                return;
            }
        }
        Files.move(stored, plain);
    }

    private static void copy(SeekableBytes bytes, Path file) throws IOException {
        byte[] buffer = new byte[COPY_BYTES];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (long position = 0; position < bytes.length(); ) {
                int count = (int) Math.min(buffer.length, bytes.length() - position);
                bytes.read(position, buffer, 0, count);
                out.write(buffer, 0, count);
                position += count;
            }
        }
    }
}
