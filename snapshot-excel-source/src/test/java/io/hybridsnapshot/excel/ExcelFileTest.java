package io.hybridsnapshot.excel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.csv.CsvFormat;
import io.hybridsnapshot.csv.CsvLayout;
import io.hybridsnapshot.csv.CsvRowSource;
import io.hybridsnapshot.csv.CsvRowWriter;
import io.hybridsnapshot.csv.EmptyCells;
import io.hybridsnapshot.csv.Inference;
import io.hybridsnapshot.csv.RecordRowSource;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.TypeKind;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.testkit.data.RandomTables;
import io.hybridsnapshot.testkit.data.Table;
import io.hybridsnapshot.testkit.data.TableAssert;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The cells of a sheet become the texts that a person sees, without the noise of the form. */
@Timeout(120)
class ExcelFileTest {
    private static final CsvFormat TEXT = CsvFormat.DEFAULT.withInference(Inference.NONE);

    /** Own formats from 164 on, and the cells' styles by position: 0 general, 1 date, 2 moment, and so on. */
    private static final String FORMATS = "<numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd\"/>"
            + "<numFmt numFmtId=\"165\" formatCode=\"dd/mm/yyyy\\ hh:mm\"/>"
            + "<numFmt numFmtId=\"166\" formatCode=\"0.00\"/>"
            + "</numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/><xf numFmtId=\"20\"/>"
            + "<xf numFmtId=\"46\"/><xf numFmtId=\"166\"/><xf numFmtId=\"14\"/></cellXfs>";

    @TempDir
    Path directory;

    @Test
    void numbersHaveNoNoise() {
        assertEquals(
                List.of(
                        "0.1",
                        "0.1",
                        "0.3",
                        "5",
                        "5",
                        "-7",
                        "1234567890123456789",
                        "0.333333333333333",
                        "1e-05",
                        "1e+20",
                        "1500000",
                        "0",
                        "0"),
                values(
                        number("0.1"),
                        number("0.10000000000000001"),
                        number("0.30000000000000004"),
                        number("5"),
                        number("5.0"),
                        number("-7"),
                        number("1234567890123456789"),
                        number("0.33333333333333331"),
                        number("1.0000000000000001E-5"),
                        number("1E+20"),
                        number("1.5E6"),
                        number("-0"),
                        number("-0.0")));
    }

    @Test
    void datesAreThoseOfBothSystems() {
        String[] cells = {
            styled(1, "45351"),
            styled(6, "45351"),
            styled(1, "45351.5"),
            styled(2, "45351"),
            styled(2, "45351.43767361111"),
            styled(2, "45351.999999999"),
            styled(3, "0.25"),
            styled(3, "45351.25"),
            styled(4, "1.5"),
            styled(5, "45351"),
            styled(1, "-3"),
            styled(1, "3000000")
        };
        assertEquals(
                List.of(
                        "2024-02-29",
                        "2024-02-29",
                        "2024-02-29 12:00:00",
                        "2024-02-29 00:00:00",
                        "2024-02-29 10:30:15",
                        "2024-03-01 00:00:00",
                        "06:00:00",
                        "2024-02-29 06:00:00",
                        "36:00:00",
                        "45351",
                        "-3",
                        "3000000"),
                values(cells));
        assertEquals(
                List.of("1900-01-01", "1900-02-28", "1900-02-29", "1900-03-01"),
                values(styled(1, "1"), styled(1, "59"), styled(1, "60"), styled(1, "61")));
        assertEquals(
                List.of("1904-01-01", "2024-02-29"),
                read("<workbookPr date1904=\"1\"/>", styled(1, "0"), styled(1, "43889")));
    }

    @Test
    void formatsTellDatesFromNumbers() {
        for (String date : List.of("m/d/yyyy", "d-mmm-yy", "[$-409]mmm\\ d", "yyyy", "mmm", "\"Tag\" dd", "dd;@")) {
            assertEquals(NumberFormat.DATE, NumberFormat.of(170, date), date);
        }
        for (String moment : List.of("yyyy-mm-dd hh:mm", "d.m.yy h:mm AM/PM", "yyyy\\-mm\\-dd\\Thh:mm:ss.000")) {
            assertEquals(NumberFormat.DATE_TIME, NumberFormat.of(170, moment), moment);
        }
        for (String time : List.of("h:mm", "mm:ss", "h AM/PM", "hh:mm:ss.000")) {
            assertEquals(NumberFormat.TIME, NumberFormat.of(170, time), time);
        }
        for (String elapsed : List.of("[h]:mm", "[mm]:ss", "[SS]")) {
            assertEquals(NumberFormat.ELAPSED, NumberFormat.of(170, elapsed), elapsed);
        }
        for (String number : List.of(
                "General",
                "Standard",
                "0.00",
                "#,##0.00\\ \"days\"",
                "[Red]0",
                "0.0E+00",
                "_-* #,##0_-",
                "@",
                "0;\"y\"",
                "")) {
            assertEquals(NumberFormat.NUMBER, NumberFormat.of(170, number), number);
        }
        assertEquals(NumberFormat.DATE, NumberFormat.of(57, ""));
        assertEquals(NumberFormat.NUMBER, NumberFormat.of(9, "0%"));
    }

    @Test
    void otherCellsBecomeTexts() {
        assertEquals(
                Arrays.asList(
                        "true",
                        "false",
                        "a & b",
                        "line\rbreak _x000D_",
                        "7",
                        "true",
                        "x",
                        "#N/A",
                        "#REF!",
                        null,
                        "z",
                        null),
                values(
                        "<c r=\"B2\" t=\"b\"><v>1</v></c>",
                        "<c r=\"B2\" t=\"b\"><v>0</v></c>",
                        Workbooks.text(1, 2, "a & b"),
                        Workbooks.text(1, 2, "line\rbreak _x000D_"),
                        "<c r=\"B2\"><f>3+4</f><v>7</v></c>",
                        "<c r=\"B2\" t=\"b\"><f>TRUE()</f><v>1</v></c>",
                        "<c r=\"B2\" t=\"str\"><f>\"x\"</f><v>x</v></c>",
                        "<c r=\"B2\" t=\"e\"><f>NA()</f><v>#N/A</v></c>",
                        "<c r=\"B2\" t=\"e\"><v>#REF!</v></c>",
                        "<c r=\"B2\"><f>3+4</f></c>",
                        "<c r=\"B2\" t=\"inlineStr\"><is><t>z</t></is></c>",
                        "<c r=\"B2\" t=\"inlineStr\"/>"));
    }

    @Test
    void errorsAndFormulasWithoutValuesAreRemarked() {
        Path file = file(row(1, Workbooks.text(0, 1, "ID"), Workbooks.text(1, 1, "V"))
                + row(2, "<c r=\"A2\"><v>1</v></c>", "<c r=\"B2\" t=\"e\"><v>#N/A</v></c>")
                + row(3, "<c r=\"A3\"><v>2</v></c>", "<c r=\"B3\" t=\"e\"><f>1/0</f><v>#DIV/0!</v></c>")
                + row(4, "<c r=\"A4\"><v>3</v></c>", "<c r=\"B4\"><f>1+1</f></c>"));
        try (RowStream rows = source(file).open(ReadOptions.ALL)) {
            assertEquals(3, rows.next().orElseThrow().rowCount());
            assertFalse(rows.next().isPresent());
            String remark = rows.remark().orElseThrow();
            assertTrue(remark.contains("2 cells hold an error"), remark);
            assertTrue(remark.contains("'#N/A' in sheet 'Table', row 2"), remark);
            assertTrue(remark.contains("1 formula holds no stored value"), remark);
            assertTrue(remark.contains("row 4"), remark);
            assertEquals("sheet 'Table', row 3", rows.place(1));
        }
    }

    @Test
    void emptyValuesOfFormulasAreRemarkedOnlyWhereNoFormulaHasAnother() {
        String header = row(1, Workbooks.text(0, 1, "ID"), Workbooks.text(1, 1, "V"));
        String empty = row(2, "<c r=\"A2\"><v>1</v></c>", "<c r=\"B2\"><f>1+1</f><v></v></c>");
        String valued = row(3, "<c r=\"A3\"><v>1</v></c>", "<c r=\"B3\"><f>1+1</f><v>2</v></c>");
        assertTrue(remark(header + empty).orElse("").contains("1 formula holds no stored value"));
        assertEquals(Optional.empty(), remark(header + empty + valued));
    }

    private Optional<String> remark(String rows) {
        try (RowStream stream = source(file(rows)).open(ReadOptions.ALL)) {
            Table.read(stream);
            return stream.remark();
        }
    }

    @Test
    void theFirstRowWithAValueIsTheHeaderAndRowsWithoutOneAreIgnored() {
        Path file = file(row(1, "<c r=\"A1\" s=\"1\"/>")
                + row(3, Workbooks.text(1, 3, "ID"), Workbooks.text(2, 3, "V"), "<c r=\"E3\" s=\"1\"/>")
                + row(5, "<c r=\"B5\"><v>1</v></c>", "<c r=\"F5\" s=\"1\"/>")
                + row(6, "<c r=\"B6\" t=\"str\"><f>\"\"</f><v></v></c>")
                + row(9, "<c r=\"B9\"><v>2</v></c>", Workbooks.text(2, 9, "x"))
                + row(10, "<c r=\"B10\" s=\"1\"/>"));
        assertEquals(List.of(Arrays.asList("1", null), List.of("2", "x")), Workbooks.read(source(file)));
    }

    @Test
    void headersWithoutNamesOrWithOneTwiceAreErrors() {
        rejects(row(1, Workbooks.text(0, 1, "ID"), Workbooks.text(2, 1, "V")), "row 1, column B", "no name");
        rejects(row(1, Workbooks.text(0, 1, "ID"), Workbooks.text(1, 1, "ID")), "columns A and B", "'ID' twice");
        rejects(
                row(1, Workbooks.text(0, 1, "Report")) + row(3, Workbooks.text(0, 3, "ID"), Workbooks.text(1, 3, "V")),
                "row 3, column B",
                "remove the rows above the header");
        rejects("", "no header", "an empty sheet");
    }

    @Test
    void sheetsAreChosenByName() {
        Map<String, String> sheets = new LinkedHashMap<>();
        sheets.put("Hidden|hidden", row(1, Workbooks.text(0, 1, "H")));
        sheets.put("Orders", row(1, Workbooks.text(0, 1, "O")));
        sheets.put("It's <more>", row(1, Workbooks.text(0, 1, "M")));
        Path file = directory.resolve("sheets.xlsx");
        Workbooks.write(file, sheets, "", FORMATS);
        assertEquals("Orders", new ExcelFile(file).sheetName());
        assertEquals(List.of("O"), names(new ExcelFile(file)));
        assertEquals(List.of("H"), names(new ExcelFile(file).withSheet("Hidden")));
        assertEquals(List.of("M"), names(new ExcelFile(file).withSheet("It's <more>")));
        SnapshotException e =
                assertThrows(SnapshotException.class, () -> names(new ExcelFile(file).withSheet("orders")));
        assertTrue(e.getMessage().contains("'Hidden', 'Orders', 'It's <more>'"), e.getMessage());
    }

    @Test
    void sharedTextsAreRead() {
        Path file = directory.resolve("shared.xlsx");
        Workbooks.write(
                file,
                Map.of("S", row(1, "<c r=\"A1\" t=\"s\"><v>1</v></c>") + row(2, "<c r=\"A2\" t=\"s\"><v>0</v></c>")),
                "<si><t>a_x000A_b</t></si><si><r><t>N</t></r><r><t>ame</t></r></si>",
                "");
        assertEquals(List.of("Name"), names(new ExcelFile(file)));
        assertEquals(List.of(List.of("a\nb")), Workbooks.read(source(file)));
    }

    @Test
    void filesOfTheLibrarysWriterAreRead() throws IOException {
        Path file = directory.resolve("written.xlsx");
        try (OutputStream out = Files.newOutputStream(file);
                Workbook workbook = new Workbook(out, "test", "1.0")) {
            Worksheet sheet = workbook.newWorksheet("Sheet 1");
            sheet.value(0, 0, "id");
            sheet.value(0, 1, "price");
            sheet.value(0, 2, "day");
            sheet.value(0, 3, "at");
            sheet.value(0, 4, "open");
            sheet.value(1, 0, 1);
            sheet.value(1, 1, 0.1 + 0.2);
            sheet.value(1, 2, LocalDate.of(2024, 2, 29));
            sheet.style(1, 2).format("yyyy-MM-dd").set();
            sheet.value(1, 3, LocalDateTime.of(2024, 2, 29, 10, 5, 0, 250_000_000));
            sheet.style(1, 3).format("yyyy-MM-dd H:mm:ss").set();
            sheet.value(1, 4, true);
        }
        try (RowStream rows = new RecordRowSource(new ExcelFile(file), CsvFormat.DEFAULT).open(ReadOptions.ALL)) {
            assertEquals(
                    List.of(
                            ColumnType.INT64,
                            ColumnType.decimal(18, 1),
                            ColumnType.DATE,
                            ColumnType.timestamp(6),
                            ColumnType.BOOLEAN),
                    rows.schema().columns().stream().map(Column::type).toList());
        }
        assertEquals(
                List.of(List.of("1", "0.3", "2024-02-29", "2024-02-29 10:05:00.25", "true")),
                Workbooks.read(source(file)));
    }

    @Test
    void randomTablesAreThoseOfTheirCsvFiles() {
        for (int seed = 0; seed < 12; seed++) {
            RandomTables tables = RandomTables.seeded(seed)
                    .without(
                            RandomTables.Edge.ROW_OF_NULLS,
                            RandomTables.Edge.EMPTY_TEXT,
                            RandomTables.Edge.LONE_SURROGATE,
                            RandomTables.Edge.NEGATIVE_ZERO)
                    // A sheet has 15 digits of numbers that are no integers.
                    .without(TypeKind.FLOAT64, TypeKind.DECIMAL);
            Table table = tables.table(2 + seed, 150, 150);
            assertSame(table, CsvFormat.DEFAULT);
            assertSame(table, CsvFormat.DEFAULT.withTypes(Workbooks.types(table.schema())));
            // A sheet has no zeros behind the point, and a declared type needs none.
            Table decimals = RandomTables.seeded(seed)
                    .without(
                            RandomTables.Edge.ROW_OF_NULLS,
                            RandomTables.Edge.EMPTY_TEXT,
                            RandomTables.Edge.LONE_SURROGATE)
                    .without(TypeKind.FLOAT64, TypeKind.FLOAT32)
                    .withDecimalDigits(15)
                    .table(5, 100, 100);
            assertSame(decimals, CsvFormat.DEFAULT.withTypes(Workbooks.types(decimals.schema())));
        }
    }

    /** Writes a table as CSV and as a workbook, and compares the rows. */
    private void assertSame(Table table, CsvFormat format) {
        Path csv = directory.resolve("t.csv");
        try (CsvRowWriter writer = CsvRowWriter.create(csv, table.schema(), CsvLayout.DEFAULT)) {
            for (RowBatch batch : table.batches()) {
                writer.append(batch);
            }
            writer.finish();
        }
        Path excel = directory.resolve("t.xlsx");
        Workbooks.write(excel, table.schema(), table.batches(), Workbooks.Cells.VALUES);
        try (RowStream expected = new CsvRowSource(csv, format).open(ReadOptions.ALL);
                RowStream actual = new RecordRowSource(new ExcelFile(excel), format).open(ReadOptions.ALL)) {
            TableAssert.assertSameRows(Table.read(expected), actual);
        }
    }

    @Test
    void typesAreInferredOverASheetAndACsvFile() throws IOException {
        Path file = file(row(1, Workbooks.text(0, 1, "N")) + row(2, "<c r=\"A2\"><v>1</v></c>"));
        Path csv = Files.writeString(directory.resolve("n.csv"), "N\nx\n");
        RecordRowSource sheet = new RecordRowSource(new ExcelFile(file), CsvFormat.DEFAULT);
        try (RowStream alone = sheet.open(ReadOptions.ALL);
                RowStream both = sheet.inferringOver(new CsvRowSource(csv, CsvFormat.DEFAULT))
                        .open(ReadOptions.ALL)) {
            assertEquals(ColumnType.INT64, alone.schema().column(0).type());
            assertEquals(ColumnType.TEXT, both.schema().column(0).type());
        }
    }

    @Test
    void emptyTextsMeanWhatTheFormatSays() {
        Path file = file(row(1, Workbooks.text(0, 1, "ID"), Workbooks.text(1, 1, "V"))
                + row(2, "<c r=\"A2\"><v>1</v></c>", Workbooks.text(1, 2, ""))
                + row(3, "<c r=\"A3\"><v>2</v></c>"));
        assertEquals(List.of(Arrays.asList("1", null), Arrays.asList("2", null)), Workbooks.read(source(file)));
        RecordRowSource exact =
                new RecordRowSource(new ExcelFile(file), TEXT.withEmptyCells(EmptyCells.UNQUOTED_EMPTY_IS_NULL));
        assertEquals(List.of(List.of("1", ""), Arrays.asList("2", null)), Workbooks.read(exact));
    }

    @Test
    void damageIsFoundWhereverItIs() throws IOException {
        Path file = file(row(1, Workbooks.text(0, 1, "ID")) + row(2, "<c r=\"A2\"><v>1</v></c>"));
        byte[] whole = Files.readAllBytes(file);
        for (int length = 10; length < whole.length; length += 37) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertEquals(Kind.CORRUPT, failure(file).kind(), length + " bytes");
        }
        int start = new String(whole, StandardCharsets.ISO_8859_1).indexOf("sheet1.xml") + 10;
        for (int at = start; at < start + 60; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) 0xFF;
            Files.write(file, damaged);
            assertEquals(Kind.CORRUPT, failure(file).kind(), "byte " + at);
        }
        Files.write(file, new byte[] {'P', 'K', 3, 4, 0});
        assertEquals(Kind.CORRUPT, failure(file).kind());
        assertEquals(
                Kind.INVALID_REQUEST, failure(directory.resolve("none.xlsx")).kind());
        assertEquals(Kind.INVALID_REQUEST, failure(directory).kind());
    }

    @Test
    void manyRowsAreStreamed() {
        StringBuilder rows = new StringBuilder(row(1, Workbooks.text(0, 1, "ID")));
        int count = 60_000;
        for (int i = 0; i < count; i++) {
            rows.append(row(i + 2, "<c r=\"A" + (i + 2) + "\"><v>" + i + "</v></c>"));
        }
        List<List<String>> read = Workbooks.read(source(file(rows.toString())));
        assertEquals(count, read.size());
        assertEquals(List.of(Integer.toString(count - 1)), read.get(count - 1));
    }

    @Test
    void aCopyIsNamedByTheGivenWords() {
        ExcelFile file = new ExcelFile(file("")).named("standard input");
        SnapshotException e = assertThrows(SnapshotException.class, file::open);
        assertTrue(e.getMessage().contains("standard input, sheet 'Table'"), e.getMessage());
        assertFalse(e.getMessage().contains(directory.toString()), e.getMessage());
    }

    // Workbooks

    private static String number(String raw) {
        return styled(0, raw);
    }

    private static String styled(int style, String raw) {
        return "<c r=\"B2\" s=\"" + style + "\"><v>" + raw + "</v></c>";
    }

    private static String row(int number, String... cells) {
        return "<row r=\"" + number + "\">" + String.join("", cells) + "</row>";
    }

    private Path file(String rows) {
        return file(rows, "");
    }

    private Path file(String rows, String properties) {
        Path file = directory.resolve("table.xlsx");
        Workbooks.write(file, Map.of("Table", rows), "", FORMATS, properties);
        return file;
    }

    /** The texts of cells, each in column B of a row of its own beside a number in column A. */
    private List<String> values(String... cells) {
        return read("", cells);
    }

    private List<String> read(String properties, String... cells) {
        StringBuilder rows = new StringBuilder(row(1, Workbooks.text(0, 1, "N"), Workbooks.text(1, 1, "V")));
        for (int i = 0; i < cells.length; i++) {
            int number = i + 2;
            rows.append(row(number, "<c r=\"A" + number + "\"><v>1</v></c>", cells[i].replace("B2", "B" + number)));
        }
        return Workbooks.read(source(file(rows.toString(), properties))).stream()
                .map(row -> row.get(1))
                .toList();
    }

    private void rejects(String rows, String... said) {
        SnapshotException e = failure(file(rows));
        assertEquals(Kind.INVALID_REQUEST, e.kind(), e.getMessage());
        for (String each : said) {
            assertTrue(e.getMessage().contains(each), () -> e.getMessage() + " lacks " + each);
        }
    }

    private static SnapshotException failure(Path file) {
        return assertThrows(SnapshotException.class, () -> Workbooks.read(source(file)));
    }

    private static RecordRowSource source(Path file) {
        return new RecordRowSource(new ExcelFile(file), TEXT);
    }

    private static List<String> names(ExcelFile file) {
        try (RowStream rows = new RecordRowSource(file, TEXT).open(ReadOptions.ALL)) {
            return rows.schema().names();
        }
    }
}
