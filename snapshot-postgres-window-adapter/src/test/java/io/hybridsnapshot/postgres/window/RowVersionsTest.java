package io.hybridsnapshot.postgres.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.BaseSnapshot;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.postgres.connection.Isolation;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import io.hybridsnapshot.testkit.data.NumberedRows;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowVersionsTest {
    private static final Dataset ORDERS = Dataset.of("ORDERS", List.of("record_uuid"))
            .withCarriedColumns(List.of("CUSTOMER NAME", "AAG ORDER NUMBER"));

    private static final NumberedRows ROWS = NumberedRows.of(1, 50);

    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    private final PostgresWindowSettings settings = PostgresWindowSettings.of(DATABASE.settings());
    private final PostgresWindowStore store = new PostgresWindowStore(settings);

    @BeforeAll
    static void makeTables() {
        PostgresWindowSchema.create(PostgresWindowSettings.of(DATABASE.settings()));
    }

    @BeforeEach
    void saveRows() {
        DATABASE.execute(
                "DROP TABLE IF EXISTS orders_snapshot, orders_snapshot_version, orders_snapshot_staging CASCADE;"
                        + " DELETE FROM snapshot_ledger; DELETE FROM snapshot_writer");
        store.prepare(ORDERS);
        save(store, ROWS, 1, Optional.empty());
    }

    @Test
    void ledgerHasTheVersionsOfEveryPublish() {
        assertEquals(present(), recorded(), "all rows");
        NumberedRows changed = ROWS.with(3, 1).with(7, 1);
        save(store, changed, 2, Optional.of(ROWS));
        assertEquals(present(), recorded(), "changed rows");
        NumberedRows fewer = new NumberedRows(changed.seed(), 45, changed.changed(), changed.name());
        save(store, fewer, 3, Optional.of(changed));
        assertEquals(present(), recorded(), "deleted rows");
        NumberedRows more = new NumberedRows(fewer.seed(), 60, fewer.with(4, 2).changed(), fewer.name());
        save(store, more, 4, Optional.of(fewer));
        assertEquals(present(), recorded(), "new and changed rows");
        NumberedRows last = new NumberedRows(more.seed(), 58, more.with(5, 2).changed(), more.name());
        save(store, last, 5, Optional.of(more));
        assertEquals(present(), recorded(), "changed and deleted rows");
        save(store, last, 6, Optional.of(last));
        assertEquals(present(), recorded(), "no change");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE orders_snapshot DROP COLUMN \"CUSTOMER NAME\" CASCADE;"
                        + " ALTER TABLE orders_snapshot_version DROP COLUMN \"CUSTOMER NAME\"",
                "ALTER TABLE orders_snapshot RENAME \"CUSTOMER NAME\" TO x;"
                        + " ALTER TABLE orders_snapshot RENAME \"AAG ORDER NUMBER\" TO \"CUSTOMER NAME\";"
                        + " ALTER TABLE orders_snapshot RENAME x TO \"AAG ORDER NUMBER\"",
                "ALTER TABLE orders_snapshot DROP COLUMN \"CUSTOMER NAME\" CASCADE;"
                        + " ALTER TABLE orders_snapshot ADD COLUMN \"CUSTOMER NAME\" TEXT DEFAULT 'x'"
            })
    void alteredColumnsAreNotTheRowsThatWerePublished(String ddl) {
        BaseSnapshot before = base().orElseThrow();
        SnapshotId sealed = SnapshotId.random();
        NumberedRows next = ROWS.with(1, 1);
        try (WindowWriter writer = writer(store)) {
            next.sealChanges(writer, sealed, 2, ROWS);
        }
        List<String> versions = xmins();

        DATABASE.execute(ddl);
        store.prepare(ORDERS);

        assertEquals(versions, xmins(), "no row has another version");
        assertNotEquals(present(), recorded());
        assertNotEquals(Optional.of(before), base());
        assertEquals(Optional.empty(), base());
        try (WindowWriter writer = writer(store)) {
            Optional<WindowSnapshot> current = writer.current();
            assertEquals(50, current.orElseThrow().rowCount());
            assertEquals(Optional.empty(), writer.changes().orElseThrow().base(), "after the current snapshot");
            assertEquals(Optional.empty(), writer.changes().orElseThrow().publish(sealed, Optional.empty(), 2));
            writer.discard(sealed);
        }
        save(store, next, 2, Optional.empty());
        assertEquals(present(), recorded());
        assertEquals(
                List.of("GREYSON|50"),
                DATABASE.rows("SELECT min(\"CUSTOMER NAME\"), count(\"CUSTOMER NAME\") FROM orders_snapshot"));
    }

    @Test
    void anotherTableInItsPlaceIsNotTheRowsThatWerePublished() {
        DATABASE.execute("DELETE FROM orders_snapshot; INSERT INTO orders_snapshot (record_uuid, row_hash)"
                + " VALUES (gen_random_uuid(), 'a'); CREATE TABLE other (LIKE orders_snapshot INCLUDING ALL);"
                + " INSERT INTO other SELECT * FROM orders_snapshot");
        RowVersions before = present();
        DATABASE.execute("ALTER TABLE orders_snapshot RENAME TO moved; ALTER TABLE other RENAME TO orders_snapshot");
        RowVersions after = present();
        DATABASE.execute("DROP TABLE moved CASCADE");
        assertEquals(
                new RowVersions(before.rows(), before.hashes(), 0), new RowVersions(after.rows(), after.hashes(), 0));
        assertNotEquals(before.columns(), after.columns());
    }

    @ParameterizedTest
    @ValueSource(strings = {"VACUUM FULL orders_snapshot", "CLUSTER orders_snapshot USING orders_snapshot_pk"})
    void rewrittenTableKeepsTheVersions(String statement) {
        DATABASE.execute(statement);
        assertEquals(present(), recorded());
    }

    @Test
    void anotherTypeGivesOtherVersionsOfTheSameRows() {
        Optional<BaseSnapshot> before = base();
        DATABASE.execute("DROP VIEW orders_snapshot_current, orders_snapshot_history;"
                + " ALTER TABLE orders_snapshot ALTER \"CUSTOMER NAME\" TYPE VARCHAR(200)");
        store.prepare(ORDERS);
        assertNotEquals(present(), recorded());
        assertEquals(before, base(), "the token tells that they are the same");
    }

    @Test
    void foreignStatementGivesOtherVersions() {
        DATABASE.execute("UPDATE orders_snapshot SET \"CUSTOMER NAME\" = 'x' WHERE record_uuid ="
                + " (SELECT min(record_uuid::text)::uuid FROM orders_snapshot)");
        assertNotEquals(present(), recorded());
        assertEquals(Optional.empty(), base());
    }

    /** The driver then writes each statement's rows in a transaction of its own below the publish's. */
    @Test
    void savepointsOfTheDriverLeaveTheTokenToDecide() {
        PostgresSettings there = DATABASE.settings();
        PostgresWindowStore careful = new PostgresWindowStore(PostgresWindowSettings.of(new PostgresSettings(
                there.host(),
                there.port(),
                there.database(),
                there.user(),
                there.password(),
                Map.of("autosave", "always"))));
        NumberedRows changed = ROWS.with(3, 1);
        save(careful, changed, 2, Optional.of(ROWS));
        NumberedRows again =
                new NumberedRows(changed.seed(), 55, changed.with(4, 1).changed(), changed.name());
        save(careful, again, 3, Optional.of(changed));
        save(store, again.with(5, 1), 4, Optional.of(again));
        assertEquals(55, store.findCurrent(ORDERS, Partition.ALL).orElseThrow().rowCount());
    }

    @Test
    void ledgerWithoutTheColumnAsksForTheScript() {
        DATABASE.execute("ALTER TABLE snapshot_ledger DROP COLUMN row_versions");
        SnapshotException refused =
                assertThrows(SnapshotException.class, () -> store.findCurrent(ORDERS, Partition.ALL));
        assertTrue(refused.getMessage().contains("row_versions"), refused.getMessage());
        assertTrue(refused.getMessage().contains("the scripts in sql/"), refused.getMessage());
        DATABASE.executeScript("ddl/tables/window/snapshot_window_postgresql.sql");
        NumberedRows changed = ROWS.with(3, 1);
        save(store, changed, 2, Optional.of(ROWS));
        assertEquals(present(), recorded());
    }

    private Optional<BaseSnapshot> base() {
        try (WindowWriter writer = writer(store)) {
            return writer.changes().orElseThrow().base();
        }
    }

    private static WindowWriter writer(PostgresWindowStore store) {
        return store.openWriter(ORDERS, Partition.ALL, new WriterRequest("test", Duration.ofSeconds(20)));
    }

    private static void save(PostgresWindowStore store, NumberedRows rows, int day, Optional<NumberedRows> before) {
        SnapshotId id = SnapshotId.random();
        try (WindowWriter writer = writer(store)) {
            before.ifPresentOrElse(base -> rows.sealChanges(writer, id, day, base), () -> rows.seal(writer, id, day));
            writer.publish(id, Optional.empty(), 2);
        }
    }

    private RowVersions present() {
        WindowTables tables = new WindowTables(settings.schema(), ORDERS, Optional.empty());
        try (PostgresSession session = PostgresSession.open(DATABASE.settings(), "test")) {
            return session.inTransaction(
                    Isolation.READ_ONLY, "reading", () -> RowVersions.of(session, tables, Partition.ALL));
        }
    }

    private static RowVersions recorded() {
        String[] parts = DATABASE.rows("SELECT row_versions FROM snapshot_ledger WHERE state = 'CURRENT'")
                .get(0)
                .split("/");
        return new RowVersions(Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
    }

    private static List<String> xmins() {
        return DATABASE.rows("SELECT xmin, count(*) FROM orders_snapshot GROUP BY 1 ORDER BY 1::text");
    }
}
