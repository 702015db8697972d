package io.hybridsnapshot.postgres.archive;

import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.schema.Sha256;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.postgres.connection.HeapWatch;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;

/**
 * Sends a file of made-up bytes to the archive and reads it back whole, as a load does. Nothing here holds more than a piece of it. It is
 * also a program, so that a test can run it in a heap that is far smaller than the file.
 */
final class LargeFile {
    private static final int PIECE = 1 << 20;

    /** What came of a file: how long each way took in milliseconds. */
    record Times(long stored, long read) {}

    private LargeFile() {}

    /**
     * Arguments: host, port, database, user, password, a directory, the bytes of the file, and the inline limit in bytes. Ends with an exception
     * where what comes back is not what was sent.
     */
    public static void main(String[] arguments) throws Exception {
        PostgresSettings settings = PostgresSettings.of(
                arguments[0], Integer.parseInt(arguments[1]), arguments[2], arguments[3], arguments[4]);
        try (HeapWatch heap = new HeapWatch()) {
            PostgresArchiveSettings archive =
                    new PostgresArchiveSettings(settings, Long.parseLong(arguments[7]), 1 << 20);
            thereAndBack(new PostgresArchiveStore(archive), Path.of(arguments[5]), Long.parseLong(arguments[6]));
            System.out.println("came back; " + heap);
        }
    }

    /** Stores a file of so many bytes, which is deleted at the end, and reads it in pieces of 1 MiB. */
    static Times thereAndBack(PostgresArchiveStore store, Path directory, long size) throws IOException {
        SnapshotId id = SnapshotId.random();
        Path path = directory.resolve(id + ".parquet");
        try {
            WrittenFile file = write(path, size);
            ArchiveSubmission submission = Submissions.of(id, Submissions.DATE.plusNanos(size * 1_000), file);
            long start = System.nanoTime();
            ArchiveId archive = store.store(submission).id();
            long stored = System.nanoTime();
            requireSame(store, archive, file);
            return new Times((stored - start) / 1_000_000, (System.nanoTime() - stored) / 1_000_000);
        } finally {
            Files.deleteIfExists(path);
        }
    }

    private static WrittenFile write(Path path, long size) throws IOException {
        MessageDigest sha256 = Sha256.digest();
        MessageDigest md5 = md5();
        Random random = new Random(size);
        byte[] piece = new byte[PIECE];
        try (OutputStream out = Files.newOutputStream(path)) {
            for (long left = size; left > 0; left -= Math.min(left, PIECE)) {
                random.nextBytes(piece);
                int count = (int) Math.min(left, PIECE);
                sha256.update(piece, 0, count);
                md5.update(piece, 0, count);
                out.write(piece, 0, count);
            }
        }
        return new WrittenFile(path, 10, size, 2 * size, hex(md5), hex(sha256));
    }

    private static void requireSame(PostgresArchiveStore store, ArchiveId id, WrittenFile file) {
        MessageDigest sha256 = Sha256.digest();
        byte[] piece = new byte[PIECE];
        try (SeekableBytes opened = store.open(id)) {
            if (opened.length() != file.size()) {
                throw new AssertionError(opened.length() + " bytes, expected " + file.size());
            }
            for (long at = 0; at < file.size(); at += PIECE) {
                int count = (int) Math.min(PIECE, file.size() - at);
                opened.read(at, piece, 0, count);
                sha256.update(piece, 0, count);
            }
        }
        if (!hex(sha256).equals(file.sha256())) {
            throw new AssertionError("other bytes came back");
        }
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
