package io.hybridsnapshot.sqlserver.window;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.dataset.RowStampPolicy;
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
import org.junit.jupiter.api.Test;

/** The statements of a publish and the rows that each writes, of 1,000 rows in the window. */
class PublishCostTest {
    private static final Dataset ORDERS = Dataset.of("ORDERS_UNIFIED", List.of("record_uuid"));

    private final SimulatedWindow window = new SimulatedWindow();
    private final SqlServerWindowStore store = new SqlServerWindowStore(
            SqlServerWindowSettings.of(new SqlServerSettings("host", 1433, "ORDERS", "etl", "secret", Map.of())),
            purpose -> window.session(),
            Optional.empty());

    /** Publishes a sealed snapshot and returns the statements that wrote rows. */
    private List<String> published(Dataset dataset, SimulatedWindow.Changes changes, int keepCount) {
        window.add(SnapshotState.CURRENT, SimulatedWindow.ROWS);
        SnapshotId staged = new SnapshotId(
                window.add(SnapshotState.STAGED, SimulatedWindow.ROWS + changes.added() - changes.deleted()));
        window.sealed(changes);
        try (WindowWriter writer =
                store.openWriter(dataset, Partition.ALL, new WriterRequest("test", Duration.ofSeconds(1)))) {
            window.statements();
            Optional<WindowSnapshot> published =
                    writer.changes().orElseThrow().publish(staged, Optional.empty(), keepCount);
            assertEquals(SnapshotState.CURRENT, published.orElseThrow().state());
        }
        return window.statements().stream()
                .filter(statement -> !statement.startsWith("select"))
                .toList();
    }

    @Test
    void aPublishWritesTheChangedRowsAndTheStampsOfTheOthers() {
        assertEquals(
                List.of(
                        "update ledger 1",
                        "insert version 11",
                        "update current 8",
                        "delete current 3",
                        "insert current 5",
                        "update current 989",
                        "update ledger 1"),
                published(ORDERS, new SimulatedWindow.Changes(5, 8, 3), 2));
    }

    @Test
    void aPublishOfVersionsWritesTheChangedRowsAlone() {
        assertEquals(
                List.of(
                        "update ledger 1",
                        "insert version 11",
                        "update current 8",
                        "delete current 3",
                        "insert current 5",
                        "update ledger 1"),
                published(ORDERS.withRowStamps(RowStampPolicy.VERSION), new SimulatedWindow.Changes(5, 8, 3), 2));
    }

    @Test
    void aPublishWithoutChangesWritesTheLedgerAndTheStamps() {
        assertEquals(
                List.of("update ledger 1", "update current 1000", "update ledger 1"),
                published(ORDERS, new SimulatedWindow.Changes(0, 0, 0), 2));
    }

    @Test
    void aPublishOfVersionsWithoutChangesWritesTheLedgerAlone() {
        assertEquals(
                List.of("update ledger 1", "update ledger 1"),
                published(ORDERS.withRowStamps(RowStampPolicy.VERSION), new SimulatedWindow.Changes(0, 0, 0), 2));
    }

    @Test
    void aPublishThatKeepsNoPreviousSnapshotKeepsNoVersions() {
        assertEquals(
                List.of(
                        "update ledger 1",
                        "update current 8",
                        "delete current 3",
                        "update current 989",
                        "update ledger 1"),
                published(ORDERS, new SimulatedWindow.Changes(0, 8, 3), 1));
    }

    @Test
    void aPublishReadsTheRowsOnceForTheirState() {
        window.add(SnapshotState.CURRENT, SimulatedWindow.ROWS);
        SnapshotId staged = new SnapshotId(window.add(SnapshotState.STAGED, SimulatedWindow.ROWS));
        window.sealed(new SimulatedWindow.Changes(0, 0, 0));
        try (WindowWriter writer =
                store.openWriter(ORDERS, Partition.ALL, new WriterRequest("test", Duration.ofSeconds(1)))) {
            window.statements();
            writer.changes().orElseThrow().publish(staged, Optional.empty(), 2);
        }
        // The lock, the state, and the newest date before and after; all but the state are seeks.
        assertEquals(
                4, window.statements().stream().filter("select current"::equals).count());
    }

    @Test
    void aForeignStatementKeepsTheChangesFromBeingPublished() {
        window.add(SnapshotState.CURRENT, SimulatedWindow.ROWS);
        SnapshotId staged = new SnapshotId(window.add(SnapshotState.STAGED, SimulatedWindow.ROWS));
        window.sealed(new SimulatedWindow.Changes(0, 1, 0));
        window.changeForeign();
        try (WindowWriter writer =
                store.openWriter(ORDERS, Partition.ALL, new WriterRequest("test", Duration.ofSeconds(1)))) {
            window.statements();
            assertEquals(Optional.empty(), writer.changes().orElseThrow().publish(staged, Optional.empty(), 2));
            assertEquals(Optional.empty(), writer.changes().orElseThrow().base());
        }
        assertEquals(
                List.of(),
                window.statements().stream()
                        .filter(statement -> !statement.startsWith("select"))
                        .toList());
    }
}
