package io.hybridsnapshot.postgres.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.RowStamps;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import io.hybridsnapshot.testkit.data.HashedRows;
import io.hybridsnapshot.testkit.data.NumberedRows;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Windows of layout 1: the fixture is what a build before layout 2 left behind. */
class WindowLayoutTest {
    private static final Dataset ORDERS = Dataset.of("ORDERS_UNIFIED", List.of("record_uuid"))
            .withCarriedColumns(List.of("AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE"));

    private static final Dataset PLAIN = Dataset.of("Plain", List.of("record_uuid"));
    private static final Partition GREYSON = new Partition("GREYSON");
    private static final Partition BROKEN = new Partition("BROKEN");

    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    private final PostgresWindowSettings settings = PostgresWindowSettings.of(DATABASE.settings());
    private final PostgresWindowStore store = new PostgresWindowStore(settings);
    private final NumberedRows rows = NumberedRows.of(1, 6);

    @BeforeEach
    void upgrade() throws Exception {
        DATABASE.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        try (InputStream fixture = WindowLayoutTest.class.getResourceAsStream("/window_layout_1.sql")) {
            DATABASE.execute(new String(fixture.readAllBytes(), StandardCharsets.UTF_8));
        }
        PostgresWindowSchema.create(settings);
    }

    @Test
    void allSnapshotsAreStillThere() {
        assertEquals(
                List.of(
                        "ALL 3 CURRENT",
                        "ALL 2 PREVIOUS",
                        "BROKEN 7 INCOMPLETE",
                        "GREYSON null CURRENT",
                        "GREYSON 5 PREVIOUS"),
                shown(store.snapshots(ORDERS, Optional.empty())));
        assertEquals(rows.with(2, 8).byIdentity(), read(3));
        assertEquals(rows.with(2, 7).byIdentity(), read(2));
        assertEquals(NumberedRows.of(2, 3).byIdentity(), read(5));
        assertEquals(4, store.findCurrent(ORDERS, GREYSON).orElseThrow().rowCount());
        assertEquals(SnapshotState.REMOVED, entry(1).state());
        assertEquals(
                NumberedRows.of(4, 2).byIdentity(),
                read(PLAIN, store.findCurrent(PLAIN, Partition.ALL).orElseThrow()));
        assertEquals(
                List.of("2|6", "5|3"),
                DATABASE.rows("SELECT right(batch_id::text, 1), count(*) FROM orders_unified_snapshot_history"
                        + " GROUP BY batch_id ORDER BY 1"));
        for (RowStamps stamps : store.stamps(ORDERS, Optional.of(Partition.ALL))) {
            assertEquals(6, stamps.rows(), stamps.toString());
            assertEquals(0, stamps.otherDates() + stamps.otherCounts() + stamps.otherArchives(), stamps.toString());
        }
    }

    @Test
    void snapshotThatWasStagedByTheOlderProgramIsPublishedWhole() {
        try (WindowWriter writer = writer(Partition.ALL)) {
            assertEquals(
                    List.of(Optional.of(id(4))),
                    writer.unfinished().stream().map(WindowSnapshot::id).toList());
            writer.publish(id(4), Optional.of(new ArchiveId(14)), 3);
        }
        assertEquals(
                List.of("ALL 4 CURRENT", "ALL 3 PREVIOUS", "ALL 2 PREVIOUS"),
                shown(store.snapshots(ORDERS, Optional.of(Partition.ALL))));
        assertEquals(rows.with(2, 9).with(4, 9).byIdentity(), read(4));
        assertEquals(rows.with(2, 8).byIdentity(), read(3));
        assertEquals(rows.with(2, 7).byIdentity(), read(2));
        store.linkArchive(ORDERS, id(3), new ArchiveId(13));
        store.removeBeyond(ORDERS, Optional.empty(), 2);
        assertEquals(
                List.of("0"),
                DATABASE.rows("SELECT count(*) FROM orders_unified_snapshot_history_whole"
                        + " WHERE customer_filter = 'ALL'"));
        assertEquals(rows.with(2, 8).byIdentity(), read(3));
        assertEquals(
                List.of("13"),
                DATABASE.rows("SELECT DISTINCT parquet_archive_id FROM orders_unified_snapshot_history"
                        + " WHERE batch_id = '" + id(3) + "'"));
    }

    @Test
    void nextSnapshotIsStoredAsItsChanges() {
        NumberedRows before = rows.with(2, 8);
        NumberedRows after = before.with(5, 1);
        try (WindowWriter writer = writer(Partition.ALL)) {
            writer.discard(id(4));
            after.sealChanges(writer, id(10), 5, before);
            writer.publish(id(10), Optional.empty(), 3);
        }
        assertEquals(after.byIdentity(), read(10));
        assertEquals(before.byIdentity(), read(3));
        assertEquals(rows.with(2, 7).byIdentity(), read(2));
        assertEquals(List.of("1"), DATABASE.rows("SELECT count(*) FROM orders_unified_snapshot_version"));
    }

    @Test
    void foreignAndIncompleteSnapshotsAreFollowedAsBefore() {
        try (WindowWriter writer = writer(GREYSON)) {
            assertEquals(Optional.empty(), writer.changes().orElseThrow().base());
            NumberedRows.of(2, 5).seal(writer, id(11), 8);
            writer.publish(id(11), Optional.empty(), 3);
        }
        List<WindowSnapshot> visible = store.snapshots(ORDERS, Optional.of(GREYSON));
        assertEquals(3, visible.size());
        assertTrue(visible.get(1).isForeign());
        assertEquals(4, read(ORDERS, visible.get(1)).size());
        assertEquals(NumberedRows.of(2, 3).byIdentity(), read(5));
        try (WindowWriter writer = writer(BROKEN)) {
            NumberedRows.of(3, 3).seal(writer, id(8), 3);
            assertEquals(2, writer.publish(id(8), Optional.empty(), 2).attempt());
        }
        assertEquals(List.of("BROKEN 8 CURRENT"), shown(store.snapshots(ORDERS, Optional.of(BROKEN))));
    }

    @Test
    void snapshotOfTheEarlierLayoutBecomesCurrentAgain() {
        try (WindowWriter writer = writer(Partition.ALL)) {
            writer.takeBack(id(3), Optional.of(id(2)));
        }
        assertEquals(List.of("ALL 2 CURRENT"), shown(store.snapshots(ORDERS, Optional.of(Partition.ALL))));
        assertEquals(rows.with(2, 7).byIdentity(), read(2));
    }

    @Test
    void upgradingAgainAndPreparingChangeNothing() {
        List<String> before = state();
        PostgresWindowSchema.create(settings);
        store.prepare(ORDERS);
        assertEquals(before, state());
        Dataset more = ORDERS.withCarriedColumns(List.of("AAG ORDER NUMBER", "PO NUMBER"));
        store.prepare(more);
        assertEquals(rows.with(2, 7).byIdentity(), read(2));
        assertEquals(
                List.of("9|0"),
                DATABASE.rows("SELECT count(*), count(\"PO NUMBER\") FROM orders_unified_snapshot_history"));
    }

    @Test
    void olderProgramsAreRefusedWithOneClearError() {
        List<String> before = state();
        for (String statement : List.of(
                "INSERT INTO snapshot_ledger (dataset, batch_id, partition, date, state, started_at) VALUES"
                        + " ('ORDERS_UNIFIED', gen_random_uuid(), 'ALL', now(), 'STAGING', now())",
                "UPDATE snapshot_ledger SET state = 'PREVIOUS' WHERE batch_id = '" + id(3) + "';"
                        + " INSERT INTO orders_unified_snapshot_history (record_uuid, row_hash, \"AAG ORDER NUMBER\","
                        + " snapshot_date, customer_filter, batch_id) SELECT record_uuid, row_hash, 'x', snapshot_date,"
                        + " customer_filter, batch_id FROM orders_unified_snapshot",
                "UPDATE snapshot_ledger SET state = 'REMOVED' WHERE batch_id = '" + id(3) + "';"
                        + " UPDATE snapshot_ledger SET state = 'CURRENT' WHERE batch_id = '" + id(4) + "'",
                "DELETE FROM orders_unified_snapshot_history WHERE batch_id = '" + id(2) + "'")) {
            AssertionError refused = assertThrows(AssertionError.class, () -> DATABASE.execute(statement));
            assertTrue(refused.getMessage().contains("the window has layout 2"), refused.getMessage());
            assertEquals(before, state());
        }
    }

    /** As a later script would refuse this program. */
    @Test
    void layoutThatThisProgramDoesNotKnowIsRefusedWithOneClearError() {
        DATABASE.execute("CREATE OR REPLACE FUNCTION snapshot_ledger_layout() RETURNS TRIGGER LANGUAGE plpgsql AS"
                + " $$ BEGIN RAISE EXCEPTION 'the window has layout 3' USING ERRCODE = 'SW001'; END $$");
        try (WindowWriter writer = writer(Partition.ALL)) {
            SnapshotException refused = assertThrows(SnapshotException.class, () -> rows.seal(writer, id(12), 6));
            assertEquals(Kind.INVALID_REQUEST, refused.kind());
            assertTrue(refused.getMessage().contains("the window has layout 3"), refused.getMessage());
        }
    }

    private static List<String> state() {
        List<String> state = DATABASE.rows("SELECT relname || relkind::text || relnatts FROM pg_class"
                + " WHERE relnamespace = 'public'::regnamespace ORDER BY 1");
        state.addAll(DATABASE.rows("SELECT tgrelid::regclass || '.' || tgname FROM pg_trigger ORDER BY 1"));
        for (String table : List.of(
                "snapshot_ledger",
                "snapshot_writer",
                "orders_unified_snapshot",
                "orders_unified_snapshot_history",
                "orders_unified_snapshot_version",
                "orders_unified_snapshot_staging")) {
            state.addAll(DATABASE.rows("SELECT t::text FROM " + table + " t ORDER BY 1"));
        }
        return state;
    }

    private static List<String> shown(List<WindowSnapshot> snapshots) {
        return snapshots.stream()
                .map(snapshot -> snapshot.partition() + " "
                        + snapshot.id()
                                .map(id -> id.value().getLeastSignificantBits() & 0xF)
                                .orElse(null) + " "
                        + snapshot.state())
                .toList();
    }

    private static SnapshotId id(int n) {
        return new SnapshotId(new UUID(0xF1, 0x8000_0000_0000_0000L | n));
    }

    private WindowSnapshot entry(int n) {
        return store.find(ORDERS, id(n)).orElseThrow();
    }

    private WindowWriter writer(Partition partition) {
        return store.openWriter(ORDERS, partition, new WriterRequest("test", Duration.ofSeconds(20)));
    }

    private Map<UUID, String> read(int n) {
        return read(ORDERS, entry(n));
    }

    private Map<UUID, String> read(Dataset dataset, WindowSnapshot snapshot) {
        try (KeyedRowStream stream = store.openRows(dataset, snapshot)) {
            return HashedRows.read(stream).hashes();
        }
    }
}
