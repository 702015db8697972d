package io.hybridsnapshot.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.source.ReadOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cells in other spellings of NULL, numbers and dates. */
class CsvValuesTest {
    private static final CsvValues GERMAN = CsvValues.DEFAULT.withNumbers(',', Optional.of('.'));

    @TempDir
    Path directory;

    private static CsvFormat format(CsvValues values) {
        return CsvFormat.DEFAULT.withSeparator(';').withValues(values);
    }

    private Path file(String... cells) {
        return Tables.file(directory, "c;d\n" + String.join(";x\n", cells) + ";x\n");
    }

    private void assertReads(CsvValues values, ColumnType type, List<String> expected, String... cells) {
        Path file = file(cells);
        assertEquals(type, Tables.schema(file, format(values)).column(0).type(), String.join(" | ", cells));
        List<String> read = new ArrayList<>();
        Tables.read(file, format(values), ReadOptions.ALL).forEach(row -> read.add(row.get(0)));
        assertEquals(expected, read);
        // The same cells with the type declared.
        CsvFormat declared = format(values).withTypes(Map.of("c", type));
        read.clear();
        Tables.read(file, declared, ReadOptions.ALL).forEach(row -> read.add(row.get(0)));
        assertEquals(expected, read);
    }

    @Test
    void numbersHaveTheGivenSeparators() {
        assertReads(
                GERMAN,
                ColumnType.decimal(18, 2),
                List.of("1234567.50", "-1234.50", "0.10"),
                "1.234.567,50",
                "-1234,50",
                "0,10");
        assertReads(GERMAN, ColumnType.INT64, List.of("1234", "5", "1234"), "1.234", "5", "1234");
        assertReads(GERMAN, ColumnType.FLOAT64, List.of("1.5", "2"), "1,5", "2");
        CsvValues swiss = CsvValues.DEFAULT.withNumbers('.', Optional.of('\u2019'));
        assertReads(swiss, ColumnType.decimal(18, 2), List.of("1234.50"), "1\u2019234.50");
        CsvValues french = CsvValues.DEFAULT.withNumbers(',', Optional.of('\u202F'));
        assertReads(french, ColumnType.decimal(18, 1), List.of("1234567.5"), "1\u202F234\u202F567,5");
        CsvValues wide = CsvValues.DEFAULT.withNumbers(',', Optional.of(' '));
        assertReads(
                wide,
                ColumnType.decimal(38, 2),
                List.of("12345678901234567890123.25"),
                "12 345 678 901 234 567 890 123,25");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.125",
                "00.125",
                "1.5",
                "1.23",
                "1234.567",
                "12.34.567",
                "1..234",
                ".123",
                "1.2345",
                "1,2,3",
                "1,234.5",
                "1.234.",
                "1e1.5"
            })
    void anotherSpellingIsNoNumber(String cell) {
        assertReads(GERMAN, ColumnType.TEXT, List.of("1,5", cell), "1,5", cell);
        CsvFormat declared = format(GERMAN).withTypes(Map.of("c", ColumnType.decimal(18, 3)));
        SnapshotException error =
                assertThrows(SnapshotException.class, () -> Tables.read(file("1,5", cell), declared, ReadOptions.ALL));
        assertTrue(error.getMessage().contains("'" + cell + "'"), error.getMessage());
        assertTrue(error.getMessage().contains("with the decimal separator ','"), error.getMessage());
    }

    @Test
    void datesHaveTheGivenForm() {
        CsvValues german = CsvValues.DEFAULT.withDateFormat("dd.MM.yyyy");
        assertReads(german, ColumnType.DATE, List.of("2026-01-31", "2024-02-29"), "31.01.2026", "29.02.2024");
        assertReads(
                german,
                ColumnType.timestamp(6),
                List.of("2026-01-31 08:30:00", "2026-01-31 08:30:00.5"),
                "31.01.2026 08:30:00",
                "31.01.2026 08:30:00.5");
        CsvValues american = CsvValues.DEFAULT.withDateFormat("M/d/yyyy");
        assertReads(american, ColumnType.DATE, List.of("2026-01-31", "2026-12-01"), "1/31/2026", "12/01/2026");
        CsvValues plain = CsvValues.DEFAULT.withDateFormat("yyyyMMdd");
        Path file = file("20260131");
        CsvFormat declared = format(plain).withTypes(Map.of("c", ColumnType.DATE));
        assertEquals(
                "2026-01-31",
                Tables.read(file, declared, ReadOptions.ALL).get(0).get(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"31.02.2026", "31.1.2026", "31.01.26", "2026-01-31", "31.01.2026x", "31.01.20261"})
    void anotherFormIsNoDate(String cell) {
        CsvValues german = CsvValues.DEFAULT.withDateFormat("dd.MM.yyyy");
        assertReads(german, ColumnType.TEXT, List.of("01.01.2026", cell), "01.01.2026", cell);
        CsvFormat declared = format(german).withTypes(Map.of("c", ColumnType.DATE));
        SnapshotException error =
                assertThrows(SnapshotException.class, () -> Tables.read(file(cell), declared, ReadOptions.ALL));
        assertTrue(error.getMessage().contains("date (dd.MM.yyyy)"), error.getMessage());
    }

    @Test
    void aDayOfOneDigitNamesTheFormatThatReadsIt() {
        CsvFormat german = format(CsvValues.DEFAULT.withDateFormat("dd.MM.yyyy"));
        CsvFormat dates = german.withTypes(Map.of("c", ColumnType.DATE));
        SnapshotException error = assertThrows(
                SnapshotException.class, () -> Tables.read(file("31.01.2026", "1.2.2026"), dates, ReadOptions.ALL));
        String advice = "set the format's dates to d.M.yyyy, which also reads days and months of one digit";
        assertTrue(error.getMessage().contains(advice), error.getMessage());
        CsvFormat times = german.withTypes(Map.of("c", ColumnType.timestamp(6)));
        error = assertThrows(
                SnapshotException.class, () -> Tables.read(file("1.2.2026 08:30:00"), times, ReadOptions.ALL));
        assertTrue(error.getMessage().contains(advice), error.getMessage());
        error = assertThrows(
                SnapshotException.class, () -> Tables.read(file("1.2.2026", "soon"), dates, ReadOptions.ALL));
        assertFalse(error.getMessage().contains("d.M.yyyy"), error.getMessage());
        CsvFormat digits = format(CsvValues.DEFAULT.withDateFormat("ddMMyyyy")).withTypes(Map.of("c", ColumnType.DATE));
        error = assertThrows(SnapshotException.class, () -> Tables.read(file("122026"), digits, ReadOptions.ALL));
        assertTrue(error.getMessage().contains("text"), error.getMessage());
    }

    @Test
    void textsStandForNullInEveryColumn() {
        CsvValues nulls = CsvValues.DEFAULT.withNullTexts(Set.of("NULL", "n/a", "-"));
        assertReads(
                nulls, ColumnType.INT64, Arrays.asList("1", null, null, null, null), "1", "NULL", "\"n/a\"", "-", "");
        assertReads(nulls, ColumnType.TEXT, Arrays.asList("null", null), "null", "NULL");
        // Also where an empty cell is an empty text.
        for (EmptyCells empty : EmptyCells.values()) {
            CsvFormat format = format(nulls).withEmptyCells(empty).withTypes(Map.of("d", ColumnType.TEXT));
            Path file = Tables.file(directory, "c;d\n5;NULL\nn/a;y\n");
            assertEquals(ColumnType.INT64, Tables.schema(file, format).column(0).type(), empty.name());
            assertEquals(
                    List.of(Arrays.asList("5", null), Arrays.asList(null, "y")),
                    Tables.read(file, format, ReadOptions.ALL),
                    empty.name());
        }
    }

    @Test
    void anErrorAdvisesATypeForCellsInTheirSpelling() {
        CsvFormat declared = format(GERMAN).withTypes(Map.of("c", ColumnType.INT32));
        SnapshotException error = assertThrows(
                SnapshotException.class, () -> Tables.read(file("1", "1.234,50"), declared, ReadOptions.ALL));
        assertTrue(error.getMessage().contains("decimal(38,2)"), error.getMessage());
    }

    private static void assertRefused(Executable values) {
        SnapshotException error = assertThrows(SnapshotException.class, values);
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
    }

    @Test
    void aWrongSpellingIsRefused() {
        assertRefused(() -> CsvValues.DEFAULT.withNumbers(';', Optional.empty()));
        assertRefused(() -> CsvValues.DEFAULT.withNumbers('x', Optional.empty()));
        assertRefused(() -> CsvValues.DEFAULT.withNumbers(',', Optional.of(',')));
        assertRefused(() -> CsvValues.DEFAULT.withNumbers('.', Optional.of('.')));
        assertRefused(() -> CsvValues.DEFAULT.withNumbers('.', Optional.of('x')));
        for (String format : List.of(
                "",
                "dd.MM",
                "dd.MM.yy",
                "dd.MM.yyyy.dd",
                "dMyyyy",
                "dd.MMM.yyyy",
                "dd.MM.yyyyT",
                "dd.mm.yyyy",
                "ISO")) {
            assertRefused(() -> CsvValues.DEFAULT.withDateFormat(format));
        }
    }

    @Test
    void aDateFormatWithoutSeparatorsMakesDatesOfDigits() {
        CsvValues plain = CsvValues.DEFAULT.withDateFormat("yyyyMMdd");
        assertReads(plain, ColumnType.DATE, List.of("2026-01-31", "2026-02-01"), "20260131", "20260201");
        assertReads(plain, ColumnType.INT64, List.of("20260131", "7"), "20260131", "7");
        CsvValues dayFirst = CsvValues.DEFAULT.withDateFormat("ddMMyyyy");
        assertReads(dayFirst, ColumnType.DATE, List.of("2026-02-11", "2026-02-28"), "11022026", "28022026");
    }

    @Test
    void theEmptyTextStandsForNullWhateverAnEmptyCellMeans() {
        CsvValues nulls = CsvValues.DEFAULT.withNullTexts(Set.of(""));
        for (EmptyCells empty : EmptyCells.values()) {
            Path file = Tables.file(directory, "c;d\n5;\n;\"\"\n");
            CsvFormat format = format(nulls).withEmptyCells(empty);
            assertEquals(ColumnType.INT64, Tables.schema(file, format).column(0).type(), empty.name());
            assertEquals(
                    List.of(Arrays.asList("5", null), Arrays.asList(null, null)),
                    Tables.read(file, format, ReadOptions.ALL),
                    empty.name());
        }
    }

    @Test
    void aHeaderIsMissedInTheSpellingOfTheFile() {
        CsvValues german = GERMAN.withDateFormat("dd.MM.yyyy").withNullTexts(Set.of("k.A."));
        Path file = Tables.file(directory, "1;3,50;01.02.2026\n3;k.A.;02.02.2026\n7;5,00;03.02.2026\n");
        assertTrue(CsvHeader.isMissing(file, format(german)));
        assertFalse(CsvHeader.isMissing(file, format(CsvValues.DEFAULT)));
        Path named = Tables.file(directory, "id;price;day\n1;3,50;01.02.2026\n");
        assertFalse(CsvHeader.isMissing(named, format(german)));
        assertFalse(CsvHeader.isLikelyMissing(named, format(german)));
        assertTrue(CsvHeader.isLikelyMissing(Tables.file(directory, "1;3,50;01.02.2026\n"), format(german)));
    }
}
