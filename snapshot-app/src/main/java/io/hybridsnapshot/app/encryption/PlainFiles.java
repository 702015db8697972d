package io.hybridsnapshot.app.encryption;

import io.hybridsnapshot.app.output.PendingOutput;
import io.hybridsnapshot.domain.codec.FileBytes;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.error.FullDisk;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.encryption.EncryptedFiles;
import io.hybridsnapshot.encryption.EncryptionKeys;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Files for people and other programs. They are never encrypted, even if the archives are. Safe to share if its parts
 * are.
 */
public final class PlainFiles {
    private static final int COPY_BYTES = 1 << 20;

    private final SnapshotCodec codec;
    private final Supplier<EncryptionKeys> keys;
    private final boolean isFormatOfArchives;

    /**
     * Plain files of a codec.
     *
     * @param codec the codec without encryption
     * @param keys asked when an encrypted file is met
     */
    public PlainFiles(SnapshotCodec codec, Supplier<EncryptionKeys> keys) {
        this(codec, keys, true);
    }

    private PlainFiles(SnapshotCodec codec, Supplier<EncryptionKeys> keys, boolean isFormatOfArchives) {
        this.codec = Objects.requireNonNull(codec, "codec");
        this.keys = Objects.requireNonNull(keys, "keys");
        this.isFormatOfArchives = isFormatOfArchives;
    }

    /** Plain files of a codec, beside archives of another format. */
    public static PlainFiles ofOtherFormat(SnapshotCodec codec, Supplier<EncryptionKeys> keys) {
        return new PlainFiles(codec, keys, false);
    }

    /** Whether the plain form of an archived file is a file of this codec. */
    public boolean isFormatOfArchives() {
        return isFormatOfArchives;
    }

    /** The codec without encryption. */
    public SnapshotCodec codec() {
        return codec;
    }

    /**
     * Writes the plain form of a stored file into an output and ends the output. The plain form equals the file before
     * its encryption, byte for byte.
     *
     * @param name the stored file's name in messages: {@code archive 12}
     * @param fetch puts the stored file at a path, plain or encrypted
     * @return the number of bytes of the plain form
     * @throws SnapshotException as the fetch does; INVALID_REQUEST if the key is not available; CORRUPT if the file is
     *     damaged; UNAVAILABLE if the output cannot be written
     */
    public long put(String name, Consumer<Path> fetch, PendingOutput output) {
        Path stored = output.file();
        fetch.accept(stored);
        try (SeekableBytes bytes = EncryptedFiles.open(FileBytes.openCopy(stored, name), keys)) {
            // An encrypted file is always the longer one.
            if (bytes.length() < Files.size(stored)) {
                copy(bytes, output.second());
            }
        } catch (IOException e) {
            throw FullDisk.unwritable("the file cannot be written", stored, e)
                    .where(output.name())
                    .build();
        }
        return output.finish();
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
