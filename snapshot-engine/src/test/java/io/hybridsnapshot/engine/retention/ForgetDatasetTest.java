package io.hybridsnapshot.engine.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.Hold;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.engine.Orders;
import io.hybridsnapshot.engine.Stores;
import io.hybridsnapshot.engine.save.ArchiveMode;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForgetDatasetTest {
    private static final Dataset ORDERS = Stores.dataset("orders");
    private static final Partition GREYSON = new Partition("GREYSON");

    @TempDir
    Path directory;

    private Stores stores;
    private ArchivedSnapshot first;
    private ForgetDataset forget;

    @BeforeEach
    void save() {
        stores = new Stores(directory);
        first = stores.save("orders");
        stores.save("orders");
        stores.save("orders");
        stores.save("orders", "GREYSON", Map.of());
        stores.save("invoices");
        forget = new ForgetDataset(stores.environment());
    }

    private SnapshotException conflict(ForgetPlan plan) {
        SnapshotException refused =
                assertThrows(SnapshotException.class, () -> forget.apply(ORDERS, plan.digest(), Duration.ZERO));
        assertEquals(SnapshotException.Kind.CONFLICT, refused.kind(), refused::getMessage);
        return refused;
    }

    private List<WindowSnapshot> inWindow(String dataset) {
        return stores.window().snapshots(Stores.dataset(dataset), Optional.empty());
    }

    private List<ArchivedSnapshot> archives(String dataset) {
        return stores.archive().list(ArchiveQuery.of(dataset));
    }

    @Test
    void aPlanNamesEverythingAndChangesNothing() {
        ForgetPlan plan = forget.plan(ORDERS);
        assertEquals(List.of(Partition.ALL, GREYSON), plan.partitions());
        assertEquals(inWindow("orders"), plan.windowSnapshots());
        assertEquals(3, plan.windowSnapshots().size(), "the window keeps two of ALL");
        assertEquals(archives("orders"), plan.archives());
        assertEquals(4, plan.archives().size());
        assertEquals(plan.archives().stream().mapToLong(ArchivedSnapshot::size).sum(), plan.bytes());
        assertEquals(0, plan.tombstones());
        assertEquals(List.of(), plan.obstacles());
        assertEquals(plan.digest(), forget.plan(ORDERS).digest());
        assertNotEquals(plan.digest(), forget.plan(Stores.dataset("invoices")).digest());
    }

    @Test
    void aForgottenDatasetLeavesItsTombstonesAndTheOtherDatasetsAlone() {
        List<WindowSnapshot> otherWindow = inWindow("invoices");
        List<ArchivedSnapshot> otherArchives = archives("invoices");
        ForgetPlan plan = forget.plan(ORDERS);
        assertEquals(plan, forget.apply(ORDERS, plan.digest(), Duration.ZERO));
        assertEquals(List.of(), inWindow("orders"));
        assertEquals(List.of(), archives("orders"));
        assertEquals(
                List.of(Optional.of("forget plan " + plan.digest())),
                stores.archive().tombstones(ArchiveQuery.of("orders")).stream()
                        .map(tombstone -> tombstone.reason())
                        .distinct()
                        .toList());
        assertEquals(otherWindow, inWindow("invoices"));
        assertEquals(otherArchives, archives("invoices"));
        ForgetPlan again = forget.plan(ORDERS);
        assertTrue(again.isEmpty());
        assertEquals(4, again.tombstones());
        forget.apply(ORDERS, again.digest(), Duration.ZERO);
    }

    @Test
    void aDatasetBeginsAnewAfterwards() {
        ForgetPlan plan = forget.plan(ORDERS);
        forget.apply(ORDERS, plan.digest(), Duration.ZERO);
        ArchivedSnapshot anew = stores.save("orders");
        assertEquals(List.of(anew), archives("orders"));
        assertEquals(6, anew.changes().orElseThrow().added());
    }

    @Test
    void anythingThatHappensMeanwhileMakesAnotherPlan() {
        ForgetPlan plan = forget.plan(ORDERS);
        stores.save("orders", "GREYSON", Map.of());
        assertTrue(conflict(plan).getMessage().contains("nothing was changed"));
        assertEquals(5, archives("orders").size());
        assertEquals(4, inWindow("orders").size());
    }

    @Test
    void aHeldArchiveStopsIt() {
        stores.archive().hold(first.id(), new Hold(Optional.of("legal"), "case 4711", Optional.empty()));
        ForgetPlan plan = forget.plan(ORDERS);
        assertEquals(
                List.of(ForgetPlan.ObstacleKind.HELD),
                plan.obstacles().stream().map(ForgetPlan.Obstacle::kind).toList());
        SnapshotException refused = conflict(plan);
        assertTrue(refused.getMessage().contains("case 4711"), refused.getMessage());
        assertEquals(4, archives("orders").size());
        assertEquals(3, inWindow("orders").size());
        stores.archive().release(first.id());
        forget.apply(ORDERS, plan.digest(), Duration.ZERO);
        assertEquals(List.of(), archives("orders"));
    }

    @Test
    void anArchiveThatIsToBeKeptLongerStopsIt() {
        SaveRequest request = SaveRequest.of(ORDERS, GREYSON).withRetentionUntil(LocalDate.of(2999, 12, 31));
        new SaveSnapshot(stores.environment()).save(request, Orders.numbered(7).source());
        ForgetPlan plan = forget.plan(ORDERS);
        assertEquals(ForgetPlan.ObstacleKind.RETAINED, plan.obstacles().get(0).kind());
        assertTrue(conflict(plan).getMessage().contains("2999-12-31"));
    }

    @Test
    void rowsOfAnotherProgramStopIt() {
        stores.window()
                .replaceRows(
                        ORDERS,
                        GREYSON,
                        Instant.parse("2026-01-01T00:00:00Z"),
                        Map.of(UUID.randomUUID(), "0".repeat(64)));
        ForgetPlan plan = forget.plan(ORDERS);
        assertEquals(ForgetPlan.ObstacleKind.FOREIGN, plan.obstacles().get(0).kind());
        assertTrue(conflict(plan).getMessage().contains("GREYSON"));
        assertEquals(4, archives("orders").size());
    }

    @Test
    void aLiveWriterIsMetWithAConflictAndTheRestIsForgottenLater() {
        ForgetPlan plan = forget.plan(ORDERS);
        WriterRequest other = new WriterRequest("another program", Duration.ZERO);
        try (WindowWriter writer = stores.window().openWriter(ORDERS, GREYSON, other)) {
            assertEquals(List.of(), writer.unfinished());
            SnapshotException refused = conflict(plan);
            assertTrue(refused.getMessage().contains("another program"), refused.getMessage());
        }
        assertEquals(1, archives("orders").size(), "the first partition was forgotten");
        ForgetPlan rest = forget.plan(ORDERS);
        assertEquals(List.of(GREYSON), rest.partitions());
        forget.apply(ORDERS, rest.digest(), Duration.ZERO);
        assertEquals(List.of(), inWindow("orders"));
        assertEquals(List.of(), archives("orders"));
    }

    @Test
    void aFileThatWaitsInTheOutboxGoesToo() {
        SaveRequest request = SaveRequest.of(ORDERS, GREYSON).withArchiveMode(ArchiveMode.BEST_EFFORT);
        new SaveSnapshot(stores.withoutArchive(new Stores.Down<>()))
                .save(request, Orders.numbered(7).source());
        ForgetPlan plan = forget.plan(ORDERS);
        assertEquals(1, plan.waiting().size());
        forget.apply(ORDERS, plan.digest(), Duration.ZERO);
        assertTrue(forget.plan(ORDERS).isEmpty());
    }

    @Test
    void aFileInAnotherOutboxIsNamed() {
        SaveRequest request = SaveRequest.of(ORDERS, GREYSON).withArchiveMode(ArchiveMode.BEST_EFFORT);
        new SaveSnapshot(stores.withoutArchive(new Stores.Down<>(), directory.resolve("elsewhere")))
                .save(request, Orders.numbered(7).source());
        ForgetPlan plan = forget.plan(ORDERS);
        assertEquals(List.of(), plan.waiting());
        assertEquals(1, plan.elsewhere().size());
    }
}
