package io.hybridsnapshot.postgres.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowProbe;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.postgres.connection.Isolation;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import io.hybridsnapshot.postgres.connection.TestServer;
import io.hybridsnapshot.testkit.data.HashedRows;
import io.hybridsnapshot.testkit.data.NumberedRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresWindowStoreTest {
    private static final String SCRIPT = "ddl/tables/window/snapshot_window_postgresql.sql";

    private static final Dataset ORDERS = Dataset.of("ORDERS_UNIFIED", List.of("record_uuid"))
            .withCarriedColumns(List.of("AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE"));

    /** The statements of readers and writers that were there before, in PostgreSQL's quoting. */
    private static final String EXISTING_READ = "SELECT record_uuid, row_hash, \"AAG ORDER NUMBER\", \"CUSTOMER NAME\","
            + " \"CUSTOMER STYLE\", snapshot_date FROM orders_unified_snapshot WHERE 1=1 AND \"CUSTOMER NAME\""
            + " = 'GREYSON' ORDER BY snapshot_date DESC";

    private static final String EXISTING_DELETE = "DELETE FROM orders_unified_snapshot WHERE customer_filter = ?";

    private static final String EXISTING_INSERT = "INSERT INTO orders_unified_snapshot (record_uuid, row_hash,"
            + " \"AAG ORDER NUMBER\", \"CUSTOMER NAME\", \"CUSTOMER STYLE\", snapshot_date, customer_filter)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?)";

    private static final String EXISTING_LINK =
            "UPDATE orders_unified_snapshot SET parquet_archive_id = ? WHERE batch_id = ?";

    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    private final PostgresWindowStore store = new PostgresWindowStore(PostgresWindowSettings.of(DATABASE.settings()));

    @BeforeAll
    static void makeTables() {
        DATABASE.executeScript(SCRIPT);
    }

    @BeforeEach
    void empty() {
        DATABASE.execute("DROP TABLE IF EXISTS orders_unified_snapshot, orders_unified_snapshot_version,"
                + " orders_unified_snapshot_staging CASCADE; DELETE FROM snapshot_ledger; DELETE FROM snapshot_writer");
        store.prepare(ORDERS);
    }

    @Test
    void existingReadersFindTheCurrentSnapshotOnce() throws Exception {
        NumberedRows rows = NumberedRows.of(1, 20);
        save(rows, 1);
        WindowSnapshot second = save(rows.with(3, 99), 2);
        assertEquals(20, DATABASE.rows(EXISTING_READ).size());
        assertEquals(
                List.of(UUID.fromString("00000000-0000-0003-8000-000000000003") + "|"
                        + rows.with(3, 99).hex(3) + "|JOO-00003|GREYSON|NULL|2026-03-02 06:00:00.000001"),
                DATABASE.rows(
                        "SELECT record_uuid, row_hash, \"AAG ORDER NUMBER\", \"CUSTOMER NAME\", coalesce(\"CUSTOMER"
                                + " STYLE\", 'NULL'), snapshot_date FROM orders_unified_snapshot WHERE \"AAG"
                                + " ORDER NUMBER\" = 'JOO-00003'"));
        try (PostgresSession session = PostgresSession.open(DATABASE.settings(), "test");
                PreparedStatement link = session.connection().prepareStatement(EXISTING_LINK)) {
            link.setLong(1, 77);
            link.setObject(2, second.id().orElseThrow().value());
            assertEquals(20, link.executeUpdate());
        }
    }

    @Test
    void aForeignSnapshotIsReportedComparedReadAndRetired() throws Exception {
        NumberedRows ours = NumberedRows.of(2, 10);
        save(ours, 1);
        NumberedRows foreign = ours.with(2, 50).with(7, 51);
        writeAsThePipelineDoes(foreign);

        WindowSnapshot current = store.findCurrent(ORDERS, Partition.ALL).orElseThrow();
        assertTrue(current.isForeign());
        assertEquals(10, current.rowCount());
        assertEquals(Instant.parse("2026-03-01T12:00:00Z"), current.date());
        assertEquals(Optional.empty(), current.hashSpecId());
        assertEquals(List.of(current), store.snapshots(ORDERS, Optional.empty()));
        assertEquals(foreign.byIdentity(), read(current));

        NumberedRows next = foreign.with(4, 60);
        try (WindowProbe probe = store.openProbe(ORDERS, Partition.ALL)) {
            probe.add(next.hashes());
            assertEquals(new DeltaSummary(0, 1, 9, 0), probe.delta().summary());
            assertEquals(Optional.of(current), probe.current());
        }
        WindowSnapshot published = save(next, 2);
        List<WindowSnapshot> visible = store.snapshots(ORDERS, Optional.empty());
        assertEquals(List.of(published, visible.get(1)), visible);
        WindowSnapshot retired = visible.get(1);
        assertEquals(SnapshotState.PREVIOUS, retired.state());
        assertEquals(current.date(), retired.date());
        assertEquals(Optional.empty(), retired.hashSpecId());
        assertEquals(foreign.byIdentity(), read(retired));
        assertEquals(
                List.of("CURRENT", "PREVIOUS", "REMOVED"),
                DATABASE.rows("SELECT state FROM snapshot_ledger ORDER BY state"),
                "what the foreign writer replaced has left the window");
        SnapshotException gone = assertThrows(SnapshotException.class, () -> read(current));
        assertEquals(Kind.CONFLICT, gone.kind());

        save(next, 3);
        assertEquals(2, store.snapshots(ORDERS, Optional.empty()).size());
        assertEquals(List.of("10"), DATABASE.rows("SELECT count(*) FROM orders_unified_snapshot_history"));
    }

    @Test
    void rowsThatWereRemovedMakeTheSnapshotIncompleteAndRowsThatWereAddedForeign() {
        NumberedRows ours = NumberedRows.of(3, 10);
        save(ours, 1);
        DATABASE.execute("DELETE FROM orders_unified_snapshot WHERE \"AAG ORDER NUMBER\" = 'JOO-00004'");
        assertEquals(
                SnapshotState.INCOMPLETE,
                store.findCurrent(ORDERS, Partition.ALL).orElseThrow().state());
        WindowSnapshot second = save(ours, 2);
        assertEquals(Optional.of(second), store.findCurrent(ORDERS, Partition.ALL));
        DATABASE.execute("INSERT INTO orders_unified_snapshot (record_uuid, row_hash) VALUES (gen_random_uuid(), 'x')");
        WindowSnapshot mixed = store.findCurrent(ORDERS, Partition.ALL).orElseThrow();
        assertTrue(mixed.isForeign());
        assertEquals(11, mixed.rowCount());
        assertEquals(11, read(mixed).size(), "a hash of another form is a foreign writer's right");
        DATABASE.execute("DELETE FROM orders_unified_snapshot");
        assertEquals(Optional.of(second.in(SnapshotState.INCOMPLETE)), store.findCurrent(ORDERS, Partition.ALL));
        assertEquals(10, save(ours, 3).rowCount());
    }

    @Test
    void aWriterWhoseSessionWasEndedLosesToTheNextAndCannotPublish() {
        NumberedRows rows = NumberedRows.of(4, 50);
        SnapshotId lost = SnapshotId.random();
        PostgresWindowWriter first = (PostgresWindowWriter) writer(store, "the first");
        rows.seal(first, lost, 1);
        String pid = DATABASE.rows("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted")
                .get(0);
        DATABASE.execute("SELECT pg_terminate_backend(" + pid + ", 10000)");
        WindowSnapshot published;
        try (WindowWriter second = writer(store, "the second")) {
            assertEquals(
                    List.of(Optional.of(lost)),
                    second.unfinished().stream().map(WindowSnapshot::id).toList());
            SnapshotId id = SnapshotId.random();
            rows.seal(second, id, 2);
            published = second.publish(id, Optional.empty(), 2);
            SnapshotException error =
                    assertThrows(SnapshotException.class, () -> first.publish(lost, Optional.empty(), 2));
            assertEquals(Kind.CONFLICT, error.kind());
            assertTrue(error.getMessage().contains("lost its lock"), error.getMessage());
            second.discard(lost);
        }
        first.close();
        assertEquals(List.of(published), store.snapshots(ORDERS, Optional.empty()));
        assertEquals(List.of("0"), DATABASE.rows("SELECT count(*) FROM orders_unified_snapshot_staging"));
    }

    @Test
    void aWriterIsStoppedByItsFenceEvenIfItsSessionLives() {
        NumberedRows rows = NumberedRows.of(5, 5);
        SnapshotId id = SnapshotId.random();
        try (WindowWriter writer = writer(store, "fenced")) {
            rows.seal(writer, id, 1);
            DATABASE.execute("UPDATE snapshot_writer SET fence = fence + 1");
            for (Runnable write : List.<Runnable>of(
                    () -> writer.publish(id, Optional.empty(), 2),
                    () -> writer.discard(id),
                    () -> rows.seal(writer, SnapshotId.random(), 2))) {
                SnapshotException error = assertThrows(SnapshotException.class, write::run);
                assertEquals(Kind.CONFLICT, error.kind());
                assertTrue(error.getMessage().contains("lost its lock"), error.getMessage());
            }
        }
        assertEquals(Optional.empty(), store.findCurrent(ORDERS, Partition.ALL));
    }

    @Test
    void theHolderOfALockIsNamedWithItsTime() {
        try (WindowWriter first = writer(store, "save@host (pid 4711)")) {
            assertEquals(Optional.empty(), first.current());
            SnapshotException error = assertThrows(
                    SnapshotException.class,
                    () -> store.openWriter(ORDERS, Partition.ALL, new WriterRequest("other", Duration.ofMillis(50))));
            assertEquals(Kind.CONFLICT, error.kind());
            assertTrue(
                    error.getMessage().matches(".*save@host \\(pid 4711\\) since 20\\d\\d-\\d\\d-\\d\\dT.*Z.*"),
                    error.getMessage());
        }
    }

    @Test
    void publishWaitsForAForeignWriterAndTakesItsRowsIntoAccount() throws Exception {
        NumberedRows rows = NumberedRows.of(6, 10);
        save(rows, 1);
        SnapshotId id = SnapshotId.random();
        ExecutorService background = Executors.newSingleThreadExecutor();
        try (WindowWriter writer = writer(store, "waiting");
                PostgresSession foreign = PostgresSession.open(DATABASE.settings(), "test")) {
            rows.seal(writer, id, 2);
            foreign.begin(Isolation.READ_COMMITTED, "testing");
            foreign.dsl()
                    .execute("INSERT INTO orders_unified_snapshot (record_uuid, row_hash) VALUES"
                            + " (gen_random_uuid(), 'x')");
            Future<WindowSnapshot> publishing = background.submit(() -> writer.publish(id, Optional.empty(), 2));
            assertThrows(TimeoutException.class, () -> publishing.get(300, TimeUnit.MILLISECONDS));
            assertEquals(10, DATABASE.rows(EXISTING_READ).size());
            foreign.commit("testing");
            assertEquals(10, publishing.get(30, TimeUnit.SECONDS).rowCount());
        } finally {
            background.shutdownNow();
        }
        assertEquals(List.of("11"), DATABASE.rows("SELECT count(*) FROM orders_unified_snapshot_history"));
        assertEquals(List.of("10"), DATABASE.rows("SELECT count(*) FROM orders_unified_snapshot"));
    }

    @Test
    void aPublishThatGetsNoTurnSaysThatTheSnapshotIsStagedAndArchived() {
        NumberedRows rows = NumberedRows.of(6, 10);
        SnapshotId id = SnapshotId.random();
        try (WindowWriter writer =
                        store.openWriter(ORDERS, Partition.ALL, new WriterRequest("patient", Duration.ofSeconds(31)));
                PostgresSession other = PostgresSession.open(DATABASE.settings(), "test")) {
            rows.seal(writer, id, 1);
            other.begin(Isolation.READ_COMMITTED, "testing");
            other.dsl().execute("LOCK TABLE orders_unified_snapshot IN SHARE ROW EXCLUSIVE MODE");
            SnapshotException error =
                    assertThrows(SnapshotException.class, () -> writer.publish(id, Optional.of(new ArchiveId(7)), 2));
            assertEquals(Kind.CONFLICT, error.kind());
            assertTrue(error.getMessage().contains("staged and archived (archive 7)"), error.getMessage());
            assertTrue(error.getMessage().contains("31000 ms"), error.getMessage());
            assertTrue(error.getMessage().contains("recovery or the next save"), error.getMessage());
            other.commit("testing");
            assertEquals(
                    10, writer.publish(id, Optional.of(new ArchiveId(7)), 2).rowCount());
        }
    }

    @Test
    void tablesThatAnAdministratorMadeAreClaimedByTheFirstName() {
        DATABASE.execute("DELETE FROM snapshot_writer");
        Dataset other = Dataset.of("Orders_Unified", List.of("record_uuid"));
        store.prepare(other);
        SnapshotException error = assertThrows(SnapshotException.class, () -> store.prepare(ORDERS));
        assertEquals(Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.getMessage().contains("'ORDERS_UNIFIED' beside 'Orders_Unified'"), error.getMessage());
        assertThrows(SnapshotException.class, () -> writer(store, "refused"));
    }

    @Test
    void nulCharactersAndLoneSurrogatesBecomeReplacementCharactersInTheCopyForReaders() {
        NumberedRows rows = NumberedRows.of(7, 1).named("a\0\0b\uD800c\0");
        save(rows, 1);
        assertEquals(
                List.of("a\uFFFD\uFFFDb\uFFFDc\uFFFD"),
                DATABASE.rows("SELECT \"AAG ORDER NUMBER\" FROM orders_unified_snapshot"));
    }

    @Test
    void aBusinessKeyTooLongForItsIndexIsRefusedBeforeAnythingIsVisible() {
        String incompressible = new Random(8)
                .ints(3_000, 33, 126)
                .collect(StringBuilder::new, (text, c) -> text.append((char) c), StringBuilder::append)
                .toString();
        SnapshotException error = assertThrows(
                SnapshotException.class, () -> save(NumberedRows.of(8, 1).named(incompressible), 1));
        assertEquals(Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.getMessage().contains("column 'AAG ORDER NUMBER'"), error.getMessage());
        save(NumberedRows.of(8, 1).named(incompressible.substring(0, 2_600)), 2);
    }

    @Test
    void carriedColumnsGrowAndNeverGo() {
        save(NumberedRows.of(9, 3), 1);
        store.prepare(ORDERS.withCarriedColumns(List.of("AAG ORDER NUMBER", "PO NUMBER")));
        assertEquals(
                List.of("3|0"),
                DATABASE.rows("SELECT count(\"CUSTOMER NAME\"), count(\"PO NUMBER\") FROM orders_unified_snapshot"));
        assertEquals(
                List.of(
                        "orders_unified_snapshot",
                        "orders_unified_snapshot_current",
                        "orders_unified_snapshot_history",
                        "orders_unified_snapshot_staging",
                        "orders_unified_snapshot_version"),
                DATABASE.rows(
                        "SELECT attrelid::regclass::text FROM pg_attribute WHERE attname = 'PO NUMBER' ORDER BY 1"));
    }

    @Test
    void columnsThatAreNoLongerCarriedDoNotKeepTextsOfEarlierSnapshots() {
        DATABASE.execute(
                "ALTER TABLE orders_unified_snapshot ADD COLUMN note text DEFAULT 'none', ADD COLUMN length int"
                        + " GENERATED ALWAYS AS (length(row_hash)) STORED");
        save(NumberedRows.of(13, 3), 1);
        DATABASE.execute("UPDATE orders_unified_snapshot SET note = 'mine'");
        Dataset fewer = ORDERS.withCarriedColumns(List.of("AAG ORDER NUMBER"));
        SnapshotId id = SnapshotId.random();
        try (WindowWriter writer =
                store.openWriter(fewer, Partition.ALL, new WriterRequest("test", Duration.ofSeconds(20)))) {
            NumberedRows.of(13, 4).seal(writer, id, 2);
            writer.publish(id, Optional.empty(), 2);
        }
        assertEquals(
                List.of("4|4|0|4|4"),
                DATABASE.rows("SELECT count(*), count(\"AAG ORDER NUMBER\"), count(\"CUSTOMER NAME\"),"
                        + " count(*) FILTER (WHERE note = 'none'), count(*) FILTER (WHERE length = 64)"
                        + " FROM orders_unified_snapshot"));
    }

    @Test
    void twoStagedRowsOfOneIdentityAreNeverPublished() {
        NumberedRows rows = NumberedRows.of(14, 5);
        for (int day = 1; day <= 2; day++) {
            SnapshotId id = SnapshotId.random();
            try (WindowWriter writer = writer(store, "twice")) {
                rows.seal(writer, id, day);
                DATABASE.execute("UPDATE orders_unified_snapshot_staging SET record_uuid ="
                        + " '00000000-0000-0003-8000-000000000003' WHERE record_uuid ="
                        + " '00000000-0000-0004-8000-000000000004'");
                SnapshotException error =
                        assertThrows(SnapshotException.class, () -> writer.publish(id, Optional.empty(), 2));
                assertEquals(Kind.CORRUPT, error.kind(), error.getMessage());
                writer.discard(id);
            }
            assertEquals(day - 1, store.snapshots(ORDERS, Optional.empty()).size());
            if (day == 1) {
                save(rows, 1);
            }
        }
    }

    @Test
    void namesThatTheTablesCannotHaveAreRefused() {
        for (String name : List.of("row_hash", "batch_id", "xmin", "ctid", "x".repeat(64), "nul\0", "日".repeat(22))) {
            SnapshotException error = assertThrows(
                    SnapshotException.class, () -> store.prepare(ORDERS.withCarriedColumns(List.of(name))));
            assertEquals(Kind.INVALID_REQUEST, error.kind());
        }
        store.prepare(Dataset.of("D" + "x".repeat(39), List.of("id")));
        assertThrows(SnapshotException.class, () -> store.prepare(Dataset.of("D" + "x".repeat(40), List.of("id"))));
    }

    @Test
    void everyTableAndColumnIsCommented() {
        assertEquals(
                List.of(),
                DATABASE.rows("SELECT attrelid::regclass || '.' || attname FROM pg_attribute JOIN pg_class ON"
                        + " pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND"
                        + " relkind = 'r' AND attnum > 0 AND relname LIKE ANY"
                        + " (ARRAY['orders\\_unified%', 'snapshot\\_%']) AND (col_description(attrelid,"
                        + " attnum) IS NULL OR obj_description(attrelid, 'pg_class') IS NULL)"));
    }

    @Test
    void anotherSchemaIsAWindowOfItsOwn() {
        DATABASE.execute("DROP SCHEMA IF EXISTS \"Other?\" CASCADE; CREATE SCHEMA \"Other?\"");
        try (PostgresSession session = PostgresSession.open(
                new PostgresSettings(
                        DATABASE.settings().host(),
                        DATABASE.settings().port(),
                        DATABASE.settings().database(),
                        "postgres",
                        "",
                        Map.of("currentSchema", "\"Other?\"")),
                "test")) {
            session.dsl().execute(script());
        }
        PostgresWindowStore other = new PostgresWindowStore(new PostgresWindowSettings(DATABASE.settings(), "Other?"));
        other.prepare(ORDERS);
        NumberedRows rows = NumberedRows.of(10, 4);
        try (WindowWriter here = writer(store, "here");
                WindowWriter there = writer(other, "there")) {
            SnapshotId id = SnapshotId.random();
            rows.seal(there, id, 1);
            there.publish(id, Optional.of(new ArchiveId(3)), 2);
            assertEquals(Optional.empty(), here.current());
        }
        assertEquals(List.of("4"), DATABASE.rows("SELECT count(*) FROM \"Other?\".orders_unified_snapshot"));
    }

    @Test
    void aWindowWithoutItsTablesSaysHowToMakeThem() {
        SnapshotException unprepared = assertThrows(
                SnapshotException.class,
                () -> store.openWriter(
                        Dataset.of("NEVER_PREPARED", List.of("id")),
                        Partition.ALL,
                        new WriterRequest("test", Duration.ZERO)));
        assertEquals(Kind.INVALID_REQUEST, unprepared.kind());
        assertTrue(unprepared.getMessage().contains("WindowStore.prepare does"), unprepared.getMessage());
    }

    @Test
    void aServerThatIsGoneIsUnavailable() {
        TestServer server = TestServer.start();
        PostgresWindowStore fragile = new PostgresWindowStore(PostgresWindowSettings.of(server.settings("postgres")));
        SnapshotException missing =
                assertThrows(SnapshotException.class, () -> fragile.find(ORDERS, SnapshotId.random()));
        assertEquals(Kind.UNAVAILABLE, missing.kind());
        assertTrue(missing.getMessage().contains("the scripts in sql/"), missing.getMessage());
        try (PostgresSession session = PostgresSession.open(server.settings("postgres"), "test")) {
            session.dsl().execute(script());
        }
        fragile.prepare(ORDERS);
        NumberedRows rows = NumberedRows.of(11, 100);
        SnapshotId id = SnapshotId.random();
        try (WindowWriter writer = writer(fragile, "fragile");
                WindowProbe probe = fragile.openProbe(ORDERS, Partition.ALL)) {
            rows.seal(writer, id, 1);
            probe.add(rows.hashes());
            server.close();
            for (Runnable call : List.<Runnable>of(
                    () -> writer.publish(id, Optional.empty(), 2),
                    writer::unfinished,
                    () -> writer.delta(id).summary(),
                    () -> probe.delta().summary(),
                    () -> fragile.findCurrent(ORDERS, Partition.ALL),
                    () -> fragile.prepare(ORDERS),
                    () -> fragile.removeBeyond(ORDERS, Optional.empty(), 1))) {
                SnapshotException error = assertThrows(SnapshotException.class, call::run);
                assertEquals(Kind.UNAVAILABLE, error.kind(), error.getMessage());
            }
        }
    }

    @Test
    void aConnectionThatBreaksDuringTheCommitOfAPublishLeavesTheOutcomeUnknown() throws Exception {
        NumberedRows rows = NumberedRows.of(12, 10);
        SnapshotId id = SnapshotId.random();
        // A deferred trigger runs within the commit, and there it waits for the test.
        DATABASE.execute("CREATE OR REPLACE FUNCTION hang() RETURNS trigger LANGUAGE plpgsql AS"
                + " 'BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NULL; END';"
                + " CREATE CONSTRAINT TRIGGER hang AFTER UPDATE ON snapshot_ledger DEFERRABLE INITIALLY DEFERRED"
                + " FOR EACH ROW WHEN (NEW.state = 'CURRENT') EXECUTE FUNCTION hang()");
        ExecutorService background = Executors.newSingleThreadExecutor();
        try (PostgresSession blocker = PostgresSession.open(DATABASE.settings(), "test")) {
            blocker.dsl().fetch("SELECT pg_advisory_lock(42)");
            try (WindowWriter writer = writer(store, "cut off")) {
                rows.seal(writer, id, 1);
                Future<WindowSnapshot> publishing = background.submit(() -> writer.publish(id, Optional.empty(), 2));
                List<String> waiting = List.of();
                while (waiting.isEmpty()) {
                    waiting = DATABASE.rows(
                            "SELECT pid FROM pg_stat_activity WHERE wait_event = 'advisory' AND query = 'COMMIT'");
                }
                DATABASE.execute("SELECT pg_terminate_backend(" + waiting.get(0) + ")");
                ExecutionException failed = assertThrows(ExecutionException.class, publishing::get);
                assertEquals(Kind.OUTCOME_UNKNOWN, ((SnapshotException) failed.getCause()).kind());
            }
        } finally {
            background.shutdownNow();
            DATABASE.execute("DROP TRIGGER hang ON snapshot_ledger");
        }
        try (WindowWriter next = writer(store, "the next")) {
            assertEquals(
                    SnapshotState.STAGED, next.unfinished().get(0).state(), "the server undid what was not committed");
            assertEquals(10, next.publish(id, Optional.empty(), 2).rowCount());
        }
    }

    private WindowSnapshot save(NumberedRows rows, int day) {
        SnapshotId id = SnapshotId.random();
        try (WindowWriter writer = writer(store, "test")) {
            rows.seal(writer, id, day);
            return writer.publish(id, Optional.empty(), 2);
        }
    }

    private static WindowWriter writer(PostgresWindowStore store, String holder) {
        return store.openWriter(ORDERS, Partition.ALL, new WriterRequest(holder, Duration.ofSeconds(20)));
    }

    private Map<UUID, String> read(WindowSnapshot snapshot) {
        try (KeyedRowStream stream = store.openRows(ORDERS, snapshot)) {
            return HashedRows.read(stream).hashes();
        }
    }

    private static void writeAsThePipelineDoes(NumberedRows rows) throws Exception {
        try (PostgresSession session = PostgresSession.open(DATABASE.settings(), "test");
                PreparedStatement delete = session.connection().prepareStatement(EXISTING_DELETE);
                PreparedStatement insert = session.connection().prepareStatement(EXISTING_INSERT)) {
            delete.setString(1, "ALL");
            delete.executeUpdate();
            for (Map.Entry<UUID, String> row : rows.byIdentity().entrySet()) {
                insert.setObject(1, row.getKey());
                insert.setString(2, row.getValue());
                insert.setString(3, "JOO");
                insert.setString(4, "GREYSON");
                insert.setString(5, null);
                insert.setObject(6, LocalDateTime.parse("2026-03-01T12:00:00"));
                insert.setString(7, "ALL");
                insert.executeUpdate();
            }
        }
    }

    private static String script() {
        try {
            return Files.readString(Path.of("..", "sql").resolve(SCRIPT));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
