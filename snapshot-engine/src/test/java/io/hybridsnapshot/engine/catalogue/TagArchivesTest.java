package io.hybridsnapshot.engine.catalogue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.TagChange;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.engine.Stores;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.testkit.memory.FilesOnlyArchiveStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TagArchivesTest {
    private static final SnapshotReference CURRENT = new SnapshotReference.Current();

    @TempDir
    Path directory;

    private Stores stores;
    private ArchivedSnapshot first;
    private ArchivedSnapshot other;
    private TagArchives tags;

    @BeforeEach
    void save() {
        stores = new Stores(directory);
        first = stores.save("orders");
        other = stores.save("invoices");
        tags = new TagArchives(stores.environment());
    }

    private static TagChange setting(String name, String value) {
        return new TagChange(Map.of(name, value), Set.of(), TagChange.Existing.KEEP);
    }

    private TagArchives.Tagged change(TagChange change) {
        return tags.change(Stores.dataset("orders"), Optional.empty(), CURRENT, change);
    }

    @Test
    void aLaterTagNamesTheArchiveInAReference() {
        assertTrue(change(setting("approved", "yes")).isChanged());
        LoadSnapshot load = new LoadSnapshot(stores.environment());
        assertEquals(
                first.id(),
                load.find(Stores.dataset("orders"), new SnapshotReference.ByTag("approved", "yes"))
                        .id());
        assertThrows(
                SnapshotException.class,
                () -> load.find(Stores.dataset("invoices"), new SnapshotReference.ByTag("approved", "yes")));
    }

    @Test
    void theSameTagAgainChangesNothing() {
        change(setting("approved", "yes"));
        TagArchives.Tagged again = change(setting("approved", "yes"));
        assertFalse(again.isChanged());
        assertEquals(again.before(), again.after());
    }

    @Test
    void anArchiveOfAnotherDatasetIsRefused() {
        SnapshotReference byNumber = new SnapshotReference.ByArchive(other.id());
        SnapshotException refused = assertThrows(
                SnapshotException.class,
                () -> tags.change(Stores.dataset("orders"), Optional.empty(), byNumber, setting("a", "1")));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, refused.kind());
        assertEquals(
                Optional.of(other), stores.environment().archive().find(other.id()), "the other archive is as it was");
    }

    @Test
    void theListShowsLaterChangesIfTheyAreWanted() {
        change(setting("approved", "yes"));
        SnapshotList list =
                new SnapshotList(stores.environment(), DatasetDefinitions.of(List.of(Stores.dataset("orders"))));
        assertEquals(List.of(), list.of(ListRequest.of("orders")).tagNotes());
        Holdings holdings = list.of(ListRequest.of("orders").with(Set.of(ListRequest.Part.TAG_CHANGES)));
        assertEquals(1, holdings.tagNotes().size());
        assertEquals("approved", holdings.tagNotes().get(0).name());
        assertEquals(Map.of("approved", "yes"), holdings.archives().get(0).tags());
    }

    @Test
    void aStoreThatCannotChangeTagsIsNamed() {
        SnapshotEnvironment healthy = stores.environment();
        TagArchives files = new TagArchives(SnapshotEnvironment.of(
                healthy.window(), new FilesOnlyArchiveStore(), healthy.codec(), healthy.workDirectory()));
        SnapshotException refused = assertThrows(
                SnapshotException.class,
                () -> files.change(Stores.dataset("orders"), Optional.empty(), CURRENT, setting("a", "1")));
        assertTrue(refused.getMessage().contains("cannot change the tags"), refused.getMessage());
    }
}
