package io.hybridsnapshot.postgres.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.Hold;
import io.hybridsnapshot.domain.archive.RedactionSubmission;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import io.hybridsnapshot.postgres.connection.TestServer;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class PostgresArchiveStoreTest {
    static final String EXISTING_INSERT = "INSERT INTO snapshot_archive (snapshot_date, customer_filter, batch_id,"
            + " records_count, source_database, source_table, parquet_data, parquet_size, compression_ratio,"
            + " original_columns, schema_hash, file_checksum, tags) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
            + " ?::jsonb) RETURNING archive_id";

    static final String EXISTING_READ =
            "SELECT parquet_data, schema_hash, file_checksum FROM snapshot_archive WHERE archive_id = ?";

    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    @TempDir
    private Path directory;

    @BeforeAll
    static void makeTables() {
        DATABASE.executeScript("ddl/tables/kestra/snapshot_archive_postgresql.sql");
    }

    @BeforeEach
    void empty() {
        DATABASE.execute("UPDATE snapshot_archive SET hold_reason = NULL; DELETE FROM snapshot_archive");
    }

    @Test
    void theExistingReaderGetsTheFileAndItsMd5() throws Exception {
        byte[] bytes = Submissions.bytes(1, 300_000);
        ArchivedSnapshot stored = store().store(Submissions.of(directory, Submissions.DATE, bytes));

        try (PostgresSession session = session();
                PreparedStatement read = session.connection().prepareStatement(EXISTING_READ)) {
            read.setLong(1, stored.id().value());
            try (ResultSet row = read.executeQuery()) {
                assertTrue(row.next());
                assertArrayEquals(bytes, row.getBytes(1));
                assertEquals("5c".repeat(32), row.getString(2));
                assertEquals(Submissions.hex("MD5", bytes), row.getString(3));
            }
        }
        assertEquals(
                List.of("0.50|postgres|true"),
                DATABASE
                        .rows("SELECT compression_ratio, created_by, abs(extract(epoch FROM created_at - (now() AT TIME"
                                + " ZONE 'UTC'))) < 60 AS fresh FROM snapshot_archive")
                        .stream()
                        .map(row -> row.replace("|t", "|true"))
                        .toList());
    }

    @Test
    void aFileThatTookTheArchivesPlaceIsNotReadAsThatOne() throws Exception {
        byte[] bytes = Submissions.bytes(3, 300_000);
        int second = 0;
        for (PostgresArchiveStore store : List.of(store(), chunked())) {
            ArchivedSnapshot stored =
                    store.store(Submissions.of(directory, Submissions.DATE.plusSeconds(second++), bytes));
            try (SeekableBytes opened = store.open(stored.id())) {
                opened.read(0, new byte[10], 0, 10);
                DATABASE.execute(
                        "UPDATE snapshot_archive SET sha256 = repeat('0', 64) WHERE archive_id = " + stored.id());
                SnapshotException error =
                        assertThrows(SnapshotException.class, () -> opened.read(200_000, new byte[10], 0, 10));
                assertEquals(SnapshotException.Kind.CONFLICT, error.kind());
            }
        }
    }

    @Test
    void aChainThatSomebodyElseKeepsLockedIsGivenUpAfterAWhile() throws Exception {
        store().store(Submissions.of(directory, Submissions.DATE, Submissions.bytes(4, 100)));
        PostgresArchiveStore impatient = new PostgresArchiveStore(
                PostgresArchiveSettings.of(DATABASE.settings()), FetchListener.NONE, Duration.ofMillis(200));
        try (PostgresSession other = session()) {
            other.connection().setAutoCommit(false);
            other.connection().createStatement().execute("SELECT 1 FROM snapshot_archive_chain FOR UPDATE");
            SnapshotException error = assertThrows(
                    SnapshotException.class,
                    () -> impatient.store(
                            Submissions.of(directory, Submissions.DATE.plusSeconds(1), Submissions.bytes(5, 100))));
            assertEquals(SnapshotException.Kind.CONFLICT, error.kind());
        }
    }

    @Test
    void theExistingReaderNeverTakesAChunkedFileForWhole() throws Exception {
        byte[] bytes = Submissions.bytes(2, 300_000);
        ArchivedSnapshot stored = chunked().store(Submissions.of(directory, Submissions.DATE, bytes));

        try (PostgresSession session = session();
                PreparedStatement read = session.connection().prepareStatement(EXISTING_READ)) {
            read.setLong(1, stored.id().value());
            try (ResultSet row = read.executeQuery()) {
                assertTrue(row.next());
                assertEquals(0, row.getBytes(1).length);
                assertEquals(Submissions.hex("MD5", bytes), row.getString(3));
            }
        }
        assertEquals(
                List.of("30|300000"),
                DATABASE.rows("SELECT count(*), sum(octet_length(data)) FROM snapshot_archive_chunk"));
        assertEquals(
                List.of("t|"),
                DATABASE.rows("SELECT is_valid, coalesce(validation_error, '') FROM validate_archive_integrity()"));
    }

    @Test
    void aHeldArchiveIsListedWithItsReasonAndNeverRemoved() throws Exception {
        ArchivedSnapshot free = store().store(Submissions.of(directory, Submissions.DATE, Submissions.bytes(1, 100)));
        ArchivedSnapshot held =
                store().store(Submissions.of(directory, Submissions.DATE.plusSeconds(1), Submissions.bytes(2, 100)));
        DATABASE.execute("UPDATE snapshot_archive SET hold_reason = 'audit 2026' WHERE archive_id = " + held.id());

        assertEquals(Optional.empty(), free.hold());
        assertEquals(
                List.of(Optional.of(new Hold(Optional.empty(), "audit 2026", Optional.empty())), Optional.empty()),
                store().list(ArchiveQuery.ALL).stream()
                        .map(ArchivedSnapshot::hold)
                        .toList());
        SnapshotException error = assertThrows(
                SnapshotException.class,
                () -> store().remove(List.of(free.id(), held.id(), new ArchiveId(999_999)), "test"));
        assertEquals(Kind.CONFLICT, error.kind());
        assertTrue(error.getMessage().contains("archive " + held.id() + ": 'audit 2026'"), error.getMessage());
        assertEquals(2, store().list(ArchiveQuery.ALL).size());

        DATABASE.execute("UPDATE snapshot_archive SET hold_reason = NULL");
        assertEquals(2, store().remove(List.of(free.id(), held.id()), "test").size());
    }

    @Test
    void rowsOfTheExistingInsertAreReadable() throws Exception {
        byte[] bytes = Submissions.bytes(3, 5_000);
        long number;
        try (PostgresSession session = session();
                PreparedStatement insert = session.connection().prepareStatement(EXISTING_INSERT)) {
            insert.setObject(1, LocalDateTime.parse("2026-02-01T10:00:00"));
            insert.setString(2, "GREYSON");
            insert.setObject(3, null);
            insert.setInt(4, 12);
            insert.setString(5, "ORDERS");
            insert.setString(6, "ORDERS_UNIFIED");
            insert.setBytes(7, bytes);
            insert.setInt(8, bytes.length);
            insert.setDouble(9, 0.23);
            insert.setInt(10, 276);
            insert.setString(11, "5c".repeat(32));
            insert.setString(12, Submissions.hex("MD5", bytes));
            insert.setString(
                    13,
                    "{\"pipeline\": \"daily\", \"run\": 7, \"ok\": true, \"none\": null, \"list\": [1, {\"a\": 2}]}");
            try (ResultSet row = insert.executeQuery()) {
                assertTrue(row.next());
                number = row.getLong(1);
            }
        }

        ArchivedSnapshot found = store().find(new ArchiveId(number)).orElseThrow();
        assertEquals(Optional.empty(), found.snapshotId());
        assertEquals("GREYSON", found.partition().name());
        assertEquals(Instant.parse("2026-02-01T10:00:00Z"), found.date());
        assertEquals(OptionalLong.of(12), found.rowCount());
        assertEquals(OptionalLong.empty(), found.uncompressedSize());
        assertEquals(Optional.of(Submissions.hex("SHA-256", bytes)), found.sha256());
        assertEquals(Optional.empty(), found.fingerprint());
        assertEquals(
                Map.of("pipeline", "daily", "run", "7", "ok", "true", "none", "null", "list", "[1, {\"a\": 2}]"),
                found.tags());
        assertEquals(List.of(found), store().list(ArchiveQuery.ALL.tagged(Map.of("run", "7"))));
        assertArrayEquals(bytes, read(store(), found.id()));
    }

    @Test
    void aRowWithNothingButItsDateAndBytesIsReadable() {
        DATABASE.execute("INSERT INTO snapshot_archive (snapshot_date, parquet_data, tags, created_at)"
                + " VALUES ('2026-02-01', '\\x0102', '[1]', NULL)");
        ArchivedSnapshot found = store().list(ArchiveQuery.ALL).get(0);
        assertEquals(2, found.size());
        assertEquals("ORDERS_UNIFIED", found.dataset());
        assertEquals(Map.of(), found.tags());
        assertEquals(OptionalInt.empty(), found.columnCount());
        assertEquals(Optional.empty(), found.createdAt());
        assertArrayEquals(new byte[] {1, 2}, read(store(), found.id()));
    }

    @Test
    void repeatedBatchesOfThePipelineDoNotDisturbOurs() {
        byte[] bytes = Submissions.bytes(4, 100);
        ArchiveSubmission submission = Submissions.of(directory, Submissions.DATE, bytes);
        SnapshotId other = SnapshotId.random();
        for (int day = 1; day <= 2; day++) {
            DATABASE.execute(
                    "INSERT INTO snapshot_archive (snapshot_date, batch_id, parquet_data, file_checksum) VALUES"
                            + " ('2026-02-0" + day + "', '" + other + "', '\\x0102', 'x')");
        }
        ArchivedSnapshot stored = store().store(submission);
        assertEquals(Optional.of(stored), store().find(submission.snapshotId()));
        assertEquals(
                Instant.parse("2026-02-02T00:00:00Z"),
                store().find(other).orElseThrow().date());

        SnapshotException conflict = assertThrows(
                SnapshotException.class,
                () -> store().store(Submissions.of(other, Submissions.DATE.plusSeconds(1), submission.file())));
        assertEquals(Kind.CONFLICT, conflict.kind());
    }

    @Test
    void oneBatchStoredByManyAtOnceIsOneArchive() throws Exception {
        ArchiveSubmission submission = Submissions.of(directory, Submissions.DATE, Submissions.bytes(5, 2_000_000));
        int threads = 4;
        CyclicBarrier start = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<ArchivedSnapshot>> storing = new java.util.ArrayList<>();
            for (int i = 0; i < threads; i++) {
                PostgresArchiveStore store = i % 2 == 0 ? store() : chunked();
                storing.add(pool.submit(() -> {
                    start.await(30, TimeUnit.SECONDS);
                    return store.store(submission);
                }));
            }
            ArchivedSnapshot first = storing.get(0).get();
            for (Future<ArchivedSnapshot> each : storing) {
                assertEquals(first, each.get());
            }
        } finally {
            pool.shutdownNow();
        }
        assertEquals(List.of("1"), DATABASE.rows("SELECT count(*) FROM snapshot_archive"));
        assertEquals(List.of("t"), DATABASE.rows("SELECT is_valid FROM validate_archive_integrity()"));
    }

    @Test
    void aFileThatChangedIsCorruptAndLeavesNothing() {
        for (PostgresArchiveStore store : List.of(store(), chunked())) {
            ArchiveSubmission submission = Submissions.of(directory, Submissions.DATE, Submissions.bytes(6, 50_000));
            WrittenFile file = submission.file();
            for (WrittenFile wrong : List.of(
                    new WrittenFile(file.file(), 10, file.size(), 1, file.md5(), "0".repeat(64)),
                    new WrittenFile(file.file(), 10, file.size(), 1, "0".repeat(32), file.sha256()),
                    new WrittenFile(file.file(), 10, file.size() + 1, 1, file.md5(), file.sha256()))) {
                SnapshotException corrupt = assertThrows(
                        SnapshotException.class,
                        () -> store.store(Submissions.of(submission.snapshotId(), Submissions.DATE, wrong)));
                assertEquals(Kind.CORRUPT, corrupt.kind());
            }
        }
        assertEquals(
                List.of("0|0"),
                DATABASE.rows("SELECT (SELECT count(*) FROM snapshot_archive), (SELECT count(*) FROM"
                        + " snapshot_archive_chunk)"));
    }

    @Test
    void oneFlippedByteIsFoundByTheFunction() {
        long inline = store().store(Submissions.of(directory, Submissions.DATE, Submissions.bytes(7, 20_000)))
                .id()
                .value();
        long parts = chunked()
                .store(Submissions.of(directory, Submissions.DATE.plusSeconds(1), Submissions.bytes(8, 20_005)))
                .id()
                .value();
        DATABASE.execute("UPDATE snapshot_archive SET parquet_data = set_byte(parquet_data, 777, get_byte(parquet_data,"
                + " 777) # 1) WHERE archive_id = " + inline);
        DATABASE.execute(
                "UPDATE snapshot_archive_chunk SET data = set_byte(data, 3, get_byte(data, 3) # 1) WHERE chunk_no = 2");
        assertEquals(
                List.of(inline + "|f|SHA-256 differs|0.02", parts + "|f|SHA-256 of chunk 2 differs|0.02"),
                DATABASE.rows("SELECT * FROM validate_archive_integrity()"));
        DATABASE.execute("DELETE FROM snapshot_archive_chunk WHERE chunk_no = 1");
        assertEquals(
                List.of("f|10005 bytes, expected 20005; 2 chunks, expected 3"),
                DATABASE.rows("SELECT is_valid, validation_error FROM validate_archive_integrity(" + parts + ")"));
        assertEquals(
                List.of("f|no such archive"),
                DATABASE.rows("SELECT is_valid, validation_error FROM validate_archive_integrity(-1)"));
        SnapshotException damaged = assertThrows(SnapshotException.class, () -> read(store(), new ArchiveId(parts)));
        assertEquals(Kind.CORRUPT, damaged.kind());
    }

    @Test
    void theCleanupListsWhatItRemovesAndSparesTheNewestAndTheHeld() {
        for (int day = 1; day <= 6; day++) {
            for (String partition : List.of("ALL", "GREYSON")) {
                DATABASE.execute(
                        "INSERT INTO snapshot_archive (snapshot_date, customer_filter, parquet_data, retention_until,"
                                + " hold_reason) VALUES ('2020-01-0" + day + "', '" + partition + "', '\\x01', "
                                + (day == 2 ? "'2999-01-01'" : "NULL") + ", " + (day == 3 ? "'audit'" : "NULL") + ")");
            }
        }
        String removed = "SELECT action, snapshot_date::date, customer_filter FROM cleanup_old_archives(%s, %s)";
        List<String> planned = DATABASE.rows(removed.formatted("30", "TRUE"));
        assertEquals(
                List.of(
                        "DELETE|2020-01-01|ALL",
                        "DELETE|2020-01-01|GREYSON",
                        "DELETE|2020-01-04|ALL",
                        "DELETE|2020-01-04|GREYSON"),
                planned);
        assertEquals(List.of("12"), DATABASE.rows("SELECT count(*) FROM snapshot_archive"));
        assertEquals(
                planned,
                DATABASE.rows(removed.formatted("30", "FALSE")).stream()
                        .map(row -> row.replace("DELETED", "DELETE"))
                        .toList());
        assertEquals(List.of("8"), DATABASE.rows("SELECT count(*) FROM snapshot_archive"));
        assertEquals(List.of(), DATABASE.rows("SELECT * FROM cleanup_old_archives(30, FALSE)"));
        assertThrows(AssertionError.class, () -> DATABASE.rows("SELECT * FROM cleanup_old_archives(-1, TRUE)"));
    }

    @Test
    void theStatisticsCountThePartitionsOfTheLastDays() {
        DATABASE.execute("INSERT INTO snapshot_archive (snapshot_date, customer_filter, parquet_data, parquet_size,"
                + " compression_ratio) VALUES ((now() AT TIME ZONE 'UTC') - interval '1 day', 'ALL', '\\x01',"
                + " 1048576, 0.2), ((now() AT TIME ZONE 'UTC') - interval '2 days', 'ALL', '\\x01', 2097152, 0.4),"
                + " ((now() AT TIME ZONE 'UTC') - interval '90 days', 'ALL', '\\x01', NULL, NULL),"
                + " ((now() AT TIME ZONE 'UTC') - interval '3 days', 'GREYSON', '\\x01', 1048576, NULL)");
        String some = "SELECT customer_filter, snapshot_count, total_size_mb, avg_compression_ratio FROM"
                + " get_archive_statistics";
        assertEquals(List.of("ALL|2|3.00|0.30", "GREYSON|1|1.00|null"), DATABASE.rows(some + "()"));
        assertEquals(List.of("ALL|3|3.00|0.30"), DATABASE.rows(some + "('ALL', 365)"));
        assertEquals(
                List.of("newest_snapshot", "oldest_snapshot"),
                DATABASE.rows("SELECT unnest(ARRAY['newest_snapshot', 'oldest_snapshot']) WHERE EXISTS"
                        + " (SELECT newest_snapshot, oldest_snapshot FROM get_archive_statistics(NULL, NULL))"));
    }

    @Test
    void manySmallReadsAreFewRoundTrips() {
        byte[] bytes = Submissions.bytes(9, 8 << 20);
        for (PostgresArchiveStore storing : List.of(store(), chunked())) {
            empty();
            ArchiveId id = storing.store(Submissions.of(directory, Submissions.DATE, bytes))
                    .id();
            // Of 16 KiB, 32 KiB and so on up to 4 MiB, and then of 4 MiB each.
            int mostTrips = 14;
            AtomicLong fetched = new AtomicLong();
            AtomicInteger trips = new AtomicInteger();
            PostgresArchiveStore store = new PostgresArchiveStore(
                    new PostgresArchiveSettings(DATABASE.settings(), 1 << 20, 1 << 20), (archive, count) -> {
                        assertEquals(id, archive);
                        fetched.addAndGet(count);
                        trips.incrementAndGet();
                    });
            try (SeekableBytes opened = store.open(id)) {
                byte[] target = new byte[100];
                opened.read(5_000_000, target, 0, 100);
                assertArrayEquals(Arrays.copyOfRange(bytes, 5_000_000, 5_000_100), target);
                assertTrue(fetched.get() <= ArchiveBytes.BLOCK_BYTES, () -> fetched + " bytes for 100");
            }
            fetched.set(0);
            trips.set(0);
            byte[] all = new byte[bytes.length];
            try (SeekableBytes opened = store.open(id)) {
                for (int at = 0; at < all.length; at += 1_024) {
                    opened.read(at, all, at, 1_024);
                }
            }
            assertArrayEquals(bytes, all);
            assertEquals(bytes.length, fetched.get());
            assertTrue(trips.get() <= mostTrips, () -> trips + " round trips for 8192 reads, allowed " + mostTrips);
        }
    }

    @Test
    void everyRangeOfAnArchiveInChunksHasItsBytes() {
        byte[] bytes = Submissions.bytes(11, 95_000);
        ArchiveId id = chunked()
                .store(Submissions.of(directory, Submissions.DATE, bytes))
                .id();
        Random random = new Random(5);
        try (SeekableBytes opened = store().open(id)) {
            for (int read = 0; read < 500; read++) {
                int from = read % 3 == 0 ? 10_000 * random.nextInt(10) : random.nextInt(bytes.length);
                int count = read % 2 == 0
                        ? Math.min(10_000 * random.nextInt(4), bytes.length - from)
                        : random.nextInt(bytes.length - from);
                byte[] target = new byte[count];
                opened.read(from, target, 0, count);
                assertArrayEquals(Arrays.copyOfRange(bytes, from, from + count), target, from + ", " + count);
            }
        }
    }

    @Test
    void anUnreachableServerIsUnavailableInEveryCall() {
        TestServer server = TestServer.start();
        PostgresArchiveStore store = new PostgresArchiveStore(PostgresArchiveSettings.of(server.settings("postgres")));
        SnapshotException missing = assertThrows(SnapshotException.class, () -> store.list(ArchiveQuery.ALL));
        assertTrue(missing.getMessage().contains("the scripts in sql/"), missing.getMessage());
        server.close();
        ArchiveSubmission submission = Submissions.of(directory, Submissions.DATE, Submissions.bytes(10, 10));
        for (Runnable call : List.<Runnable>of(
                () -> store.list(ArchiveQuery.ALL),
                () -> store.find(new ArchiveId(1)),
                () -> store.find(new SnapshotId(new UUID(0, 1))),
                () -> store.open(new ArchiveId(1)).close(),
                () -> store.remove(List.of(new ArchiveId(1)), "test"),
                () -> store.findDamage(new ArchiveId(1)),
                () -> store.hold(new ArchiveId(1), new Hold(Optional.empty(), "audit", Optional.empty())),
                () -> store.release(new ArchiveId(1)),
                () -> store.redact(new RedactionSubmission(
                        new ArchiveId(1),
                        "0".repeat(64),
                        submission.file(),
                        Optional.of(submission.fingerprint()),
                        1,
                        "test")),
                () -> store.tombstones(ArchiveQuery.ALL),
                () -> store.redactions(ArchiveQuery.ALL),
                () -> store.chainHeads(ArchiveQuery.ALL),
                () -> store.store(submission))) {
            SnapshotException error = assertThrows(SnapshotException.class, call::run);
            assertEquals(Kind.UNAVAILABLE, error.kind());
        }
    }

    @Test
    void aServerThatIsKilledWhileAnArchiveIsReadIsUnavailable() {
        TestServer server = TestServer.start();
        try (PostgresSession session = PostgresSession.open(server.settings("postgres"), "test")) {
            session.dsl().execute("SELECT 1");
        }
        PostgresArchiveStore store = new PostgresArchiveStore(PostgresArchiveSettings.of(server.settings("postgres")));
        makeTablesOn(server);
        ArchiveId id = store.store(Submissions.of(directory, Submissions.DATE, Submissions.bytes(11, 1 << 20)))
                .id();
        try (SeekableBytes opened = store.open(id)) {
            byte[] target = new byte[10];
            opened.read(0, target, 0, 10);
            server.close();
            SnapshotException error = assertThrows(SnapshotException.class, () -> opened.read(900_000, target, 0, 10));
            assertEquals(Kind.UNAVAILABLE, error.kind());
        }
    }

    private static void makeTablesOn(TestServer server) {
        try (PostgresSession session = PostgresSession.open(server.settings("postgres"), "test")) {
            session.dsl()
                    .execute(java.nio.file.Files.readString(
                            Path.of("..", "sql", "ddl", "tables", "kestra", "snapshot_archive_postgresql.sql")));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static byte[] read(PostgresArchiveStore store, ArchiveId id) {
        try (SeekableBytes opened = store.open(id)) {
            byte[] bytes = new byte[Math.toIntExact(opened.length())];
            opened.read(0, bytes, 0, bytes.length);
            return bytes;
        }
    }

    private static PostgresArchiveStore store() {
        return new PostgresArchiveStore(PostgresArchiveSettings.of(DATABASE.settings()));
    }

    private static PostgresArchiveStore chunked() {
        return new PostgresArchiveStore(new PostgresArchiveSettings(DATABASE.settings(), 1_000, 10_000));
    }

    private static PostgresSession session() {
        return PostgresSession.open(DATABASE.settings(), "test");
    }
}
