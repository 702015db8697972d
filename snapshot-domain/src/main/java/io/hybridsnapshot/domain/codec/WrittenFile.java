package io.hybridsnapshot.domain.codec;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A file of rows that is whole.
 *
 * @param file where it is
 * @param rowCount the rows in it
 * @param size bytes of the file
 * @param uncompressedSize bytes of the encoded column chunks before compression
 * @param md5 lower-case hex MD5 of the file, for readers that know nothing better
 * @param sha256 lower-case hex SHA-256 of the file
 */
public record WrittenFile(Path file, long rowCount, long size, long uncompressedSize, String md5, String sha256) {
    public WrittenFile {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(md5, "md5");
        Objects.requireNonNull(sha256, "sha256");
    }
}
