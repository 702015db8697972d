package io.hybridsnapshot.app.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.app.report.DisplayText;
import io.hybridsnapshot.domain.delta.CellChange;
import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.ColumnChanges;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.delta.RowChange;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.engine.comparison.DeltaBasis;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import io.hybridsnapshot.samples.OrdersMaker;
import io.hybridsnapshot.samples.OrdersSpec;
import io.hybridsnapshot.samples.SampleFiles;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The output of the demo, checked against a naive comparison of the same files. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DemoTest {
    private static final long ORDERS = 3_000;

    private final List<String> lines = new ArrayList<>();
    private Demo.Findings findings;

    @BeforeAll
    void runDemo(@TempDir Path directory) {
        SnapshotEnvironment environment = SnapshotEnvironment.of(
                new InMemoryWindowStore(),
                new InMemoryArchiveStore(),
                new ParquetSnapshotCodec(),
                directory.resolve("work"));
        findings = new Demo(environment, directory, lines::add).run(ORDERS);
    }

    @Test
    void theDeltasOfTheWebCompatibilityTableAreRight() throws IOException {
        check(SampleFiles.COMPAT, SampleFiles.COMPAT_KEY, findings.compat());
    }

    @Test
    void theDeltasOfTheExchangeRatesAreRightOnTheColumnsThatAreLeft() throws IOException {
        check(SampleFiles.RATES, SampleFiles.RATES_KEY, findings.rates());
        DeltaReport last = findings.rates().get(2);
        assertEquals(
                List.of("BTCB"),
                last.drift().dropped().stream().map(Column::name).toList());
        assertEquals(DeltaBasis.SHARED_COLUMNS, last.basis());
        assertEquals(1, last.counts().deleted());
        assertTrue(
                last.counts().changed() > 0.9 * last.counts().after(),
                last.counts().toString());
    }

    private static void check(List<String> files, String key, List<DeltaReport> reports) throws IOException {
        NaiveTable before = NaiveTable.of(files.get(0), key);
        assertEquals(
                new DeltaSummary(before.rows().size(), 0, 0, 0), reports.get(0).counts());
        for (int i = 1; i < files.size(); i++) {
            NaiveTable after = NaiveTable.of(files.get(i), key);
            DeltaReport report = reports.get(i);
            assertEquals(after.since(before), report.counts(), files.get(i));
            Map<String, Long> columns = report.details().orElseThrow().columns().stream()
                    .collect(Collectors.toMap(ColumnChanges::column, ColumnChanges::rows));
            assertEquals(after.changedColumnsSince(before), columns, files.get(i));
            for (RowChange row : report.details().get().examples()) {
                checkRow(row, key, before, after);
            }
            before = after;
        }
    }

    private static void checkRow(RowChange row, String key, NaiveTable before, NaiveTable after) {
        Map<String, String> left = before.rows().get(row.key().get(key).orElseThrow());
        Map<String, String> right = after.rows().get(row.key().get(key).orElseThrow());
        assertEquals(row.kind() == ChangeKind.NEW, left == null);
        assertEquals(row.kind() == ChangeKind.DELETED, right == null);
        for (CellChange cell : row.cells()) {
            assertEquals(left.get(cell.column()), cell.before().orElse(""));
            assertEquals(right.get(cell.column()), cell.after().orElse(""));
        }
    }

    @Test
    void everyCellOfTheFirstInputWasComparedWithItsExport() throws IOException {
        NaiveTable first = NaiveTable.of(SampleFiles.COMPAT.get(0), SampleFiles.COMPAT_KEY);
        assertEquals(first.cells(), findings.comparedCells());
    }

    @Test
    void theMadeOrdersChangeAsTheirMakerSays() {
        DeltaSummary expected = new OrdersMaker(OrdersSpec.of(7, ORDERS).nextDay()).expected();
        assertEquals(expected, findings.orders().get(0).counts());
        assertEquals(expected, findings.orders().get(1).counts());
    }

    @Test
    void everyLineFitsATerminalOfAHundredColumns() {
        List<String> tooLong =
                lines.stream().filter(line -> DisplayText.width(line) > 100).toList();
        assertEquals(List.of(), tooLong);
        assertTrue(lines.size() > 60, "the demo tells what it does");
    }
}
