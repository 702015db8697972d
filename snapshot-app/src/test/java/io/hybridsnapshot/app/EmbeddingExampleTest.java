package io.hybridsnapshot.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.csv.CsvFormat;
import io.hybridsnapshot.csv.CsvRowSource;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.embedded.EmbeddedPostgresServer;
import io.hybridsnapshot.embedded.EmbeddedPostgresSettings;
import io.hybridsnapshot.engine.HybridSnapshotManager;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.migration.Migration;
import io.hybridsnapshot.migration.SchemaPart;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import io.hybridsnapshot.postgres.archive.PostgresArchiveSettings;
import io.hybridsnapshot.postgres.archive.PostgresArchiveStore;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import io.hybridsnapshot.postgres.window.PostgresWindowSettings;
import io.hybridsnapshot.postgres.window.PostgresWindowStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The example of docs/how-to/embed.md: the graph built by hand, without Guice. The document repeats the marked lines
 * exactly.
 */
class EmbeddingExampleTest {
    @TempDir
    Path directory;

    @Test
    void theGraphIsBuiltByHandInTenLines() throws IOException {
        Path orders = directory.resolve("orders.csv");
        Files.writeString(orders, "ORDER NO,QTY\n1,5\n2,6\n");
        try (EmbeddedPostgresServer server =
                EmbeddedPostgresServer.open(EmbeddedPostgresSettings.in(directory.resolve("postgresql")))) {
            server.ensureDatabase("kestra");
            PostgresSettings database =
                    PostgresSettings.of(server.host(), server.port(), "kestra", server.user(), server.password());
            Migration.run(database, SchemaPart.ARCHIVE);
            Migration.run(database, SchemaPart.WINDOW);
            HybridSnapshotManager manager = manager(database, orders);
            Files.writeString(orders, "ORDER NO,QTY\n1,7\n3,6\n");
            assertEquals(
                    new DeltaSummary(1, 1, 0, 1),
                    manager.detectChanges(Partition.ALL).counts());
        }
    }

    private HybridSnapshotManager manager(PostgresSettings database, Path orders) {
        // example
        SnapshotEnvironment environment = SnapshotEnvironment.of(
                new PostgresWindowStore(PostgresWindowSettings.of(database)),
                new PostgresArchiveStore(PostgresArchiveSettings.of(database)),
                new ParquetSnapshotCodec(),
                directory.resolve("work"));
        Dataset dataset = Dataset.of("ORDERS", List.of("ORDER NO"));
        CsvRowSource source = new CsvRowSource(orders, CsvFormat.DEFAULT);
        HybridSnapshotManager manager = new HybridSnapshotManager(environment, dataset, source);
        manager.save(Partition.ALL);
        DeltaReport report = manager.detectChanges(Partition.ALL);
        // end of the example
        assertEquals(new DeltaSummary(0, 0, 2, 0), report.counts());
        return manager;
    }

    @Test
    void theDocumentShowsTheLinesThatAreCompiledHere() throws IOException {
        Path module = Path.of("").toAbsolutePath();
        List<String> code =
                Files.readAllLines(module.resolve("src/test/java/io/hybridsnapshot/app/EmbeddingExampleTest.java"));
        List<String> example =
                code
                        .subList(code.indexOf("        // example") + 1, code.indexOf("        // end of the example"))
                        .stream()
                        .map(line -> line.substring("        ".length()))
                        .toList();
        List<String> document = Files.readAllLines(module.resolve("../docs/how-to/embed.md"));
        int start = document.indexOf("```java") + 1;
        assertEquals(example, document.subList(start, start + example.size()));
        assertEquals("```", document.get(start + example.size()));
    }
}
