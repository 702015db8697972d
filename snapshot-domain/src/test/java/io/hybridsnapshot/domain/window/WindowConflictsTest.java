package io.hybridsnapshot.domain.window;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class WindowConflictsTest {
    private static final SnapshotId ID = SnapshotId.random();
    private static final Partition EAST = new Partition("EAST");
    private static final WindowConflicts CONFLICTS = new WindowConflicts("ORDERS", EAST);
    private static final RuntimeException CAUSE = new IllegalStateException("of the test");

    /** Commands are quoted, such as 'snapshot list'; the application words them. */
    private static final Pattern COMMAND = Pattern.compile("'snapshot |--[a-z]");

    @Test
    void everyErrorHasTheKindThatThePortsPromise() {
        assertKind(Kind.INVALID_REQUEST, CONFLICTS.notPrepared("schema 'window'"));
        assertKind(Kind.INVALID_REQUEST, WindowConflicts.notCarried("ORDERS", "a\0b", "another name"));
        assertKind(Kind.CONFLICT, WindowConflicts.gone("ORDERS", Optional.of(ID)));
        assertKind(Kind.CONFLICT, CONFLICTS.held(Optional.empty(), Duration.ofSeconds(2)));
        assertKind(Kind.CONFLICT, CONFLICTS.batchIdKnown(ID, CAUSE));
        assertKind(Kind.CORRUPT, CONFLICTS.repeatedIdentity(ID, CAUSE));
        assertKind(Kind.CONFLICT, CONFLICTS.notPublished(ID, Optional.empty(), 10, CAUSE));
        assertKind(Kind.CONFLICT, CONFLICTS.notTakenBack(ID, 10, CAUSE));
        assertKind(Kind.CONFLICT, CONFLICTS.notCurrent(ID));
        assertKind(Kind.CONFLICT, CONFLICTS.notEarlier(ID));
        assertKind(Kind.CONFLICT, CONFLICTS.lockLost("writer number 2 has it", "writer number 1", CAUSE));
        assertKind(
                Kind.INVALID_REQUEST, thrown(() -> CONFLICTS.requireState(ID, Optional.empty(), SnapshotState.STAGED)));
        assertKind(Kind.CORRUPT, thrown(() -> CONFLICTS.requireAllStaged(ID, 1, 2)));
        assertKind(Kind.CORRUPT, thrown(() -> CONFLICTS.requireComplete(snapshot(SnapshotState.INCOMPLETE))));
        assertKind(Kind.CONFLICT, thrown(() -> CONFLICTS.requireSameArchive(ID, new ArchiveId(1), new ArchiveId(2))));
    }

    private static void assertKind(Kind kind, SnapshotException error) {
        assertEquals(kind, error.kind(), error.getMessage());
        assertTrue(error.where().orElseThrow().contains("dataset 'ORDERS'"), error.getMessage());
        assertTrue(error.nextStep().isPresent(), error.getMessage());
        assertFalse(COMMAND.matcher(error.getMessage()).find(), error.getMessage());
    }

    private static SnapshotException thrown(Runnable check) {
        return assertThrows(SnapshotException.class, check::run);
    }

    @Test
    void whatIsRightPasses() {
        WindowSnapshot current = snapshot(SnapshotState.CURRENT);
        assertSame(current, CONFLICTS.requireState(ID, Optional.of(current), SnapshotState.CURRENT));
        assertDoesNotThrow(() -> CONFLICTS.requireAllStaged(ID, 2, 2));
        assertDoesNotThrow(() -> CONFLICTS.requireComplete(current));
        assertDoesNotThrow(() -> CONFLICTS.requireSameArchive(ID, new ArchiveId(1), new ArchiveId(1)));
    }

    @Test
    void theStateThatWasFoundIsShown() {
        SnapshotException error = thrown(
                () -> CONFLICTS.requireState(ID, Optional.of(snapshot(SnapshotState.CURRENT)), SnapshotState.STAGED));
        assertEquals("CURRENT", error.actual().orElseThrow());
        assertEquals("STAGED", error.expected().orElseThrow());
    }

    @Test
    void anIncompleteSnapshotWithAnArchiveIsFoundThere() {
        WindowSnapshot lost = snapshot(SnapshotState.INCOMPLETE).toBuilder()
                .rowCount(1)
                .archiveId(Optional.of(new ArchiveId(7)))
                .build();
        SnapshotException error = thrown(() -> CONFLICTS.requireComplete(lost));
        assertTrue(error.nextStep().orElseThrow().contains("archive 7"), error.getMessage());
        assertTrue(error.expected().orElseThrow().contains("1 row,"), error.getMessage());
    }

    @Test
    void anArchivedSnapshotThatIsNotPublishedNamesItsArchive() {
        SnapshotException error = CONFLICTS.notPublished(ID, Optional.of(new ArchiveId(7)), 10, CAUSE);
        assertTrue(error.problem().contains("archived (archive 7)"), error.problem());
        assertSame(CAUSE, error.getCause());
    }

    @Test
    void beyondIsAllButTheNewestOfEachPartition() {
        WindowSnapshot east = snapshot(SnapshotState.CURRENT);
        WindowSnapshot west = WindowSnapshot.builder(
                        "ORDERS", new Partition("WEST"), Instant.EPOCH, SnapshotState.CURRENT)
                .build();
        WindowSnapshot older = snapshot(SnapshotState.PREVIOUS);
        assertEquals(List.of(older), WindowStore.beyond(List.of(east, older, west), 1));
        assertEquals(List.of(), WindowStore.beyond(List.of(east, older, west), 2));
    }

    @Test
    void aForeignSnapshotIsTheSameWhileItsDateAndCountAre() {
        WindowSnapshot one = foreign(Instant.EPOCH, 3);
        assertTrue(one.isForeign());
        assertTrue(one.isSameAs(foreign(Instant.EPOCH, 3)));
        assertFalse(one.isSameAs(foreign(Instant.EPOCH, 4)));
        assertFalse(one.isSameAs(foreign(Instant.EPOCH.plusSeconds(1), 3)));
        assertTrue(snapshot(SnapshotState.CURRENT).isSameAs(snapshot(SnapshotState.INCOMPLETE)));
        assertFalse(snapshot(SnapshotState.CURRENT).isSameAs(one));
    }

    private static WindowSnapshot foreign(Instant date, long rows) {
        return WindowSnapshot.builder("ORDERS", EAST, date, SnapshotState.CURRENT)
                .rowCount(rows)
                .build();
    }

    private static WindowSnapshot snapshot(SnapshotState state) {
        return WindowSnapshot.builder("ORDERS", EAST, Instant.EPOCH, state)
                .id(Optional.of(ID))
                .rowCount(2)
                .build();
    }
}
