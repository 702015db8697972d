package io.hybridsnapshot.postgres.archive;

import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;

/** Makes submissions of seeded bytes. */
final class Submissions {
    static final Instant DATE = Instant.parse("2026-03-01T06:00:00.123456Z");

    private Submissions() {}

    static byte[] bytes(long seed, int size) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static ArchiveSubmission of(Path directory, Instant date, byte[] bytes) {
        SnapshotId id = SnapshotId.random();
        Path file = directory.resolve(id + ".parquet");
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return of(
                id,
                date,
                new WrittenFile(file, 10, bytes.length, 2L * bytes.length, hex("MD5", bytes), hex("SHA-256", bytes)));
    }

    static ArchiveSubmission of(SnapshotId id, Instant date, WrittenFile file) {
        return ArchiveSubmission.builder(id, "ORDERS_UNIFIED", Partition.ALL, date, file)
                .sourceDatabase("ORDERS")
                .columnCount(7)
                .schemaHash("5c".repeat(32))
                .hashSpecId("hsr1")
                .fingerprint(new Fingerprint(file.sha256()))
                .tags(Map.of("kind", "test"))
                .build();
    }

    static String hex(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
