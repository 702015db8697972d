package io.hybridsnapshot.testkit.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.TypeKind;
import io.hybridsnapshot.testkit.data.RandomTables.Edge;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RandomTablesTest {
    @Test
    void oneSeedMakesOneTable() {
        TableAssert.assertSameRows(
                RandomTables.seeded(1).everyType(200, 64),
                RandomTables.seeded(1).everyType(200, 64));
        TableAssert.assertSameRows(
                RandomTables.seeded(2).table(9, 200, 64), RandomTables.seeded(2).table(9, 200, 64));
        TableAssert.assertSameRows(
                RandomTables.seeded(2).table(9, 200, 64),
                RandomTables.seeded(3).withSeed(2).table(9, 200, 7));
    }

    @Test
    void otherSeedsMakeOtherTables() {
        Table one = RandomTables.seeded(1).everyType(200, 200);
        Table other = RandomTables.seeded(2).everyType(200, 200);
        assertThrows(AssertionError.class, () -> TableAssert.assertSameRows(one, other));
    }

    @Test
    void tablesHaveTheSizeAskedFor() {
        Table table = RandomTables.seeded(3).table(11, 103, 50);
        assertEquals(11, table.schema().size());
        assertEquals(
                List.of(50, 50, 3),
                table.batches().stream().map(RowBatch::rowCount).toList());
        assertEquals(0, RandomTables.seeded(3).table(11, 0, 50).rowCount());
    }

    @Test
    void everyKindIsInATableOfEveryType() {
        Set<TypeKind> kinds = EnumSet.noneOf(TypeKind.class);
        RandomTables.seeded(4)
                .everyType(1, 1)
                .schema()
                .columns()
                .forEach(column -> kinds.add(column.type().kind()));
        assertEquals(EnumSet.allOf(TypeKind.class), kinds);
    }

    @Test
    void edgesOfEveryTypeAreInATableOfFiftyRows() {
        Table table = RandomTables.seeded(5).everyType(50, 50);
        assertHolds(table, ColumnType.BOOLEAN, "true", "false");
        assertHolds(table, ColumnType.INT8, "-128", "127", "0");
        assertHolds(table, ColumnType.INT16, "-32768", "32767");
        assertHolds(table, ColumnType.INT32, "-2147483648", "2147483647");
        assertHolds(table, ColumnType.INT64, "-9223372036854775808", "9223372036854775807");
        assertHolds(table, ColumnType.decimal(18, 18), "0." + "9".repeat(18), "-0." + "9".repeat(18));
        assertHolds(table, ColumnType.decimal(38, 0), "9".repeat(38), "-" + "9".repeat(38), "9223372036854775808");
        assertHolds(table, ColumnType.decimal(38, 38), "0." + "9".repeat(38));
        assertHolds(table, ColumnType.DATE, "0001-01-01", "9999-12-31", "1969-12-31", "2000-02-29");
        assertHolds(table, ColumnType.time(0), "00:00:00", "23:59:59");
        assertHolds(table, ColumnType.time(9), "23:59:59.999999999");
        assertHolds(table, ColumnType.timestamp(7), "0001-01-01 00:00:00", "9999-12-31 23:59:59.9999999");
        assertHolds(table, ColumnType.timestamp(0), "9999-12-31 23:59:59");
        assertHolds(
                table,
                ColumnType.UUID,
                "00000000-0000-0000-0000-000000000000",
                "ffffffff-ffff-ffff-ffff-ffffffffffff",
                "80000000-0000-0000-0000-000000000001");
    }

    @Test
    void edgesThatTextDoesNotShowAreThereToo() {
        Table table = RandomTables.seeded(6).everyType(60, 60);
        Set<Long> floats = new HashSet<>();
        DoubleVector doubles = (DoubleVector) vector(table, ColumnType.FLOAT64);
        for (int row = 0; row < doubles.size(); row++) {
            floats.add(Double.doubleToLongBits(doubles.get(row)));
        }
        for (double edge : new double[] {Double.NaN, -0.0, Double.NEGATIVE_INFINITY, Double.MIN_VALUE}) {
            assertTrue(floats.contains(Double.doubleToLongBits(edge)), () -> edge + " is not there");
        }
        Set<String> texts = texts(table);
        assertTrue(texts.containsAll(Set.of("", "\0", "\uD800", "\uDE00\uD83D", "x".repeat(70_000))));
    }

    @Test
    void valuesAreOfTheirType() {
        for (int seed = 10; seed < 20; seed++) {
            Table table = RandomTables.seeded(seed).everyType(300, 300);
            RowBatch batch = table.batches().get(0);
            for (int i = 0; i < table.schema().size(); i++) {
                for (int row = 0; row < batch.rowCount(); row++) {
                    if (!batch.vector(i).isNull(row)) {
                        requireOfType(table.schema().column(i).type(), batch.vector(i), row);
                    }
                }
            }
        }
    }

    private static void requireOfType(ColumnType type, ColumnVector vector, int row) {
        switch (type.kind()) {
            case INT8 -> assertEquals(longAt(vector, row), (byte) longAt(vector, row));
            case INT16 -> assertEquals(longAt(vector, row), (short) longAt(vector, row));
            case INT32 -> assertEquals(longAt(vector, row), (int) longAt(vector, row));
            case FLOAT32 -> {
                double value = ((DoubleVector) vector).get(row);
                assertEquals(value, (double) (float) value);
            }
            case DECIMAL -> assertTrue(new BigDecimal(CellText.of(type, vector, row)).precision() <= type.precision());
            case TIME -> {
                assertEquals(0, longAt(vector, row) % unit(type));
                assertTrue(longAt(vector, row) >= 0 && longAt(vector, row) < 86_400_000_000_000L);
            }
            case TIMESTAMP, INSTANT -> assertEquals(0, ((TimestampVector) vector).nanoOfSecond(row) % unit(type));
            default -> assertEquals(ColumnVector.forType(type, 1).getClass(), vector.getClass());
        }
    }

    @Test
    void whatIsLeftOutIsNotThere() {
        RandomTables narrowed = RandomTables.seeded(7)
                .without(TypeKind.BINARY, TypeKind.INSTANT)
                .without(Edge.values())
                .withFractionDigits(6)
                .withDecimalDigits(18);
        Table table = narrowed.everyType(400, 400);
        for (Column column : table.schema().columns()) {
            assertFalse(Set.of(TypeKind.BINARY, TypeKind.INSTANT)
                    .contains(column.type().kind()));
            assertFalse(column.type().isWideDecimal());
            assertTrue(!column.type().kind().hasFraction() || column.type().precision() <= 6);
        }
        for (String text : texts(table)) {
            assertFalse(text.isEmpty());
            assertTrue(text.length() < 1_000);
            assertTrue(text.chars().noneMatch(c -> c < ' ' || c >= 0x7F && c < 0xA0));
            assertTrue(StandardCharsets.UTF_8.newEncoder().canEncode(text));
        }
        for (ColumnType type : List.of(ColumnType.FLOAT32, ColumnType.FLOAT64)) {
            DoubleVector floats = (DoubleVector) vector(table, type);
            for (int row = 0; row < floats.size(); row++) {
                assertTrue(Double.isFinite(floats.get(row)));
                assertTrue(Double.doubleToRawLongBits(floats.get(row)) != Double.doubleToRawLongBits(-0.0));
            }
        }
        for (int row = 0; row < 400; row++) {
            int at = row;
            assertTrue(
                    table.schema().columns().stream()
                            .anyMatch(column -> !vector(table, column.type()).isNull(at)),
                    () -> "row " + at + " is NULL throughout");
        }
    }

    @Test
    void namesDifferByMoreThanCaseAndFitAnIdentifier() {
        List<String> names = RandomTables.seeded(8).table(200, 0, 1).schema().names();
        assertEquals(
                200,
                names.stream()
                        .map(name -> name.toUpperCase(Locale.ROOT))
                        .distinct()
                        .count());
        assertTrue(names.stream().allMatch(name -> name.getBytes(StandardCharsets.UTF_8).length <= 63));
    }

    private static void assertHolds(Table table, ColumnType type, String... texts) {
        ColumnVector vector = vector(table, type);
        Set<String> held = new HashSet<>();
        for (int row = 0; row < vector.size(); row++) {
            if (!vector.isNull(row)) {
                held.add(CellText.of(type, vector, row));
            }
        }
        Set<String> missing =
                List.of(texts).stream().filter(text -> !held.contains(text)).collect(Collectors.toSet());
        assertEquals(Set.of(), missing, () -> "not in the column of " + type + ", which holds " + held);
    }

    private static Set<String> texts(Table table) {
        BytesVector vector = (BytesVector) vector(table, ColumnType.TEXT);
        Set<String> texts = new HashSet<>();
        for (int row = 0; row < vector.size(); row++) {
            if (!vector.isNull(row)) {
                texts.add(vector.text(row));
            }
        }
        return texts;
    }

    /** The column of a type in a table of one batch. */
    private static ColumnVector vector(Table table, ColumnType type) {
        for (int i = 0; i < table.schema().size(); i++) {
            if (table.schema().column(i).type().equals(type)) {
                return table.batches().get(0).vector(i);
            }
        }
        throw new AssertionError("no column of " + type);
    }

    private static long longAt(ColumnVector vector, int row) {
        return ((LongVector) vector).get(row);
    }

    private static long unit(ColumnType type) {
        return BigDecimal.TEN.pow(9 - type.precision()).longValueExact();
    }
}
