package io.hybridsnapshot.sqlserver.window;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Snapshots leave the ledger in one transaction. Their rows follow in small ones, despite interruptions. */
class WindowSweepTest {
    private static final Dataset ORDERS = Dataset.of("ORDERS_UNIFIED", List.of("record_uuid"));
    private static final List<String> IN_RANGES =
            List.of("versions 4000", "commit", "versions 4000", "commit", "versions 1", "commit");

    private final SimulatedWindow window = new SimulatedWindow();
    private final SqlServerWindowStore store = new SqlServerWindowStore(
            SqlServerWindowSettings.of(new SqlServerSettings("host", 1433, "ORDERS", "etl", "secret", Map.of())),
            purpose -> window.session(),
            Optional.empty());

    private WindowWriter writer() {
        return store.openWriter(ORDERS, Partition.ALL, new WriterRequest("test", Duration.ofSeconds(1)));
    }

    /** A previous and the current snapshot, and a staged one that goes on top. */
    private SnapshotId stage() {
        window.add(SnapshotState.PREVIOUS, SimulatedWindow.ROWS);
        window.add(SnapshotState.CURRENT, SimulatedWindow.ROWS);
        UUID staged = window.add(SnapshotState.STAGED, SimulatedWindow.ROWS);
        window.sealed(new SimulatedWindow.Changes(0, 0, 0));
        return new SnapshotId(staged);
    }

    @Test
    void aPublishRemovesRowsBehindItsOwnTransactionAndSomeATransaction() {
        SnapshotId staged = stage();
        try (WindowWriter writer = writer()) {
            window.addVersions(2, 8001);
            window.addVersions(3, 7);
            window.addStaged(staged.value(), 4_001);
            window.events();
            writer.publish(staged, Optional.empty(), 2);
        }
        List<String> events = window.events();
        assertEquals(List.of("staged 4000", "commit", "staged 1", "commit"), events.subList(0, 4));
        assertEquals(IN_RANGES, events.subList(4, events.size()));
        assertEquals(Map.of(3L, 7), window.versions(), "the versions that the previous snapshot has stay");
        assertEquals(Map.of(), window.staged());
    }

    @Test
    void aPublishWhoseRemovalFailsIsPublishedAndTheNextWriterRemovesTheRest() {
        SnapshotId staged = stage();
        try (WindowWriter writer = writer()) {
            window.addVersions(2, 8001);
            window.failAfter(1);
            assertEquals(
                    SnapshotState.CURRENT,
                    writer.publish(staged, Optional.empty(), 2).state());
        }
        assertEquals(Map.of(2L, 4001), window.versions());
        window.failAfter(Integer.MAX_VALUE);
        writer().close();
        assertEquals(Map.of(), window.versions());
    }

    @Test
    void aCleanUpRemovesRowsBehindItsOwnTransactionAndRecoveryRemovesWhatItLeft() {
        UUID beyond = window.add(SnapshotState.PREVIOUS, SimulatedWindow.ROWS);
        window.add(SnapshotState.PREVIOUS, SimulatedWindow.ROWS);
        window.add(SnapshotState.CURRENT, SimulatedWindow.ROWS);
        window.addVersions(2, 8001);
        window.addVersions(3, 9);
        window.failAfter(2);
        assertEquals(
                List.of(Optional.of(new SnapshotId(beyond))),
                store.removeBeyond(ORDERS, Optional.empty(), 2).stream()
                        .map(WindowSnapshot::id)
                        .toList());
        assertEquals(IN_RANGES.subList(0, 4), window.events().subList(0, 4));
        assertEquals(Map.of(2L, 1, 3L, 9), window.versions());
        window.failAfter(Integer.MAX_VALUE);
        store.sweep(ORDERS);
        assertEquals(Map.of(3L, 9), window.versions());
        window.events();
        store.sweep(ORDERS);
        assertEquals(List.of(), window.events());
    }

    @Test
    void recoveryRemovesStagedRowsOfPublishedAndUnknownSnapshotsAndNoOthers() {
        UUID current = window.add(SnapshotState.CURRENT, SimulatedWindow.ROWS);
        UUID unfinished = window.add(SnapshotState.STAGED, SimulatedWindow.ROWS);
        UUID unknown = new UUID(0, 99);
        window.addStaged(current, 4_500);
        window.addStaged(unfinished, 10);
        window.addStaged(unknown, 3);
        store.sweep(ORDERS);
        assertEquals(Map.of(unfinished, 10), window.staged());
        assertEquals(List.of("staged 4000", "commit", "staged 500", "commit", "staged 3", "commit"), window.events());
    }
}
