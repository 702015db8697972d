package io.hybridsnapshot.postgres.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.archive.ChainLink;
import io.hybridsnapshot.domain.archive.ChangeSetSubmission;
import io.hybridsnapshot.domain.archive.Hold;
import io.hybridsnapshot.domain.archive.RecordDigest;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.changeset.ChangeSetCounts;
import io.hybridsnapshot.domain.changeset.RowFilter;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Existing tables are brought up to date in place. */
class ArchiveUpgradeTest {
    private static final String SCRIPT = "ddl/tables/kestra/snapshot_archive_postgresql.sql";

    private static final String PIPELINES_TABLE =
            "CREATE TABLE snapshot_archive (archive_id BIGSERIAL PRIMARY KEY, snapshot_date TIMESTAMP NOT NULL,"
                    + " customer_filter VARCHAR(255) NOT NULL DEFAULT 'ALL', batch_id UUID, records_count INTEGER,"
                    + " source_database VARCHAR(100) NOT NULL DEFAULT 'ORDERS', source_table VARCHAR(255) NOT"
                    + " NULL DEFAULT 'ORDERS_UNIFIED', parquet_data BYTEA NOT NULL, parquet_size BIGINT,"
                    + " compression_ratio DECIMAL(5,2), original_columns INTEGER, schema_hash VARCHAR(64),"
                    + " file_checksum VARCHAR(64), created_at TIMESTAMPTZ DEFAULT now(), created_by"
                    + " VARCHAR(100) DEFAULT CURRENT_USER, retention_until DATE, tags JSONB, UNIQUE"
                    + " (snapshot_date, customer_filter, source_table))";

    private static final String ROWS = "INSERT INTO snapshot_archive (snapshot_date, customer_filter, batch_id,"
            + " parquet_data, parquet_size, records_count, file_checksum, tags, retention_until) SELECT"
            + " '2026-03-01'::timestamp - make_interval(days => n), 'P' || n % 2,"
            + " '00000000-0000-0000-0000-000000000001', decode(repeat(lpad(to_hex(n), 2, '0'), 5000), 'hex'),"
            + " CASE WHEN n > 3 THEN 5000 END, n, md5(decode(repeat(lpad(to_hex(n), 2, '0'), 5000), 'hex')),"
            + " jsonb_build_object('n', n), '2030-01-01' FROM generate_series(1, 7) AS n";

    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    private static String reader;

    private final PostgresArchiveStore store =
            new PostgresArchiveStore(PostgresArchiveSettings.of(DATABASE.settings()));
    private final PostgresArchiveStore chunked =
            new PostgresArchiveStore(new PostgresArchiveSettings(DATABASE.settings(), 1_000, 10_000));

    @TempDir
    private Path directory;

    @BeforeAll
    static void makeReader() {
        reader = "reader_of_" + DATABASE.settings().database();
        DATABASE.execute("CREATE ROLE " + reader);
    }

    @AfterAll
    static void dropReader() {
        DATABASE.execute("DROP OWNED BY " + reader + "; DROP ROLE " + reader);
    }

    @BeforeEach
    void empty() {
        DATABASE.execute(
                "DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA IF EXISTS \"Odd schema\" CASCADE");
    }

    @Test
    void thePipelinesArchivesAreChainedInTheOrderOfTheirNumbers() {
        DATABASE.execute(PIPELINES_TABLE);
        DATABASE.execute(ROWS);
        String content = "SELECT archive_id, snapshot_date, customer_filter, batch_id, md5(parquet_data), parquet_size,"
                + " records_count, file_checksum, created_at, created_by, retention_until, tags FROM snapshot_archive"
                + " ORDER BY archive_id";
        List<String> before = DATABASE.rows(content);
        DATABASE.executeScript(SCRIPT);

        assertEquals(before, DATABASE.rows(content));
        assertEquals(
                List.of("1|1|P1", "1|2|P0", "2|3|P1", "2|4|P0", "3|5|P1", "3|6|P0", "4|7|P1"),
                DATABASE.rows(
                        "SELECT chain_no, archive_id, customer_filter FROM snapshot_archive ORDER BY archive_id"));
        assertEquals(List.of("0"), DATABASE.rows("SELECT count(sha256) FROM snapshot_archive"));
        assertSoundChains(List.of("P0:3", "P1:4"));

        List<String> upgraded = DATABASE.rows("SELECT ctid, xmin, archive_id FROM snapshot_archive ORDER BY 3");
        DATABASE.executeScript(SCRIPT);
        assertEquals(upgraded, DATABASE.rows("SELECT ctid, xmin, archive_id FROM snapshot_archive ORDER BY 3"));
        DATABASE.execute("INSERT INTO snapshot_archive (snapshot_date, customer_filter, parquet_data)"
                + " VALUES ('2026-04-01', 'P1', '\\x01')");
        assertSoundChains(List.of("P0:3", "P1:5"));
    }

    @Test
    void theTablesOfTheScriptBeforeTheChainKeepArchivesChunksAndHolds() throws Exception {
        DATABASE.execute(scriptBeforeTheChain());
        DATABASE.execute(ROWS);
        byte[] bytes = Submissions.bytes(1, 25_000);
        DATABASE.execute(
                "INSERT INTO snapshot_archive (archive_id, snapshot_date, batch_id, parquet_data, parquet_size,"
                        + " file_checksum, sha256, fingerprint, chunk_bytes, chunk_count, hold_reason) VALUES"
                        + " (50, '2026-02-02', gen_random_uuid(), '', 25000, '" + Submissions.hex("MD5", bytes) + "', '"
                        + Submissions.hex("SHA-256", bytes) + "', '" + "ab".repeat(32) + "', 10000, 3, 'audit')");
        for (int chunk = 0; chunk < 3; chunk++) {
            byte[] part = Arrays.copyOfRange(bytes, chunk * 10_000, Math.min(25_000, (chunk + 1) * 10_000));
            DATABASE.execute("INSERT INTO snapshot_archive_chunk VALUES (50, " + chunk + ", '"
                    + Submissions.hex("SHA-256", part) + "', '\\x"
                    + HexFormat.of().formatHex(part) + "')");
        }
        DATABASE.executeScript(SCRIPT);

        ArchivedSnapshot held = store.find(new ArchiveId(50)).orElseThrow();
        assertEquals(Optional.of(new Hold(Optional.empty(), "audit", Optional.empty())), held.hold());
        assertEquals(Optional.empty(), store.findDamage(held.id()));
        assertSoundChains(List.of("ALL:1", "P0:3", "P1:4"));
        DATABASE.execute(
                "UPDATE snapshot_archive_chunk a SET data = b.data, sha256 = b.sha256 FROM snapshot_archive_chunk b"
                        + " WHERE a.chunk_no < 2 AND b.chunk_no = 1 - a.chunk_no");
        assertTrue(store.findDamage(held.id()).isPresent(), "the order of the chunks is known");

        ArchivedSnapshot next =
                chunked.store(Submissions.of(directory, Submissions.DATE, Submissions.bytes(2, 25_000)));
        assertEquals(2, next.link().orElseThrow().number());
        assertEquals(
                held.link().orElseThrow().digest(), next.link().orElseThrow().previousDigest());
    }

    @Test
    void recordsOfTheFirstFormKeepTheirDigestsAndAreGoneOnFrom() throws Exception {
        DATABASE.execute(resource("/schema/archive_of_the_first_form.sql"));
        DATABASE.execute(ROWS);
        insertAsTheFirstRelease(50, "2026-02-02", Submissions.bytes(1, 25_000));
        insertAsTheFirstRelease(51, "2026-02-03", Submissions.bytes(2, 25_000));
        DATABASE.execute("DELETE FROM snapshot_archive WHERE archive_id IN (1, 51)");
        redactAsTheFirstRelease(2);
        String stored = "SELECT a.ctid, a.xmin, a.archive_id, a.record_digest FROM snapshot_archive a ORDER BY 3";
        List<String> before = DATABASE.rows(stored);
        List<ChainHead> heads = store.chainHeads(ArchiveQuery.ALL);
        DATABASE.executeScript(SCRIPT);
        DATABASE.executeScript(SCRIPT);

        assertEquals(before, DATABASE.rows(stored), "anchors that know these digests still hold");
        assertEquals(heads, store.chainHeads(ArchiveQuery.ALL));
        assertEquals(List.of(), faults());
        List<ArchivedSnapshot> earlier = Stream.concat(
                        store.list(ArchiveQuery.ALL).stream(),
                        store.tombstones(ArchiveQuery.ALL).stream().map(Tombstone::archive))
                .toList();
        assertEquals(9, earlier.size());
        for (ArchivedSnapshot archive : earlier) {
            ChainLink link = archive.link().orElseThrow();
            assertTrue(RecordDigest.isOf(archive, link), archive::toString);
            assertNotEquals(RecordDigest.of(archive, link.number(), link.previousDigest()), link.digest());
        }
        DATABASE.execute("UPDATE snapshot_archive SET records_count = 17 WHERE archive_id = 50");
        assertEquals(List.of("50|its record does not have its digest"), faults());
        DATABASE.execute("UPDATE snapshot_archive SET records_count = NULL WHERE archive_id = 50");

        ArchivedSnapshot next =
                chunked.store(Submissions.of(directory, Submissions.DATE, Submissions.bytes(3, 25_000)));
        ChainLink link = next.link().orElseThrow();
        assertEquals(3, link.number());
        assertEquals(RecordDigest.of(next, link.number(), link.previousDigest()), link.digest());
        // A file that the earlier release sends while the tables are new already.
        insertAsTheFirstRelease(60, "2026-03-05", Submissions.bytes(4, 25_000));
        assertEquals(List.of(), faults());
        // The chunks of one record of each form, replaced with all their digests.
        DATABASE.execute("UPDATE snapshot_archive_chunk SET data = set_byte(data, 7, 255 - get_byte(data, 7));"
                + " UPDATE snapshot_archive_chunk SET sha256 = encode(sha256(data), 'hex');"
                + " UPDATE snapshot_archive SET chunks_sha256 = snapshot_archive_chunks_digest(archive_id)");
        assertEquals(List.of(next.id() + "|its record does not have its digest"), faults());
    }

    private static List<String> faults() {
        return DATABASE.rows(
                "SELECT archive_id, validation_error FROM validate_archive_integrity() WHERE NOT is_valid");
    }

    /** A file in chunks by the statements of the release before: the digest of the chunks comes last. */
    private static void insertAsTheFirstRelease(int id, String date, byte[] bytes) {
        StringBuilder sql = new StringBuilder(
                "INSERT INTO snapshot_archive (archive_id, snapshot_date, batch_id, parquet_data, parquet_size,"
                        + " file_checksum, sha256, fingerprint, chunk_bytes, chunk_count) VALUES (" + id + ", '" + date
                        + "', gen_random_uuid(), '', " + bytes.length + ", '" + Submissions.hex("MD5", bytes) + "', '"
                        + Submissions.hex("SHA-256", bytes) + "', '" + "ab".repeat(32) + "', 10000, 3);");
        for (int chunk = 0; chunk < 3; chunk++) {
            byte[] part = Arrays.copyOfRange(bytes, chunk * 10_000, Math.min(bytes.length, (chunk + 1) * 10_000));
            sql.append("INSERT INTO snapshot_archive_chunk VALUES (" + id + ", " + chunk + ", '"
                    + Submissions.hex("SHA-256", part) + "', '\\x"
                    + HexFormat.of().formatHex(part) + "');");
        }
        sql.append("UPDATE snapshot_archive SET chunks_sha256 = snapshot_archive_chunks_digest(archive_id)"
                + " WHERE archive_id = " + id);
        DATABASE.execute(sql.toString());
    }

    private static void redactAsTheFirstRelease(int id) {
        DATABASE.execute("CREATE TABLE replaced AS SELECT record_digest FROM snapshot_archive WHERE archive_id = " + id
                + "; UPDATE snapshot_archive SET parquet_data = '\\x0102', parquet_size = 2, sha256 ="
                + " encode(sha256('\\x0102'), 'hex'), file_checksum = md5('\\x0102'::bytea) WHERE archive_id = " + id
                + "; UPDATE snapshot_archive SET record_digest = snapshot_archive_digest_at(archive_id, chain_no,"
                + " previous_digest) WHERE archive_id = " + id
                + "; INSERT INTO snapshot_archive_redaction (source_table, customer_filter, archive_id,"
                + " replaced_digest, record_digest, reason, erased_rows) SELECT a.source_table, a.customer_filter,"
                + " a.archive_id, r.record_digest, a.record_digest, 'request', 1 FROM snapshot_archive a, replaced r"
                + " WHERE a.archive_id = " + id);
    }

    @Test
    void archivesOfEarlierReleasesArePublishedAndTakeChangeSets() {
        DATABASE.execute(resource("/schema/archive_of_the_first_form.sql"));
        DATABASE.execute(ROWS);
        DATABASE.execute("DELETE FROM snapshot_archive WHERE archive_id = 1");
        DATABASE.executeScript(SCRIPT);
        assertEquals(
                List.of("6|6"),
                DATABASE.rows("SELECT count(*), count(*) FILTER (WHERE published) FROM" + " snapshot_archive"));
        assertTrue(store.tombstones(ArchiveQuery.ALL).get(0).archive().published());
        ChangeSetSubmission changes = new ChangeSetSubmission(
                new ArchiveId(3),
                Submissions.of(directory, Submissions.DATE, Submissions.bytes(1, 100))
                        .file(),
                new ChangeSetCounts(1, 0, 0, 0),
                RowFilter.of(List.of()));
        store.changeSets().orElseThrow().add(new ArchiveId(5), changes);
        DATABASE.executeScript(SCRIPT);
        assertEquals(List.of(), faults());
        // An earlier release, which knows nothing of change sets, goes on.
        DATABASE.execute("INSERT INTO snapshot_archive (snapshot_date, customer_filter, parquet_data) VALUES"
                + " ('2026-04-01', 'P1', '\\x01'); DELETE FROM snapshot_archive WHERE archive_id = 3");
        assertEquals(List.of(), store.changeSets().orElseThrow().list(ArchiveQuery.ALL));
        assertEquals(
                1, store.changeSets().orElseThrow().records(ArchiveQuery.ALL).size());
        assertEquals(List.of(), faults());
    }

    @Test
    void viewsAndGrantsOfOthersSurvive() {
        DATABASE.execute(PIPELINES_TABLE + "; " + ROWS);
        DATABASE.execute(
                "CREATE VIEW latest AS SELECT customer_filter, max(snapshot_date) AS newest, sum(records_count)"
                        + " AS rows FROM snapshot_archive GROUP BY customer_filter; CREATE VIEW everything AS"
                        + " SELECT * FROM snapshot_archive; GRANT SELECT ON snapshot_archive, latest TO " + reader
                        + "; GRANT UPDATE (tags) ON snapshot_archive TO " + reader
                        + "; GRANT USAGE ON SCHEMA public TO " + reader);
        List<String> before = DATABASE.rows("SELECT * FROM latest ORDER BY 1");
        DATABASE.executeScript(SCRIPT);

        assertEquals(before, DATABASE.rows("SELECT * FROM latest ORDER BY 1"));
        assertEquals(List.of("7"), DATABASE.rows("SELECT count(*) FROM everything"));
        assertEquals(
                List.of("t|t|t|f"),
                DATABASE.rows("SELECT has_table_privilege('" + reader + "', 'snapshot_archive', 'SELECT'),"
                        + " has_table_privilege('" + reader + "', 'latest', 'SELECT'), has_column_privilege('" + reader
                        + "', 'snapshot_archive', 'tags', 'UPDATE'), has_table_privilege('" + reader
                        + "', 'snapshot_archive', 'INSERT')"));
        // The views forbid the wider type; the program works with the narrower one, and the script widens it later.
        ArchivedSnapshot stored = store.store(Submissions.of(directory, Submissions.DATE, Submissions.bytes(3, 100)));
        assertEquals(Optional.of(stored), store.find(stored.id()));
        assertSoundChains(List.of("ALL:1", "P0:3", "P1:4"));
        String type = "SELECT data_type FROM information_schema.columns WHERE table_name = 'snapshot_archive' AND"
                + " column_name = 'records_count'";
        assertEquals(List.of("integer"), DATABASE.rows(type));
        DATABASE.execute("DROP VIEW latest, everything");
        DATABASE.executeScript(SCRIPT);
        assertEquals(List.of("bigint"), DATABASE.rows(type));
        assertSoundChains(List.of("ALL:1", "P0:3", "P1:4"));
    }

    @Test
    void theScriptWorksInAnySchema() {
        DATABASE.execute("CREATE SCHEMA \"Odd schema\"");
        DATABASE.execute("SET search_path = \"Odd schema\"; " + PIPELINES_TABLE + "; " + ROWS);
        DATABASE.execute("SET search_path = \"Odd schema\", public; " + script());
        // Without the schema on the path, the triggers and the checks still find their tables.
        DATABASE.execute("INSERT INTO \"Odd schema\".snapshot_archive (snapshot_date, parquet_data) VALUES"
                + " ('2026-01-01', '\\x01'); DELETE FROM \"Odd schema\".snapshot_archive");
        assertEquals(List.of("8"), DATABASE.rows("SELECT count(*) FROM \"Odd schema\".snapshot_archive_tombstone"));
        assertEquals(
                List.of("ALL|1", "P0|3", "P1|4"),
                DATABASE.rows(
                        "SELECT customer_filter, chain_no FROM \"Odd schema\".snapshot_archive_chain ORDER BY 1"));
        assertEquals(
                List.of("0"),
                DATABASE.rows("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"));
    }

    private void assertSoundChains(List<String> lengths) {
        List<ChainHead> heads = store.chainHeads(ArchiveQuery.ALL);
        assertEquals(
                lengths,
                heads.stream()
                        .map(head -> head.partition() + ":" + head.number())
                        .toList());
        for (ArchivedSnapshot archive : store.list(ArchiveQuery.ALL)) {
            var link = archive.link().orElseThrow();
            assertEquals(RecordDigest.of(archive, link.number(), link.previousDigest()), link.digest());
        }
        assertEquals(
                List.of(),
                DATABASE.rows(
                        "SELECT archive_id, validation_error FROM validate_archive_integrity() WHERE NOT is_valid"));
    }

    private static String script() {
        return resource("/sql/" + SCRIPT);
    }

    private static String scriptBeforeTheChain() {
        return resource("/schema/archive_before_the_chain.sql");
    }

    private static String resource(String name) {
        try (InputStream stream = Objects.requireNonNull(ArchiveUpgradeTest.class.getResourceAsStream(name), name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
