package io.hybridsnapshot.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.catalogue.LoadSnapshot;
import io.hybridsnapshot.engine.comparison.DetailRequest;
import io.hybridsnapshot.engine.comparison.DetectChanges;
import io.hybridsnapshot.engine.comparison.DetectRequest;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.redaction.RedactArchives;
import io.hybridsnapshot.engine.redaction.RedactionRequest;
import io.hybridsnapshot.engine.redaction.RowKeys;
import io.hybridsnapshot.engine.save.Consent;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import io.hybridsnapshot.postgres.archive.FetchListener;
import io.hybridsnapshot.postgres.archive.PostgresArchiveSettings;
import io.hybridsnapshot.postgres.archive.PostgresArchiveStore;
import io.hybridsnapshot.postgres.connection.HeapWatch;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import io.hybridsnapshot.postgres.connection.TestServer;
import io.hybridsnapshot.postgres.window.PostgresWindowSettings;
import io.hybridsnapshot.postgres.window.PostgresWindowStore;
import io.hybridsnapshot.testkit.data.TableAssert;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A snapshot of 1.5 GB of Parquet through save, load, some columns, and detect, in a heap of 512 MB;
 * docs/how-to/archive-size.md has the command. Takes some minutes and some 8 GB of disk.
 */
@EnabledIfSystemProperty(named = "measure", matches = "true", disabledReason = "a measurement, run by hand")
class LargeSnapshotMeasurementTest {
    private static final long LARGE = 1_500_000_000L;
    private static final DenseOrders ORDERS = new DenseOrders(Long.getLong("rows", 400_000));
    private static final List<String> THREE_COLUMNS = List.of("ID", "TEXT 53", "NUMBER 120");

    @TempDir
    private Path directory;

    private final AtomicLong fetched = new AtomicLong();
    private final AtomicLong reads = new AtomicLong();

    @Test
    void aGigabyteAndAHalfOfRows() throws IOException, SQLException {
        assertTrue(Runtime.getRuntime().maxMemory() <= 512L << 20, "the measurement runs in a heap of at most 512 MiB");
        try (TestServer server =
                TestServer.start(Map.of("fsync", "on", "synchronous_commit", "on", "max_wal_size", "4GB"))) {
            SnapshotEnvironment environment = environment(server.settings("postgres"));
            ArchivedSnapshot archive = measured(
                    "save",
                    () -> new SaveSnapshot(environment)
                            .save(SaveRequest.of(DenseOrders.DATASET, Partition.ALL), ORDERS)
                            .archive()
                            .orElseThrow());
            System.out.printf("%d rows, file of %d bytes%n", ORDERS.rows(), archive.size());
            assertTrue(archive.size() >= LARGE || ORDERS.rows() < 400_000, () -> archive.size() + " bytes");

            LoadSnapshot load = new LoadSnapshot(environment);
            measured("export to Parquet", () -> {
                load.copyTo(archive, directory.resolve("copy.parquet"));
                return 0;
            });
            Files.delete(directory.resolve("copy.parquet"));
            measured("load all rows", () -> rows(load.open(archive, List.of())));
            measured("load 3 of 268 columns", () -> rows(load.open(archive, THREE_COLUMNS)));
            measured("read all rows in place", () -> {
                try (SnapshotReader reader =
                        environment.codec().openReader(environment.archive().open(archive.id()))) {
                    return rows(reader.rows(ReadOptions.ALL));
                }
            });
            assertEquals(
                    new DeltaSummary(0, 0, ORDERS.rows(), 0),
                    measured(
                            "detect",
                            () -> new DetectChanges(environment)
                                    .detect(
                                            new DetectRequest(
                                                    DenseOrders.DATASET,
                                                    Partition.ALL,
                                                    Optional.of(DetailRequest.EXAMPLES),
                                                    Progress.NONE),
                                            ORDERS)
                                    .counts()));
            measured("compare every cell", () -> {
                try (RowStream expected = ORDERS.open(ReadOptions.ALL);
                        RowStream actual = load.open(archive, List.of())) {
                    TableAssert.assertSameRows(expected, actual);
                }
                return 0;
            });
            redact(environment, archive);
        }
    }

    private void redact(SnapshotEnvironment environment, ArchivedSnapshot archive) {
        for (int rows = 4; rows < 6; rows++) {
            SaveRequest few =
                    SaveRequest.of(DenseOrders.DATASET, Partition.ALL).withConsents(Set.of(Consent.MANY_DELETED));
            new SaveSnapshot(environment).save(few, new DenseOrders(rows));
        }
        RowKeys keys = RowKeys.of(1, List.of(List.of(Optional.of("7")), List.of(Optional.of("2000"))));
        RedactionRequest request = RedactionRequest.of(DenseOrders.DATASET, keys);
        RedactArchives redaction = new RedactArchives(environment);
        assertEquals(
                2,
                measured("search for two keys", () -> redaction.plan(request)).erasableRows());
        assertEquals(
                2,
                measured("search and redact", () -> redaction.apply(request, "measurement"))
                        .erasedRows());
        long rows = environment
                .archive()
                .find(archive.id())
                .orElseThrow()
                .rowCount()
                .orElseThrow();
        assertEquals(ORDERS.rows() - 2, rows);
    }

    private static long rows(RowStream stream) {
        long rows = 0;
        try (stream) {
            for (var batch = stream.next(); batch.isPresent(); batch = stream.next()) {
                rows += batch.get().rowCount();
            }
        }
        assertEquals(ORDERS.rows(), rows);
        return rows;
    }

    private <T> T measured(String what, Supplier<T> step) {
        fetched.set(0);
        reads.set(0);
        try (HeapWatch heap = new HeapWatch()) {
            long start = System.nanoTime();
            T result = step.get();
            System.out.printf(
                    Locale.ROOT,
                    "%s: %.1f s, %d bytes fetched in %d reads; %s%n",
                    what,
                    (System.nanoTime() - start) / 1e9,
                    fetched.get(),
                    reads.get(),
                    heap);
            return result;
        }
    }

    private SnapshotEnvironment environment(PostgresSettings settings) throws IOException, SQLException {
        try (PostgresSession session = PostgresSession.open(settings, "test");
                Statement statement = session.connection().createStatement()) {
            for (String script : List.of(
                    "ddl/tables/window/snapshot_window_postgresql.sql",
                    "ddl/tables/kestra/snapshot_archive_postgresql.sql")) {
                statement.execute(Files.readString(Path.of("..", "sql").resolve(script)));
            }
        }
        FetchListener listener = (ArchiveId archive, long bytes) -> {
            fetched.addAndGet(bytes);
            reads.incrementAndGet();
        };
        return SnapshotEnvironment.of(
                new PostgresWindowStore(PostgresWindowSettings.of(settings)),
                new PostgresArchiveStore(PostgresArchiveSettings.of(settings), listener),
                new ParquetSnapshotCodec(),
                directory.resolve("work"));
    }
}
