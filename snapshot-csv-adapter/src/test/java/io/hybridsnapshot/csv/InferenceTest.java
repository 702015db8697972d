package io.hybridsnapshot.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InferenceTest {
    private static final ColumnType LONG_CENTS = ColumnType.decimal(18, 2);

    @TempDir
    Path directory;

    @Test
    void aColumnOfOneSpellingGetsItsType() {
        assertInferred(ColumnType.BOOLEAN, "true", "false");
        assertInferred(ColumnType.INT64, "0", "-1", "9223372036854775807", "-9223372036854775808");
        assertInferred(ColumnType.DATE, "2024-02-29", "0001-01-01", "9999-12-31");
        assertInferred(ColumnType.timestamp(6), "2024-02-29 00:00:00", "1969-12-31 23:59:59.000001");
        assertInferred(ColumnType.timestamp(9), "2024-02-29 00:00:00", "2024-02-29 00:00:00.0000001");
        assertInferred(LONG_CENTS, "12.50", "-0.05", "0.00", "9999999999999999.99");
        assertInferred(ColumnType.decimal(38, 2), "12.50", "12345678901234567.00");
        assertInferred(ColumnType.decimal(18, 18), "0.000000000000000001");
        assertInferred(ColumnType.decimal(38, 38), "0.00000000000000000000000000000000000001");
        assertInferred(ColumnType.FLOAT64, "1", "1.5", "-0.25", "1e-05", "1.2070531e-06", "1e+16", "-0", "NaN");
        assertInferred(ColumnType.UUID, "01234567-89ab-cdef-0123-456789abcdef");
        assertInferred(ColumnType.TEXT, "a", "b");
    }

    /** Short numbers are not parsed as each type, longer ones are. */
    @Test
    void numbersOfEveryLengthKeepTheTypesThatHoldThem() {
        for (int digits = 1; digits <= 18; digits++) {
            String whole = "9".repeat(digits - 1) + "7";
            assertInferred(ColumnType.INT64, "5", whole, "-" + whole, "0");
            assertInferred(ColumnType.TEXT, "5", whole, "-0" + whole);
            assertInferred(ColumnType.decimal(digits > 17 ? 38 : 18, 1), "5.0", whole + ".5");
            // Only 15 digits are the text of their binary64 value whatever they are.
            assertInferred(
                    digits <= 15 ? ColumnType.FLOAT64 : ColumnType.TEXT,
                    "0.25",
                    "1e-05",
                    "-" + whole + (digits <= 15 ? "" : "1111"));
        }
        assertInferred(ColumnType.INT64, "5", "9223372036854775807");
        assertInferred(ColumnType.decimal(38, 0), "5", "9223372036854775808");
        assertInferred(ColumnType.FLOAT64, "1.5", "-0", "999999999999999", "0.0001", "1e-05");
        assertInferred(ColumnType.TEXT, "1.5", "0.00001");
    }

    @Test
    void emptyCellsDoNotCountWhereTheyAreNull() {
        assertInferred(ColumnType.INT64, "", "5", "");
        assertInferred(ColumnType.TEXT, "", "");
        Path file = Tables.file(directory, "a,b,c\n5,,1\n,\"\",\"\"\n");
        assertEquals(
                List.of(ColumnType.INT64, ColumnType.TEXT, ColumnType.INT64), types(file, EmptyCells.EMPTY_IS_NULL));
        assertEquals(
                List.of(ColumnType.INT64, ColumnType.TEXT, ColumnType.TEXT),
                types(file, EmptyCells.UNQUOTED_EMPTY_IS_NULL));
        assertEquals(List.of(ColumnType.TEXT, ColumnType.TEXT, ColumnType.TEXT), types(file, EmptyCells.EMPTY_IS_TEXT));
    }

    @Test
    void anotherSpellingOfAValueMakesTheColumnText() {
        assertInferred(ColumnType.TEXT, "7", "007");
        assertInferred(ColumnType.TEXT, "+5");
        assertInferred(ColumnType.TEXT, "1e5");
        assertInferred(ColumnType.TEXT, "1.10", "1.100");
        assertInferred(ColumnType.TEXT, "true", "FALSE");
        assertInferred(ColumnType.TEXT, "true", "1");
        assertInferred(ColumnType.TEXT, "2024-02-30");
        assertInferred(ColumnType.TEXT, "2023-02-29");
        assertInferred(ColumnType.TEXT, "2024-02-29", "2024-02-29 10:00:00");
        assertInferred(ColumnType.TEXT, "2024-02-29T10:00:00");
        assertInferred(ColumnType.TEXT, "2024-02-29 10:00:00.10");
        assertInferred(ColumnType.TEXT, "2024-02-29 10:00");
        assertInferred(ColumnType.TEXT, "2024-02-29 10:00:00.1234567890");
        assertInferred(ColumnType.TEXT, "01234567-89AB-cdef-0123-456789abcdef");
        assertInferred(ColumnType.TEXT, " 5");
        assertInferred(ColumnType.TEXT, "-");
        assertInferred(ColumnType.TEXT, ".5");
        assertInferred(ColumnType.TEXT, "5.");
        assertInferred(ColumnType.TEXT, "-0.00");
        assertInferred(ColumnType.TEXT, "00.5");
        assertInferred(ColumnType.TEXT, "٣");
        assertInferred(ColumnType.TEXT, "nan", "1");
        assertInferred(ColumnType.TEXT, "+10000-01-01");
    }

    @Test
    void numbersFallToTheNextTypeThatHoldsThem() {
        assertInferred(ColumnType.decimal(18, 1), "1.0", "2.5");
        assertInferred(ColumnType.TEXT, "1.0", "1.10");
        assertInferred(ColumnType.FLOAT64, "1", "1.5");
        assertInferred(ColumnType.FLOAT64, "-0", "5");
        assertInferred(ColumnType.decimal(38, 0), "9223372036854775808", "1");
        assertInferred(ColumnType.decimal(38, 0), "99999999999999999999999999999999999999");
        assertInferred(ColumnType.TEXT, "999999999999999999999999999999999999999");
        assertInferred(ColumnType.FLOAT64, "0.1234567890123456", "0.5");
        assertInferred(ColumnType.TEXT, "0.12345678901234567890", "0.5");
        assertInferred(ColumnType.decimal(38, 1), "0.1", "100000000000000000.5");
        assertInferred(ColumnType.TEXT, "0.12", "100000000000000000.5");
        // One scale and 38 digits at the most, over different rows.
        assertInferred(ColumnType.TEXT, "12345678901234567890.1234567890123456789", "0.5");
    }

    /** Of two files, either is read as types that hold the cells of both, for any order of their columns. */
    @Test
    void twoFilesAreInferredOverBoth() throws IOException {
        Path one = Files.writeString(directory.resolve("one.csv"), "id,v,w,x\n1,1,true,1.50\n");
        Path two = Files.writeString(directory.resolve("two.csv"), "w,id,x,v,y\nyes,2,1.25,2.5,1\n");
        RowSource first = new CsvRowSource(one, CsvFormat.DEFAULT);
        RowSource second = new CsvRowSource(two, CsvFormat.DEFAULT);
        List<ColumnType> both =
                List.of(ColumnType.INT64, ColumnType.FLOAT64, ColumnType.TEXT, ColumnType.decimal(18, 2));
        assertEquals(both, types(first.inferringOver(second)));
        assertEquals(
                List.of(
                        ColumnType.TEXT,
                        ColumnType.INT64,
                        ColumnType.decimal(18, 2),
                        ColumnType.FLOAT64,
                        ColumnType.INT64),
                types(second.inferringOver(first)));
        assertEquals(
                List.of(ColumnType.INT64, ColumnType.INT64, ColumnType.BOOLEAN, ColumnType.decimal(18, 2)),
                types(first));
    }

    /** Several threads share the columns of a wide file; a file of one column is read by one thread. */
    @Test
    void columnsOfAWideFileHaveTheTypesThatTheyHaveAlone() {
        String[] kinds = {"7", "12.50", "true", "2024-02-29", "2024-02-29 10:00:00.000001", "1.5e-07", "", "text"};
        Random random = new Random(3);
        int width = 48;
        int rows = 2_000;
        String[][] cells = new String[width][rows];
        for (int column = 0; column < width; column++) {
            int change = random.nextInt(2 * rows);
            for (int row = 0; row < rows; row++) {
                cells[column][row] = kinds[row == change ? random.nextInt(kinds.length) : column % kinds.length];
            }
        }
        StringBuilder text = new StringBuilder("c0");
        for (int column = 1; column < width; column++) {
            text.append(",c").append(column);
        }
        for (int row = 0; row < rows; row++) {
            text.append('\n');
            for (int column = 0; column < width; column++) {
                text.append(column == 0 ? "" : ",").append(cells[column][row]);
            }
        }
        List<ColumnType> together =
                types(Tables.file(directory, text.append('\n').toString()), EmptyCells.EMPTY_IS_NULL);
        for (int column = 0; column < width; column++) {
            assertInferred(together.get(column), cells[column]);
        }
        assertTrue(together.stream().distinct().count() > 5, together.toString());
    }

    private static List<ColumnType> types(RowSource source) {
        try (RowStream rows = source.open(ReadOptions.ALL)) {
            return rows.schema().columns().stream().map(Column::type).toList();
        }
    }

    @Test
    void aDeclaredColumnIsNotLookedAt() {
        Path file = Tables.file(directory, "a,b\n007,1\n");
        CsvFormat format = CsvFormat.DEFAULT.withTypes(Map.of("a", ColumnType.INT64));
        assertEquals(List.of(List.of("7", "1")), Tables.read(file, format, ReadOptions.ALL));
    }

    /** For any cells: the column's values reproduce them, and so does the stricter reading as a known type. */
    @Test
    void everyCellComesBackLetterForLetter() {
        String[] pieces = {"0", "1", "9", "00", ".", "-", "+", "e", "E", "T", " ", ":", "Z", "true", "NaN", "Infinity"};
        int typed = 0;
        for (int seed = 0; seed < 6_000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder("c,d\n");
            for (int row = 1 + random.nextInt(3); row > 0; row--) {
                StringBuilder cell = new StringBuilder();
                switch (random.nextInt(4)) {
                    case 0 -> cell.append(mutated(random, "2024-02-29 23:59:59.123456"));
                    case 1 -> cell.append(random.nextLong() >> random.nextInt(64));
                    case 2 -> cell.append(random.nextDouble() * Math.pow(10, random.nextInt(40) - 20));
                    default -> {
                        for (int i = 1 + random.nextInt(7); i > 0; i--) {
                            cell.append(pieces[random.nextInt(pieces.length)]);
                        }
                    }
                }
                text.append(cell).append(",x\n");
            }
            Path file = Tables.file(directory, text.toString());
            StringBuilder back = new StringBuilder("c,d\n");
            Tables.read(file, CsvFormat.DEFAULT, ReadOptions.ALL)
                    .forEach(row -> back.append(String.join(",", row)).append('\n'));
            assertEquals(text.toString(), back.toString(), "seed " + seed);
            typed += Tables.schema(file, CsvFormat.DEFAULT).column(0).type().equals(ColumnType.TEXT) ? 0 : 1;
        }
        assertTrue(typed > 500, "only " + typed + " columns got a type");
    }

    /** For every type: the parser calls a spelling canonical if and only if the value's text equals it. */
    @Test
    void canonicalMeansThatTheTextOfTheValueIsTheCell() {
        int canonical = 0;
        int other = 0;
        for (int seed = 0; seed < 6_000; seed++) {
            Random random = new Random(seed);
            ColumnType type = RandomTables.type(random);
            RowBatch batch = RandomTables.batch(random, Schema.of(new Column("c", type)), 1);
            if (batch.vector(0).isNull(0) || type.equals(ColumnType.TEXT)) {
                continue;
            }
            String cell = CellText.of(type, batch.vector(0), 0);
            String spelled = random.nextBoolean() ? cell : mutated(random, cell);
            if (spelled.isEmpty()) {
                continue;
            }
            Path file = Tables.file(directory, "c\n" + spelled + "\n");
            String lenient = readOrNull(file, CsvFormat.DEFAULT.withTypes(Map.of("c", type)), ReadOptions.ALL);
            Schema known = Schema.of(new Column("c", type));
            String strict =
                    readOrNull(file, CsvFormat.DEFAULT, ReadOptions.ALL.withKnownTypes(java.util.Optional.of(known)));
            assertEquals(spelled.equals(lenient) ? spelled : null, strict, type + " seed " + seed);
            if (spelled.equals(cell)) {
                assertEquals(cell, strict, type + " seed " + seed);
            }
            if (strict != null) {
                canonical++;
            } else if (lenient != null) {
                other++;
            }
        }
        assertTrue(canonical > 1_000 && other > 60, canonical + " canonical, " + other + " other spellings");
    }

    private static String readOrNull(Path file, CsvFormat format, ReadOptions options) {
        try (RowStream stream = new CsvRowSource(file, format).open(options)) {
            RowBatch batch = stream.next().orElseThrow();
            ColumnVector vector = batch.vector(0);
            return CellText.of(batch.schema().column(0).type(), vector, 0);
        } catch (io.hybridsnapshot.domain.error.SnapshotException e) {
            return null;
        }
    }

    private static String mutated(Random random, String cell) {
        StringBuilder text = new StringBuilder(cell);
        String alphabet = "0001259.-+ :TZeEfAaxF";
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            int at = random.nextInt(text.length() + 1);
            switch (random.nextInt(3)) {
                case 0 -> text.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
                case 1 -> text.delete(at, Math.min(text.length(), at + 1));
                default -> {
                    if (at < text.length()) {
                        text.setCharAt(at, alphabet.charAt(random.nextInt(alphabet.length())));
                    }
                }
            }
        }
        return text.toString();
    }

    private void assertInferred(ColumnType type, String... cells) {
        Path file = Tables.file(directory, "c,d\n" + String.join(",x\n", cells) + ",x\n");
        assertEquals(type, Tables.schema(file, CsvFormat.DEFAULT).column(0).type(), String.join(" | ", cells));
    }

    private static List<ColumnType> types(Path file, EmptyCells emptyCells) {
        return Tables.schema(file, CsvFormat.DEFAULT.withEmptyCells(emptyCells)).columns().stream()
                .map(Column::type)
                .toList();
    }
}
