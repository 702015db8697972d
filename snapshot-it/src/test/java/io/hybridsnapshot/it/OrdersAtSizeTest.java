package io.hybridsnapshot.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.csv.CsvFormat;
import io.hybridsnapshot.csv.CsvLayout;
import io.hybridsnapshot.csv.CsvRowSource;
import io.hybridsnapshot.csv.CsvRowWriter;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.catalogue.LoadSnapshot;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.comparison.DetailRequest;
import io.hybridsnapshot.engine.comparison.DetectChanges;
import io.hybridsnapshot.engine.comparison.DetectRequest;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import io.hybridsnapshot.postgres.archive.PostgresArchiveSettings;
import io.hybridsnapshot.postgres.archive.PostgresArchiveStore;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import io.hybridsnapshot.postgres.window.PostgresWindowSettings;
import io.hybridsnapshot.postgres.window.PostgresWindowStore;
import io.hybridsnapshot.samples.OrdersMaker;
import io.hybridsnapshot.samples.OrdersSpec;
import io.hybridsnapshot.samples.OrdersUnified;
import io.hybridsnapshot.testkit.data.TableAssert;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** 100,000 orders of 268 columns through save, next-day detect, save and export, in a heap of 1 GB. */
class OrdersAtSizeTest {
    private static final long GIB = 1L << 30;

    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    @TempDir
    Path directory;

    @Test
    void aHundredThousandOrdersGoThroughWithinAGigabyte() {
        assertTrue(Runtime.getRuntime().maxMemory() <= GIB, "the test runs in a heap of at most 1 GiB");
        DATABASE.executeScript("ddl/tables/window/snapshot_window_postgresql.sql");
        DATABASE.executeScript("ddl/tables/kestra/snapshot_archive_postgresql.sql");
        SnapshotEnvironment environment = SnapshotEnvironment.of(
                new PostgresWindowStore(PostgresWindowSettings.of(DATABASE.settings())),
                new PostgresArchiveStore(PostgresArchiveSettings.of(DATABASE.settings())),
                new ParquetSnapshotCodec(),
                directory.resolve("work"));
        OrdersMaker today = new OrdersMaker(OrdersSpec.of(11, 100_000));
        OrdersMaker tomorrow = new OrdersMaker(today.spec().nextDay());
        SaveRequest request = SaveRequest.of(OrdersUnified.DATASET, Partition.ALL);

        DeltaReport first = new SaveSnapshot(environment)
                .save(request, csv(today, "today.csv"))
                .delta()
                .orElseThrow();
        assertEquals(100_000, first.counts().added());

        RowSource next = csv(tomorrow, "tomorrow.csv");
        DeltaReport detected = new DetectChanges(environment)
                .detect(
                        new DetectRequest(
                                OrdersUnified.DATASET,
                                Partition.ALL,
                                Optional.of(DetailRequest.EXAMPLES),
                                Progress.NONE),
                        next);
        assertEquals(tomorrow.expected(), detected.counts());

        SaveRequest second = SaveRequest.of(OrdersUnified.DATASET, Partition.ALL);
        assertEquals(
                tomorrow.expected(),
                new SaveSnapshot(environment)
                        .save(second, next)
                        .delta()
                        .orElseThrow()
                        .counts());

        LoadSnapshot load = new LoadSnapshot(environment);
        Path export = directory.resolve("export.csv");
        try (RowStream rows = load.open(
                load.find(OrdersUnified.DATASET, Partition.ALL, new SnapshotReference.Current()), List.of())) {
            CsvRowWriter.write(rows, export, CsvLayout.DEFAULT);
        }
        try (RowStream expected = tomorrow.open(ReadOptions.ALL);
                RowStream actual = typed(export).open(ReadOptions.ALL)) {
            TableAssert.assertSameRows(expected, actual);
        }
    }

    private RowSource csv(OrdersMaker maker, String name) {
        Path file = directory.resolve(name);
        try (RowStream rows = maker.open(ReadOptions.ALL)) {
            CsvRowWriter.write(rows, file, CsvLayout.DEFAULT);
        }
        return typed(file);
    }

    private static RowSource typed(Path file) {
        Map<String, ColumnType> types =
                OrdersUnified.SCHEMA.columns().stream().collect(Collectors.toMap(Column::name, Column::type));
        return new CsvRowSource(file, CsvFormat.DEFAULT.withTypes(types));
    }
}
