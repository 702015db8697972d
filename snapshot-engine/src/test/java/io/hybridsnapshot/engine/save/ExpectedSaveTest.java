package io.hybridsnapshot.engine.save;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.Cells;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.comparison.CompareRequest;
import io.hybridsnapshot.engine.comparison.CompareSnapshots;
import io.hybridsnapshot.engine.comparison.ComparisonRules;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.comparison.DetailRequest;
import io.hybridsnapshot.engine.comparison.DetectChanges;
import io.hybridsnapshot.engine.comparison.DetectRequest;
import io.hybridsnapshot.engine.expectation.Expectation;
import io.hybridsnapshot.engine.expectation.Expectations;
import io.hybridsnapshot.engine.expectation.Verdict;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.tables.CompareTables;
import io.hybridsnapshot.engine.tables.TablesRequest;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Expectations in the use cases, on in-memory adapters. */
class ExpectedSaveTest {
    private static final Dataset DATASET = Dataset.of("t", List.of("K"));
    private static final Cells FIRST = rows("a", "b", "c", "d");
    private static final Cells ONE_CHANGED = rows("a", "b", "c", "x");

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

    private static Cells rows(String... values) {
        Cells cells = new Cells()
                .column("K", ColumnType.TEXT)
                .column("V", ColumnType.TEXT)
                .column("W", ColumnType.TEXT);
        for (int i = 0; i < values.length; i++) {
            cells.row("k" + i, values[i], "same");
        }
        return cells;
    }

    private static Expectations expecting(String... rules) {
        return Expectations.of(List.of(rules).stream().map(Expectation::parse).toList());
    }

    private static List<String> outcomes(DeltaReport report) {
        return report.expectations().stream()
                .map(verdict -> verdict.outcome().getClass().getSimpleName())
                .toList();
    }

    private SaveResult save(Cells cells, SaveRequest request) {
        return new SaveSnapshot(environment).save(request, cells.source("source"));
    }

    private static SaveRequest request() {
        return SaveRequest.of(DATASET, Partition.ALL);
    }

    @Test
    void aBrokenRuleRefusesASaveAndLeavesAllAsItWas() {
        SaveResult first = save(FIRST, request());
        List<List<Verdict>> heard = new ArrayList<>();
        SaveRequest expected = request()
                .withExpectations(expecting("changed <= 24%", "deleted <= 0", "column V changed = 0")
                        .heardBy(heard::add));
        SnapshotException refused = assertThrows(SnapshotException.class, () -> save(ONE_CHANGED, expected));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, refused.kind());
        assertTrue(
                refused.getMessage().contains("changed <= 24%: found 1 row (25.00 % of 4 before)"),
                refused.getMessage());
        assertTrue(refused.getMessage().contains("column V changed = 0: found 1 row"), refused.getMessage());
        assertFalse(refused.getMessage().contains("deleted"), refused.getMessage());
        assertTrue(refused.getMessage().contains("Consent.UNEXPECTED"), refused.getMessage());
        assertEquals(1, heard.size());
        assertEquals(
                first.snapshot(),
                environment.window().findCurrent(DATASET, Partition.ALL).orElseThrow());
        assertTrue(environment.archive().find(expected.id()).isEmpty());
        assertEquals(
                Optional.of(first.archive().orElseThrow()),
                environment.archive().find(first.snapshot().id().orElseThrow()));

        SaveResult consented = save(ONE_CHANGED, expected.withConsents(Set.of(Consent.UNEXPECTED)));
        assertEquals(SaveResult.Outcome.SAVED, consented.outcome());
        assertEquals(
                List.of("Broken", "Met", "Broken"), outcomes(consented.delta().orElseThrow()));
    }

    @Test
    void aRuleThatWarnsRefusesNothing() {
        save(FIRST, request());
        SaveResult saved = save(
                ONE_CHANGED,
                request()
                        .withExpectations(
                                expecting("changed = 0 otherwise warn", "column X changed = 0 otherwise warn")));
        assertEquals(List.of("Broken", "NotChecked"), outcomes(saved.delta().orElseThrow()));
    }

    @Test
    void aFirstSaveIsCheckedByItsNumberOfRows() {
        Expectations rules = expecting("rows >= 5", "changed <= 0");
        assertThrows(SnapshotException.class, () -> save(FIRST, request().withExpectations(rules)));
        assertTrue(environment.window().findCurrent(DATASET, Partition.ALL).isEmpty());
        SaveResult saved = save(FIRST, request().withExpectations(expecting("rows >= 4", "changed <= 0")));
        assertEquals(List.of("Met", "NotApplicable"), outcomes(saved.delta().orElseThrow()));
    }

    @Test
    void aRuleOnAColumnWithoutAnArchiveRefusesASave() {
        save(FIRST, request().withArchiveMode(ArchiveMode.OFF));
        SaveRequest expected = request().withExpectations(expecting("changed <= 25%", "column V changed <= 100%"));
        SnapshotException refused = assertThrows(SnapshotException.class, () -> save(ONE_CHANGED, expected));
        assertTrue(refused.getMessage().contains("cannot be checked"), refused.getMessage());
        assertTrue(refused.getMessage().contains("the cells of the changed rows are not known"), refused.getMessage());
        // Equal rows have equal cells, which need no archive.
        assertEquals(
                List.of("Met", "Met"), outcomes(save(FIRST, expected).delta().orElseThrow()));
    }

    @Test
    void keysAloneTellNeitherChangedRowsNorCells() {
        save(FIRST, request().withArchiveMode(ArchiveMode.OFF));
        Dataset rehashed = DATASET.withHashSpec(DATASET.hashSpec().leavingOut(List.of("W")));
        SaveRequest keysOnly = SaveRequest.of(rehashed, Partition.ALL);
        Expectations rules = expecting("new = 0", "changed <= 100%", "unchanged >= 0", "column V changed <= 100%");
        SnapshotException refused =
                assertThrows(SnapshotException.class, () -> save(ONE_CHANGED, keysOnly.withExpectations(rules)));
        assertTrue(refused.getMessage().contains("3 of 4 expectations not checked"), refused.getMessage());
        SaveResult saved = save(ONE_CHANGED, keysOnly.withExpectations(rules).withConsents(Set.of(Consent.UNEXPECTED)));
        assertEquals(
                List.of("Met", "NotChecked", "NotChecked", "NotChecked"),
                outcomes(saved.delta().orElseThrow()));
    }

    @Test
    void aRuleOnAColumnIsCheckedWithoutDetails() {
        save(FIRST, request());
        Expectations rules = expecting("column V changed <= 1", "column W changed = 0", "column K changed = 0");
        DetectRequest detect = new DetectRequest(DATASET, Partition.ALL, Optional.empty(), Progress.NONE);
        DeltaReport detected =
                new DetectChanges(environment).detect(detect.withExpectations(rules), ONE_CHANGED.source("source"));
        assertEquals(List.of("Met", "Met", "NotChecked"), outcomes(detected));
        assertEquals(Optional.empty(), detected.details());

        DeltaReport compared = new CompareSnapshots(environment)
                .compare(new CompareRequest(
                                DATASET,
                                Partition.ALL,
                                new SnapshotReference.OfSource(FIRST.source("before")),
                                new SnapshotReference.OfSource(ONE_CHANGED.source("after")),
                                Optional.empty(),
                                Progress.NONE)
                        .withExpectations(rules));
        assertEquals(detected.expectations(), compared.expectations());
        assertEquals(Optional.empty(), compared.details());

        DeltaReport tables = new CompareTables(environment)
                .compare(TablesRequest.of(FIRST.source("before"), ONE_CHANGED.source("after"))
                        .withKey(List.of("K"))
                        .withDetails(Optional.empty())
                        .withExpectations(rules))
                .delta();
        assertEquals(detected.expectations(), tables.expectations());
    }

    @Test
    void aForgivenRowCountsAsUnchanged() {
        save(FIRST, request());
        DetailRequest details = new DetailRequest(0, Optional.empty()).withRules(ComparisonRules.NONE.ignoring("V"));
        DeltaReport detected = new DetectChanges(environment)
                .detect(
                        new DetectRequest(DATASET, Partition.ALL, Optional.of(details), Progress.NONE)
                                .withExpectations(expecting("changed = 0", "unchanged = 4", "column V changed = 0")),
                        ONE_CHANGED.source("source"));
        assertEquals(1, detected.counts().changed());
        assertEquals(List.of("Met", "Met", "Met"), outcomes(detected));
    }
}
