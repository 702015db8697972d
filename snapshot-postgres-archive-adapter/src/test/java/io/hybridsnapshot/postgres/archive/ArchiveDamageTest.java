package io.hybridsnapshot.postgres.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainLink;
import io.hybridsnapshot.domain.archive.Damage;
import io.hybridsnapshot.domain.archive.Damage.Kind;
import io.hybridsnapshot.domain.archive.RedactionSubmission;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Damage to stored bytes, done past every check. {@code findDamage} and the database's function both find it. */
class ArchiveDamageTest {
    private static final int SMALL = 100;

    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    private final PostgresArchiveStore store =
            new PostgresArchiveStore(PostgresArchiveSettings.of(DATABASE.settings()));
    private final PostgresArchiveStore chunked =
            new PostgresArchiveStore(new PostgresArchiveSettings(DATABASE.settings(), 1_000, 10_000));

    @TempDir
    private Path directory;

    private ArchiveId first;
    private ArchiveId second;
    private ArchiveId firstParts;
    private ArchiveId secondParts;

    @BeforeAll
    static void makeTables() {
        DATABASE.executeScript("ddl/tables/kestra/snapshot_archive_postgresql.sql");
    }

    @BeforeEach
    void storeFour() {
        DATABASE.execute("DELETE FROM snapshot_archive");
        first = stored(store, 1, SMALL);
        second = stored(store, 2, SMALL);
        firstParts = stored(chunked, 3, 35_000);
        secondParts = stored(chunked, 4, 35_000);
        for (ArchiveId id : List.of(first, second, firstParts, secondParts)) {
            assertEquals(Optional.empty(), store.findDamage(id));
        }
        assertInvalid(List.of());
    }

    private ArchiveId stored(PostgresArchiveStore to, int seed, int size) {
        return to.store(Submissions.of(directory, Submissions.DATE.plusSeconds(seed), Submissions.bytes(seed, size)))
                .id();
    }

    @Test
    void everyFlippedByteOfASmallArchiveIsFound() {
        for (int at = 0; at < SMALL; at++) {
            String flip = "UPDATE snapshot_archive SET parquet_data = set_byte(parquet_data, " + at
                    + ", get_byte(parquet_data, " + at + ") # 1) WHERE archive_id = " + first;
            DATABASE.execute(flip);
            assertDamage(first, Kind.DIGEST, "SHA-256 differs");
            DATABASE.execute(flip);
        }
        assertInvalid(List.of());
    }

    @Test
    void aFlippedByteOfAnyChunkIsFound() {
        for (int chunk = 0; chunk < 4; chunk++) {
            DATABASE.execute("UPDATE snapshot_archive_chunk SET data = overlay(data PLACING '\\x00112233' FROM 4321)"
                    + " WHERE archive_id = " + firstParts + " AND chunk_no = " + chunk);
            assertDamage(firstParts, Kind.DIGEST, "SHA-256 of chunk 0 differs");
        }
        assertInvalid(List.of(firstParts));
    }

    @Test
    void cutAndExtendedBytesAreFound() {
        for (String bytes : List.of("parquet_data || '\\x00'", "substring(parquet_data FOR 99)", "''")) {
            DATABASE.execute("UPDATE snapshot_archive SET parquet_data = " + bytes + " WHERE archive_id = " + first);
            assertDamage(first, Kind.SIZE, "bytes, expected 100");
        }
        DATABASE.execute("UPDATE snapshot_archive SET parquet_size = NULL WHERE archive_id = " + first);
        assertDamage(first, Kind.DIGEST, "SHA-256 differs");

        DATABASE.execute("UPDATE snapshot_archive_chunk SET data = substring(data FOR 4999) WHERE chunk_no = 3"
                + " AND archive_id = " + firstParts);
        assertDamage(firstParts, Kind.SIZE, "34999 bytes, expected 35000; SHA-256 of chunk 3 differs");
        DATABASE.execute("UPDATE snapshot_archive_chunk SET data = substring(data FOR 9999), sha256 ="
                + " encode(sha256(substring(data FOR 9999)), 'hex') WHERE chunk_no = 1 AND archive_id = "
                + secondParts);
        assertDamage(secondParts, Kind.SIZE, "34999 bytes, expected 35000; size of chunk 1 differs");
        assertInvalid(List.of(first, firstParts, secondParts));
    }

    @Test
    void bytesSwappedBetweenArchivesAreFound() {
        DATABASE.execute("UPDATE snapshot_archive a SET parquet_data = b.parquet_data FROM snapshot_archive b WHERE"
                + " (a.archive_id, b.archive_id) IN ((" + first + ", " + second + "), (" + second + ", " + first
                + "))");
        assertDamage(first, Kind.DIGEST, "SHA-256 differs");
        assertDamage(second, Kind.DIGEST, "SHA-256 differs");
        assertInvalid(List.of(first, second));
    }

    @Test
    void filesSwappedWithTheirDigestsAreFoundByTheirRecords() {
        DATABASE.execute(
                "UPDATE snapshot_archive a SET parquet_data = b.parquet_data, sha256 = b.sha256, file_checksum ="
                        + " b.file_checksum, fingerprint = b.fingerprint FROM snapshot_archive b WHERE"
                        + " (a.archive_id, b.archive_id) IN ((" + first + ", " + second + "), (" + second + ", " + first
                        + "))");
        assertEquals(Optional.empty(), store.findDamage(first), "the bytes are those that the record names");
        assertInvalid(List.of(first, second));
    }

    @Test
    void chunksWhoseDigestOfDigestsWasTakenAwayAreFound() {
        DATABASE.execute("UPDATE snapshot_archive SET chunks_sha256 = NULL WHERE archive_id = " + firstParts);
        assertDamage(firstParts, Kind.CHUNKS, "the chunks are not those that were stored");
    }

    @Test
    void aRecordWithoutItsDigestsIsReadAsOneThatNoDigestAgreesWith() {
        DATABASE.execute(
                "UPDATE snapshot_archive SET record_digest = NULL, previous_digest = NULL WHERE archive_id = " + first);
        ChainLink link = store.find(first).orElseThrow().link().orElseThrow();
        assertEquals("", link.digest());
        assertEquals("", link.previousDigest());
        assertInvalid(List.of(first, second));
    }

    @Test
    void chunksSwappedBetweenArchivesAreFound() {
        // As they are, and their own digests with them.
        DATABASE.execute(
                "UPDATE snapshot_archive_chunk a SET data = b.data, sha256 = b.sha256 FROM snapshot_archive_chunk b"
                        + " WHERE a.chunk_no = 2 AND b.chunk_no = 2 AND a.archive_id <> b.archive_id");
        assertDamage(firstParts, Kind.CHUNKS, "the chunks are not those that were stored");
        assertDamage(secondParts, Kind.CHUNKS, "the chunks are not those that were stored");
        assertInvalid(List.of(firstParts, secondParts));
    }

    @Test
    void chunksInAnotherOrderAreFound() {
        DATABASE.execute(
                "UPDATE snapshot_archive_chunk a SET data = b.data, sha256 = b.sha256 FROM snapshot_archive_chunk b"
                        + " WHERE a.archive_id = " + firstParts + " AND b.archive_id = " + firstParts
                        + " AND a.chunk_no IN (0, 1) AND b.chunk_no = 1 - a.chunk_no");
        assertDamage(firstParts, Kind.CHUNKS, "the chunks are not those that were stored");
        assertInvalid(List.of(firstParts));
    }

    @Test
    void missingAndStrangeChunksAreFound() {
        DATABASE.execute("DELETE FROM snapshot_archive_chunk WHERE chunk_no = 3 AND archive_id = " + firstParts);
        assertDamage(firstParts, Kind.CHUNKS, "30000 bytes, expected 35000; 3 chunks, expected 4");
        DATABASE.execute(
                "UPDATE snapshot_archive_chunk SET chunk_no = -1 WHERE chunk_no = 0 AND archive_id = " + secondParts);
        assertDamage(secondParts, Kind.CHUNKS, "4 chunks, expected 4");
        DATABASE.execute("INSERT INTO snapshot_archive_chunk VALUES (" + first + ", 0, 'x', '\\x01')");
        assertDamage(first, Kind.CHUNKS, "both chunks and parquet_data hold bytes");
        DATABASE.execute("DELETE FROM snapshot_archive_chunk WHERE archive_id = " + secondParts);
        assertDamage(secondParts, Kind.CHUNKS, "0 bytes, expected 35000; 0 chunks, expected 4");
        assertInvalid(List.of(first, firstParts, secondParts));
    }

    @Test
    void readingAnArchiveWithoutOneOfItsChunksFindsItCorrupt() {
        for (int chunk : List.of(0, 1, 3)) {
            ArchiveId id = stored(chunked, 10 + chunk, 35_000);
            DATABASE.execute(
                    "DELETE FROM snapshot_archive_chunk WHERE chunk_no = " + chunk + " AND archive_id = " + id);
            SnapshotException corrupt = assertThrows(SnapshotException.class, () -> read(id));
            assertEquals(SnapshotException.Kind.CORRUPT, corrupt.kind(), corrupt.getMessage());
            assertTrue(
                    corrupt.getMessage().contains("archive " + id)
                            && corrupt.getMessage().contains("chunk " + chunk + " is not there"),
                    corrupt.getMessage());
            DATABASE.execute("DELETE FROM snapshot_archive WHERE archive_id = " + id);
        }
    }

    @Test
    void readingAChunkOfAnotherSizeFindsItCorrupt() {
        for (String data : List.of("substring(data from 1 for 9999)", "data || '\\x00'::bytea")) {
            ArchiveId id = stored(chunked, data.length(), 35_000);
            DATABASE.execute(
                    "UPDATE snapshot_archive_chunk SET data = " + data + " WHERE chunk_no = 1 AND archive_id = " + id);
            SnapshotException corrupt = assertThrows(SnapshotException.class, () -> read(id));
            assertEquals(SnapshotException.Kind.CORRUPT, corrupt.kind(), corrupt.getMessage());
            assertTrue(corrupt.getMessage().contains("bytes from 10000"), corrupt.getMessage());
            DATABASE.execute("DELETE FROM snapshot_archive WHERE archive_id = " + id);
        }
    }

    @Test
    void anArchiveThatIsRemovedWhileItIsReadIsAConflict() {
        try (SeekableBytes opened = store.open(firstParts)) {
            DATABASE.execute("DELETE FROM snapshot_archive WHERE archive_id = " + firstParts);
            SnapshotException conflict =
                    assertThrows(SnapshotException.class, () -> opened.read(0, new byte[10], 0, 10));
            assertEquals(SnapshotException.Kind.CONFLICT, conflict.kind(), conflict.getMessage());
        }
    }

    @Test
    void readingAChunkedArchiveThatDoesNotSayItsSizeFindsItCorrupt() {
        DATABASE.execute("UPDATE snapshot_archive SET parquet_size = NULL WHERE archive_id = " + firstParts);
        SnapshotException corrupt = assertThrows(SnapshotException.class, () -> read(firstParts));
        assertEquals(SnapshotException.Kind.CORRUPT, corrupt.kind(), corrupt.getMessage());
    }

    @Test
    void aRecordWithoutDigestsCannotBeChecked() {
        DATABASE.execute("UPDATE snapshot_archive SET sha256 = NULL, file_checksum = NULL WHERE archive_id = " + first);
        assertDamage(first, Kind.NO_DIGEST, "no checksum is stored");
        DATABASE.execute("UPDATE snapshot_archive SET file_checksum = 'x' WHERE archive_id = " + first);
        assertDamage(first, Kind.DIGEST, "MD5 differs");
    }

    @Test
    void aRedactedFileIsCheckedByItsOwnDigestsWhicheverWayItIsKept() {
        for (ArchiveId id : List.of(first, firstParts)) {
            for (int size : List.of(24_000, 50, 11_111, 22_222)) {
                ArchivedSnapshot before = store.find(id).orElseThrow();
                byte[] bytes = Submissions.bytes(size, size);
                WrittenFile file =
                        Submissions.of(directory, Submissions.DATE, bytes).file();
                chunked.redact(new RedactionSubmission(
                        id,
                        before.link().orElseThrow().digest(),
                        file,
                        Optional.of(new Fingerprint(file.sha256())),
                        1,
                        "request"));
                assertEquals(Optional.empty(), store.findDamage(id));
                assertArrayEquals(bytes, read(id));
                assertEquals(
                        List.of(size > 1_000 ? "0|10000|t" : size + "|null|f"),
                        DATABASE.rows("SELECT octet_length(parquet_data), chunk_bytes, chunks_sha256 IS NOT NULL FROM"
                                + " snapshot_archive WHERE archive_id = " + id));
            }
            DATABASE.execute("UPDATE snapshot_archive_chunk SET data = overlay(data PLACING '\\x00112233' FROM 321)"
                    + " WHERE chunk_no = 1 AND archive_id = " + id);
            assertDamage(id, Kind.DIGEST, "SHA-256 of chunk 1 differs");
        }
        assertInvalid(List.of(first, firstParts));
    }

    private byte[] read(ArchiveId id) {
        try (SeekableBytes opened = store.open(id)) {
            byte[] bytes = new byte[Math.toIntExact(opened.length())];
            opened.read(0, bytes, 0, bytes.length);
            return bytes;
        }
    }

    private void assertDamage(ArchiveId id, Kind kind, String detail) {
        Damage damage = store.findDamage(id).orElseThrow();
        assertEquals(kind, damage.kind(), damage::toString);
        assertTrue(damage.detail().contains(detail), damage::toString);
        List<String> told =
                DATABASE.rows("SELECT is_valid, validation_error FROM validate_archive_integrity(" + id + ")");
        assertEquals(1, told.size());
        assertTrue(told.get(0).startsWith("f|" + damage.detail()), told::toString);
    }

    private static void assertInvalid(List<ArchiveId> expected) {
        assertEquals(
                expected.stream().map(ArchiveId::toString).toList(),
                DATABASE.rows("SELECT archive_id FROM validate_archive_integrity() WHERE NOT is_valid ORDER BY 1"));
    }
}
