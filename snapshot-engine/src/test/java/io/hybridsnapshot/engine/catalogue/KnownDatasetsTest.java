package io.hybridsnapshot.engine.catalogue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.Orders;
import io.hybridsnapshot.engine.Stores;
import io.hybridsnapshot.engine.save.ArchiveMode;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownDatasetsTest {
    @TempDir
    Path directory;

    private Stores stores;
    private KnownDatasets known;

    @BeforeEach
    void saveAndDefine() {
        stores = new Stores(directory);
        stores.save("orders", "GREYSON", Map.of());
        stores.save("orders", "OTHER", Map.of());
        stores.save("stored");
        known = new KnownDatasets(
                stores.environment(),
                DatasetDefinitions.of(List.of(Stores.dataset("defined"), Stores.dataset("orders"))));
    }

    @Test
    void allAreTheDefinedAndTheArchivedOnesInOrder() {
        assertEquals(List.of("defined", "orders", "stored"), known.names());
    }

    @Test
    void definedAndStoredOnesAreKnownAndOthersAreNot() {
        for (String name : List.of("defined", "orders", "stored")) {
            assertTrue(known.isKnown(name), name);
        }
        assertFalse(known.isKnown("order"));
        assertFalse(known.isKnown("no name, therefore in no window"));
        new SaveSnapshot(stores.environment())
                .save(
                        SaveRequest.of(Stores.dataset("windowed"), Partition.ALL)
                                .withArchiveMode(ArchiveMode.OFF),
                        new Orders().put("A", "B", 1, null).source());
        assertTrue(known.isKnown("windowed"), "a snapshot without an archive");
    }

    @Test
    void oneThatIsStoredUnderAnotherNameIsFoundUnderBoth() {
        DatasetDefinitions renamed = new DatasetDefinitions() {
            @Override
            public Set<String> names() {
                return Set.of("orders");
            }

            @Override
            public String storedName(String name) {
                return name.equals("renamed") ? "orders" : name;
            }

            @Override
            public String shownName(String stored) {
                return stored.equals("orders") ? "renamed" : stored;
            }

            @Override
            public boolean isDefined(String name) {
                return storedName(name).equals("orders");
            }

            @Override
            public Dataset named(String name) {
                return Stores.dataset(storedName(name));
            }
        };
        for (DatasetDefinitions definitions :
                List.of(renamed, renamed.with(Stores.dataset("orders").withKeepCount(7)))) {
            KnownDatasets both = new KnownDatasets(stores.environment(), definitions);
            assertEquals(List.of("orders", "stored"), both.names());
            assertEquals(List.of("renamed", "stored"), both.shownNames());
            for (String name : List.of("renamed", "orders")) {
                assertEquals("orders", both.storedName(name));
                assertTrue(both.isKnown(name), name);
                assertEquals(Set.of(new Partition("GREYSON"), new Partition("OTHER")), both.partitions(name));
                assertEquals(2, both.statistics(name, Optional.empty()).size());
            }
        }
        assertEquals(
                7,
                renamed.with(Stores.dataset("orders").withKeepCount(7))
                        .named("renamed")
                        .keepCount());
    }

    @Test
    void aDefinedOneIsKnownAlthoughTheArchiveIsDown() {
        Stores.Down<ArchiveStore> archive = new Stores.Down<>();
        KnownDatasets down = new KnownDatasets(
                stores.withoutArchive(archive), DatasetDefinitions.of(List.of(Stores.dataset("defined"))));
        assertTrue(down.isKnown("defined"));
        assertTrue(down.isKnown("orders"), "the window has it");
        assertEquals(0, archive.attempts());
        assertThrows(SnapshotException.class, () -> down.isKnown("nowhere"));
    }

    @Test
    void partitionsAndStatisticsAreThoseOfBothStores() {
        assertEquals(Set.of(new Partition("GREYSON"), new Partition("OTHER")), known.partitions("orders"));
        assertEquals(Set.of(), known.partitions("defined"));
        List<PartitionStatistics> statistics = known.statistics("orders", Optional.of(new Partition("OTHER")));
        assertEquals(1, statistics.size());
        assertEquals(1, statistics.get(0).archives());
        assertEquals(6, statistics.get(0).windowRows());
        assertEquals(
                2,
                known.trend("orders", ArchiveQuery.of("orders"), TrendStep.DAY).size());
        assertEquals(Set.of(), known.orphans("orders", Optional.empty()));
    }

    @Test
    void aDatasetThatTheWindowRefusesHasArchivesAlone() {
        DatasetDefinitions refusing = new DatasetDefinitions() {
            @Override
            public Set<String> names() {
                return Set.of();
            }

            @Override
            public boolean isDefined(String name) {
                return false;
            }

            @Override
            public Dataset named(String name) {
                throw SnapshotException.invalidRequest("a window without such names")
                        .build();
            }
        };
        KnownDatasets refused = new KnownDatasets(stores.environment(), refusing);
        assertEquals(Set.of(new Partition("ALL")), refused.partitions("stored"));
        assertEquals(1, refused.statistics("stored", Optional.empty()).get(0).archives());
        assertEquals(0, refused.statistics("stored", Optional.empty()).get(0).windowSnapshots());
        assertEquals(Set.of(), refused.orphans("stored", Optional.empty()));
        Holdings listed = new SnapshotList(
                        stores.environment(), DatasetDefinitions.of(List.of()).with(Stores.dataset("stored")))
                .of(ListRequest.of("stored"));
        assertEquals(Optional.empty(), listed.refusal());
    }

    @Test
    void anotherDefinitionTakesThePlaceOfOne() {
        DatasetDefinitions two = DatasetDefinitions.of(List.of(Stores.dataset("orders"), Stores.dataset("others")));
        Dataset keyed = Dataset.of("orders", List.of("ORDER", "CUSTOMER"));
        assertEquals(keyed, two.with(keyed).named("orders"));
        assertEquals(Stores.dataset("others"), two.with(keyed).named("others"));
        assertEquals(Set.of("orders", "others"), two.with(keyed).names());
        assertTrue(two.with(keyed).isDefined("others"));
        assertFalse(two.isDefined("nothing"));
        assertEquals("nothing", two.named("nothing").name());
    }

    @Test
    void rowsGoIntoAPartitionThatIsKnownOrShownByAColumnAlone() {
        PartitionPlace place = new PartitionPlace(stores.environment());
        Dataset orders = Stores.dataset("orders");
        PartitionPlace.ArchiveOut fail = PartitionPlace.ArchiveOut.FAIL;
        assertEquals(PartitionPlace.Answer.CERTAIN, place.of(orders, new Partition("GREYSON"), fail));
        assertEquals(PartitionPlace.Answer.CERTAIN, place.of(orders, Partition.ALL, fail));
        assertEquals(PartitionPlace.Answer.UNKNOWN, place.of(orders, new Partition("GRAYSON"), fail));
        Dataset column = orders.withPartitionColumn("CUSTOMER");
        assertEquals(PartitionPlace.Answer.CERTAIN, place.of(column, new Partition("GRAYSON"), fail));
    }

    @Test
    void aPlaceThatOnlyTheArchiveCouldConfirmIsSaidToBeSo() {
        PartitionPlace place = new PartitionPlace(stores.withoutArchive(new Stores.Down<>()));
        Dataset orders = Stores.dataset("orders");
        assertEquals(
                PartitionPlace.Answer.CERTAIN,
                place.of(orders, new Partition("GREYSON"), PartitionPlace.ArchiveOut.FAIL));
        assertEquals(
                PartitionPlace.Answer.UNKNOWN_TO_THE_WINDOW,
                place.of(orders, new Partition("GRAYSON"), PartitionPlace.ArchiveOut.GO_ON));
        assertThrows(
                SnapshotException.class,
                () -> place.of(orders, new Partition("GRAYSON"), PartitionPlace.ArchiveOut.FAIL));
    }
}
