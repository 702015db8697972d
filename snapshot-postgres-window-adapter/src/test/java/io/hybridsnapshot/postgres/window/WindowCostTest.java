package io.hybridsnapshot.postgres.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.connection.TestServer;
import io.hybridsnapshot.testkit.data.NumberedRows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Counts what a save writes. The server of this test writes no full-page images and vacuums nothing, so that the counts
 * are those of the save alone, and the same each time.
 */
class WindowCostTest {
    private static final Dataset ORDERS = Dataset.of("ORDERS_UNIFIED", List.of("record_uuid"))
            .withCarriedColumns(List.of("AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE"));

    private static final int ROWS = 20_000;
    private static final int CHANGED = 200;

    /** Bytes that the server counted; those of the changes vary with their places in the pages. */
    private static final long WAL_OF_ALL = 14_140_048;

    private static final long WAL_OF_CHANGES = 191_736;
    private static final long WAL_OF_NOTHING = 28_528;

    private static TestServer server;

    private final PostgresWindowSettings settings = PostgresWindowSettings.of(server.settings("postgres"));
    private final PostgresWindowStore store = new PostgresWindowStore(settings);

    @BeforeAll
    static void start() {
        server = TestServer.start(Map.of("full_page_writes", "off", "autovacuum", "off"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void saveWritesWhatChanged() throws Exception {
        PostgresWindowSchema.create(settings);
        store.prepare(ORDERS);
        NumberedRows rows = NumberedRows.of(1, ROWS);
        long whole = wal(() -> save(rows, 1, Optional.empty()));
        NumberedRows changed = changed(rows, 1);
        save(changed, 2, Optional.of(rows));
        NumberedRows again = changed(changed, 2);
        Map<String, Long> before = counters();
        long changes = wal(() -> save(again, 3, Optional.of(changed)));
        Map<String, Long> after = counters();
        long nothing = wal(() -> save(again, 4, Optional.of(again)));
        assertBytes(WAL_OF_ALL, whole, "all rows");
        assertBytes(WAL_OF_CHANGES, changes, CHANGED + " changed rows");
        assertBytes(WAL_OF_NOTHING, nothing, "no change");

        assertEquals(
                Map.of(
                        "orders_unified_snapshot written", (long) CHANGED,
                        "orders_unified_snapshot_version written", (long) 2 * CHANGED,
                        "orders_unified_snapshot_staging written", (long) 2 * CHANGED),
                written(before, after),
                "former versions come in and go out, and so do staged rows");
        long read = after.get("orders_unified_snapshot read") - before.get("orders_unified_snapshot read");
        assertTrue(read <= 2 * ROWS + 3 * CHANGED, "the current rows were read " + (double) read / ROWS + " times");
    }

    @Test
    void keptSnapshotsCostTheirChanges() {
        PostgresWindowSchema.create(settings);
        Dataset kept = Dataset.of("KEPT", List.of("record_uuid")).withCarriedColumns(ORDERS.carriedColumns());
        store.prepare(kept);
        NumberedRows rows = NumberedRows.of(2, 2_000);
        save(kept, rows, 1, Optional.empty(), 30);
        for (int day = 2; day <= 30; day++) {
            NumberedRows next = rows.with(day, day);
            save(kept, next, day, Optional.of(rows), 30);
            rows = next;
        }
        List<WindowSnapshot> visible = store.snapshots(kept, Optional.empty());
        assertEquals(30, visible.size());
        for (WindowSnapshot snapshot : visible) {
            try (KeyedRowStream stream = store.openRows(kept, snapshot)) {
                long found = 0;
                for (Optional<KeyedHashes> next = stream.next(); next.isPresent(); next = stream.next()) {
                    found += next.get().size();
                }
                assertEquals(2_000, found);
            }
        }
        assertEquals(29, ask("SELECT count(*) FROM kept_snapshot_version"));
    }

    /** The bytes of tables and indexes after thirty saves of 1 %, with vacuum after each, as autovacuum would do it. */
    @Test
    void thirtyKeptSnapshotsTakeLittleMoreSpaceThanTwo() {
        PostgresWindowSchema.create(settings);
        long two = bytesAfterThirtySaves("FEW", 2);
        long thirty = bytesAfterThirtySaves("MANY", 30);
        assertTrue(thirty <= 1.4 * two, () -> thirty + " bytes of 30 snapshots, " + two + " bytes of 2");
    }

    private long bytesAfterThirtySaves(String name, int keepCount) {
        Dataset dataset = Dataset.of(name, List.of("record_uuid")).withCarriedColumns(ORDERS.carriedColumns());
        store.prepare(dataset);
        int count = 5_000;
        NumberedRows rows = NumberedRows.of(3, count);
        save(dataset, rows, 1, Optional.empty(), keepCount);
        for (int day = 2; day <= 30; day++) {
            Map<Integer, Integer> changes = new HashMap<>(rows.changed());
            for (int i = 0; i < count / 100; i++) {
                changes.put((i * 100 + day * 37) % count, day);
            }
            NumberedRows next = new NumberedRows(rows.seed(), count, changes, rows.name());
            save(dataset, next, day, Optional.of(rows), keepCount);
            rows = next;
            execute("VACUUM %1$s_snapshot, %1$s_snapshot_version, %1$s_snapshot_staging"
                    .formatted(name.toLowerCase(Locale.ROOT)));
        }
        return ask("SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relname LIKE '"
                + name.toLowerCase(Locale.ROOT) + "\\_snapshot%'");
    }

    private static void execute(String sql) {
        try (PostgresSession session = PostgresSession.open(server.settings("postgres"), "test");
                Statement statement = session.connection().createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    /** Columns that are not carried stay in the file: only their names and types reach the window, in the ledger. */
    @Test
    void saveOfManyColumnsCostsTheirNames() {
        PostgresWindowSchema.create(settings);
        Dataset wide = Dataset.of("WIDE", List.of("record_uuid")).withCarriedColumns(ORDERS.carriedColumns());
        store.prepare(wide);
        NumberedRows rows = NumberedRows.of(4, 2_000);
        save(wide, rows, 1, Optional.empty(), 2);
        NumberedRows few = rows.with(1, 1);
        long narrow = wal(() -> save(wide, few, 2, Optional.of(rows), 2));
        NumberedRows many = few.with(2, 2).ofColumns(268);
        long all = wal(() -> save(wide, many, 3, Optional.of(few), 2));
        assertTrue(all - narrow < 64 << 10, () -> all + " bytes of log with 268 columns, " + narrow + " with 4");
    }

    /** Statistics know nothing of a partition that was filled after they were made. */
    @Test
    void changesOfAPartitionWithoutStatisticsCostThoseOfOneThatHasThem() {
        PostgresWindowSchema.create(settings);
        Dataset dataset = Dataset.of("PARTS", List.of("record_uuid")).withCarriedColumns(ORDERS.carriedColumns());
        store.prepare(dataset);
        int count = 30_000;
        Partition known = new Partition("known");
        NumberedRows rows = NumberedRows.of(5, count);
        save(dataset, known, rows, 1, Optional.empty(), 2);
        assertEquals(
                1,
                ask("SELECT n_distinct::bigint FROM pg_stats WHERE tablename = 'parts_snapshot'"
                        + " AND attname = 'customer_filter'"),
                "a publish of all rows makes statistics");
        // They stay as they are from now on.
        execute("ALTER TABLE parts_snapshot ALTER customer_filter SET STATISTICS 0");
        Partition added = new Partition("added");
        NumberedRows others = NumberedRows.of(6, count);
        save(dataset, added, others, 1, Optional.empty(), 2);

        long ofKnown = nanosOfSecondSave(dataset, known, rows);
        long ofAdded = nanosOfSecondSave(dataset, added, others);

        assertTrue(
                ofAdded < 10 * ofKnown,
                () -> ofAdded / 1_000_000 + " ms without statistics, " + ofKnown / 1_000_000 + " ms with them");
    }

    /** Changes nine of a hundred rows, and one row goes. */
    private long nanosOfSecondSave(Dataset dataset, Partition partition, NumberedRows rows) {
        Map<Integer, Integer> changes = new HashMap<>(rows.changed());
        for (int i = 0; i < rows.count() * 9 / 100; i++) {
            changes.put(i * 11, 2);
        }
        NumberedRows next = new NumberedRows(rows.seed(), rows.count() - 1, changes, rows.name());
        long start = System.nanoTime();
        save(dataset, partition, next, 2, Optional.of(rows), 2);
        return System.nanoTime() - start;
    }

    private static void assertBytes(long measured, long actual, String of) {
        assertTrue(actual <= 1.1 * measured, () -> actual + " bytes of log for " + of + ", measured were " + measured);
    }

    private static NumberedRows changed(NumberedRows rows, int version) {
        Map<Integer, Integer> changes = new HashMap<>(rows.changed());
        for (int i = 0; i < CHANGED; i++) {
            changes.put(i * (ROWS / CHANGED) + version, version);
        }
        return new NumberedRows(rows.seed(), rows.count(), changes, rows.name());
    }

    private void save(NumberedRows rows, int day, Optional<NumberedRows> before) {
        save(ORDERS, rows, day, before, 2);
    }

    private void save(Dataset dataset, NumberedRows rows, int day, Optional<NumberedRows> before, int keepCount) {
        save(dataset, Partition.ALL, rows, day, before, keepCount);
    }

    private void save(
            Dataset dataset,
            Partition partition,
            NumberedRows rows,
            int day,
            Optional<NumberedRows> before,
            int keepCount) {
        SnapshotId id = SnapshotId.random();
        try (WindowWriter writer =
                store.openWriter(dataset, partition, new WriterRequest("test", Duration.ofSeconds(20)))) {
            before.ifPresentOrElse(base -> rows.sealChanges(writer, id, day, base), () -> rows.seal(writer, id, day));
            writer.publish(id, Optional.empty(), keepCount);
        }
    }

    private static long wal(Runnable work) {
        long before = ask("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')");
        work.run();
        return ask("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')") - before;
    }

    private static long ask(String sql) {
        try (PostgresSession session = PostgresSession.open(server.settings("postgres"), "test");
                Statement statement = session.connection().createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    /** Rows of the dataset's tables that were written and read, of all sessions that have ended. */
    private static Map<String, Long> counters() throws Exception {
        try (PostgresSession session = PostgresSession.open(server.settings("postgres"), "test");
                Statement statement = session.connection().createStatement()) {
            Map<String, Long> counters = new HashMap<>();
            try (ResultSet row = statement.executeQuery("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del,"
                    + " seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables"
                    + " WHERE relname LIKE 'orders\\_unified%'")) {
                while (row.next()) {
                    counters.put(row.getString(1) + " written", row.getLong(2));
                    counters.put(row.getString(1) + " read", row.getLong(3));
                }
            }
            return counters;
        }
    }

    private static Map<String, Long> written(Map<String, Long> before, Map<String, Long> after) {
        Map<String, Long> written = new HashMap<>();
        after.forEach((counter, count) -> {
            if (counter.endsWith("written")) {
                written.put(counter, count - before.get(counter));
            }
        });
        return written;
    }
}
