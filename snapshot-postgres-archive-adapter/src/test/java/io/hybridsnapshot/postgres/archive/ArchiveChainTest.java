package io.hybridsnapshot.postgres.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.archive.ChainLink;
import io.hybridsnapshot.domain.archive.RecordDigest;
import io.hybridsnapshot.domain.archive.RedactionSubmission;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The database keeps the chain intact for every writer and after every way of ending. */
class ArchiveChainTest {
    private static final String COPY_ROWS = "COPY snapshot_archive (snapshot_date, parquet_data) FROM STDIN";

    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    private final PostgresArchiveStore store =
            new PostgresArchiveStore(PostgresArchiveSettings.of(DATABASE.settings()));

    @TempDir
    private Path directory;

    @BeforeEach
    void makeTables() {
        DATABASE.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        DATABASE.executeScript("ddl/tables/kestra/snapshot_archive_postgresql.sql");
    }

    @Test
    void theDatabaseAndTheProgramDigestARecordAlike() throws Exception {
        Random random = new Random(1);
        List<String> texts = List.of("A", "größe 日本 😀", "a=3:b\nc=-\n", "'; --\t\\", "x".repeat(90), " ");
        List<String> dates = List.of(
                "4713-11-24 00:00:00 BC",
                "0044-03-15 12:00:00.000001 BC",
                "0001-01-01 00:00:00",
                "1582-10-10 23:59:59.999999",
                "1969-12-31 23:59:59.999999",
                "1970-01-01 00:00:00",
                "2026-03-29 01:30:00.123456",
                "9999-12-31 23:59:59.999999",
                "200000-06-01 00:00:00.000001");
        try (PostgresSession session = session();
                PreparedStatement insert = session.connection()
                        .prepareStatement("INSERT INTO snapshot_archive (snapshot_date, customer_filter, batch_id,"
                                + " records_count, source_database, source_table, parquet_data, parquet_size,"
                                + " original_columns, schema_hash, file_checksum, sha256, uncompressed_size,"
                                + " hash_spec_id, fingerprint, rows_new, rows_changed, rows_unchanged,"
                                + " rows_deleted, chunk_bytes, chunk_count, chunks_sha256) VALUES"
                                + " (?::timestamp, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (int i = 0; i < 120; i++) {
                insert.setString(1, dates.get(i % dates.size()));
                insert.setString(2, pick(texts, random) + i / dates.size());
                insert.setObject(3, maybe(random, new UUID(random.nextLong(), random.nextLong())));
                insert.setObject(4, maybe(random, random.nextLong()));
                insert.setString(5, pick(texts, random));
                insert.setString(6, pick(texts, random));
                insert.setBytes(7, Submissions.bytes(i, random.nextInt(3) * 700));
                insert.setObject(8, maybe(random, random.nextLong()));
                insert.setObject(9, maybe(random, random.nextInt()));
                insert.setObject(10, maybe(random, pick(texts, random).substring(0, 1)));
                insert.setObject(11, maybe(random, "ab".repeat(16)));
                insert.setObject(12, maybe(random, "cd".repeat(32)));
                insert.setObject(13, maybe(random, random.nextLong()));
                insert.setObject(14, maybe(random, pick(texts, random)));
                insert.setObject(
                        15,
                        maybe(random, random.nextInt(3) == 0 ? "NOT HEX" : Submissions.hex("SHA-256", new byte[i])));
                boolean known = random.nextBoolean();
                for (int column = 16; column < 20; column++) {
                    insert.setObject(column, known ? random.nextLong() >>> 1 + random.nextInt(60) : null);
                }
                insert.setObject(20, maybe(random, random.nextInt()));
                insert.setObject(21, maybe(random, random.nextInt()));
                insert.setObject(22, maybe(random, pick(texts, random).substring(0, 1)));
                insert.executeUpdate();
            }
        }
        List<ArchivedSnapshot> all = store.list(ArchiveQuery.ALL);
        assertEquals(120, all.size());
        int ofTheFirstForm = 0;
        for (ArchivedSnapshot archive : all) {
            ChainLink link = archive.link().orElseThrow();
            assertTrue(RecordDigest.isOf(archive, link), archive::toString);
            // As the release before inserts a file in chunks: their digest comes later.
            boolean first = archive.chunks().count().isPresent()
                    && archive.chunks().sha256().isEmpty();
            ofTheFirstForm += first ? 1 : 0;
            assertEquals(
                    first,
                    !RecordDigest.of(archive, link.number(), link.previousDigest())
                            .equals(link.digest()),
                    archive::toString);
        }
        assertTrue(ofTheFirstForm > 5 && ofTheFirstForm < 60, () -> "a draw of both forms");
        assertEquals(
                List.of("0"),
                DATABASE.rows("SELECT count(*) FROM snapshot_archive a WHERE snapshot_archive_chain_fault(archive_id)"
                        + " IS NOT NULL"));
    }

    @Test
    void theExistingInsertJoinsTheChainWithItsSha256() throws Exception {
        byte[] bytes = Submissions.bytes(2, 70_000);
        try (PostgresSession session = session();
                PreparedStatement insert =
                        session.connection().prepareStatement(PostgresArchiveStoreTest.EXISTING_INSERT)) {
            for (int day = 1; day <= 2; day++) {
                insert.setObject(1, java.time.LocalDateTime.of(2026, 2, day, 10, 0));
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
                insert.setString(13, "{}");
                insert.execute();
            }
        }
        assertEquals(
                List.of("1|" + Submissions.hex("SHA-256", bytes), "2|" + Submissions.hex("SHA-256", bytes)),
                DATABASE.rows("SELECT chain_no, sha256 FROM snapshot_archive ORDER BY archive_id"));
        assertSoundChains(2);
    }

    @Test
    void chainColumnsThatAWriterGivesAreOverwritten() {
        DATABASE.execute("INSERT INTO snapshot_archive (snapshot_date, parquet_data, chain_no, previous_digest,"
                + " record_digest) VALUES ('2026-01-01', '\\x01', 77, 'mine', 'mine')");
        assertSoundChains(1);
    }

    @Test
    void rowsOfOneStatementAreLinksOneAfterTheOther() throws Exception {
        DATABASE.execute("INSERT INTO snapshot_archive (snapshot_date, customer_filter, parquet_data) SELECT"
                + " '2026-01-01'::timestamp + make_interval(days => n), 'P' || n % 2, '\\x01'"
                + " FROM generate_series(1, 20) AS n");
        try (PostgresSession session = session()) {
            session.driver()
                    .getCopyAPI()
                    .copyIn(
                            COPY_ROWS,
                            new java.io.ByteArrayInputStream(
                                    "2026-01-01\t\\\\x01\n2026-01-02\t\\\\x02\n2026-01-03\t\\\\x03\n"
                                            .getBytes(StandardCharsets.UTF_8)));
        }
        DATABASE.execute(
                "WITH a AS (INSERT INTO snapshot_archive (snapshot_date, parquet_data) VALUES ('2026-02-01', '\\x01')),"
                        + " b AS (INSERT INTO snapshot_archive (snapshot_date, parquet_data) VALUES"
                        + " ('2026-02-02', '\\x01')) INSERT INTO snapshot_archive (snapshot_date, parquet_data)"
                        + " VALUES ('2026-02-03', '\\x01')");
        assertSoundChains(26);
    }

    @Test
    void rowsThatAreNotThereAfterAllLeaveNoGap() throws Exception {
        String insert = "INSERT INTO snapshot_archive (snapshot_date, parquet_data) VALUES ('2026-01-0%d', '\\x01')";
        DATABASE.execute(insert.formatted(1));
        DATABASE.execute("BEGIN; " + insert.formatted(2) + "; ROLLBACK");
        assertThrows(AssertionError.class, () -> DATABASE.execute(insert.formatted(1)));
        DATABASE.execute(insert.formatted(1) + " ON CONFLICT DO NOTHING");
        DATABASE.execute(insert.formatted(1)
                + " ON CONFLICT (snapshot_date, customer_filter, source_table) DO UPDATE SET tags = '{}'");
        assertThrows(
                AssertionError.class,
                () -> DATABASE.execute(
                        "INSERT INTO snapshot_archive (snapshot_date, parquet_data) VALUES" + " ('2026-01-03', NULL)"));
        try (PostgresSession session = session();
                Statement statement = session.connection().createStatement()) {
            session.connection().setAutoCommit(false);
            statement.execute(insert.formatted(4));
            statement.execute("SAVEPOINT s");
            statement.execute(insert.formatted(5));
            statement.execute("ROLLBACK TO SAVEPOINT s");
            statement.execute(insert.formatted(6));
            statement.execute(insert.formatted(6) + " ON CONFLICT DO NOTHING");
            statement.execute(insert.formatted(7));
            session.connection().commit();
        }
        assertEquals(
                List.of("1|2026-01-01", "2|2026-01-04", "3|2026-01-06", "4|2026-01-07"),
                DATABASE.rows("SELECT chain_no, snapshot_date::date FROM snapshot_archive ORDER BY chain_no"));
        assertSoundChains(4);
        DATABASE.execute("INSERT INTO snapshot_archive (snapshot_date, customer_filter, parquet_data, archive_id)"
                + " VALUES ('2026-01-01', 'NEW', '\\x01', 1) ON CONFLICT DO NOTHING");
        assertEquals(
                List.of(Partition.ALL),
                store.chainHeads(ArchiveQuery.ALL).stream()
                        .map(ChainHead::partition)
                        .toList());
    }

    @Test
    void partitionsDoNotWaitForEachOtherAndThoseOfOneDo() throws Exception {
        try (PostgresSession first = session();
                Statement slow = first.connection().createStatement();
                PostgresSession second = session();
                Statement fast = second.connection().createStatement()) {
            first.connection().setAutoCommit(false);
            slow.execute("INSERT INTO snapshot_archive (snapshot_date, customer_filter, parquet_data) VALUES"
                    + " ('2026-01-01', 'A', '\\x01')");
            fast.execute("SET lock_timeout = '500ms'");
            fast.execute("INSERT INTO snapshot_archive (snapshot_date, customer_filter, parquet_data) VALUES"
                    + " ('2026-01-01', 'B', '\\x01')");
            SQLException waited = assertThrows(
                    SQLException.class,
                    () -> fast.execute("INSERT INTO snapshot_archive (snapshot_date, customer_filter, parquet_data)"
                            + " VALUES ('2026-01-02', 'A', '\\x01')"));
            assertEquals("55P03", waited.getSQLState());
            first.connection().rollback();
            fast.execute("INSERT INTO snapshot_archive (snapshot_date, customer_filter, parquet_data)"
                    + " VALUES ('2026-01-02', 'A', '\\x01')");
        }
        assertSoundChains(2);
    }

    @Test
    void whateverManyWritersDoAtOnceTheChainsStaySound() throws Exception {
        int writers = 4;
        CyclicBarrier start = new CyclicBarrier(writers);
        ExecutorService pool = Executors.newFixedThreadPool(writers);
        try {
            List<Future<Integer>> running = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                Random random = new Random(100 + writer);
                running.add(pool.submit(() -> {
                    start.await(30, TimeUnit.SECONDS);
                    return writeAnything(random);
                }));
            }
            int stored = 0;
            for (Future<Integer> each : running) {
                stored += each.get(120, TimeUnit.SECONDS);
            }
            assertTrue(stored > 60, "only " + stored + " rows were stored");
            assertSoundChains(stored);
            assertNotEquals(List.of("0"), DATABASE.rows("SELECT count(*) FROM snapshot_archive_tombstone"));
        } finally {
            pool.shutdownNow();
        }
    }

    /** The number of rows that were durably stored, including removed ones. */
    private static int writeAnything(Random random) throws SQLException {
        int stored = 0;
        try (PostgresSession session = session();
                Statement statement = session.connection().createStatement()) {
            session.connection().setAutoCommit(false);
            for (int i = 0; i < 50; i++) {
                int rows = 1 + random.nextInt(2);
                String values = "('2026-01-01'::timestamp + make_interval(mins => %d), 'P%d', '\\x01')"
                        .formatted(random.nextInt(60), random.nextInt(2));
                if (rows == 2) {
                    values += ", ('2026-02-01'::timestamp + make_interval(secs => %d), 'P0', '\\x02')"
                            .formatted(random.nextInt(1_000_000));
                }
                boolean ignoring = random.nextInt(3) == 0;
                try {
                    int done = statement.executeUpdate(
                            "INSERT INTO snapshot_archive (snapshot_date, customer_filter, parquet_data) VALUES "
                                    + values + (ignoring ? " ON CONFLICT DO NOTHING" : ""));
                    if (random.nextInt(4) == 0) {
                        statement.execute("DELETE FROM snapshot_archive WHERE archive_id = (SELECT archive_id FROM"
                                + " snapshot_archive ORDER BY random() LIMIT 1)");
                    }
                    if (random.nextInt(4) == 0) {
                        session.connection().rollback();
                    } else {
                        session.connection().commit();
                        stored += done;
                    }
                } catch (SQLException refused) {
                    session.connection().rollback();
                    // Either the date is taken, or two transactions wait for each other and one of them is refused.
                    assertTrue(List.of("23505", "40P01").contains(refused.getSQLState()), refused::getMessage);
                }
            }
        }
        return stored;
    }

    @Test
    void aRowThatJoinsWhileTheTriggersSleepIsChainedWhenTheScriptRunsAgain() {
        DATABASE.execute("INSERT INTO snapshot_archive (snapshot_date, parquet_data) VALUES ('2026-01-01', '\\x01')");
        DATABASE.execute("SET session_replication_role = replica; INSERT INTO snapshot_archive (snapshot_date,"
                + " parquet_data) VALUES ('2026-01-02', '\\x01')");
        assertEquals(
                List.of("no checksum is stored; its record is not in the chain"),
                DATABASE.rows("SELECT validation_error FROM validate_archive_integrity() WHERE NOT is_valid"));
        DATABASE.executeScript("ddl/tables/kestra/snapshot_archive_postgresql.sql");
        assertEquals(
                List.of("no checksum is stored"),
                DATABASE.rows("SELECT validation_error FROM validate_archive_integrity() WHERE NOT is_valid"));
        assertEquals(List.of("1", "2"), DATABASE.rows("SELECT chain_no FROM snapshot_archive ORDER BY archive_id"));
    }

    @Test
    void aTamperedRecordIsFoundWhicheverFieldChanges() throws Exception {
        long id = store.store(Submissions.of(directory, Submissions.DATE, Submissions.bytes(3, 100)))
                .id()
                .value();
        store.store(Submissions.of(directory, Submissions.DATE.plusSeconds(1), Submissions.bytes(4, 100)));
        for (String change : List.of(
                "source_database = 'x'",
                "source_table = 'x'",
                "customer_filter = 'x'",
                "snapshot_date = snapshot_date + interval '1 microsecond'",
                "batch_id = NULL",
                "records_count = records_count + 1",
                "parquet_size = parquet_size + 1",
                "original_columns = NULL",
                "schema_hash = 'x'",
                "file_checksum = NULL",
                "sha256 = NULL",
                "uncompressed_size = 0",
                "hash_spec_id = NULL",
                "fingerprint = NULL",
                "rows_new = 1, rows_changed = 0, rows_unchanged = 0, rows_deleted = 0",
                "chunk_bytes = 1",
                "chunk_count = 0",
                "chunks_sha256 = repeat('0', 64)",
                "previous_digest = repeat('1', 64)",
                "chain_no = 2",
                "record_digest = repeat('1', 64)",
                "chain_no = NULL")) {
            assertEquals(
                    "f", faultAfter("UPDATE snapshot_archive SET " + change + " WHERE archive_id = " + id, id), change);
        }
        // The record's recomputed digest fits the record, but not the records that follow.
        assertEquals(
                "f",
                faultAfter(
                        "UPDATE snapshot_archive SET records_count = 1 WHERE archive_id = " + id
                                + "; UPDATE snapshot_archive SET record_digest ="
                                + " snapshot_archive_digest_at(archive_id, chain_no, previous_digest) WHERE"
                                + " archive_id = " + id,
                        id));
        assertEquals(
                "t",
                faultAfter(
                        "UPDATE snapshot_archive SET tags = '{\"a\": 1}', retention_until = '2030-01-01',"
                                + " hold_reason = 'audit'",
                        id));
        assertSoundChains(2);
    }

    private static String faultAfter(String statements, long id) throws SQLException {
        try (PostgresSession session = session();
                Statement statement = session.connection().createStatement()) {
            session.connection().setAutoCommit(false);
            statement.execute(statements);
            try (java.sql.ResultSet row =
                    statement.executeQuery("SELECT is_valid FROM validate_archive_integrity(" + id + ")")) {
                assertTrue(row.next());
                return row.getString(1).substring(0, 1);
            } finally {
                session.connection().rollback();
            }
        }
    }

    @Test
    void removedMovedAndRolledBackRecordsAreFound() {
        for (int day = 1; day <= 4; day++) {
            DATABASE.execute("INSERT INTO snapshot_archive (snapshot_date, parquet_data) VALUES ('2026-01-0" + day
                    + "', '\\x0" + day + "')");
        }
        String errors =
                "SELECT chain_no, validation_error FROM validate_archive_integrity() JOIN snapshot_archive USING"
                        + " (archive_id) WHERE NOT is_valid ORDER BY 1";
        DATABASE.execute("SET session_replication_role = replica; DELETE FROM snapshot_archive WHERE chain_no = 2");
        assertEquals(List.of("1|link 2 is missing", "3|link 2 is missing"), DATABASE.rows(errors));
        DATABASE.execute("SET session_replication_role = replica; DELETE FROM snapshot_archive WHERE chain_no = 4");
        assertEquals(List.of("1|link 2 is missing", "3|link 2 is missing; link 4 is missing"), DATABASE.rows(errors));
        DATABASE.execute("UPDATE snapshot_archive_chain SET chain_no = 2");
        assertEquals(
                List.of("1|link 2 is missing", "3|link 2 is missing; the chain ends at link 2 before link 3"),
                DATABASE.rows(errors));
        DATABASE.execute("DELETE FROM snapshot_archive_chain");
        assertEquals(
                List.of("1|the chain's end is not noted", "3|link 2 is missing; the chain's end is not noted"),
                DATABASE.rows(errors));
    }

    @Test
    void aRedactedArchivesRecordIsBoundToItsLastRedaction() throws Exception {
        ArchivedSnapshot before = store.store(Submissions.of(directory, Submissions.DATE, Submissions.bytes(5, 100)));
        byte[] bytes = Submissions.bytes(6, 80);
        WrittenFile file = Submissions.of(directory, Submissions.DATE, bytes).file();
        ArchivedSnapshot after = store.redact(new RedactionSubmission(
                before.id(),
                before.link().orElseThrow().digest(),
                file,
                Optional.of(new Fingerprint(file.sha256())),
                1,
                "request"));
        assertEquals("t", faultAfter("SELECT 1", before.id().value()));
        String remade = "UPDATE snapshot_archive SET records_count = 1; UPDATE snapshot_archive SET record_digest ="
                + " snapshot_archive_digest_at(archive_id, chain_no, previous_digest)";
        assertEquals("f", faultAfter(remade, before.id().value()));
        assertEquals(
                "f",
                faultAfter("DELETE FROM snapshot_archive_redaction", before.id().value()));
        assertEquals(
                "f",
                faultAfter(
                        "UPDATE snapshot_archive_redaction SET replaced_digest = repeat('1', 64)",
                        before.id().value()));
        assertEquals(
                List.of("postgres|t"),
                DATABASE.rows(
                        "SELECT redacted_by, abs(extract(epoch FROM redacted_at - (now() AT TIME ZONE 'UTC'))) < 60"
                                + " FROM snapshot_archive_redaction"));
        assertEquals(List.of(after), store.list(ArchiveQuery.ALL));
    }

    /** All links of every partition, removed or not, from 1 without gaps, each with the digest of the one before. */
    private void assertSoundChains(int links) {
        List<ArchivedSnapshot> all = Stream.concat(
                        store.list(ArchiveQuery.ALL).stream(),
                        store.tombstones(ArchiveQuery.ALL).stream().map(Tombstone::archive))
                .sorted(Comparator.comparingLong(
                        archive -> archive.link().orElseThrow().number()))
                .toList();
        assertEquals(links, all.size());
        List<ChainHead> heads = store.chainHeads(ArchiveQuery.ALL);
        assertEquals(links, heads.stream().mapToLong(ChainHead::number).sum());
        for (ChainHead head : heads) {
            String previous = ChainLink.NONE;
            long number = 0;
            for (ArchivedSnapshot archive : all) {
                if (archive.partition().equals(head.partition())) {
                    ChainLink link = archive.link().orElseThrow();
                    assertEquals(++number, link.number());
                    assertEquals(previous, link.previousDigest());
                    assertEquals(RecordDigest.of(archive, number, previous), link.digest());
                    previous = link.digest();
                }
            }
            assertEquals(new ChainHead(head.dataset(), head.partition(), number, previous), head);
        }
        assertEquals(
                List.of(),
                DATABASE.rows(
                        "SELECT archive_id, validation_error FROM validate_archive_integrity() WHERE NOT is_valid"));
    }

    private static String pick(List<String> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }

    private static <T> T maybe(Random random, T value) {
        return random.nextInt(3) == 0 ? null : value;
    }

    private static PostgresSession session() {
        return PostgresSession.open(DATABASE.settings(), "test");
    }
}
