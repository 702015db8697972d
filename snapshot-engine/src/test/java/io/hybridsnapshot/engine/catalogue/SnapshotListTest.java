package io.hybridsnapshot.engine.catalogue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.Stores;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotListTest {
    @TempDir
    Path directory;

    private Stores stores;
    private ArchivedSnapshot first;
    private ArchivedSnapshot second;
    private SnapshotList list;

    @BeforeEach
    void saveTwice() {
        stores = new Stores(directory);
        first = stores.save("orders", "ALL", Map.of("run", "nightly"));
        second = stores.save("orders", "ALL", Map.of("run", "manual", "env", "prod"));
        stores.save("others");
        list = new SnapshotList(stores.environment(), DatasetDefinitions.of(List.of()));
    }

    private static List<ArchiveId> ids(List<ArchivedSnapshot> archives) {
        return archives.stream().map(ArchivedSnapshot::id).toList();
    }

    private static List<ArchiveId> inWindow(Holdings holdings) {
        return holdings.window().stream()
                .map(WindowSnapshot::archiveId)
                .flatMap(Optional::stream)
                .toList();
    }

    @Test
    void bothStoresAreListedNewestFirst() {
        Holdings all = list.of(ListRequest.of("orders"));
        assertEquals(List.of(second.id(), first.id()), ids(all.archives()));
        assertEquals(List.of(second.id(), first.id()), inWindow(all));
        assertEquals(Optional.empty(), all.schema());
        assertEquals(List.of(), all.tombstones());
        assertEquals(Map.of(), all.awaited());
    }

    @Test
    void theWindowIsNarrowedByTheTagsOfItsArchivesAndByDate() {
        ArchiveQuery orders = ArchiveQuery.of("orders");
        ArchiveQuery nightly = orders.tagged(Map.of("run", "nightly"));
        Holdings byValue = list.of(new ListRequest(nightly, Set.of(), Set.of()));
        assertEquals(List.of(first.id()), ids(byValue.archives()));
        assertEquals(List.of(first.id()), inWindow(byValue));
        Holdings byName = list.of(new ListRequest(orders, Set.of("env"), Set.of()));
        assertEquals(List.of(second.id()), ids(byName.archives()));
        assertEquals(List.of(second.id()), inWindow(byName));
        Holdings byDate =
                list.of(new ListRequest(orders.since(Stores.FIRST_DAY.plus(Duration.ofHours(1))), Set.of(), Set.of()));
        assertEquals(List.of(second.id()), ids(byDate.archives()));
        assertEquals(List.of(second.id()), inWindow(byDate));
        Holdings until = list.of(new ListRequest(orders.until(Stores.FIRST_DAY), Set.of(), Set.of()));
        assertEquals(List.of(first.id()), inWindow(until));
    }

    @Test
    void removedArchivesAndColumnsAreListedIfTheyAreWanted() {
        stores.environment().archive().remove(List.of(first.id()), "a test");
        Holdings parts =
                list.of(ListRequest.of("orders").with(Set.of(ListRequest.Part.REMOVED, ListRequest.Part.COLUMNS)));
        assertEquals(List.of(second.id()), ids(parts.archives()));
        assertEquals(1, parts.tombstones().size());
        assertEquals(
                List.of("ORDER", "CUSTOMER", "QTY", "NOTE"),
                parts.schema().orElseThrow().names());
        assertEquals(List.of(), list.of(ListRequest.of("orders")).tombstones());
    }

    @Test
    void columnsLeftOutOfTheHashAreNamed() {
        Dataset dataset = Stores.dataset("orders");
        Dataset leaving = dataset.withHashSpec(dataset.hashSpec().leavingOut(List.of("NOTE")));
        Holdings columns = new SnapshotList(stores.environment(), DatasetDefinitions.of(List.of(leaving)))
                .of(ListRequest.of("orders").with(Set.of(ListRequest.Part.COLUMNS)));
        assertEquals(List.of("NOTE"), columns.leftOut());
    }

    @Test
    void columnsComeFromTheNewestArchiveWhereTheWindowHasNoSnapshot() {
        stores.window().removeBeyond(Stores.dataset("others"), Optional.empty(), 1);
        Holdings columns = new SnapshotList(stores.environment(), refusingWindow())
                .of(ListRequest.of("others").with(Set.of(ListRequest.Part.COLUMNS)));
        assertEquals(List.of(), columns.window());
        assertEquals(4, columns.schema().orElseThrow().size());
        assertTrue(
                columns.refusal().orElseThrow().toString().contains("a window without such names"), columns::toString);
    }

    /** Definitions that no window takes. */
    private static DatasetDefinitions refusingWindow() {
        return new DatasetDefinitions() {
            private boolean isAsked;

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
                if (isAsked) {
                    return Stores.dataset(name);
                }
                isAsked = true;
                throw SnapshotException.invalidRequest("a window without such names")
                        .build();
            }
        };
    }

    @Test
    void aRequestNamesItsDataset() {
        assertThrows(IllegalArgumentException.class, () -> new ListRequest(ArchiveQuery.ALL, Set.of(), Set.of()));
    }
}
