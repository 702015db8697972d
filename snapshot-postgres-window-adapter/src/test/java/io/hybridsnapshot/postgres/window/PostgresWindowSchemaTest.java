package io.hybridsnapshot.postgres.window;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@link PostgresWindowContractTest} shows that a window made here keeps the whole contract. */
class PostgresWindowSchemaTest {
    private static final Dataset ORDERS = Dataset.of("ORDERS", List.of("NO"));

    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    @Test
    void aMissingSchemaIsMadeAndASecondCallKeepsTheRows() {
        PostgresWindowSettings settings = new PostgresWindowSettings(DATABASE.settings(), "My \"window\"");
        PostgresWindowSchema.create(settings);
        PostgresWindowStore store = new PostgresWindowStore(settings);
        store.prepare(ORDERS);
        store.openWriter(ORDERS, Partition.ALL, new WriterRequest("test", Duration.ZERO))
                .close();
        PostgresWindowSchema.create(settings);
        assertEquals(
                List.of("ALL"),
                DATABASE.rows("SELECT \"partition\" FROM \"My \"\"window\"\"\".snapshot_writer WHERE holder = 'test'"));
        assertEquals(List.of(), store.snapshots(ORDERS, Optional.empty()));
        // Nothing was left in another schema.
        assertEquals(
                List.of("My \"window\""),
                DATABASE.rows("SELECT DISTINCT table_schema FROM information_schema.tables"
                        + " WHERE table_name = 'snapshot_writer' AND table_schema <> 'at_once'"));
    }

    @Test
    void manyAtOnceMakeOneSchema() {
        PostgresWindowSettings settings = new PostgresWindowSettings(DATABASE.settings(), "at_once");
        List<CompletableFuture<Void>> runs = Stream.generate(
                        () -> CompletableFuture.runAsync(() -> PostgresWindowSchema.create(settings)))
                .limit(4)
                .toList();
        runs.forEach(CompletableFuture::join);
        assertEquals(List.of("0"), DATABASE.rows("SELECT count(*) FROM at_once.snapshot_ledger"));
    }
}
