package io.hybridsnapshot.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.catalogue.LoadSnapshot;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import io.hybridsnapshot.postgres.archive.PostgresArchiveSchema;
import io.hybridsnapshot.postgres.archive.PostgresArchiveSettings;
import io.hybridsnapshot.postgres.archive.PostgresArchiveStore;
import io.hybridsnapshot.postgres.connection.CountingProxy;
import io.hybridsnapshot.postgres.connection.CountingProxy.Counts;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import io.hybridsnapshot.postgres.connection.TestServer;
import io.hybridsnapshot.postgres.window.PostgresWindowSchema;
import io.hybridsnapshot.postgres.window.PostgresWindowSettings;
import io.hybridsnapshot.postgres.window.PostgresWindowStore;
import io.hybridsnapshot.samples.OrdersMaker;
import io.hybridsnapshot.samples.OrdersSpec;
import io.hybridsnapshot.samples.OrdersUnified;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Counts what archives and saves cost on PostgreSQL: connections, statements, bytes from the server, and bytes of its
 * log. A count fails when it grows by more than a tenth. The server writes no full-page images and vacuums nothing, so
 * that its log is that of the work alone.
 */
class DatabaseCostTest {
    private static final int ARCHIVED_ROWS = 10_000;
    private static final int CHUNK_BYTES = 64 << 10;
    private static final int FEW = 1_000;
    private static final int MANY = 10_000;

    @TempDir
    private static Path directory;

    private static final ParquetSnapshotCodec CODEC = new ParquetSnapshotCodec();

    private static TestServer server;
    private static CountingProxy proxy;

    @BeforeAll
    static void start() {
        server = TestServer.start(Map.of("full_page_writes", "off", "autovacuum", "off"));
        proxy = new CountingProxy(server.settings("postgres"));
        PostgresArchiveSchema.create(PostgresArchiveSettings.of(server.settings("postgres")));
        PostgresWindowSchema.create(PostgresWindowSettings.of(server.settings("postgres")));
    }

    @AfterAll
    static void stop() {
        proxy.close();
        server.close();
    }

    @Test
    void anArchiveInChunksCostsNoMoreThanItDid() throws IOException {
        WrittenFile file = file();
        ArchiveStore store = store(0);
        store.store(submission(file, 0));
        AtomicReference<ArchivedSnapshot> stored = new AtomicReference<>();
        assertCost(new Counts(1, 9, 3_923), proxy.during(() -> stored.set(store.store(submission(file, 1)))));
        assertLoads(store, stored.get(), file, new Counts(1, 5, 1_069_484), new Counts(1, 7, 116_118));
    }

    @Test
    void anArchiveAsOneValueCostsNoMoreThanItDid() throws IOException {
        WrittenFile file = file();
        ArchiveStore store = store(64 << 20);
        store.store(submission(file, 2));
        AtomicReference<ArchivedSnapshot> stored = new AtomicReference<>();
        assertCost(new Counts(1, 8, 3_804), proxy.during(() -> stored.set(store.store(submission(file, 3)))));
        assertLoads(store, stored.get(), file, new Counts(1, 5, 1_069_152), new Counts(1, 7, 115_994));
    }

    @Test
    void savesCostNoMoreThanTheyDid() {
        SnapshotEnvironment environment = environment(store(64 << 20));
        assertSaves(
                environment, "few", FEW, new Counts(7, 192, 51_638), 1_165_080, new Counts(9, 142, 180_752), 238_672);
        assertSaves(
                environment,
                "many",
                MANY,
                new Counts(7, 192, 51_670),
                9_456_000,
                new Counts(9, 144, 1_035_789),
                1_280_744);
    }

    /** Saves a table, and then the same with 1 % of the rows changed. */
    private static void assertSaves(
            SnapshotEnvironment environment,
            String name,
            int rows,
            Counts first,
            long firstLog,
            Counts next,
            long nextLog) {
        Dataset dataset =
                Dataset.of(name, List.of(OrdersUnified.KEY)).withCarriedColumns(OrdersUnified.DATASET.carriedColumns());
        OrdersSpec day = OrdersSpec.of(31, rows).withShares(0.01, 0, 0);
        for (OrdersSpec spec : List.of(day, day.nextDay())) {
            long log = log();
            Counts counts = proxy.during(() ->
                    new SaveSnapshot(environment).save(SaveRequest.of(dataset, Partition.ALL), new OrdersMaker(spec)));
            long written = log() - log;
            boolean isFirst = spec.equals(day);
            assertCost(isFirst ? first : next, counts);
            assertBound("bytes of log", isFirst ? firstLog : nextLog, written);
        }
    }

    private static void assertLoads(
            ArchiveStore store, ArchivedSnapshot archive, WrittenFile file, Counts whole, Counts threeColumns)
            throws IOException {
        Path copy = directory.resolve("copy.parquet");
        LoadSnapshot load = new LoadSnapshot(environment(store));
        assertCost(whole, proxy.during(() -> load.copyTo(archive, copy)));
        assertArrayEquals(Files.readAllBytes(file.file()), Files.readAllBytes(copy));

        List<String> names = OrdersUnified.SCHEMA.names();
        List<String> three = List.of(names.get(3), names.get(names.size() / 2), names.get(names.size() - 5));
        Counts columns = proxy.during(() -> {
            try (SnapshotReader reader = CODEC.openReader(store.open(archive.id()));
                    RowStream stream = reader.rows(ReadOptions.ALL.withColumns(three))) {
                long count = 0;
                for (Optional<RowBatch> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
                    count += batch.get().rowCount();
                }
                assertEquals(ARCHIVED_ROWS, count);
            }
        });
        assertCost(threeColumns, columns);
    }

    private static void assertCost(Counts bound, Counts actual) {
        assertBound("connections", bound.connections(), actual.connections());
        assertBound("statements", bound.statements(), actual.statements());
        assertBound("bytes from the server", bound.bytesFromServer(), actual.bytesFromServer());
    }

    private static void assertBound(String of, long bound, long actual) {
        assertTrue(10 * actual <= 11 * bound, () -> actual + " " + of + ", measured were " + bound);
    }

    private static ArchiveStore store(long inlineLimit) {
        PostgresSettings settings = proxy.settings();
        return new PostgresArchiveStore(new PostgresArchiveSettings(settings, inlineLimit, CHUNK_BYTES));
    }

    private static SnapshotEnvironment environment(ArchiveStore archive) {
        return SnapshotEnvironment.of(
                new PostgresWindowStore(PostgresWindowSettings.of(proxy.settings())),
                archive,
                CODEC,
                directory.resolve("work"));
    }

    private static WrittenFile file() {
        OrdersMaker orders = new OrdersMaker(OrdersSpec.of(29, ARCHIVED_ROWS));
        try (SnapshotWriter writer =
                        CODEC.openWriter(directory.resolve("rows.parquet"), OrdersUnified.SCHEMA, Map.of());
                RowStream rows = orders.open(ReadOptions.ALL)) {
            for (Optional<RowBatch> batch = rows.next(); batch.isPresent(); batch = rows.next()) {
                writer.append(batch.get());
            }
            return writer.finish();
        }
    }

    private static ArchiveSubmission submission(WrittenFile file, int second) {
        Instant date = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(second);
        return ArchiveSubmission.builder(SnapshotId.random(), "COSTS", Partition.ALL, date, file)
                .sourceDatabase("ORDERS")
                .columnCount(OrdersUnified.SCHEMA.size())
                .schemaHash("0".repeat(64))
                .hashSpecId("hsr1")
                .fingerprint(new Fingerprint(file.sha256()))
                .build();
    }

    private static long log() {
        try (PostgresSession session = PostgresSession.open(server.settings("postgres"), "test")) {
            return session.dsl()
                    .fetchSingle("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')")
                    .get(0, Long.class);
        }
    }
}
