package io.hybridsnapshot.engine.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.encoding.LegacySpec;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.Orders;
import io.hybridsnapshot.engine.Stores;
import io.hybridsnapshot.engine.save.ArchiveMode;
import io.hybridsnapshot.engine.save.Consent;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveResult;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.testkit.data.HashedRows;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The undo of the first save after a foreign writer's snapshot. */
class UndoTakeOverTest {
    private static final Instant FOREIGN_DATE = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path directory;

    private Stores stores;
    private UndoSnapshot undo;

    @BeforeEach
    void letAForeignWriterReplaceTheRows() {
        stores = new Stores(directory);
        undo = new UndoSnapshot(stores.environment());
        save(SaveRequest.of(Orders.DATASET, Partition.ALL).withArchiveMode(ArchiveMode.OFF));
        Map<UUID, String> hashes = new HashMap<>();
        rowsOf(current()).keySet().forEach(identity -> hashes.put(identity, "0".repeat(64)));
        stores.window().replaceRows(Orders.DATASET, Partition.ALL, FOREIGN_DATE, hashes);
    }

    @Test
    void aTakeOverThatIsUndoneLeavesTheRowsOfTheForeignWriterAsTheyWere() {
        WindowSnapshot foreign = current();
        Map<UUID, String> rows = rowsOf(foreign);
        assertTrue(foreign.isForeign());
        SaveResult takenOver = takeOver();
        UndoPlan plan = undo.plan(Orders.DATASET, Partition.ALL);
        apply(plan);
        assertEquals(foreign, current());
        assertEquals(
                List.of(Optional.empty(), SnapshotState.CURRENT),
                plan.predecessorAfterwards()
                        .map(after -> List.of(after.id(), after.state()))
                        .orElseThrow());
        assertEquals(rows, rowsOf(current()));
        assertEquals(
                Optional.empty(),
                stores.archive().find(takenOver.archive().orElseThrow().id()));
        assertThrows(SnapshotException.class, () -> undo.plan(Orders.DATASET, Partition.ALL), "it is no save");
        assertEquals(
                new DeltaSummary(0, 5, 0, 0), takeOver().delta().orElseThrow().counts(), "and is taken over again");
    }

    @Test
    void aTakeOverIsNotUndoneToRowsThatHaveLeftTheWindow() {
        SaveResult takenOver = takeOver();
        save(SaveRequest.of(Orders.DATASET, Partition.ALL));
        apply(undo.plan(Orders.DATASET, Partition.ALL));
        assertEquals(takenOver.snapshot().id(), current().id());
        UndoPlan plan = undo.plan(Orders.DATASET, Partition.ALL);
        assertEquals(Optional.empty(), plan.predecessor());
        apply(plan);
        assertEquals(Optional.empty(), stores.window().findCurrent(Orders.DATASET, Partition.ALL));
    }

    private void apply(UndoPlan plan) {
        undo.apply(Orders.DATASET, Partition.ALL, plan.digest(), Duration.ZERO);
    }

    private SaveResult takeOver() {
        return save(SaveRequest.of(Orders.DATASET, Partition.ALL)
                .withForeignHashes(LegacySpec.PY_B)
                .withConsents(EnumSet.of(Consent.MANY_CHANGED, Consent.NO_ROW_MATCHES)));
    }

    private SaveResult save(SaveRequest request) {
        return new SaveSnapshot(stores.environment())
                .save(request, Orders.numbered(5).source());
    }

    private WindowSnapshot current() {
        return stores.window().findCurrent(Orders.DATASET, Partition.ALL).orElseThrow();
    }

    private Map<UUID, String> rowsOf(WindowSnapshot snapshot) {
        try (KeyedRowStream rows = stores.window().openRows(Orders.DATASET, snapshot)) {
            return HashedRows.read(rows).hashes();
        }
    }
}
