package io.hybridsnapshot.engine.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.Hold;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.Stores;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.testkit.memory.FilesOnlyArchiveStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HoldArchivesTest {
    private static final Hold MINE = new Hold(Optional.of("me"), "audit", Optional.empty());
    private static final Hold THEIRS = new Hold(Optional.of("them"), "case 4711", Optional.empty());

    @TempDir
    Path directory;

    private Stores stores;
    private ArchivedSnapshot first;
    private ArchivedSnapshot other;
    private HoldArchives holds;

    @BeforeEach
    void save() {
        stores = new Stores(directory);
        first = stores.save("orders");
        other = stores.save("orders", "GREYSON", Map.of());
        holds = new HoldArchives(stores.environment());
    }

    private ArchivedSnapshot stored() {
        return stores.environment().archive().find(first.id()).orElseThrow();
    }

    @Test
    void anArchiveIsFoundByNumberInItsPartitionAndElseInTheNamedOne() {
        SnapshotReference byNumber = new SnapshotReference.ByArchive(other.id());
        assertEquals(other, holds.find(Stores.dataset("orders"), Optional.empty(), byNumber));
        SnapshotReference current = new SnapshotReference.Current();
        assertEquals(first, holds.find(Stores.dataset("orders"), Optional.empty(), current));
        assertEquals(other, holds.find(Stores.dataset("orders"), Optional.of(new Partition("GREYSON")), current));
        assertThrows(
                SnapshotException.class,
                () -> holds.find(
                        Stores.dataset("orders"),
                        Optional.empty(),
                        new SnapshotReference.ByArchive(new ArchiveId(4711))));
    }

    @Test
    void aHeldArchiveIsNotRemovedUntilItIsReleased() {
        assertEquals(
                Optional.of(MINE),
                holds.hold(first.id(), MINE, HoldArchives.ForeignHold.KEEP).hold());
        assertThrows(
                SnapshotException.class, () -> stores.environment().archive().remove(List.of(first.id()), "a test"));
        HoldArchives.Released released = holds.release(first.id(), "me", HoldArchives.ForeignHold.KEEP);
        assertTrue(released.wasHeld());
        assertEquals(Optional.empty(), released.archive().hold());
        assertFalse(
                holds.release(first.id(), "me", HoldArchives.ForeignHold.KEEP).wasHeld());
        assertEquals(
                1,
                stores.environment()
                        .archive()
                        .remove(List.of(first.id()), "a test")
                        .size());
    }

    @Test
    void anotherOwnersHoldStaysUnlessItIsOverridden() {
        holds.hold(first.id(), THEIRS, HoldArchives.ForeignHold.KEEP);
        SnapshotException held = assertThrows(
                SnapshotException.class, () -> holds.hold(first.id(), MINE, HoldArchives.ForeignHold.KEEP));
        assertEquals(SnapshotException.Kind.CONFLICT, held.kind());
        assertThrows(SnapshotException.class, () -> holds.release(first.id(), "me", HoldArchives.ForeignHold.KEEP));
        assertEquals(Optional.of(THEIRS), stored().hold());
        holds.hold(first.id(), MINE, HoldArchives.ForeignHold.OVERRIDE);
        assertEquals(Optional.of(MINE), stored().hold());
        assertTrue(holds.release(first.id(), "them", HoldArchives.ForeignHold.OVERRIDE)
                .wasHeld());
        assertEquals(Optional.empty(), stored().hold());
    }

    @Test
    void aStoreThatCannotHoldIsNamed() {
        SnapshotEnvironment healthy = stores.environment();
        HoldArchives files = new HoldArchives(SnapshotEnvironment.of(
                healthy.window(), new FilesOnlyArchiveStore(), healthy.codec(), healthy.workDirectory()));
        SnapshotException lacking = assertThrows(
                SnapshotException.class, () -> files.hold(first.id(), MINE, HoldArchives.ForeignHold.KEEP));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, lacking.kind());
    }
}
