package io.hybridsnapshot.domain.codec;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A complete file of rows: the first {@code size} bytes of a local file. A trailer that is not part of the rows may
 * follow them. Immutable.
 *
 * @param file the local file
 * @param rowCount the rows in it
 * @param size bytes of the file of rows
 * @param uncompressedSize bytes of the encoded column chunks before compression
 * @param md5 lower-case hex MD5 of the file of rows, for readers that know nothing better
 * @param sha256 lower-case hex SHA-256 of the file of rows
 * @param trailer bytes of the local file behind the file of rows, for the use of the file's keeper; 0: none
 */
public record WrittenFile(
        Path file, long rowCount, long size, long uncompressedSize, String md5, String sha256, long trailer) {
    public WrittenFile {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(md5, "md5");
        Objects.requireNonNull(sha256, "sha256");
        if (trailer < 0) {
            throw new IllegalArgumentException("a trailer of " + trailer + " bytes");
        }
    }

    /** Makes a file without a trailer. */
    public WrittenFile(Path file, long rowCount, long size, long uncompressedSize, String md5, String sha256) {
        this(file, rowCount, size, uncompressedSize, md5, sha256, 0);
    }

    /** Returns how long the local file has to be, trailer included. */
    public long localSize() {
        return size + trailer;
    }

    /**
     * Opens the bytes of the file of rows, without a trailer. The caller compares {@link #localSize()} first, and
     * closes the stream.
     *
     * @throws IOException if the file cannot be opened
     */
    public InputStream openBytes() throws IOException {
        return new FirstBytes(Files.newInputStream(file), size);
    }
}
