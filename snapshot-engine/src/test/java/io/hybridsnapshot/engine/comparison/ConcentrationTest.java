package io.hybridsnapshot.engine.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.RowChange;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.Cells;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The values and the columns in which the changes of a comparison are concentrated. */
class ConcentrationTest {
    private static final Dataset DATASET = Dataset.of("t", List.of("K"));
    private static final int ROWS = 400;

    @TempDir
    Path directory;

    private SnapshotEnvironment environment;

    @BeforeEach
    void open() {
        environment = new SnapshotEnvironment(
                new InMemoryWindowStore(),
                new InMemoryArchiveStore(),
                new InMemorySnapshotCodec(),
                directory.resolve("work"),
                Clock.systemUTC(),
                "test",
                16);
    }

    /**
     * Rows of 20 customers; PRICE and CURRENCY change in the rows of one of them, and QTY in some of these.
     *
     * @param changed how many rows of customer 7 change
     */
    private static Cells rows(int changed) {
        Cells cells = new Cells()
                .column("K", ColumnType.TEXT)
                .column("CUSTOMER", ColumnType.TEXT)
                .column("COUNTRY", ColumnType.TEXT)
                .column("NOTE", ColumnType.TEXT)
                .column("UNIT", ColumnType.INT32)
                .column("PRICE", ColumnType.INT32)
                .column("CURRENCY", ColumnType.TEXT)
                .column("QTY", ColumnType.INT32);
        int left = changed;
        for (int i = 0; i < ROWS; i++) {
            boolean changes = i % 20 == 7 && left-- > 0;
            cells.row(
                    "k" + i,
                    "customer " + i % 20,
                    i % 20 == 7 ? null : "DE",
                    "note " + i,
                    1,
                    changes ? i + 1 : i,
                    changes ? "USD" : "EUR",
                    changes && left % 2 == 0 ? 6 : 5);
        }
        return cells;
    }

    private Optional<Concentration> found(CompareSnapshots compare, int changed, RowChangeListener listener) {
        return compare.compare(new CompareRequest(
                        DATASET,
                        Partition.ALL,
                        new SnapshotReference.OfSource(rows(0).source("before")),
                        new SnapshotReference.OfSource(rows(changed).source("after")),
                        Optional.of(new DetailRequest(0, Optional.of(listener))),
                        Progress.NONE))
                .details()
                .orElseThrow()
                .concentration();
    }

    private static RowChangeListener whole() {
        return new RowChangeListener() {
            @Override
            public void onChange(RowChange change) {}

            @Override
            public boolean wantsWholeRows() {
                return true;
            }
        };
    }

    @Test
    void aValueOfMostChangedRowsAndFewOthersIsFound() {
        for (CompareSnapshots compare :
                List.of(new CompareSnapshots(environment), CompareSnapshots.byHashes(environment))) {
            Concentration found = found(compare, 20, whole()).orElseThrow();
            assertEquals(20, found.changedRows());
            assertEquals(ROWS, found.sampledRows());
            assertEquals(
                    List.of(
                            new Concentration.CommonValue("CUSTOMER", Optional.of("customer 7"), 20, 20),
                            new Concentration.CommonValue("COUNTRY", Optional.empty(), 20, 20)),
                    found.values());
            assertEquals(20, found.timesItsShare(found.values().get(0)).orElseThrow());
            assertEquals(List.of(new Concentration.TogetherChanged("PRICE", "CURRENCY", 20, 20)), found.together());
            assertEquals(
                    List.of("COUNTRY"),
                    found.withoutValuesOf(List.of("CUSTOMER")).values().stream()
                            .map(Concentration.CommonValue::column)
                            .toList());
        }
    }

    @Test
    void fewRowsProveNothing() {
        assertEquals(Optional.empty(), found(new CompareSnapshots(environment), 9, whole()));
        assertTrue(found(new CompareSnapshots(environment), 10, whole()).isPresent());
    }

    @Test
    void withoutWholeRowsNothingIsCounted() {
        assertEquals(Optional.empty(), found(new CompareSnapshots(environment), 20, change -> {}));
    }
}
