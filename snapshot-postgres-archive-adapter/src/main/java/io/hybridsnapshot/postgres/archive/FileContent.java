package io.hybridsnapshot.postgres.archive;

import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Sha256;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file's bytes on their way to the server. The digests are computed from the bytes actually sent. Read once, in one
 * thread; the opener closes the stream.
 */
final class FileContent extends FilterInputStream {
    private final WrittenFile file;
    private final MessageDigest sha256 = Sha256.digest();
    private final MessageDigest md5 = md5();
    private long sent;

    private FileContent(WrittenFile file, InputStream in) {
        super(in);
        this.file = file;
    }

    /**
     * Opens a file.
     *
     * @throws SnapshotException INVALID_REQUEST if the file does not exist, CORRUPT if it has another size, UNAVAILABLE
     *     if it cannot be read
     */
    static FileContent open(WrittenFile file) {
        return new FileContent(file, bytes(file));
    }

    /** The bytes alone, for reading them before they are sent. Fails as {@link #open} does. */
    static InputStream bytes(WrittenFile file) {
        if (!Files.isRegularFile(file.file())) {
            throw SnapshotException.invalidRequest("the file to be archived is not there")
                    .where(file.file().toString())
                    .build();
        }
        try {
            long size = Files.size(file.file());
            if (size != file.localSize()) {
                throw SnapshotException.corrupt("the file to be archived has changed since it was written")
                        .where(file.file().toString())
                        .actual(size + " bytes")
                        .expected(file.localSize() + " bytes")
                        .nextStep("take the snapshot again")
                        .build();
            }
            return file.openBytes();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    @Override
    public int read() throws IOException {
        int value = in.read();
        if (value >= 0) {
            digest(new byte[] {(byte) value}, 0, 1);
        }
        return value;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int read = in.read(target, offset, length);
        if (read > 0) {
            digest(target, offset, read);
        }
        return read;
    }

    private void digest(byte[] bytes, int offset, int length) {
        sha256.update(bytes, offset, length);
        md5.update(bytes, offset, length);
        sent += length;
    }

    /**
     * Compares the sent bytes with the digests that the writer of the file reported.
     *
     * @throws SnapshotException CORRUPT if they differ
     */
    void requireDigests() {
        requireSame("bytes", Long.toString(sent), Long.toString(file.size()));
        requireSame("SHA-256", HexFormat.of().formatHex(sha256.digest()), file.sha256());
        requireSame("MD5", HexFormat.of().formatHex(md5.digest()), file.md5());
    }

    /**
     * Compares the digest of the sent chunks with the recorded one.
     *
     * @throws SnapshotException CORRUPT if they differ: the file was changed in between
     */
    void requireChunks(String sent, String recorded) {
        requireSame("SHA-256 of its chunks", sent, recorded);
    }

    private void requireSame(String what, String actual, String expected) {
        if (!actual.equals(expected)) {
            throw SnapshotException.corrupt("the file to be archived has changed since it was written")
                    .where(file.file().toString())
                    .actual(what + " " + actual)
                    .expected(expected)
                    .nextStep("take the snapshot again")
                    .build();
        }
    }

    static SnapshotException unreadable(WrittenFile file, IOException cause) {
        return SnapshotException.unavailable("the file to be archived cannot be read")
                .where(file.file().toString())
                .actual(cause)
                .nextStep("check the disk")
                .cause(cause)
                .build();
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no MD5", e);
        }
    }
}
