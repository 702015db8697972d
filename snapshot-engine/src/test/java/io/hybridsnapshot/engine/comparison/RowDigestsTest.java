package io.hybridsnapshot.engine.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.encoding.BatchComparison;
import io.hybridsnapshot.domain.encoding.ColumnRules;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.RowDigests;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.TypeKind;
import io.hybridsnapshot.testkit.data.RandomTables;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Digests of rows are equal exactly where the fields of the row encoding are. */
class RowDigestsTest {
    private static final int ROWS = 150;
    private static final int[] EVERY_ROW = IntStream.range(0, ROWS).toArray();
    private static final long[] KEYS = LongStream.range(0, ROWS).toArray();

    private static RowBatch cells(long seed) {
        return RandomTables.seeded(seed)
                .everyType(ROWS, 12)
                .inBatchesOf(1_000)
                .batches()
                .get(0);
    }

    private static HashSpec spec(Random random, Schema schema) {
        Map<String, ColumnRules> rules = new HashMap<>();
        for (Column column : schema.columns()) {
            TypeKind kind = column.type().kind();
            if (kind == TypeKind.TEXT && random.nextInt(3) == 0) {
                rules.put(column.name(), ColumnRules.parse(List.of("trim")));
            } else if (kind.isExactNumber() && random.nextInt(3) == 0) {
                rules.put(column.name(), ColumnRules.parse(List.of("scale 1")));
            }
        }
        return new HashSpec(rules);
    }

    private static Set<String> differing(BatchComparison comparison, int left, int right) {
        Set<String> columns = new HashSet<>();
        for (int column = 0; column < comparison.columns().size(); column++) {
            if (comparison.differing(column, left, right, 1, new int[1]) > 0) {
                columns.add(comparison.columns().get(column));
            }
        }
        return columns;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void rowsHaveOneDigestExactlyIfTheirFieldsAreEqual(long seed) {
        Random random = new Random(seed);
        RowBatch left = cells(seed);
        HashSpec spec = spec(random, left.schema());
        RowBatch right = mixed(left, random);
        BatchComparison fields = BatchComparison.of(left.schema(), right.schema(), spec);
        fields.read(left, right);
        RowDigests.Sides digests = RowDigests.ofRows(
                left.schema(), right.schema(), spec, left.schema().names(), random);
        digests.before().digest(left, EVERY_ROW, ROWS, KEYS);
        digests.after().digest(right, EVERY_ROW, ROWS, KEYS);
        int equal = 0;
        int unequal = 0;
        for (int row = 0; row < ROWS; row++) {
            for (int other : new int[] {row, random.nextInt(ROWS)}) {
                Set<String> differing = differing(fields, row, other);
                assertEquals(differing.isEmpty(), hasOneDigest(digests, row, other), "rows " + row + ", " + other);
                long sketches = digests.before().sketch(row) ^ digests.after().sketch(other);
                if (other == row && differing.isEmpty()) {
                    assertEquals(0, sketches);
                }
                equal += differing.isEmpty() ? 1 : 0;
                unequal += differing.isEmpty() ? 0 : 1;
            }
        }
        assertTrue(equal > 10 && unequal > 100, equal + " and " + unequal);
    }

    /** Returns the rows with a cell in ten of another row. */
    private static RowBatch mixed(RowBatch rows, Random random) {
        List<ColumnVector> vectors = RowBatch.vectorsFor(rows.schema(), ROWS);
        for (int row = 0; row < ROWS; row++) {
            boolean whole = random.nextBoolean();
            for (int column = 0; column < vectors.size(); column++) {
                boolean same = whole || random.nextInt(10) > 0;
                vectors.get(column).appendFrom(rows.vector(column), same ? row : random.nextInt(ROWS));
            }
        }
        return new RowBatch(rows.schema(), vectors);
    }

    private static boolean hasOneDigest(RowDigests.Sides digests, int left, int right) {
        return digests.before().high(left) == digests.after().high(right)
                && digests.before().low(left) == digests.after().low(right);
    }

    @Test
    void sketchesTellTheColumnsInWhichManyRowsDiffer() {
        RowBatch left = cells(7);
        RowBatch right = mixed(left, new Random(7));
        BatchComparison fields = BatchComparison.of(left.schema(), right.schema(), HashSpec.ALL_COLUMNS);
        fields.read(left, right);
        RowDigests.Sides digests = RowDigests.ofRows(
                left.schema(),
                right.schema(),
                HashSpec.ALL_COLUMNS,
                left.schema().names(),
                new Random(7));
        digests.before().digest(left, EVERY_ROW, ROWS, KEYS);
        digests.after().digest(right, EVERY_ROW, ROWS, KEYS);
        Map<String, Integer> rows = new HashMap<>();
        long sketches = 0;
        for (int row = 0; row < ROWS; row++) {
            sketches |= digests.before().sketch(row) ^ digests.after().sketch(row);
            differing(fields, row, row).forEach(column -> rows.merge(column, 1, Integer::sum));
        }
        Set<String> found = digests.before().columnsOf(sketches);
        rows.values().removeIf(count -> count < 4);
        assertTrue(found.containsAll(rows.keySet()), rows + " are not all in " + found);
        assertEquals(Set.of(), digests.before().columnsOf(0));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void sketchesTellTheColumnInWhichAllRowsDifferAlike(long seed) {
        Schema schema = Schema.of(List.of(new Column("T", ColumnType.TEXT)));
        RowDigests.Sides digests =
                RowDigests.ofRows(schema, schema, HashSpec.ALL_COLUMNS, schema.names(), new Random(seed));
        digests.before().digest(repeated(schema, "N"), EVERY_ROW, ROWS, KEYS);
        digests.after().digest(repeated(schema, "Y"), EVERY_ROW, ROWS, KEYS);
        int same = 0;
        for (int row = 0; row < ROWS; row++) {
            same += digests.before().sketch(row) == digests.after().sketch(row) ? 1 : 0;
        }
        assertTrue(same < ROWS / 3, same + " of " + ROWS + " sketches are equal");
    }

    private static RowBatch repeated(Schema schema, String text) {
        List<ColumnVector> vectors = RowBatch.vectorsFor(schema, ROWS);
        for (int row = 0; row < ROWS; row++) {
            ((BytesVector) vectors.get(0)).append(text);
        }
        return new RowBatch(schema, vectors);
    }

    @Test
    void fewerColumnsExplainADifferenceExactlyIfTheOthersAreEqual() {
        RowBatch left = cells(8);
        RowBatch right = mixed(left, new Random(8));
        Schema schema = left.schema();
        List<String> names = schema.names();
        Schema half = schema.select(names.subList(0, names.size() / 2));
        BatchComparison fields = BatchComparison.of(schema, schema, HashSpec.ALL_COLUMNS);
        fields.read(left, right);
        RowDigests.Sides all = RowDigests.ofRows(schema, schema, HashSpec.ALL_COLUMNS, names, new Random(8));
        RowDigests.Sides some = all.narrowedTo(half, half);
        all.before().digest(left);
        all.after().digest(right);
        some.before().digest(left.select(half));
        some.after().digest(right.select(half));
        int explained = 0;
        for (int row = 0; row < ROWS; row++) {
            boolean others = half.names().containsAll(differing(fields, row, row));
            boolean same = all.after().low(row) - all.before().low(row)
                    == some.after().low(row) - some.before().low(row);
            assertEquals(others, same, "row " + row);
            explained += same ? 1 : 0;
        }
        assertTrue(explained > 10 && explained < ROWS - 10, explained + " explained");
    }

    @Test
    void longTextsDigestByTheirWholeContent() {
        List<String> texts = new ArrayList<>();
        for (int length : new int[] {0, 1, 7, 8, 9, 255, 256, 257, 300, 5_000}) {
            texts.add("x".repeat(length));
            texts.add("x".repeat(Math.max(0, length - 1)) + "y");
            texts.add("\0".repeat(length));
        }
        texts.add("ä".repeat(200));
        texts.add("\ud800");
        texts.add("\ud800".repeat(300));
        List<String> different = texts.stream().distinct().toList();
        Schema schema = Schema.of(List.of(new Column("T", ColumnType.TEXT)));
        List<ColumnVector> vectors = RowBatch.vectorsFor(schema, 1);
        different.forEach(((BytesVector) vectors.get(0))::append);
        vectors.get(0).appendNull();
        RowBatch batch = new RowBatch(schema, vectors);
        RowDigests digests = RowDigests.ofRows(schema, schema, HashSpec.ALL_COLUMNS, List.of("T"), new Random(1))
                .before();
        digests.digest(batch);
        Set<List<Long>> found = new HashSet<>();
        for (int row = 0; row < batch.rowCount(); row++) {
            found.add(List.of(digests.high(row), digests.low(row)));
        }
        assertEquals(batch.rowCount(), found.size());
    }

    @Test
    void zerosAreOneNumberAndSoAreAllNaN() {
        Schema schema = Schema.of(List.of(new Column("D", ColumnType.FLOAT64)));
        List<ColumnVector> vectors = RowBatch.vectorsFor(schema, 1);
        DoubleVector doubles = (DoubleVector) vectors.get(0);
        doubles.append(0.0);
        doubles.append(-0.0);
        doubles.append(Double.NaN);
        doubles.append(Double.longBitsToDouble(0x7ff8_0000_0000_1234L));
        doubles.append(1);
        RowDigests digests = RowDigests.ofRows(schema, schema, HashSpec.ALL_COLUMNS, List.of("D"), new Random(1))
                .before();
        digests.digest(new RowBatch(schema, vectors));
        assertEquals(digests.low(0), digests.low(1));
        assertEquals(digests.low(2), digests.low(3));
        assertNotEquals(digests.low(0), digests.low(2));
        assertNotEquals(digests.low(0), digests.low(4));
    }
}
