package io.hybridsnapshot.postgres.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChangeSet;
import io.hybridsnapshot.domain.archive.ChangeSetSubmission;
import io.hybridsnapshot.domain.archive.RecordDigest;
import io.hybridsnapshot.domain.changeset.ChangeSetCounts;
import io.hybridsnapshot.domain.changeset.FilterDigest;
import io.hybridsnapshot.domain.changeset.FilterEntry;
import io.hybridsnapshot.domain.changeset.RowFilter;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import io.hybridsnapshot.testkit.contract.ArchiveStoreContract.ByteFlipper;
import io.hybridsnapshot.testkit.contract.ArchiveStoreContract.BytesAtRest;
import io.hybridsnapshot.testkit.contract.ChangeSetStoreContract;
import io.hybridsnapshot.testkit.contract.Hook;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.util.PSQLException;

/** Change sets in the database, also against statements of other programs. */
class PostgresChangeSetsTest extends ChangeSetStoreContract {
    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    @TempDir
    private Path files;

    @BeforeAll
    static void makeTables() {
        PostgresArchiveSchema.create(PostgresArchiveSettings.of(DATABASE.settings()));
    }

    @Override
    protected ArchiveStore store() {
        return new PostgresArchiveStore(PostgresArchiveSettings.of(DATABASE.settings()));
    }

    @Override
    protected Hook<ByteFlipper> byteFlipper() {
        return Hook.of(new PostgresArchiveHooks(DATABASE).changeSetFlipper());
    }

    @Override
    protected Hook<BytesAtRest> bytesAtRest() {
        return Hook.of(new PostgresArchiveHooks(DATABASE).bytesAtRest());
    }

    @Override
    protected Hook<UnaryOperator<ArchiveStore>> reopener() {
        return Hook.of(store -> store());
    }

    /** What the database does for every writer. */
    @Nested
    class InTheDatabase {
        private final PostgresArchiveStore store =
                new PostgresArchiveStore(PostgresArchiveSettings.of(DATABASE.settings()));

        @BeforeEach
        void empty() {
            DATABASE.execute("DELETE FROM snapshot_archive WHERE source_table = 'ORDERS_UNIFIED';"
                    + " ALTER TABLE snapshot_change_set DISABLE TRIGGER USER;"
                    + " DELETE FROM snapshot_change_set WHERE source_table = 'ORDERS_UNIFIED';"
                    + " ALTER TABLE snapshot_change_set ENABLE TRIGGER USER;"
                    + " DELETE FROM snapshot_archive_tombstone WHERE source_table = 'ORDERS_UNIFIED';"
                    + " DELETE FROM snapshot_archive_chain WHERE source_table = 'ORDERS_UNIFIED'");
        }

        @Test
        void rowOfAnotherWriterJoinsTheChainWithItsDigests() {
            List<ArchivedSnapshot> archives = chain(3, false);
            DATABASE.execute(
                    "INSERT INTO snapshot_change_set (archive_id, base_archive_id, source_table, customer_filter,"
                            + " snapshot_date, "
                            + " rows_new, rows_changed, rows_touched, rows_deleted, data, filter) SELECT a,"
                            + " a - 1,"
                            + " 'ELSEWHERE', 'NOBODY', '2001-01-01', 1, 2, 3, 4, decode(repeat('5c', 50), 'hex'),"
                            + " decode(repeat('00', 8), 'hex') FROM generate_series("
                            + archives.get(1).id() + ", "
                            + archives.get(2).id() + ") AS a");
            List<ChangeSet> added = store.changeSets().orElseThrow().list(ArchiveQuery.of("ORDERS_UNIFIED"));
            assertEquals(2, added.size());
            for (ChangeSet changeSet : added) {
                assertEquals(
                        RecordDigest.of(changeSet),
                        changeSet.link().orElseThrow().digest());
                assertEquals(50, changeSet.size());
                assertEquals(Optional.empty(), store.changeSets().orElseThrow().findDamage(changeSet.archive()));
            }
            assertEquals(
                    added.get(1).link().orElseThrow().digest(),
                    added.get(0).link().orElseThrow().previousDigest());
            assertEquals(List.of(), faults());
        }

        @Test
        void rowBetweenArchivesThatDoNotBelongTogetherIsRefused() {
            ArchiveId id = chain(1, false).get(0).id();
            for (String base : List.of(id.toString(), "-1")) {
                assertEquals(
                        "SA003",
                        assertThrows(
                                        PSQLException.class,
                                        () -> execute("INSERT INTO snapshot_change_set (archive_id, base_archive_id,"
                                                + " rows_new, rows_changed, rows_touched, rows_deleted, data, filter)"
                                                + " VALUES (" + id + ", " + base + ", 0, 0, 0, 0, '', '')"))
                                .getSQLState());
            }
        }

        @Test
        void deletedArchivesTakeTheirChangeSetsAlongWhoeverDeletes() {
            List<ArchivedSnapshot> archives = chain(4, true);
            DATABASE.execute("DELETE FROM snapshot_archive WHERE archive_id = "
                    + archives.get(1).id());
            assertEquals(
                    List.of(
                            archives.get(1).id() + "|t|archive "
                                    + archives.get(1).id() + " was removed",
                            archives.get(2).id() + "|t|archive "
                                    + archives.get(1).id() + " was removed",
                            archives.get(3).id() + "|f|null"),
                    kept());
            DATABASE.execute("UPDATE snapshot_archive SET snapshot_date = snapshot_date - interval '20 years' WHERE"
                    + " source_table = 'ORDERS_UNIFIED'");
            chain(2, false);
            DATABASE.execute("SELECT * FROM cleanup_old_archives(400, FALSE)");
            assertTrue(kept().get(2).endsWith("was removed: cleanup_old_archives(400)"), kept().get(2));
        }

        @Test
        void deletedRowOfAChangeSetLeavesItsRecord() {
            List<ArchivedSnapshot> archives = chain(3, true);
            DATABASE.execute("DELETE FROM snapshot_change_set WHERE archive_id = "
                    + archives.get(1).id());
            assertEquals(
                    List.of(
                            archives.get(1).id() + "|t|its row was deleted",
                            archives.get(2).id() + "|f|null"),
                    kept());
            assertEquals(List.of(), faults());
            assertEquals(
                    "SA002",
                    assertThrows(PSQLException.class, () -> execute("TRUNCATE snapshot_change_set"))
                            .getSQLState());
        }

        @Test
        void rolledBackRemovalKeepsTheChangeSets() throws SQLException {
            chain(3, true);
            List<String> before = kept();
            try (PostgresSession session = PostgresSession.open(DATABASE.settings(), "test");
                    Statement statement = session.connection().createStatement()) {
                session.connection().setAutoCommit(false);
                statement.execute("DELETE FROM snapshot_archive WHERE source_table = 'ORDERS_UNIFIED'");
                session.connection().rollback();
            }
            assertEquals(before, kept());
            assertEquals(List.of(), faults());
        }

        @Test
        void integrityCheckFindsEachKindOfDamage() {
            ArchiveId id = chain(2, true).get(1).id();
            String where = " WHERE archive_id = " + id;
            String restore = "UPDATE snapshot_change_set SET (data, filter, data_size, rows_new, previous_digest) ="
                    + " (SELECT data, filter, data_size, rows_new, previous_digest FROM kept)" + where;
            DATABASE.execute(
                    "DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT * FROM snapshot_change_set" + where);
            for (List<String> damage : List.of(
                    List.of("data = set_byte(data, 3, get_byte(data, 3) # 1)", "SHA-256 differs"),
                    List.of("filter = set_byte(filter, 3, get_byte(filter, 3) # 1)", "SHA-256 of the filter differs"),
                    List.of("data = data || '\\x00'", "301 bytes, expected 300"),
                    List.of("rows_new = 99", "its record does not have its digest"),
                    List.of("previous_digest = repeat('a', 64)", "is missing or has another digest"))) {
                DATABASE.execute("UPDATE snapshot_change_set SET " + damage.get(0) + where);
                String found = String.join("\n", faults());
                assertTrue(
                        found.startsWith(id + "|") && found.contains("change set: ") && found.contains(damage.get(1)),
                        found);
                DATABASE.execute(restore);
                assertEquals(List.of(), faults());
            }
            DATABASE.execute("DROP TABLE kept");
        }

        @Test
        void lostRecordOfAChangeSetIsAFaultOfTheLinksBesideIt() {
            List<ArchivedSnapshot> archives = chain(3, true);
            DATABASE.execute("ALTER TABLE snapshot_change_set DISABLE TRIGGER USER; DELETE FROM snapshot_change_set"
                    + " WHERE archive_id = " + archives.get(1).id()
                    + "; ALTER TABLE snapshot_change_set ENABLE TRIGGER USER");
            List<String> faults = faults();
            assertEquals(2, faults.size(), faults::toString);
            assertTrue(faults.get(0).matches(archives.get(1).id() + "\\|link \\d+ is missing"), faults.get(0));
            assertTrue(faults.get(1).matches(archives.get(2).id() + "\\|link \\d+ is missing"), faults.get(1));
        }

        @Test
        void serverSearchesFiltersAsTheProgramDoes() throws SQLException {
            Random random = new Random(7);
            try (PostgresSession session = PostgresSession.open(DATABASE.settings(), "test");
                    PreparedStatement call =
                            session.connection().prepareStatement("SELECT snapshot_change_set_may_hold(?, ?)")) {
                int held = 0;
                for (int round = 0; round < 2_000; round++) {
                    List<FilterEntry> entries = entries(random, 1 + random.nextInt(80));
                    RowFilter filter = RowFilter.of(entries);
                    // Every third search is for two entries, of which one may be in the filter.
                    List<FilterEntry> wanted = new ArrayList<>(entries(random, 1 + round % 3 / 2));
                    if (round % 2 == 0) {
                        wanted.add(entries.get(random.nextInt(entries.size())));
                    }
                    Long[] probes = wanted.stream()
                            .flatMap(entry ->
                                    IntStream.range(0, RowFilter.PROBES).mapToObj(entry::probe))
                            .toArray(Long[]::new);
                    call.setBytes(1, filter.bytes());
                    call.setArray(2, session.connection().createArrayOf("bigint", probes));
                    try (ResultSet row = call.executeQuery()) {
                        row.next();
                        boolean expected = wanted.stream().anyMatch(filter::mayHold);
                        assertEquals(expected, row.getBoolean(1), wanted::toString);
                        held += expected ? 1 : 0;
                    }
                }
                assertTrue(held >= 1_000 && held < 1_100, held + " held");
            }
        }

        private List<FilterEntry> entries(Random random, int count) {
            List<FilterEntry> entries = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                entries.add(FilterDigest.PLAIN.identity(new UUID(random.nextLong(), random.nextLong())));
            }
            return entries;
        }

        private List<ArchivedSnapshot> chain(int length, boolean changeSets) {
            List<ArchivedSnapshot> archives = new ArrayList<>();
            for (int minute = 0; minute < length; minute++) {
                ArchiveSubmission plain = Submissions.of(
                        files, Submissions.DATE.plus(minute, ChronoUnit.MINUTES), Submissions.bytes(minute, 100));
                Optional<ChangeSetSubmission> changes = Optional.empty();
                if (changeSets && minute > 0) {
                    changes = Optional.of(new ChangeSetSubmission(
                            archives.get(minute - 1).id(),
                            Submissions.of(files, Submissions.DATE, Submissions.bytes(minute, 300))
                                    .file(),
                            new ChangeSetCounts(1, 2, 3, 4),
                            RowFilter.of(entries(new Random(minute), 5))));
                }
                archives.add(store.store(plain.toBuilder().changeSet(changes).build()));
            }
            return archives;
        }

        private List<String> kept() {
            return DATABASE.rows(
                    "SELECT archive_id, data IS NULL AND filter IS NULL, removed_for FROM snapshot_change_set"
                            + " WHERE source_table = 'ORDERS_UNIFIED' ORDER BY change_set_no");
        }

        private List<String> faults() {
            return DATABASE.rows("SELECT v.archive_id, v.validation_error FROM validate_archive_integrity() v"
                    + " JOIN snapshot_archive a USING (archive_id) WHERE NOT v.is_valid"
                    + " AND a.source_table = 'ORDERS_UNIFIED' ORDER BY 1");
        }

        private void execute(String statement) throws SQLException {
            try (PostgresSession session = PostgresSession.open(DATABASE.settings(), "test");
                    Statement direct = session.connection().createStatement()) {
                direct.execute(statement);
            }
        }
    }
}
