package io.hybridsnapshot.engine.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.Hold;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.engine.Orders;
import io.hybridsnapshot.engine.Stores;
import io.hybridsnapshot.engine.catalogue.LoadSnapshot;
import io.hybridsnapshot.engine.catalogue.SnapshotCatalogue;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.comparison.CompareRequest;
import io.hybridsnapshot.engine.comparison.CompareSnapshots;
import io.hybridsnapshot.engine.comparison.DetectChanges;
import io.hybridsnapshot.engine.comparison.DetectRequest;
import io.hybridsnapshot.engine.retention.HoldArchives;
import io.hybridsnapshot.engine.save.ArchiveMode;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.testkit.data.Table;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each store is used without the other: what needs one alone does not even try to open the other. */
class StoresOnFirstUseTest {
    @TempDir
    Path directory;

    private Stores stores;
    private ArchivedSnapshot first;
    private ArchivedSnapshot second;

    @BeforeEach
    void saveTwice() {
        stores = new Stores(directory);
        first = stores.save("orders");
        second = stores.save("orders");
    }

    @Test
    void archivesAreReadComparedAndHeldWhileTheWindowIsDown() {
        Stores.Down<WindowStore> window = new Stores.Down<>();
        SnapshotEnvironment environment = stores.withoutWindow(window);
        LoadSnapshot load = new LoadSnapshot(environment);
        ArchivedSnapshot found = load.find(Stores.dataset("orders"), new SnapshotReference.ByArchive(first.id()));
        try (RowStream rows = load.open(found, List.of())) {
            assertEquals(6, Table.read(rows).rowCount());
        }
        SnapshotCatalogue catalogue = new SnapshotCatalogue(environment);
        assertEquals(2, catalogue.archives(ArchiveQuery.of("orders")).size());
        assertEquals(
                2,
                catalogue.archiveStatistics("orders", Optional.empty()).get(0).archives());
        HoldArchives holds = new HoldArchives(environment);
        Hold hold = new Hold(Optional.of("me"), "a test", Optional.empty());
        holds.hold(first.id(), hold, HoldArchives.ForeignHold.KEEP);
        assertTrue(
                holds.release(first.id(), "me", HoldArchives.ForeignHold.KEEP).wasHeld());
        assertEquals(0, window.attempts());
        CompareRequest archives = new CompareRequest(
                Stores.dataset("orders"),
                Partition.ALL,
                new SnapshotReference.ByArchive(first.id()),
                new SnapshotReference.ByArchive(second.id()),
                Optional.empty(),
                Progress.NONE);
        assertEquals(
                1, new CompareSnapshots(environment).compare(archives).counts().changed());
    }

    @Test
    void theWindowIsReadAndWrittenWhileTheArchiveIsDown() {
        Stores.Down<ArchiveStore> archive = new Stores.Down<>();
        SnapshotEnvironment environment = stores.withoutArchive(archive);
        assertEquals(
                2,
                new SnapshotCatalogue(environment)
                        .windowSnapshots(Stores.dataset("orders"), Optional.empty())
                        .size());
        DetectRequest detect =
                new DetectRequest(Stores.dataset("orders"), Partition.ALL, Optional.empty(), Progress.NONE);
        Orders later = Orders.numbered(5);
        assertEquals(
                1,
                new DetectChanges(environment)
                        .detect(detect, later.source())
                        .counts()
                        .deleted());
        assertEquals(0, archive.attempts());
        SaveRequest window =
                SaveRequest.of(Stores.dataset("others"), Partition.ALL).withArchiveMode(ArchiveMode.OFF);
        assertEquals(
                5,
                new SaveSnapshot(environment)
                        .save(window, later.source())
                        .snapshot()
                        .rowCount());
        assertEquals(0, archive.attempts());
    }

    @Test
    void aStoreThatComesBackIsUsed() {
        AtomicBoolean isUp = new AtomicBoolean();
        SnapshotEnvironment environment = SnapshotEnvironment.onFirstUse(
                stores::window,
                () -> {
                    if (!isUp.get()) {
                        throw SnapshotException.unavailable("the store is down").build();
                    }
                    return stores.archive();
                },
                stores.environment().codec(),
                directory);
        SnapshotCatalogue catalogue = new SnapshotCatalogue(environment);
        assertThrows(SnapshotException.class, () -> catalogue.archives(ArchiveQuery.ALL));
        isUp.set(true);
        assertEquals(2, catalogue.archives(ArchiveQuery.ALL).size());
    }
}
