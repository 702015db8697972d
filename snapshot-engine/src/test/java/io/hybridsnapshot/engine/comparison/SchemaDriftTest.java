package io.hybridsnapshot.engine.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.BooleanVector;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DecimalVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.CellChange;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.encoding.ColumnRules;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.SchemaDrift;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.Cells;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.testkit.data.Table;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemoryRowSource;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Columns that are added, dropped or retyped, apart from changes in rows; and column pairs that look like a rename. */
class SchemaDriftTest {
    private static final Dataset DATASET = Dataset.of("drifting", List.of("ID"));

    @TempDir
    Path directory;

    private SnapshotEnvironment environment;

    @BeforeEach
    public void openStores() {
        environment = new SnapshotEnvironment(
                new InMemoryWindowStore(),
                new InMemoryArchiveStore(),
                new InMemorySnapshotCodec(),
                directory.resolve("work"),
                Clock.systemUTC(),
                "test",
                1 << 14);
    }

    /** A table by its columns: each a function of the key; null is NULL. */
    private static final class Sheet {
        private final List<Column> columns = new ArrayList<>();
        private final List<LongFunction<Object>> cells = new ArrayList<>();
        private final long first;
        private final int rows;

        Sheet(long first, int rows) {
            this.first = first;
            this.rows = rows;
            with("ID", ColumnType.INT64, key -> key);
        }

        Sheet with(String name, ColumnType type, LongFunction<Object> cell) {
            columns.add(new Column(name, type));
            cells.add(cell);
            return this;
        }

        SnapshotReference reference() {
            return new SnapshotReference.OfSource(source());
        }

        InMemoryRowSource source() {
            return new InMemoryRowSource("sheet", table());
        }

        private Table table() {
            Schema schema = Schema.of(columns);
            List<RowBatch> batches = new ArrayList<>();
            for (int from = 0; from < rows; from += RowBatch.DEFAULT_ROWS) {
                int count = Math.min(RowBatch.DEFAULT_ROWS, rows - from);
                List<ColumnVector> vectors = RowBatch.vectorsFor(schema, count);
                for (int row = from; row < from + count; row++) {
                    // Downwards, so that files are not in the order of their keys.
                    long key = first + rows - 1 - row;
                    for (int column = 0; column < columns.size(); column++) {
                        append(vectors.get(column), cells.get(column).apply(key));
                    }
                }
                batches.add(new RowBatch(schema, vectors));
            }
            return new Table(schema, batches);
        }

        private static void append(ColumnVector vector, Object value) {
            if (value == null) {
                vector.appendNull();
            } else if (vector instanceof BytesVector texts) {
                texts.append((String) value);
            } else if (vector instanceof BooleanVector flags) {
                flags.append((Boolean) value);
            } else if (vector instanceof DoubleVector doubles) {
                doubles.append((Double) value);
            } else if (vector instanceof DecimalVector decimals) {
                decimals.append(((Number) value).longValue());
            } else if (vector instanceof TimestampVector times) {
                times.append((Long) value, 0);
            } else {
                ((LongVector) vector).append(((Number) value).longValue());
            }
        }
    }

    private DeltaReport compare(Sheet before, Sheet after) {
        return new CompareSnapshots(environment)
                .compare(new CompareRequest(
                        DATASET,
                        Partition.ALL,
                        before.reference(),
                        after.reference(),
                        Optional.of(DetailRequest.EXAMPLES),
                        Progress.NONE));
    }

    private List<SuggestedRename> renames(Sheet before, Sheet after) {
        return compare(before, after).details().orElseThrow().renames();
    }

    private static Object text(long key) {
        return "text " + key % 89;
    }

    @Test
    void addedDroppedRetypedAndWidenedColumnsAreToldApartAndNoRowChangesByThem() {
        Sheet before = new Sheet(0, 500)
                .with("GONE", ColumnType.TEXT, key -> "gone " + key)
                .with("WIDER", ColumnType.decimal(10, 2), key -> key)
                .with("NARROWER", ColumnType.INT64, key -> key)
                .with("OTHER", ColumnType.INT32, key -> key)
                .with("SAME", ColumnType.TEXT, SchemaDriftTest::text);
        Sheet after = new Sheet(0, 500)
                .with("NARROWER", ColumnType.INT16, key -> key)
                .with("WIDER", ColumnType.decimal(18, 4), key -> key * 100)
                .with("OTHER", ColumnType.TEXT, key -> key == 9 ? "9.5" : Long.toString(key))
                .with("SAME", ColumnType.TEXT, key -> key == 7 ? "changed" : text(key))
                .with("FRESH", ColumnType.DATE, key -> key);
        DeltaReport report = compare(before, after);
        SchemaDrift drift = report.drift();
        assertEquals(DeltaBasis.SHARED_COLUMNS, report.basis());
        assertEquals(new DeltaSummary(0, 2, 498, 0), report.counts());
        assertEquals(
                Set.of(
                        new CellChange("SAME", Optional.of("text 7"), Optional.of("changed")),
                        new CellChange("OTHER", Optional.of("9"), Optional.of("9.5"))),
                report.details().orElseThrow().examples().stream()
                        .flatMap(row -> row.cells().stream())
                        .collect(Collectors.toSet()));
        assertEquals(
                new ColumnBasis(List.of(), List.of("OTHER"), List.of("FRESH", "GONE"), List.of()), report.columns());
        assertEquals(500, report.rowsNotComparedInFull());
        assertEquals(List.of("FRESH"), names(drift.added()));
        assertEquals(List.of("GONE"), names(drift.dropped()));
        assertEquals(
                List.of(
                        "NARROWER int64 int16 false true",
                        "WIDER decimal(10,2) decimal(18,4) true true",
                        "OTHER int32 text false false"),
                drift.retyped().stream()
                        .map(column -> column.name() + " " + column.before() + " " + column.after() + " "
                                + column.isWidened() + " " + column.isComparable())
                        .toList());
        assertTrue(drift.orderChanged());
        assertEquals(List.of(), report.details().orElseThrow().renames());
    }

    /**
     * Every two types that hash equal values differently, with cells that are equal by their texts and one that is not.
     */
    @Test
    void cellsOfTypesThatHashOtherwiseAreComparedByTheirTexts() {
        requireOneOfTwoChanged(ColumnType.INT64, 5L, 6L, ColumnType.TEXT, "5", "6.5");
        requireOneOfTwoChanged(ColumnType.INT64, 5L, 6L, ColumnType.TEXT, "5", "06");
        requireOneOfTwoChanged(ColumnType.decimal(10, 2), 150L, 250L, ColumnType.TEXT, "1.50", "2.505");
        requireOneOfTwoChanged(ColumnType.decimal(10, 2), 150L, 250L, ColumnType.TEXT, "1.50", "2.5");
        requireOneOfTwoChanged(ColumnType.decimal(30, 2), 150L, -5L, ColumnType.TEXT, "1.50", "0.05");
        requireOneOfTwoChanged(ColumnType.decimal(18, 2), 500L, 0L, ColumnType.TEXT, "5.00", "-0.00");
        requireOneOfTwoChanged(ColumnType.BOOLEAN, true, false, ColumnType.TEXT, "true", "no");
        requireOneOfTwoChanged(ColumnType.DATE, 20_454L, 20_455L, ColumnType.TEXT, "2026-01-01", "2.1.2026");
        requireOneOfTwoChanged(ColumnType.FLOAT64, 0.1, -0.0, ColumnType.TEXT, "0.1", "0");
        requireOneOfTwoChanged(ColumnType.FLOAT64, 1e-5, 2.0, ColumnType.TEXT, "1e-05", "2.0");
        requireOneOfTwoChanged(
                ColumnType.timestamp(6), 1_767_225_600L, 1L, ColumnType.TEXT, "2026-01-01 00:00:00", "1");
        requireOneOfTwoChanged(ColumnType.BINARY, "\u0001\u007f", "a", ColumnType.TEXT, "017f", "a");
        requireOneOfTwoChanged(ColumnType.DATE, 0L, 1L, ColumnType.BOOLEAN, null, true, 2);
        requireOneOfTwoChanged(ColumnType.time(3), 0L, 1_000_000_000L, ColumnType.TEXT, "00:00:00", "00:00:02");
    }

    /** Exact and floating-point numbers are compared by the numbers in their texts: 2.50, 2.5 and 2.5e0 are equal. */
    @Test
    void exactAndFloatingPointNumbersAreComparedAsNumbers() {
        requireOneOfTwoChanged(ColumnType.INT64, 1L, 2L, ColumnType.FLOAT64, 1.0, 2.5);
        requireOneOfTwoChanged(ColumnType.INT64, 0L, 2L, ColumnType.FLOAT64, -0.0, Double.NaN);
        requireOneOfTwoChanged(ColumnType.decimal(10, 2), 250L, 10L, ColumnType.FLOAT64, 2.5, 0.1000001);
        requireOneOfTwoChanged(ColumnType.decimal(10, 2), 10L, 10L, ColumnType.FLOAT32, (double) 0.1f, 0.25);
        requireOneOfTwoChanged(
                ColumnType.INT64, 100_000_000_000_000_000L, 1L, ColumnType.FLOAT64, 1e17, Double.POSITIVE_INFINITY);
        requireOneOfTwoChanged(ColumnType.decimal(10, 5), 1L, 1L, ColumnType.FLOAT64, 1e-5, Double.MAX_VALUE);
        requireOneOfTwoChanged(ColumnType.decimal(10, 5), 1L, 1L, ColumnType.FLOAT64, 1e-5, Double.MIN_VALUE);
    }

    private void requireOneOfTwoChanged(
            ColumnType type, Object one, Object two, ColumnType otherType, Object otherOne, Object otherTwo) {
        requireOneOfTwoChanged(type, one, two, otherType, otherOne, otherTwo, 1);
    }

    private void requireOneOfTwoChanged(
            ColumnType type,
            Object one,
            Object two,
            ColumnType otherType,
            Object otherOne,
            Object otherTwo,
            int changed) {
        Sheet before = new Sheet(1, 2).with("V", type, key -> key == 1 ? one : two);
        Sheet after = new Sheet(1, 2).with("V", otherType, key -> key == 1 ? otherOne : otherTwo);
        String what = type + " " + one + ", " + two + " and " + otherType + " " + otherOne + ", " + otherTwo;
        for (DeltaReport report : List.of(compare(before, after), compare(after, before))) {
            assertEquals(new DeltaSummary(0, changed, 2 - changed, 0), report.counts(), what);
            assertEquals(
                    changed, report.details().orElseThrow().columns().get(0).rows(), what);
            assertEquals(0, report.rowsNotComparedInFull(), what);
        }
    }

    @Test
    void aKeyColumnThatIsRetypedKeepsItsRows() {
        Sheet before = new Sheet(1, 50).with("V", ColumnType.TEXT, SchemaDriftTest::text);
        new SaveSnapshot(environment).save(SaveRequest.of(DATASET, Partition.ALL), before.source());
        Cells after = new Cells().column("ID", ColumnType.TEXT).column("V", ColumnType.TEXT);
        for (long key = 2; key <= 51; key++) {
            after.row(Long.toString(key), key == 7 ? "changed" : text(key));
        }
        Optional<DetailRequest> details = Optional.of(DetailRequest.EXAMPLES);
        DeltaReport detected = new DetectChanges(environment)
                .detect(new DetectRequest(DATASET, Partition.ALL, details, Progress.NONE), after.source("later"));
        assertEquals(new DeltaSummary(1, 1, 48, 1), detected.counts());
        SaveRequest request = SaveRequest.of(DATASET, Partition.ALL).withDetails(DetailRequest.EXAMPLES);
        DeltaReport saved = new SaveSnapshot(environment)
                .save(request, after.source("later"))
                .delta()
                .orElseThrow();
        assertEquals(new DeltaSummary(1, 1, 48, 1), saved.counts());
        assertEquals(
                List.of(new CellChange("V", Optional.of("text 7"), Optional.of("changed"))),
                saved.details().orElseThrow().examples().get(0).cells());
        DeltaReport again = new DetectChanges(environment)
                .detect(new DetectRequest(DATASET, Partition.ALL, details, Progress.NONE), after.source("later"));
        assertEquals(new DeltaSummary(0, 0, 50, 0), again.counts());
        assertEquals(DeltaBasis.WHOLE_ROWS, again.basis());
    }

    /**
     * A dataset leaves out only the columns that its definition names; snapshots that left out the system columns are
     * hashed anew.
     */
    @Test
    void aColumnThatIsNamedLikeASystemColumnIsHashedWhereTheDatasetDoesNotLeaveItOut() {
        Sheet before = new Sheet(0, 20)
                .with("batch_id", ColumnType.TEXT, SchemaDriftTest::text)
                .with("V", ColumnType.TEXT, SchemaDriftTest::text);
        Sheet after = new Sheet(0, 20)
                .with("batch_id", ColumnType.TEXT, key -> key == 7 ? "other" : text(key))
                .with("V", ColumnType.TEXT, SchemaDriftTest::text);
        new SaveSnapshot(environment).save(SaveRequest.of(DATASET, Partition.ALL), before.source());
        DeltaReport leftOut = detected(DATASET, after);
        assertEquals(new DeltaSummary(0, 0, 20, 0), leftOut.counts());
        assertEquals(List.of("batch_id"), leftOut.columns().leftOut());
        Dataset whole = DATASET.withHashSpec(HashSpec.ALL_COLUMNS);
        DeltaReport hashed = detected(whole, after);
        assertEquals(DeltaBasis.REHASHED, hashed.basis());
        assertEquals(new DeltaSummary(0, 1, 19, 0), hashed.counts());
        assertEquals(List.of(), hashed.columns().leftOut());
        new SaveSnapshot(environment).save(SaveRequest.of(whole, Partition.ALL), before.source());
        assertEquals(DeltaBasis.WHOLE_ROWS, detected(whole, after).basis());
        assertEquals(new DeltaSummary(0, 1, 19, 0), detected(whole, after).counts());
    }

    private DeltaReport detected(Dataset dataset, Sheet after) {
        return new DetectChanges(environment)
                .detect(
                        new DetectRequest(dataset, Partition.ALL, Optional.of(DetailRequest.EXAMPLES), Progress.NONE),
                        after.source());
    }

    /**
     * A result that looks like a shift of the key by one row has a remark; a smaller share of CHANGED rows has none.
     */
    @Test
    void manyChangedRowsAreRemarkedOn() {
        Sheet before = new Sheet(0, 100).with("V", ColumnType.TEXT, SchemaDriftTest::text);
        Sheet shifted = new Sheet(0, 100).with("V", ColumnType.TEXT, key -> text(key + 1));
        Sheet ninety = new Sheet(0, 100).with("V", ColumnType.TEXT, key -> key < 90 ? "x" : text(key));
        assertTrue(compare(before, shifted).remark().orElseThrow().startsWith("100 of the 100 rows"));
        assertEquals(Optional.empty(), compare(before, ninety).remark());
        new SaveSnapshot(environment).save(SaveRequest.of(DATASET, Partition.ALL), before.source());
        SaveRequest request = SaveRequest.of(DATASET, Partition.ALL);
        assertTrue(new DetectChanges(environment)
                .detect(new DetectRequest(DATASET, Partition.ALL, Optional.empty(), Progress.NONE), shifted.source())
                .remark()
                .orElseThrow()
                .contains("are CHANGED"));
        assertTrue(new SaveSnapshot(environment)
                .save(request, shifted.source())
                .delta()
                .orElseThrow()
                .remark()
                .orElseThrow()
                .contains("are CHANGED"));
    }

    private static List<String> names(List<Column> columns) {
        return columns.stream().map(Column::name).toList();
    }

    @Test
    void aScaledColumnThatWasOfIntegersIsComparedWithItsDecimals() {
        // PRICE was 0, 1, 2 …; now 0.001, 1.001, 2.001 …, and 7.01.
        Sheet before = new Sheet(0, 50).with("PRICE", ColumnType.INT32, key -> key);
        Sheet after =
                new Sheet(0, 50).with("PRICE", ColumnType.decimal(10, 3), key -> key * 1_000 + (key == 7 ? 10 : 1));
        Dataset scaled = DATASET.withHashSpec(new HashSpec(Map.of("PRICE", ColumnRules.parse(List.of("scale 2")))));
        List<CellChange> seven = List.of(new CellChange("PRICE", Optional.of("7"), Optional.of("7.010")));
        Optional<DetailRequest> details = Optional.of(DetailRequest.EXAMPLES);
        CompareRequest request = new CompareRequest(
                scaled, Partition.ALL, before.reference(), after.reference(), details, Progress.NONE);
        DeltaReport compared = new CompareSnapshots(environment).compare(request);
        assertEquals(new DeltaSummary(0, 1, 49, 0), compared.counts());
        assertEquals(seven, compared.details().orElseThrow().examples().get(0).cells());

        // Saved before the rule was declared: hashed anew under it.
        new SaveSnapshot(environment).save(SaveRequest.of(DATASET, Partition.ALL), before.source());
        DeltaReport detected = new DetectChanges(environment)
                .detect(new DetectRequest(scaled, Partition.ALL, details, Progress.NONE), after.source());
        assertEquals(DeltaBasis.REHASHED, detected.basis());
        assertEquals(new DeltaSummary(0, 1, 49, 0), detected.counts());
        assertEquals(seven, detected.details().orElseThrow().examples().get(0).cells());
    }

    @Test
    void aRenameIsSuggestedWithItsCountsAndNothingElseIsConcludedFromIt() {
        Sheet before = new Sheet(0, 1_000)
                .with("OLD NAME", ColumnType.INT32, key -> key % 10 == 0 ? null : key % 50)
                .with("REST", ColumnType.TEXT, SchemaDriftTest::text);
        Sheet after = new Sheet(100, 1_000)
                .with("NEW NAME", ColumnType.INT64, key -> key % 10 == 0 ? null : key % 100 == 99 ? 1_000 : key % 50)
                .with("REST", ColumnType.TEXT, SchemaDriftTest::text);
        DeltaReport report = compare(before, after);
        // 900 rows of both, 810 with a value, 9 of them another one.
        assertEquals(
                List.of(new SuggestedRename("OLD NAME", "NEW NAME", 801, 810, 900, 900)),
                report.details().orElseThrow().renames());
        assertEquals(new DeltaSummary(100, 0, 900, 100), report.counts());
        assertEquals(List.of("NEW NAME"), names(report.drift().added()));
        assertEquals(List.of("OLD NAME"), names(report.drift().dropped()));
        assertEquals(List.of(new SuggestedRename("NEW NAME", "OLD NAME", 801, 810, 900, 900)), renames(after, before));
    }

    @Test
    void detectionAndSavingSuggestRenamesAsWell() {
        Sheet before = new Sheet(0, 300).with("OLD", ColumnType.TEXT, SchemaDriftTest::text);
        Sheet after = new Sheet(0, 300).with("NEW", ColumnType.TEXT, SchemaDriftTest::text);
        new SaveSnapshot(environment).save(SaveRequest.of(DATASET, Partition.ALL), before.source());
        List<SuggestedRename> expected = List.of(new SuggestedRename("OLD", "NEW", 300, 300, 300, 300));
        Optional<DetailRequest> details = Optional.of(DetailRequest.EXAMPLES);
        assertEquals(
                expected,
                new DetectChanges(environment)
                        .detect(new DetectRequest(DATASET, Partition.ALL, details, Progress.NONE), after.source())
                        .details()
                        .orElseThrow()
                        .renames());
        assertEquals(
                expected,
                new SaveSnapshot(environment)
                        .save(
                                SaveRequest.of(DATASET, Partition.ALL).withDetails(DetailRequest.EXAMPLES),
                                after.source())
                        .delta()
                        .orElseThrow()
                        .details()
                        .orElseThrow()
                        .renames());
    }

    @Test
    void columnsThatAgreeWithoutSayingMuchAreNoRename() {
        LongFunction<Object> random = key -> new Random(key).nextInt(1_000);
        for (LongFunction<Object> cell : List.<LongFunction<Object>>of(
                key -> null,
                key -> 0,
                // Sparse flags: NULL but for one value.
                key -> key % 100 == 0 ? 1 : null,
                // One row with a value, which is equal, proves nothing.
                key -> key == 77 ? 123_456 : null,
                // A flag that is rare, and rare in other rows afterwards.
                key -> key % 250 == 0 ? 5 : 4)) {
            Sheet before =
                    new Sheet(0, 5_000).with("OLD", ColumnType.INT32, cell).with("X", ColumnType.INT32, random);
            Sheet after = new Sheet(0, 5_000)
                    .with(
                            "NEW",
                            ColumnType.INT32,
                            key -> cell.apply(cell.apply(0) == Integer.valueOf(5) ? key + 125 : key))
                    .with("X", ColumnType.INT32, random);
            assertEquals(List.of(), renames(before, after));
        }
    }

    @Test
    void someRareValuesInTheSameRowsAreARename() {
        LongFunction<Object> sparse = key -> key % 100 == 0 ? "rare " + key : null;
        Sheet before = new Sheet(0, 1_000).with("OLD", ColumnType.TEXT, sparse);
        Sheet after = new Sheet(0, 1_000).with("NEW", ColumnType.TEXT, sparse);
        assertEquals(List.of(new SuggestedRename("OLD", "NEW", 10, 10, 1_000, 1_000)), renames(before, after));
    }

    @Test
    void twoColumnsOfTwoValuesThatAlwaysAgreeAreARenameAndTwoThatAgreeByChanceAreNot() {
        LongFunction<Object> coin = key -> new Random(key * 31).nextBoolean() ? "Y" : "N";
        LongFunction<Object> other = key -> new Random(key * 37 + 5).nextBoolean() ? "Y" : "N";
        Sheet before = new Sheet(0, 400).with("OLD", ColumnType.TEXT, coin);
        assertEquals(
                List.of(new SuggestedRename("OLD", "NEW", 400, 400, 400, 400)),
                renames(before, new Sheet(0, 400).with("NEW", ColumnType.TEXT, coin)));
        assertEquals(List.of(), renames(before, new Sheet(0, 400).with("NEW", ColumnType.TEXT, other)));
    }

    @Test
    void theMoreAlikeOfTwoIsSuggestedAndBothWhereNobodyKnows() {
        Sheet before = new Sheet(0, 500).with("OLD", ColumnType.TEXT, SchemaDriftTest::text);
        Sheet after = new Sheet(0, 500)
                .with("ALMOST", ColumnType.TEXT, key -> key % 20 == 0 ? "else" : text(key))
                .with("NEW", ColumnType.TEXT, SchemaDriftTest::text);
        assertEquals(List.of(new SuggestedRename("OLD", "NEW", 500, 500, 500, 500)), renames(before, after));
        after.with("COPY", ColumnType.TEXT, SchemaDriftTest::text);
        assertEquals(
                List.of("NEW", "COPY"),
                renames(before, after).stream().map(SuggestedRename::after).toList());
    }

    @Test
    void columnsOfTypesThatHashOtherwiseAreNoRename() {
        Sheet before = new Sheet(0, 300).with("OLD", ColumnType.INT32, key -> key);
        Sheet after = new Sheet(0, 300).with("NEW", ColumnType.TEXT, key -> Long.toString(key));
        assertEquals(List.of(), renames(before, after));
    }

    @Test
    void aHandfulOfRowsIsEnoughAndTwoAreNot() {
        LongFunction<Object> cell = key -> "value " + key;
        for (int rows : List.of(2, 6)) {
            Sheet before = new Sheet(0, rows).with("OLD", ColumnType.TEXT, cell);
            Sheet after = new Sheet(0, rows).with("NEW", ColumnType.TEXT, cell);
            assertEquals(rows == 2 ? 0 : 1, renames(before, after).size(), rows + " rows");
        }
    }

    @Test
    void withoutRowsInCommonNothingIsSuggested() {
        Sheet before = new Sheet(0, 300).with("OLD", ColumnType.TEXT, key -> "same");
        Sheet after = new Sheet(300, 300).with("NEW", ColumnType.TEXT, key -> "same");
        assertEquals(List.of(), renames(before, after));
    }

    @Test
    void ofVeryManyRowsASampleIsLookedAtTheSameInBothDirections() {
        LongFunction<Object> renewed = key -> key % 10 == 0 ? -1 : key % 1_000;
        Sheet before = new Sheet(0, 150_000).with("OLD", ColumnType.INT32, key -> key % 1_000);
        Sheet after = new Sheet(0, 150_000).with("NEW", ColumnType.INT32, renewed);
        SuggestedRename rename = renames(before, after).get(0);
        assertEquals(150_000, rename.matchedRows());
        assertTrue(rename.sampledRows() > 60_000 && rename.sampledRows() <= 1 << 17, rename.toString());
        assertEquals(0.9, rename.share(), 0.01);
        SuggestedRename back = renames(after, before).get(0);
        assertEquals(rename.equalCells(), back.equalCells());
        assertEquals(rename.sampledRows(), back.sampledRows());
    }

    @Test
    void manyColumnsOnBothSidesEachFindTheirOwn() {
        Sheet before = new Sheet(0, 5_000);
        Sheet after = new Sheet(0, 5_000);
        for (int column = 0; column < 60; column++) {
            int salt = column;
            LongFunction<Object> cell = key -> new Random(key * 1_000 + salt).nextInt(40);
            before.with("OLD " + column, ColumnType.INT32, cell);
            after.with("NEW " + (59 - column), ColumnType.INT32, cell);
        }
        List<SuggestedRename> found = renames(before, after);
        assertEquals(60, found.size());
        for (SuggestedRename rename : found) {
            int column = Integer.parseInt(rename.before().substring("OLD ".length()));
            assertEquals("NEW " + (59 - column), rename.after());
        }
    }
}
