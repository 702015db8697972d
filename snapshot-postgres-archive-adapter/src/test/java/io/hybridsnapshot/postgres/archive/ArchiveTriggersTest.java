package io.hybridsnapshot.postgres.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.Hold;
import io.hybridsnapshot.domain.archive.TagChange;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.util.PSQLException;

/** Holds and tombstones against statements of other programs. */
class ArchiveTriggersTest {
    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    private final PostgresArchiveStore store =
            new PostgresArchiveStore(PostgresArchiveSettings.of(DATABASE.settings()));
    private final PostgresArchiveStore chunked =
            new PostgresArchiveStore(new PostgresArchiveSettings(DATABASE.settings(), 1_000, 10_000));

    @TempDir
    private Path directory;

    @BeforeAll
    static void makeTables() {
        DATABASE.executeScript("ddl/tables/kestra/snapshot_archive_postgresql.sql");
    }

    @BeforeEach
    void empty() {
        DATABASE.execute("UPDATE snapshot_archive SET hold_reason = NULL; DELETE FROM snapshot_archive;"
                + " DELETE FROM snapshot_archive_tombstone; DELETE FROM snapshot_archive_tag_note");
    }

    @Test
    void aHeldArchiveWithstandsAnyDelete() {
        ArchivedSnapshot held =
                chunked.store(Submissions.of(directory, Submissions.DATE, Submissions.bytes(1, 30_000)));
        store.hold(held.id(), new Hold(Optional.of("legal"), "case 7", Optional.of(LocalDate.of(2999, 12, 31))));
        for (String statement : List.of(
                "DELETE FROM snapshot_archive",
                "DELETE FROM snapshot_archive WHERE archive_id = " + held.id(),
                "WITH gone AS (DELETE FROM snapshot_archive RETURNING 1) SELECT * FROM gone",
                "DELETE FROM snapshot_archive_chunk WHERE chunk_no = 1")) {
            PSQLException refused = assertThrows(PSQLException.class, () -> execute(statement), statement);
            assertEquals("SA001", refused.getSQLState());
            assertTrue(refused.getMessage().contains("archive " + held.id() + " is held"), refused.getMessage());
            assertTrue(
                    refused.getServerErrorMessage()
                            .getHint()
                            .contains("SET hold_reason = NULL WHERE archive_id = " + held.id()),
                    refused.getMessage());
        }
        assertTrue(assertThrows(PSQLException.class, () -> execute("DELETE FROM snapshot_archive"))
                .getMessage()
                .contains("'case 7', owner legal, until 2999-12-31"));
        assertEquals(Optional.empty(), store.findDamage(held.id()));

        store.release(held.id());
        DATABASE.execute("DELETE FROM snapshot_archive");
        assertEquals(List.of("0"), DATABASE.rows("SELECT count(*) FROM snapshot_archive_chunk"));
    }

    @Test
    @Timeout(60)
    void aHoldThatIsSetWhileADeleteWaitsIsSeen() throws Exception {
        ArchivedSnapshot archive = store.store(Submissions.of(directory, Submissions.DATE, Submissions.bytes(2, 10)));
        try (PostgresSession holder = PostgresSession.open(DATABASE.settings(), "test");
                Statement hold = holder.connection().createStatement()) {
            holder.connection().setAutoCommit(false);
            hold.execute("UPDATE snapshot_archive SET hold_reason = 'audit'");
            Thread deleting =
                    new Thread(() -> assertThrows(PSQLException.class, () -> execute("DELETE FROM snapshot_archive")));
            deleting.start();
            while (DATABASE.rows("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname ="
                            + " current_database()")
                    .isEmpty()) {
                Thread.sleep(10);
            }
            holder.connection().commit();
            deleting.join();
        }
        assertTrue(store.find(archive.id()).isPresent());
    }

    @Test
    void holdsEndByTheDayInUtcWhateverTheSessionsTimeZone() {
        for (String zone : List.of("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago")) {
            assertEquals(
                    List.of("t|t|f|f|f"),
                    DATABASE.rows("SELECT snapshot_archive_is_held('x', NULL), snapshot_archive_is_held('x',"
                            + " (now() AT TIME ZONE 'UTC')::date + 1), snapshot_archive_is_held('x', (now() AT"
                            + " TIME ZONE 'UTC')::date), snapshot_archive_is_held(NULL, '2999-01-01'),"
                            + " snapshot_archive_is_held(NULL, NULL) FROM set_config('TimeZone', '" + zone
                            + "', false)"));
        }
    }

    @Test
    void aBlankHoldOfSomebodyElseHoldsAndCanBeListed() {
        DATABASE.execute("INSERT INTO snapshot_archive (snapshot_date, parquet_data, hold_reason, hold_owner) VALUES"
                + " ('2026-01-01', '\\x01', '', ' ')");
        ArchivedSnapshot listed = store.list(ArchiveQuery.ALL).get(0);
        assertEquals(Optional.of(new Hold(Optional.empty(), "no reason given", Optional.empty())), listed.hold());
        assertThrows(PSQLException.class, () -> execute("DELETE FROM snapshot_archive"));
    }

    @Test
    void theCleanupPassesOverWhatIsHeldTodayAndNotes() {
        for (int day = 1; day <= 6; day++) {
            DATABASE.execute(
                    "INSERT INTO snapshot_archive (snapshot_date, parquet_data, hold_reason, hold_until) VALUES"
                            + " ('2020-01-0" + day + "', '\\x01', " + (day <= 2 ? "'audit'" : "NULL") + ", "
                            + (day == 2 ? "'2020-02-01'" : "NULL") + ")");
        }
        List<String> planned =
                DATABASE.rows("SELECT archive_id, snapshot_date::date, size_mb FROM cleanup_old_archives(30, TRUE)");
        assertEquals(3, planned.size());
        DATABASE.execute("BEGIN; SELECT set_config('hybrid_snapshots.removal_reason', 'mine', TRUE);"
                + " SELECT * FROM cleanup_old_archives(30, FALSE);"
                + " DELETE FROM snapshot_archive WHERE snapshot_date = '2020-01-06'; COMMIT");
        assertEquals(
                List.of(
                        "2020-01-02|cleanup_old_archives(30)",
                        "2020-01-03|cleanup_old_archives(30)",
                        "2020-01-04|cleanup_old_archives(30)",
                        "2020-01-06|mine"),
                DATABASE.rows("SELECT snapshot_date::date, removal_reason FROM snapshot_archive_tombstone"
                        + " ORDER BY snapshot_date"));
    }

    @Test
    void aDeleteOfAnyoneLeavesATombstone() {
        ArchivedSnapshot inline = store.store(Submissions.of(directory, Submissions.DATE, Submissions.bytes(3, 100)));
        ArchivedSnapshot parts =
                chunked.store(Submissions.of(directory, Submissions.DATE.plusSeconds(1), Submissions.bytes(4, 30_000)));
        DATABASE.execute("INSERT INTO snapshot_archive (snapshot_date, parquet_data, tags) VALUES"
                + " ('2020-01-01', '\\x010203', '[1]')");
        ArchivedSnapshot foreign = store.list(ArchiveQuery.ALL).get(2);
        DATABASE.execute("DELETE FROM snapshot_archive");
        assertEquals(
                List.of(parts, inline, foreign),
                store.tombstones(ArchiveQuery.ALL).stream()
                        .map(tombstone -> tombstone.archive())
                        .toList());
        assertEquals(
                List.of("null|postgres|t"),
                DATABASE.rows(
                        "SELECT DISTINCT removal_reason, removed_by, abs(extract(epoch FROM removed_at - (now() AT"
                                + " TIME ZONE 'UTC'))) < 60 FROM snapshot_archive_tombstone"));
        assertEquals(
                List.of("null|null|3", "null|null|100", "10000|3|30000"),
                DATABASE.rows("SELECT chunk_bytes, chunk_count, parquet_size FROM snapshot_archive_tombstone ORDER BY"
                        + " snapshot_date"));
    }

    @Test
    void aReasonHoldsForItsTransactionAlone() {
        ArchivedSnapshot archive = store.store(Submissions.of(directory, Submissions.DATE, Submissions.bytes(5, 10)));
        store.remove(List.of(archive.id()), "plan 4711");
        DATABASE.execute("INSERT INTO snapshot_archive (snapshot_date, parquet_data) VALUES ('2020-01-01', '\\x01')");
        DATABASE.execute(
                "BEGIN; SET LOCAL hybrid_snapshots.removal_reason = 'x'; COMMIT; DELETE FROM snapshot_archive");
        assertEquals(
                List.of("null", "plan 4711"),
                DATABASE.rows("SELECT removal_reason FROM snapshot_archive_tombstone ORDER BY snapshot_date"));
    }

    @Test
    void aTagThatAnyStatementChangesIsNoted() throws Exception {
        ArchivedSnapshot stored = store.store(Submissions.of(directory, Submissions.DATE, Submissions.bytes(9, 100)));
        execute("UPDATE snapshot_archive SET tags = '{\"n\": 7, \"deep\": {\"a\": [1]}, \"no\": null}'");
        execute("UPDATE snapshot_archive SET tags = tags || '{\"n\": 8}'");
        execute("UPDATE snapshot_archive SET tags = tags, hold_reason = NULL");
        execute("UPDATE snapshot_archive SET tags = NULL");
        assertEquals(
                List.of(
                        "deep: - > {\"a\": [1]}",
                        "kind: test > -",
                        "n: - > 7",
                        "no: - > null",
                        "n: 7 > 8",
                        "deep: {\"a\": [1]} > -",
                        "n: 8 > -",
                        "no: null > -"),
                store.tagNotes(ArchiveQuery.of(stored.dataset())).stream()
                        .map(note -> note.name() + ": " + note.before().orElse("-") + " > "
                                + note.after().orElse("-"))
                        .toList());
    }

    @Test
    void valuesOfAnotherProgramKeepTheirJsonTypeUnlessTheyAreSet() throws Exception {
        ArchivedSnapshot stored = store.store(Submissions.of(directory, Submissions.DATE, Submissions.bytes(10, 100)));
        execute("UPDATE snapshot_archive SET tags = '{\"n\": 7, \"list\": [1, 2]}'");
        TagChange change = new TagChange(Map.of("a", "1", "n", "7"), Set.of(), TagChange.Existing.KEEP);
        assertEquals(
                Map.of("a", "1", "n", "7", "list", "[1, 2]"),
                store.changeTags(stored.id(), change).tags());
        try (PostgresSession session = PostgresSession.open(DATABASE.settings(), "test");
                Statement statement = session.connection().createStatement();
                ResultSet found = statement.executeQuery("SELECT tags::text FROM snapshot_archive")) {
            assertTrue(found.next());
            assertEquals("{\"a\": \"1\", \"n\": 7, \"list\": [1, 2]}", found.getString(1));
        }
    }

    @Test
    void tagsThatAreNoObjectAreNotReplaced() throws Exception {
        ArchivedSnapshot stored = store.store(Submissions.of(directory, Submissions.DATE, Submissions.bytes(11, 100)));
        execute("UPDATE snapshot_archive SET tags = '[1]'");
        TagChange change = new TagChange(Map.of("a", "1"), Set.of(), TagChange.Existing.REPLACE);
        SnapshotException refused = assertThrows(SnapshotException.class, () -> store.changeTags(stored.id(), change));
        assertEquals(SnapshotException.Kind.CONFLICT, refused.kind());
        assertTrue(refused.getMessage().contains("a JSON array"), refused.getMessage());
    }

    @Test
    void theArchiveCannotBeTruncated() {
        store.store(Submissions.of(directory, Submissions.DATE, Submissions.bytes(6, 10)));
        for (String statement : List.of(
                "TRUNCATE snapshot_archive CASCADE",
                "TRUNCATE snapshot_archive, snapshot_archive_chunk RESTART IDENTITY",
                "TRUNCATE snapshot_archive_chunk")) {
            PSQLException refused = assertThrows(PSQLException.class, () -> execute(statement), statement);
            assertEquals("SA002", refused.getSQLState());
            assertTrue(refused.getServerErrorMessage().getHint().contains("DELETE FROM snapshot_archive"));
        }
        assertEquals(1, store.list(ArchiveQuery.ALL).size());
    }

    @Test
    void countsOfChangesAreAllKnownOrNone() {
        for (String counts : List.of("1, NULL, 2, 3", "NULL, NULL, NULL, 0", "1, 2, -3, 4")) {
            PSQLException refused = assertThrows(
                    PSQLException.class,
                    () -> execute("INSERT INTO snapshot_archive (snapshot_date, parquet_data, rows_new, rows_changed,"
                            + " rows_unchanged, rows_deleted) VALUES ('2026-01-01', '\\x01', " + counts + ")"));
            assertEquals("23514", refused.getSQLState());
        }
    }

    private static void execute(String sql) throws SQLException {
        try (PostgresSession session = PostgresSession.open(DATABASE.settings(), "test");
                Statement statement = session.connection().createStatement()) {
            statement.execute(sql);
        }
    }
}
