package io.hybridsnapshot.postgres.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChangeSet;
import io.hybridsnapshot.domain.archive.ChangeSetStore;
import io.hybridsnapshot.domain.archive.ChangeSetSubmission;
import io.hybridsnapshot.domain.archive.Hold;
import io.hybridsnapshot.domain.archive.RedactionSubmission;
import io.hybridsnapshot.domain.archive.TagChange;
import io.hybridsnapshot.domain.changeset.ChangeSetCounts;
import io.hybridsnapshot.domain.changeset.FilterDigest;
import io.hybridsnapshot.domain.changeset.FilterEntry;
import io.hybridsnapshot.domain.changeset.RowFilter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The rights of users with few rights, and their limits; docs/how-to/postgresql.md lists the rights. */
class ArchiveRightsTest {
    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    private static String pipeline;
    private static String program;

    private final PostgresArchiveStore store =
            new PostgresArchiveStore(PostgresArchiveSettings.of(DATABASE.settings()));

    @TempDir
    private Path directory;

    @BeforeAll
    static void makeRoles() {
        DATABASE.executeScript("ddl/tables/kestra/snapshot_archive_postgresql.sql");
        pipeline = "pipeline_of_" + DATABASE.settings().database();
        program = "program_of_" + DATABASE.settings().database();
        for (String role : List.of(pipeline, program)) {
            DATABASE.execute("CREATE ROLE " + role + " LOGIN PASSWORD 'test'; GRANT USAGE ON SCHEMA public TO " + role
                    + "; GRANT TEMPORARY ON DATABASE " + DATABASE.settings().database() + " TO " + role);
        }
        DATABASE.execute("GRANT SELECT, INSERT ON snapshot_archive TO " + pipeline
                + "; GRANT USAGE ON SEQUENCE snapshot_archive_archive_id_seq TO " + pipeline);
        DATABASE.execute(
                "GRANT SELECT, INSERT, UPDATE, DELETE ON snapshot_archive, snapshot_archive_chunk TO " + program
                        + "; GRANT USAGE ON SEQUENCE snapshot_archive_archive_id_seq TO " + program
                        + "; GRANT SELECT ON snapshot_archive_chain, snapshot_archive_tombstone,"
                        + " snapshot_archive_tag_note TO " + program
                        + "; GRANT SELECT, INSERT ON snapshot_archive_redaction TO " + program
                        + "; GRANT SELECT, INSERT, UPDATE ON snapshot_change_set TO " + program);
    }

    @AfterAll
    static void dropRoles() {
        for (String role : List.of(pipeline, program)) {
            DATABASE.execute("DROP OWNED BY " + role + "; DROP ROLE " + role);
        }
    }

    @BeforeEach
    void empty() {
        DATABASE.execute("DELETE FROM snapshot_archive; DELETE FROM snapshot_archive_tombstone;"
                + " DELETE FROM snapshot_archive_tag_note; DELETE FROM snapshot_archive_redaction;"
                + " DELETE FROM snapshot_archive_chain; ALTER TABLE snapshot_change_set DISABLE TRIGGER USER;"
                + " DELETE FROM snapshot_change_set; ALTER TABLE snapshot_change_set ENABLE TRIGGER USER");
    }

    @Test
    void thePipelinesInsertAndReadersNeedRightsOnTheArchiveAlone() throws Exception {
        byte[] bytes = Submissions.bytes(1, 5_000);
        try (PostgresSession session = session(pipeline)) {
            for (int day = 1; day <= 2; day++) {
                existingInsert(session, day, bytes);
            }
            try (Statement statement = session.connection().createStatement()) {
                assertEquals(
                        "1|2|5000",
                        first(
                                statement,
                                "SELECT min(chain_no), max(chain_no), min(octet_length("
                                        + "parquet_data)) FROM snapshot_archive"));
                assertEquals("2", first(statement, "SELECT snapshot_count FROM get_archive_statistics(NULL, NULL)"));
                assertEquals("0", first(statement, "SELECT count(*) FROM cleanup_old_archives(0, TRUE)"));
            }
        }
        DATABASE.execute("GRANT SELECT ON snapshot_archive_chunk TO " + pipeline);
        try (PostgresSession session = session(pipeline);
                Statement statement = session.connection().createStatement()) {
            assertEquals("2", first(statement, "SELECT count(*) FROM validate_archive_integrity() WHERE is_valid"));
        } finally {
            DATABASE.execute("REVOKE SELECT ON snapshot_archive_chunk FROM " + pipeline);
        }
    }

    @Test
    void whoRemovesIsNamedEvenWithoutRightsOnTheTombstones() throws Exception {
        store.store(Submissions.of(directory, Submissions.DATE, Submissions.bytes(2, 10)));
        DATABASE.execute("GRANT DELETE ON snapshot_archive TO " + pipeline);
        try (PostgresSession session = session(pipeline);
                Statement statement = session.connection().createStatement()) {
            statement.execute("DELETE FROM snapshot_archive");
        } finally {
            DATABASE.execute("REVOKE DELETE ON snapshot_archive FROM " + pipeline);
        }
        assertEquals(List.of(pipeline), DATABASE.rows("SELECT removed_by FROM snapshot_archive_tombstone"));
    }

    @Test
    void nobodyElseCallsWhatTheTriggersCall() throws Exception {
        try (PostgresSession session = session(pipeline);
                Statement statement = session.connection().createStatement()) {
            statement.execute("CREATE TEMPORARY TABLE mine (LIKE snapshot_archive)");
            for (String attempt : List.of(
                    "SELECT snapshot_archive_move_head('ORDERS_UNIFIED', 'ALL', 99, 'x')",
                    "SELECT * FROM snapshot_archive_lock_chain('ORDERS_UNIFIED', 'ALL')",
                    "CREATE TRIGGER t AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION"
                            + " snapshot_archive_after_insert()",
                    "CREATE TRIGGER t AFTER DELETE ON mine FOR EACH ROW EXECUTE FUNCTION"
                            + " snapshot_archive_after_delete()",
                    "UPDATE snapshot_archive_chain SET chain_no = 0",
                    "DELETE FROM snapshot_archive_tombstone",
                    "INSERT INTO snapshot_archive_redaction (archive_id) VALUES (1)",
                    "SELECT snapshot_change_set_remove_of(1, 'x')",
                    "SELECT count(*) FROM snapshot_change_set",
                    "DELETE FROM snapshot_archive")) {
                SQLException refused = assertThrows(SQLException.class, () -> statement.execute(attempt), attempt);
                assertEquals("42501", refused.getSQLState(), refused.getMessage());
            }
        }
    }

    @Test
    void temporaryTablesOfTheSameNamesDeceiveNoTrigger() throws Exception {
        try (PostgresSession session = session(pipeline);
                Statement statement = session.connection().createStatement()) {
            statement.execute("CREATE TEMPORARY TABLE snapshot_archive_chain (source_table VARCHAR, customer_filter"
                    + " VARCHAR, chain_no BIGINT, digest VARCHAR, PRIMARY KEY (source_table, customer_filter));"
                    + " CREATE TEMPORARY TABLE snapshot_archive_redaction (source_table VARCHAR,"
                    + " customer_filter VARCHAR, chain_no BIGINT, digest VARCHAR); INSERT INTO"
                    + " snapshot_archive_chain VALUES ('ORDERS_UNIFIED', 'ALL', 41, 'forged')");
            statement.execute(
                    "INSERT INTO public.snapshot_archive (snapshot_date, parquet_data) VALUES ('2026-01-01', '\\x01')");
            assertEquals("1", first(statement, "SELECT chain_no FROM snapshot_archive"));
            assertEquals("41", first(statement, "SELECT chain_no FROM snapshot_archive_chain"));
        }
        assertEquals(1, store.chainHeads(ArchiveQuery.ALL).get(0).number());
    }

    @Test
    void theProgramsRightsSufficeForAllItDoes() {
        for (int inlineLimit : List.of(1 << 20, 1_000)) {
            empty();
            PostgresArchiveStore limited =
                    new PostgresArchiveStore(new PostgresArchiveSettings(settings(program), inlineLimit, 10_000));
            ArchivedSnapshot stored =
                    limited.store(Submissions.of(directory, Submissions.DATE, Submissions.bytes(3, 30_000)));
            assertEquals(List.of(stored), limited.list(ArchiveQuery.ALL));
            assertEquals(Optional.empty(), limited.findDamage(stored.id()));
            limited.open(stored.id()).close();
            limited.hold(stored.id(), new Hold(Optional.of("audit"), "2026", Optional.empty()));
            limited.release(stored.id());
            WrittenFile file = Submissions.of(directory, Submissions.DATE, Submissions.bytes(4, 20_000))
                    .file();
            limited.redact(new RedactionSubmission(
                    stored.id(),
                    stored.link().orElseThrow().digest(),
                    file,
                    Optional.of(new Fingerprint(file.sha256())),
                    1,
                    "request"));
            assertEquals(program, limited.redactions(ArchiveQuery.ALL).get(0).by());
            assertEquals(2, limited.chainHeads(ArchiveQuery.ALL).get(0).number());
            limited.changeTags(
                    stored.id(), new TagChange(Map.of("approved", "yes"), Set.of(), TagChange.Existing.KEEP));
            assertEquals(program, limited.tagNotes(ArchiveQuery.ALL).get(0).by());
            limited.publish(stored.id());
            ChangeSetSubmission changes = new ChangeSetSubmission(
                    stored.id(), file, new ChangeSetCounts(1, 0, 0, 0), RowFilter.of(List.of()));
            ArchivedSnapshot later = limited.store(
                    Submissions.of(directory, Submissions.DATE.plusSeconds(60), Submissions.bytes(5, 20_000))
                            .toBuilder()
                            .changeSet(Optional.of(changes))
                            .build());
            ChangeSetStore changeSets = limited.changeSets().orElseThrow();
            changeSets.open(later.id()).close();
            assertEquals(Optional.empty(), changeSets.findDamage(later.id()));
            assertEquals(1, changeSets.remove(List.of(later.id()), "test").size());
            changeSets.add(later.id(), changes);
            FilterEntry entry = FilterDigest.PLAIN.value("A", "a");
            assertEquals(List.of(), changeSets.mayHold(ArchiveQuery.ALL, List.of(entry)));
            assertEquals(1, limited.remove(List.of(stored.id()), "test").size());
            assertEquals(
                    Optional.of(program),
                    changeSets.records(ArchiveQuery.ALL).get(1).removal().map(ChangeSet.Removal::by));
            assertEquals(program, limited.tombstones(ArchiveQuery.ALL).get(0).removedBy());
        }
    }

    private static void existingInsert(PostgresSession session, int day, byte[] bytes) throws SQLException {
        try (PreparedStatement insert =
                session.connection().prepareStatement(PostgresArchiveStoreTest.EXISTING_INSERT)) {
            insert.setObject(1, LocalDateTime.of(2026, 2, day, 10, 0));
            insert.setString(2, "ALL");
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

    private static String first(Statement statement, String query) throws SQLException {
        try (java.sql.ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            StringBuilder values = new StringBuilder(rows.getString(1));
            for (int column = 2; column <= rows.getMetaData().getColumnCount(); column++) {
                values.append('|').append(rows.getString(column));
            }
            return values.toString();
        }
    }

    private static PostgresSession session(String role) {
        return PostgresSession.open(settings(role), "test");
    }

    private static PostgresSettings settings(String role) {
        PostgresSettings there = DATABASE.settings();
        return PostgresSettings.of(there.host(), there.port(), there.database(), role, "test");
    }
}
