package io.hybridsnapshot.postgres.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import io.hybridsnapshot.testkit.data.HashedRows;
import io.hybridsnapshot.testkit.data.NumberedRows;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Statements of foreign writers, and the previous snapshots that share unchanged rows with the current table. */
class ForeignStatementTest {
    private static final Dataset ORDERS = Dataset.of("ORDERS_UNIFIED", List.of("record_uuid"))
            .withCarriedColumns(List.of("AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE"));

    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    private final PostgresWindowStore store = new PostgresWindowStore(PostgresWindowSettings.of(DATABASE.settings()));
    private final NumberedRows first = NumberedRows.of(1, 10);
    private final NumberedRows second = first.with(3, 99);

    private WindowSnapshot previous;
    private WindowSnapshot current;

    @BeforeAll
    static void makeTables() {
        PostgresWindowSchema.create(PostgresWindowSettings.of(DATABASE.settings()));
    }

    /** Two snapshots that share nine of ten rows. */
    @BeforeEach
    void save() {
        DATABASE.execute("DROP TABLE IF EXISTS orders_unified_snapshot, orders_unified_snapshot_version,"
                + " orders_unified_snapshot_staging CASCADE; DELETE FROM snapshot_ledger; DELETE FROM snapshot_writer");
        store.prepare(ORDERS);
        previous = save(first, 1, Optional.empty(), Optional.of(new ArchiveId(41)));
        current = save(second, 2, Optional.of(first), Optional.of(new ArchiveId(42)));
        assertEquals(List.of("1"), versions());
    }

    @Test
    void deletedRowsStayInThePreviousSnapshot() {
        DATABASE.execute("DELETE FROM orders_unified_snapshot WHERE customer_filter = 'ALL'");
        assertPreviousIsWhole();
        assertEquals(Optional.of(current.in(SnapshotState.INCOMPLETE)), store.findCurrent(ORDERS, Partition.ALL));

        WindowSnapshot next = save(second, 3, Optional.empty(), Optional.empty());
        assertPreviousIsWhole();
        assertEquals(second.byIdentity(), read(next));
    }

    @Test
    void deletedAndInsertedRowsAreForeignAndThePreviousSnapshotsStay() {
        DATABASE.execute("CREATE TEMP TABLE kept AS SELECT * FROM orders_unified_snapshot;"
                + " DELETE FROM orders_unified_snapshot WHERE customer_filter = 'ALL';"
                + " INSERT INTO orders_unified_snapshot (record_uuid, row_hash, \"AAG ORDER NUMBER\", snapshot_date,"
                + " customer_filter) SELECT record_uuid, row_hash, 'JOO', '2026-03-02 12:00:00', 'ALL' FROM kept");
        WindowSnapshot foreign = store.findCurrent(ORDERS, Partition.ALL).orElseThrow();
        assertTrue(foreign.isForeign());
        assertPreviousIsWhole();

        WindowSnapshot next = save(second.with(5, 5), 3, Optional.empty(), Optional.empty(), 4);
        List<WindowSnapshot> visible = store.snapshots(ORDERS, Optional.empty());
        assertEquals(3, visible.size());
        assertEquals(second.byIdentity(), read(visible.get(1)));
        assertPreviousIsWhole();
        try (WindowWriter writer = writer()) {
            writer.takeBack(next.id().orElseThrow(), visible.get(1).id());
        }
        WindowSnapshot again = store.findCurrent(ORDERS, Partition.ALL).orElseThrow();
        assertTrue(again.isForeign());
        assertEquals(second.byIdentity(), read(again));
        assertEquals(
                List.of("10|0|0"),
                DATABASE.rows("SELECT count(*), count(batch_id), count(first_number) FROM orders_unified_snapshot"));
        assertPreviousIsWhole();
    }

    @Test
    void changedRowsStayAsTheyWereInThePreviousSnapshot() {
        DATABASE.execute("UPDATE orders_unified_snapshot SET row_hash = repeat('0', 64) WHERE \"AAG ORDER NUMBER\" IN"
                + " ('JOO-00003', 'JOO-00004')");
        assertPreviousIsWhole();
        Map<UUID, String> changed = read(current);
        assertEquals("0".repeat(64), changed.get(first.hashes().identity(4)));
        assertEquals(List.of("2"), versions(), "row 3 was the current snapshot's own already");
        DATABASE.execute("UPDATE orders_unified_snapshot SET \"CUSTOMER NAME\" = 'by hand'");
        assertPreviousIsWhole();
        assertEquals("by hand", texts(current).get(first.hashes().identity(5)));
    }

    @Test
    void rowWhoseIdentityChangesIsForeignAndStaysInThePreviousSnapshot() {
        DATABASE.execute("UPDATE orders_unified_snapshot SET record_uuid = '12345678-0000-0000-0000-000000000000'"
                + " WHERE \"AAG ORDER NUMBER\" = 'JOO-00007'");
        assertPreviousIsWhole();
        assertTrue(store.findCurrent(ORDERS, Partition.ALL).orElseThrow().isForeign());
    }

    @Test
    void truncatedRowsStayInThePreviousSnapshot() {
        DATABASE.execute("TRUNCATE orders_unified_snapshot");
        assertPreviousIsWhole();
    }

    @Test
    void stampsThatAForeignStatementSetsCopyNothing() {
        DATABASE.execute("UPDATE orders_unified_snapshot SET parquet_archive_id = 7, records_count = 7");
        assertEquals(List.of("1"), versions());
        assertEquals(current, store.findCurrent(ORDERS, Partition.ALL).orElseThrow());
    }

    /** The pipeline's user has no right on the ledger and the former versions. */
    @Test
    void writerNeedsNoRightOnOtherTables() {
        DATABASE.execute("DROP ROLE IF EXISTS pipeline; CREATE ROLE pipeline;"
                + " GRANT SELECT, INSERT, UPDATE, DELETE ON orders_unified_snapshot TO pipeline; SET ROLE pipeline;"
                + " UPDATE orders_unified_snapshot SET row_hash = 'x' WHERE \"AAG ORDER NUMBER\" = 'JOO-00001';"
                + " DELETE FROM orders_unified_snapshot; RESET ROLE; DROP OWNED BY pipeline; DROP ROLE pipeline");
        assertPreviousIsWhole();
    }

    /** The user of the scripts owns the trigger's function, and the program's user the tables of a dataset. */
    @Test
    void ownerOfTheFunctionGetsTheRightsThatTheTriggerNeeds() {
        DATABASE.execute("DROP ROLE IF EXISTS scripts; CREATE ROLE scripts; GRANT SELECT ON snapshot_ledger TO scripts;"
                + " ALTER FUNCTION snapshot_window_keep() OWNER TO scripts;"
                + " DROP TRIGGER snapshot_window_keep_deleted ON orders_unified_snapshot;"
                + " DROP TRIGGER snapshot_window_keep_updated ON orders_unified_snapshot;"
                + " DROP TRIGGER snapshot_window_keep_truncated ON orders_unified_snapshot;"
                + " SELECT snapshot_window_layout('public', 'ORDERS_UNIFIED')");
        try {
            DATABASE.execute(
                    "UPDATE orders_unified_snapshot SET row_hash = 'x' WHERE \"AAG ORDER NUMBER\" = 'JOO-00001';"
                            + " DELETE FROM orders_unified_snapshot");
            assertPreviousIsWhole();
        } finally {
            DATABASE.execute("ALTER FUNCTION snapshot_window_keep() OWNER TO CURRENT_USER; DROP OWNED BY scripts;"
                    + " DROP ROLE scripts");
        }
    }

    /** Such a trigger would run the stranger's own code with the rights of the function's owner. */
    @Test
    void functionRefusesTablesOfAnotherSchema() {
        AssertionError refused = assertThrows(
                AssertionError.class,
                () -> DATABASE.execute("CREATE TEMP TABLE t AS SELECT * FROM orders_unified_snapshot;"
                        + " CREATE TEMP TABLE t_version AS SELECT * FROM orders_unified_snapshot_version;"
                        + " CREATE TEMP TABLE snapshot_ledger AS SELECT * FROM public.snapshot_ledger;"
                        + " CREATE TRIGGER keep AFTER DELETE ON t REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT"
                        + " EXECUTE FUNCTION public.snapshot_window_keep('ORDERS_UNIFIED'); DELETE FROM t"));
        assertTrue(refused.getMessage().contains("calls the function of another schema"), refused.getMessage());
    }

    @Test
    void previousSnapshotThatLostRowsWhileTheTriggerWasDisabledIsRefused() {
        DATABASE.execute("ALTER TABLE orders_unified_snapshot DISABLE TRIGGER USER;"
                + " DELETE FROM orders_unified_snapshot WHERE \"AAG ORDER NUMBER\" IN ('JOO-00001', 'JOO-00002')");
        List<WindowSnapshot> visible = store.snapshots(ORDERS, Optional.empty());
        assertEquals(
                List.of(SnapshotState.INCOMPLETE, SnapshotState.INCOMPLETE),
                visible.stream().map(WindowSnapshot::state).toList());
        assertEquals(previous.id(), visible.get(1).id());
        SnapshotException refused = assertThrows(SnapshotException.class, () -> read(previous));
        assertEquals(Kind.CORRUPT, refused.kind());
        assertTrue(refused.getMessage().contains("archive 41"), refused.getMessage());
        SnapshotException texts = assertThrows(SnapshotException.class, () -> texts(previous));
        assertEquals(Kind.CORRUPT, texts.kind());
        assertEquals(List.of("0"), DATABASE.rows("SELECT count(*) FROM orders_unified_snapshot_history"));
        assertEquals(
                List.of(8L, 8L),
                store.stamps(ORDERS, Optional.empty()).stream()
                        .map(stamps -> stamps.rows())
                        .toList());
    }

    @Test
    void viewsShowWholeSnapshotsWithTheirStamps() {
        String columns = "count(*), min(batch_id::text), max(batch_id::text), min(snapshot_date), max(snapshot_date),"
                + " min(records_count), max(records_count), min(parquet_archive_id), max(parquet_archive_id)";
        assertEquals(
                List.of("10|" + current.id().orElseThrow() + "|" + current.id().orElseThrow()
                        + "|2026-03-02 06:00:00.000001|2026-03-02 06:00:00.000001|10|10|42|42"),
                DATABASE.rows("SELECT " + columns + " FROM orders_unified_snapshot_current"));
        assertEquals(
                List.of("10|" + previous.id().orElseThrow() + "|"
                        + previous.id().orElseThrow()
                        + "|2026-03-01 06:00:00.000001|2026-03-01 06:00:00.000001|10|10|41|41"),
                DATABASE.rows("SELECT " + columns + " FROM orders_unified_snapshot_history"));
        assertEquals(
                List.of("2026-03-01 06:00:00.000001|9", "2026-03-02 06:00:00.000001|1"),
                DATABASE.rows("SELECT snapshot_date, count(*) FROM orders_unified_snapshot GROUP BY 1 ORDER BY 1"),
                "the table has the stamps of each row's version");
        DATABASE.execute("INSERT INTO orders_unified_snapshot (record_uuid, row_hash, snapshot_date, customer_filter)"
                + " VALUES (gen_random_uuid(), 'x', '2026-03-09', 'OTHER')");
        assertEquals(
                List.of("1|2026-03-09 00:00:00"),
                DATABASE.rows("SELECT count(*), min(snapshot_date) FROM orders_unified_snapshot_current"
                        + " WHERE customer_filter = 'OTHER'"));
    }

    private void assertPreviousIsWhole() {
        assertEquals(first.byIdentity(), read(previous));
        assertEquals(
                10, texts(previous).values().stream().filter("GREYSON"::equals).count());
        assertEquals(
                List.of("10"),
                DATABASE.rows("SELECT count(*) FROM orders_unified_snapshot_history WHERE batch_id = '"
                        + previous.id().orElseThrow() + "'"));
    }

    private static List<String> versions() {
        return DATABASE.rows("SELECT count(*) FROM orders_unified_snapshot_version");
    }

    private WindowWriter writer() {
        return store.openWriter(ORDERS, Partition.ALL, new WriterRequest("test", Duration.ofSeconds(20)));
    }

    private WindowSnapshot save(
            NumberedRows rows, int day, Optional<NumberedRows> before, Optional<ArchiveId> archive) {
        return save(rows, day, before, archive, 3);
    }

    private WindowSnapshot save(
            NumberedRows rows, int day, Optional<NumberedRows> before, Optional<ArchiveId> archive, int keepCount) {
        SnapshotId id = SnapshotId.random();
        try (WindowWriter writer = writer()) {
            before.ifPresentOrElse(base -> rows.sealChanges(writer, id, day, base), () -> rows.seal(writer, id, day));
            return writer.publish(id, archive, keepCount);
        }
    }

    private Map<UUID, String> read(WindowSnapshot snapshot) {
        try (KeyedRowStream stream = store.openRows(ORDERS, snapshot)) {
            return HashedRows.read(stream).hashes();
        }
    }

    /** The customers by identity. */
    private Map<UUID, String> texts(WindowSnapshot snapshot) {
        Map<UUID, String> texts = new HashMap<>();
        try (RowStream stream = store.openCarried(ORDERS, snapshot).orElseThrow()) {
            for (Optional<RowBatch> next = stream.next(); next.isPresent(); next = stream.next()) {
                for (int row = 0; row < next.get().rowCount(); row++) {
                    UuidVector identities = (UuidVector) next.get().vector(0);
                    texts.put(
                            new UUID(identities.high(row), identities.low(row)),
                            ((BytesVector) next.get().vector(2)).text(row));
                }
            }
        }
        return texts;
    }
}
