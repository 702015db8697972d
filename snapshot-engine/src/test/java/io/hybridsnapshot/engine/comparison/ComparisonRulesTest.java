package io.hybridsnapshot.engine.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.ColumnChanges;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.delta.RowChange;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.Cells;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.save.ArchiveMode;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Ignored columns and tolerances, by the use cases. */
class ComparisonRulesTest {
    private static final Dataset DATASET = Dataset.of("t", List.of("K"));

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

    private DeltaReport compare(Cells before, Cells after, ComparisonRules rules, List<RowChange> heard) {
        DetailRequest details = new DetailRequest(100, Optional.of(heard::add)).withRules(rules);
        return new CompareSnapshots(environment)
                .compare(new CompareRequest(
                        DATASET,
                        Partition.ALL,
                        new SnapshotReference.OfSource(before.source("before")),
                        new SnapshotReference.OfSource(after.source("after")),
                        Optional.of(details),
                        Progress.NONE));
    }

    private boolean forgiven(
            ColumnType beforeType, Object before, ColumnType afterType, Object after, ComparisonRules rules) {
        List<RowChange> heard = new ArrayList<>();
        DeltaReport report = compare(
                new Cells().column("K", ColumnType.TEXT).column("V", beforeType).row("k", before),
                new Cells().column("K", ColumnType.TEXT).column("V", afterType).row("k", after),
                rules,
                heard);
        assertEquals(new DeltaSummary(0, 1, 0, 0), report.counts());
        assertEquals(report.details().orElseThrow().examples(), heard);
        assertEquals(heard.isEmpty() ? 1 : 0, report.details().orElseThrow().forgiven());
        assertEquals(
                heard.isEmpty() ? List.of() : List.of(new ColumnChanges("V", 1)),
                report.details().orElseThrow().columns());
        return heard.isEmpty();
    }

    private record Case(
            String bound, ColumnType before, Object left, ColumnType after, Object right, boolean forgiven) {}

    static List<Case> cases() {
        ColumnType money = ColumnType.decimal(10, 2);
        ColumnType fine = ColumnType.decimal(12, 4);
        ColumnType wide = ColumnType.decimal(38, 0);
        ColumnType real = ColumnType.FLOAT64;
        BigDecimal huge = new BigDecimal("99999999999999999999999999999999999999");
        return List.of(
                new Case("0.01", money, new BigDecimal("1.00"), money, new BigDecimal("1.01"), true),
                new Case("0.01", money, new BigDecimal("1.00"), money, new BigDecimal("1.02"), false),
                new Case("0.01", money, new BigDecimal("1.00"), fine, new BigDecimal("1.0100"), true),
                new Case("0.01", money, new BigDecimal("1.00"), fine, new BigDecimal("1.0101"), false),
                new Case("scale:2", money, new BigDecimal("1.01"), fine, new BigDecimal("1.0050"), true),
                new Case("1", ColumnType.INT32, 5, ColumnType.INT64, 6, true),
                new Case("1", ColumnType.INT64, Long.MIN_VALUE, ColumnType.INT64, Long.MAX_VALUE, false),
                new Case("1", wide, huge, wide, huge.subtract(BigDecimal.ONE), true),
                new Case("1", wide, huge, wide, huge.negate(), false),
                new Case("100%", wide, huge, wide, BigDecimal.ZERO, true),
                new Case("0.01", real, 0.30, real, 0.31, true),
                new Case("0.01", real, 0.30, real, 0.3100000000000001, false),
                new Case("0.001", ColumnType.FLOAT32, 0.1f, real, 0.1, true),
                new Case("1000000", real, Double.NaN, real, 0.0, false),
                new Case("1000000", real, Double.NaN, real, Double.POSITIVE_INFINITY, false),
                new Case("200%", real, Double.NEGATIVE_INFINITY, real, Double.POSITIVE_INFINITY, false),
                new Case("200%", real, Double.POSITIVE_INFINITY, real, Double.MAX_VALUE, false),
                new Case("200%", real, -Double.MAX_VALUE, real, Double.MAX_VALUE, true),
                new Case("100%", real, Double.MIN_VALUE, real, 0.0, true),
                new Case("1000000", real, null, real, 0.0, false),
                new Case("1000000", ColumnType.INT32, 0, ColumnType.INT32, null, false));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aToleranceIsForNumbersAlone(Case cell) {
        ComparisonRules rules = ComparisonRules.NONE.tolerating("V", Tolerance.parse(cell.bound()));
        assertEquals(
                cell.forgiven(), forgiven(cell.before(), cell.left(), cell.after(), cell.right(), rules), "forwards");
        assertEquals(
                cell.forgiven(), forgiven(cell.after(), cell.right(), cell.before(), cell.left(), rules), "backwards");
        assertTrue(
                forgiven(cell.before(), cell.left(), cell.after(), cell.right(), ComparisonRules.NONE.ignoring("V")));
        assertEquals(false, forgiven(cell.before(), cell.left(), cell.after(), cell.right(), ComparisonRules.NONE));
    }

    private boolean forgiven(String before, String after, TextDifference... differences) {
        ComparisonRules rules = ComparisonRules.NONE;
        for (TextDifference difference : differences) {
            rules = rules.forgiving(difference);
        }
        boolean forwards = forgiven(ColumnType.TEXT, before, ColumnType.TEXT, after, rules);
        assertEquals(forwards, forgiven(ColumnType.TEXT, after, ColumnType.TEXT, before, rules));
        return forwards;
    }

    @Test
    void caseIsForgivenOnRequestAlone() {
        assertTrue(forgiven("Straße", "STRASSE", TextDifference.CASE));
        assertTrue(forgiven("ὈΔΥΣΣΕΎΣ", "ὀδυσσεύς", TextDifference.CASE));
        assertFalse(forgiven("Straße", "STRASSE", TextDifference.SPACE));
        assertFalse(forgiven("e", "é", TextDifference.CASE));
        assertFalse(forgiven("a", "A"));
        assertFalse(forgiven(null, "A", TextDifference.CASE));
    }

    @Test
    void whiteSpaceIsForgivenOnRequestAlone() {
        assertTrue(forgiven("a b", "  a\u00A0\t b\n", TextDifference.SPACE));
        assertTrue(forgiven("", "\u3000", TextDifference.SPACE));
        assertFalse(forgiven("a b", "ab", TextDifference.SPACE));
        assertFalse(forgiven("a b", "a  B", TextDifference.SPACE));
        assertTrue(forgiven("a b", "a  B", TextDifference.SPACE, TextDifference.CASE));
        assertFalse(forgiven(" a", "a", TextDifference.CASE));
        assertFalse(forgiven(null, " ", TextDifference.SPACE));
        // U+001C separates units of information, and has not Unicode's property.
        assertFalse(forgiven("a", "a\u001C", TextDifference.SPACE));
    }

    @Test
    void differencesOfTextsAreNoMatterOfOtherTypes() {
        ComparisonRules both =
                ComparisonRules.NONE.forgiving(TextDifference.CASE).forgiving(TextDifference.SPACE);
        assertFalse(forgiven(ColumnType.INT32, 1, ColumnType.INT32, 2, both));
        // The values differ as texts, since one of the columns is text.
        assertFalse(forgiven(ColumnType.INT32, 1, ColumnType.TEXT, " 1", both));
        // A tolerance goes on to count for a column of numbers.
        assertTrue(forgiven(ColumnType.INT32, 1, ColumnType.INT32, 2, both.tolerating("V", Tolerance.parse("1"))));
    }

    private static Cells prices() {
        return new Cells()
                .column("K", ColumnType.TEXT)
                .column("NAME", ColumnType.TEXT)
                .column("PRICE", ColumnType.decimal(10, 2))
                .column("LOADED", ColumnType.TEXT);
    }

    private static BigDecimal price(String text) {
        return new BigDecimal(text);
    }

    private static Cells before() {
        return prices().row("a", "Anna", price("1.00"), "mon")
                .row("b", "Bob", price("2.00"), "mon")
                .row("c", "Cleo", price("3.00"), "mon")
                .row("d", "Dora", price("4.00"), "mon")
                .row("e", "Emil", price("5.00"), "mon");
    }

    private static Cells after() {
        return prices().row("a", "Anna", price("1.00"), "tue")
                .row("b", "Bob", price("2.01"), "tue")
                .row("c", "Cleo", price("3.05"), "tue")
                .row("d", "Dorothea", price("4.01"), "tue")
                .row("f", "Fay", price("6.00"), "tue");
    }

    private static final ComparisonRules RULES =
            ComparisonRules.NONE.ignoring("LOADED").tolerating("PRICE", Tolerance.parse("0.01"));

    private static void requireRulesApplied(DeltaReport report, List<RowChange> heard) {
        assertEquals(new DeltaSummary(1, 4, 0, 1), report.counts());
        assertEquals(2, report.details().orElseThrow().forgiven());
        assertEquals(
                List.of(new ColumnChanges("NAME", 1), new ColumnChanges("PRICE", 1)),
                report.details().orElseThrow().columns().stream()
                        .sorted((a, b) -> a.column().compareTo(b.column()))
                        .toList());
        List<String> rows = heard.stream()
                .map(row -> row.kind() + " " + row.key().get("K").orElseThrow() + " "
                        + row.cells().stream().map(cell -> cell.column()).toList())
                .sorted()
                .toList();
        assertEquals(List.of("CHANGED c [PRICE]", "CHANGED d [NAME]", "DELETED e []", "NEW f []"), rows);
    }

    @Test
    void forgivenRowsAreCountedApartAndNotListed() {
        List<RowChange> heard = new ArrayList<>();
        requireRulesApplied(compare(before(), after(), RULES, heard), heard);
    }

    @Test
    void detectionFollowsTheSameRules() {
        new SaveSnapshot(environment).save(SaveRequest.of(DATASET, Partition.ALL), before().source("before"));
        List<RowChange> heard = new ArrayList<>();
        DetailRequest details = new DetailRequest(0, Optional.of(heard::add)).withRules(RULES);
        DeltaReport report = new DetectChanges(environment)
                .detect(
                        new DetectRequest(DATASET, Partition.ALL, Optional.of(details), Progress.NONE),
                        after().source("after"));
        requireRulesApplied(report, heard);
    }

    @Test
    void rulesWithoutCellsAreRefusedThoughNoRowChanged() {
        new SaveSnapshot(environment)
                .save(
                        SaveRequest.of(DATASET, Partition.ALL).withArchiveMode(ArchiveMode.OFF),
                        before().source("before"));
        SnapshotReference window = new SnapshotReference.Current();
        SnapshotReference source = new SnapshotReference.OfSource(unread(before()));
        assertRefused("the earlier side", () -> compare(window, source, RULES));
        assertRefused("the later side", () -> compare(source, window, RULES));
        assertRefused("the earlier side", () -> detect(unread(before()), RULES));
        assertRefused("the earlier side", () -> save(unread(before()), RULES));
        // Rules without content need no cells.
        assertEquals(
                5,
                detect(before().source("before"), ComparisonRules.NONE).counts().unchanged());
    }

    @Test
    void withoutAnEarlierSnapshotRulesNeedNoCells() {
        assertEquals(5, detect(before().source("before"), RULES).counts().added());
    }

    @Test
    void rulesThatDoNotFitTheColumnsAreRefusedBeforeARowIsRead() {
        new SaveSnapshot(environment).save(SaveRequest.of(DATASET, Partition.ALL), before().source("before"));
        SnapshotReference stored = new SnapshotReference.Current();
        SnapshotReference source = new SnapshotReference.OfSource(unread(before()));
        ComparisonRules unknown = ComparisonRules.NONE.ignoring("LOADD");
        ComparisonRules text = ComparisonRules.NONE.tolerating("NAME", Tolerance.parse("1"));
        Map.of("did you mean 'LOADED'?", unknown, "a column of numbers", text).forEach((said, rules) -> {
            assertRefused(said, () -> compare(source, source, rules));
            assertRefused(said, () -> compare(stored, source, rules));
            assertRefused(said, () -> compare(source, stored, rules));
            assertRefused(said, () -> compare(stored, stored, rules));
            assertRefused(said, () -> detect(unread(before()), rules));
            assertRefused(said, () -> save(unread(before()), rules));
        });
    }

    @Test
    void aToleranceIsRefusedWhereTheLaterSideAloneHoldsText() {
        Cells retyped = new Cells()
                .column("K", ColumnType.TEXT)
                .column("NAME", ColumnType.TEXT)
                .column("PRICE", ColumnType.TEXT)
                .column("LOADED", ColumnType.TEXT);
        assertRefused(
                "0.01 on text",
                () -> compare(
                        new SnapshotReference.OfSource(unread(before())),
                        new SnapshotReference.OfSource(unread(retyped)),
                        RULES));
    }

    private static void assertRefused(String said, Executable action) {
        SnapshotException e = assertThrows(SnapshotException.class, action);
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, e.kind());
        assertTrue(e.getMessage().contains(said), e.getMessage());
    }

    private DeltaReport compare(SnapshotReference before, SnapshotReference after, ComparisonRules rules) {
        return new CompareSnapshots(environment)
                .compare(new CompareRequest(
                        DATASET,
                        Partition.ALL,
                        before,
                        after,
                        Optional.of(DetailRequest.EXAMPLES.withRules(rules)),
                        Progress.NONE));
    }

    private DeltaReport detect(RowSource source, ComparisonRules rules) {
        Optional<DetailRequest> details = Optional.of(DetailRequest.EXAMPLES.withRules(rules));
        return new DetectChanges(environment)
                .detect(new DetectRequest(DATASET, Partition.ALL, details, Progress.NONE), source);
    }

    private void save(RowSource source, ComparisonRules rules) {
        new SaveSnapshot(environment)
                .save(
                        SaveRequest.of(DATASET, Partition.ALL).withDetails(DetailRequest.EXAMPLES.withRules(rules)),
                        source);
    }

    /** A source with known columns whose rows must not be read. */
    private static RowSource unread(Cells cells) {
        Schema schema = cells.table().schema();
        return new RowSource() {
            @Override
            public String description() {
                return "unread";
            }

            @Override
            public RowStream open(ReadOptions options) {
                return new RowStream() {
                    @Override
                    public Schema schema() {
                        return schema;
                    }

                    @Override
                    public Optional<RowBatch> next() {
                        throw new AssertionError("a row was read");
                    }

                    @Override
                    public void close() {}
                };
            }
        };
    }
}
