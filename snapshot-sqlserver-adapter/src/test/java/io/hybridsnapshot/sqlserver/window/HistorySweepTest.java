package io.hybridsnapshot.sqlserver.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
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
class HistorySweepTest {
    private static final Dataset ORDERS = Dataset.of("ORDERS_UNIFIED", List.of("record_uuid"));
    private static final List<String> IN_CHUNKS =
            List.of("ledger", "commit", "rows 4000", "commit", "rows 4000", "commit", "rows 1", "commit");

    private final SimulatedWindow window = new SimulatedWindow();
    private final SqlServerWindowStore store = new SqlServerWindowStore(
            SqlServerWindowSettings.of(new SqlServerSettings("host", 1433, "ORDERS", "etl", "secret", Map.of())),
            purpose -> window.session(),
            Optional.empty());

    private WindowWriter writer() {
        return store.openWriter(ORDERS, Partition.ALL, new WriterRequest("test", Duration.ofSeconds(1)));
    }

    private SnapshotId stage() {
        return new SnapshotId(window.add(SnapshotState.STAGED, 5));
    }

    @Test
    void aPublishRemovesRowsBehindItsOwnTransactionAndSomeATransaction() {
        window.add(SnapshotState.PREVIOUS, 8001);
        UUID current = window.add(SnapshotState.CURRENT, 5);
        SnapshotId staged = stage();
        try (WindowWriter writer = writer()) {
            window.events();
            assertEquals(
                    Optional.of(staged),
                    writer.publish(staged, Optional.empty(), 2).id());
        }
        assertEquals(IN_CHUNKS, window.events());
        assertEquals(Map.of(current, 5), window.history());
    }

    @Test
    void aPublishWhoseRemovalFailsIsPublishedAndTheNextWriterRemovesTheRest() {
        UUID beyond = window.add(SnapshotState.PREVIOUS, 8001);
        UUID current = window.add(SnapshotState.CURRENT, 5);
        SnapshotId staged = stage();
        window.failAfter(1);
        try (WindowWriter writer = writer()) {
            assertEquals(
                    SnapshotState.CURRENT,
                    writer.publish(staged, Optional.empty(), 2).state());
        }
        assertEquals(Map.of(beyond, 4001, current, 5), window.history());
        assertEquals(List.of(staged, new SnapshotId(current)), visible());
        window.failAfter(Integer.MAX_VALUE);
        writer().close();
        assertEquals(Map.of(current, 5), window.history());
        assertEquals(List.of(staged, new SnapshotId(current)), visible());
    }

    private List<SnapshotId> visible() {
        return store.snapshots(ORDERS, Optional.empty()).stream()
                .flatMap(snapshot -> snapshot.id().stream())
                .toList();
    }

    @Test
    void aCleanUpRemovesRowsBehindItsOwnTransactionAndRecoveryRemovesWhatItLeft() {
        UUID beyond = window.add(SnapshotState.PREVIOUS, 8001);
        UUID kept = window.add(SnapshotState.PREVIOUS, 9);
        window.add(SnapshotState.CURRENT, 5);
        window.failAfter(2);
        assertEquals(
                List.of(Optional.of(new SnapshotId(beyond))),
                store.removeBeyond(ORDERS, Optional.empty(), 2).stream()
                        .map(WindowSnapshot::id)
                        .toList());
        assertEquals(IN_CHUNKS.subList(0, 6), window.events());
        assertEquals(Map.of(beyond, 1, kept, 9), window.history());
        window.failAfter(Integer.MAX_VALUE);
        store.sweep(ORDERS);
        assertEquals(Map.of(kept, 9), window.history());
        window.events();
        store.sweep(ORDERS);
        assertEquals(List.of(), window.events());
    }

    @Test
    void aSnapshotThatLeavesTheLedgerWhileItIsReadIsGoneAndNeverHalf() {
        window.add(SnapshotState.PREVIOUS, 9);
        window.add(SnapshotState.CURRENT, 5);
        WindowSnapshot previous = store.snapshots(ORDERS, Optional.empty()).get(1);
        store.openRows(ORDERS, previous).close();
        window.cleanBeforeCopy();
        SnapshotException error = assertThrows(SnapshotException.class, () -> store.openRows(ORDERS, previous));
        assertEquals(Kind.CONFLICT, error.kind());
    }

    @Test
    void aSnapshotThatLeavesTheLedgerWhileItsTextsAreReadIsGoneAndNeverHalf() {
        window.add(SnapshotState.PREVIOUS, 9);
        window.add(SnapshotState.CURRENT, 5);
        WindowSnapshot previous = store.snapshots(ORDERS, Optional.empty()).get(1);
        store.openCarried(ORDERS, previous).orElseThrow().close();
        window.cleanBeforeCopy();
        SnapshotException error = assertThrows(SnapshotException.class, () -> store.openCarried(ORDERS, previous));
        assertEquals(Kind.CONFLICT, error.kind());
    }
}
