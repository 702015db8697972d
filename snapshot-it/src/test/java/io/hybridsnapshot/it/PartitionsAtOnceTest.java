package io.hybridsnapshot.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.engine.Orders;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.save.Consent;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveResult;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import io.hybridsnapshot.postgres.archive.PostgresArchiveSettings;
import io.hybridsnapshot.postgres.archive.PostgresArchiveStore;
import io.hybridsnapshot.postgres.connection.PlainSql;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import io.hybridsnapshot.postgres.window.PostgresWindowSettings;
import io.hybridsnapshot.postgres.window.PostgresWindowStore;
import io.hybridsnapshot.testkit.data.ForeignStatements;
import io.hybridsnapshot.testkit.data.HashedRows;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Saves of four partitions at once, while foreign writers change the rows of all of them. */
class PartitionsAtOnceTest {
    private static final int PARTITIONS = 4;
    private static final int SAVES = 6;
    private static final int ROWS = 120;

    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    @TempDir
    Path directory;

    private final WindowStore window = new PostgresWindowStore(PostgresWindowSettings.of(DATABASE.settings()));
    private final ForeignStatements foreign = new PlainSql(DATABASE);
    private final List<Partition> partitions =
            IntStream.range(0, PARTITIONS).mapToObj(i -> new Partition("P" + i)).toList();

    @Test
    void everySaveOfEveryPartitionSucceedsAndTheServerFindsNoDeadlock() throws Exception {
        DATABASE.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        DATABASE.executeScript("ddl/tables/window/snapshot_window_postgresql.sql");
        DATABASE.executeScript("ddl/tables/kestra/snapshot_archive_postgresql.sql");
        for (Partition partition : partitions) {
            save(partition, orders(0));
        }
        AtomicBoolean saved = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(PARTITIONS + 2);
        try {
            List<Future<Integer>> acting = new ArrayList<>();
            for (int half = 0; half < 2; half++) {
                List<Partition> theirs = partitions.subList(2 * half, 2 * half + 2);
                Random random = new Random(half);
                acting.add(threads.submit(() -> {
                    int acts = 0;
                    while (!saved.get()) {
                        act(theirs.get(random.nextInt(2)), random);
                        acts++;
                    }
                    return acts;
                }));
            }
            List<Future<SaveResult>> saving = new ArrayList<>();
            for (Partition partition : partitions) {
                saving.add(threads.submit(() -> {
                    SaveResult last = null;
                    for (int i = 1; i <= SAVES; i++) {
                        last = save(partition, orders(i));
                    }
                    return last;
                }));
            }
            for (Future<SaveResult> each : saving) {
                assertEquals(ROWS, each.get(5, TimeUnit.MINUTES).snapshot().rowCount());
            }
            saved.set(true);
            for (Future<Integer> each : acting) {
                int acts = each.get(1, TimeUnit.MINUTES);
                assertTrue(acts >= SAVES, acts + " statements of a foreign writer");
            }
        } finally {
            saved.set(true);
            threads.shutdownNow();
        }
        assertEquals(
                List.of("0"),
                DATABASE.rows("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"));
        for (Partition partition : partitions) {
            SaveResult last = save(partition, orders(SAVES));
            assertEquals(
                    last.snapshot().fingerprint(),
                    Optional.of(HashedRows.of(rows(partition)).fingerprint()));
            assertEquals(
                    new DeltaSummary(0, 0, ROWS, 0),
                    save(partition, orders(SAVES)).delta().orElseThrow().counts());
        }
    }

    private static Orders orders(int save) {
        Orders orders = Orders.numbered(ROWS);
        for (int i = 1; i <= save; i++) {
            orders.set("JOO-" + i, "QTY", 1_000 + save);
        }
        return orders;
    }

    private SaveResult save(Partition partition, Orders orders) {
        SnapshotEnvironment environment = new SnapshotEnvironment(
                window,
                new PostgresArchiveStore(PostgresArchiveSettings.of(DATABASE.settings())),
                new ParquetSnapshotCodec(),
                directory.resolve(partition.name()),
                Clock.systemUTC(),
                "test",
                10_000);
        SaveRequest request = SaveRequest.of(Orders.DATASET, partition)
                .withConsents(Set.of(Consent.MANY_CHANGED, Consent.MANY_DELETED, Consent.LOST_ROWS));
        return new SaveSnapshot(environment).save(request, orders.source());
    }

    /** One statement of a foreign writer, or its DELETE and INSERT of a whole partition. */
    private void act(Partition partition, Random random) {
        Map<UUID, String> rows = rows(partition);
        if (rows.isEmpty()) {
            return;
        }
        UUID any = rows.keySet().stream()
                .skip(random.nextInt(rows.size()))
                .findFirst()
                .orElseThrow();
        switch (random.nextInt(5)) {
            case 0 -> foreign.delete(Orders.DATASET, partition, List.of(any));
            case 1 -> foreign.rehash(Orders.DATASET, partition, any, "ab".repeat(32));
            case 2 -> foreign.carry(Orders.DATASET, partition, any, "CUSTOMER", Optional.of("by hand"));
            case 3 ->
                foreign.stamp(
                        Orders.DATASET,
                        partition,
                        rows.keySet(),
                        Optional.empty(),
                        OptionalLong.empty(),
                        Optional.of(new ArchiveId(4_711)));
            default -> foreign.replace(Orders.DATASET, partition, Instant.now(), rows);
        }
    }

    /** The current rows, without a look at whose they are. */
    private Map<UUID, String> rows(Partition partition) {
        Map<UUID, String> rows = new HashMap<>();
        for (String row :
                DATABASE.rows("SELECT record_uuid, row_hash FROM orders_test_snapshot WHERE customer_filter = '"
                        + partition.name() + "'")) {
            String[] columns = row.split("\\|");
            rows.put(UUID.fromString(columns[0]), columns[1]);
        }
        return rows;
    }
}
