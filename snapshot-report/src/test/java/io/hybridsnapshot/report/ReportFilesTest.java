package io.hybridsnapshot.report;

import static io.hybridsnapshot.report.Comparisons.compare;
import static io.hybridsnapshot.report.Comparisons.numbered;
import static io.hybridsnapshot.report.Comparisons.row;
import static io.hybridsnapshot.report.Comparisons.table;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.delta.RowChange;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.SchemaDrift;
import io.hybridsnapshot.engine.comparison.ChangeDetails;
import io.hybridsnapshot.engine.comparison.ColumnBasis;
import io.hybridsnapshot.engine.comparison.ComparedColumns;
import io.hybridsnapshot.engine.comparison.ComparisonRules;
import io.hybridsnapshot.engine.comparison.DeltaBasis;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.comparison.TextDifference;
import io.hybridsnapshot.testkit.data.Table;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.dhatim.fastexcel.reader.CellType;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.dhatim.fastexcel.reader.Row;
import org.dhatim.fastexcel.reader.Sheet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The files of a report without a browser: Markdown, workbook, CSV, and the source of the page. */
class ReportFilesTest {
    @TempDir
    Path directory;

    private Comparisons.Compared people(String... hidden) {
        Table before = table(
                List.of("id", "name", "city", "qty"),
                List.of(row(1, "Anna", "Bonn", 1), row(2, "Bob", null, -2), row(3, "Cy", "Ulm", 3)));
        Table after = table(
                List.of("id", "name", "city", "qty"),
                List.of(row(1, "Anna", "Bonn", 1), row(2, "=Bob()", "", -3), row(4, "+Dora,x", null, 4)));
        return compare(directory, before, after, hidden);
    }

    @Test
    void aKeyWithTheNameOfAnotherColumnOfTheCsvIsMarked() throws IOException {
        List<String> columns = List.of("row", "v");
        try (Comparisons.Compared compared = Comparisons.compare(
                directory,
                table(columns, List.<Object[]>of(row("1", "a"))),
                table(columns, List.<Object[]>of(row("1", "b"))))) {
            assertEquals(
                    "change,row (key),column,before,after,row\nchanged,1,v,a,b,\n", compared.text(ReportFormat.CSV));
        }
    }

    @Test
    void csvHasALineForEachChangedCellAndEachRowAddedOrRemoved() throws IOException {
        try (Comparisons.Compared people = people()) {
            assertEquals("""
                    change,id,column,before,after,row
                    changed,2,name,Bob,'=Bob(),
                    changed,2,city,,"",
                    changed,2,qty,-2,-3,
                    added,4,,,,"{""id"":""4"",""name"":""+Dora,x"",""city"":null,""qty"":""4""}"
                    removed,3,,,,"{""id"":""3"",""name"":""Cy"",""city"":""Ulm"",""qty"":""3""}"
                    """, people.text(ReportFormat.CSV));
        }
    }

    /** The list is that of every CSV file that the project marks, see docs/csv.md. */
    @Test
    void textsThatLookLikeFormulasAreMarkedAndNumbersAreNot() {
        for (String text :
                List.of("=1+1", "  =x", "+x", "-x", "@x", "\tx", "\rx", "\nx", "＝x", "＋x", "－x", "＠x", "-1+1")) {
            assertTrue(CsvLines.looksLikeFormula(text), text);
        }
        for (String text : List.of("", "  ", "x=1", "1", "-1", "+1.50", "-1.5e+16", "'=x", "-Infinity")) {
            assertFalse(CsvLines.looksLikeFormula(text), text);
        }
    }

    @Test
    void markdownEscapesCellsAndStaysShort() throws IOException {
        List<Object[]> before = new ArrayList<>();
        List<Object[]> after = new ArrayList<>();
        String hostile = "a|b\n<img src=x>`c` @user #1 [x](http://e.org) *b* www.e.org";
        for (int i = 0; i < 30; i++) {
            before.add(row(i, "old"));
            after.add(row(i, hostile));
        }
        try (Comparisons.Compared compared =
                compare(directory, table(List.of("id", "a|b"), before), table(List.of("id", "a|b"), after))) {
            String text = compared.text(ReportFormat.MARKDOWN);
            assertTrue(text.startsWith("<!-- snapshot change report -->\n\n### Changes from before to after\n"), text);
            assertTrue(text.contains("| **30** | **0** | **0** | 0 | 30 | 30 |\n"), text);
            assertTrue(
                    text.contains("| <code>id = 0</code> | <code>a&#124;b</code> | <code>old</code> | <code>a&#124;b"
                            + "&#92;n&#60;img src=x&#62;&#96;c&#96; &#64;user &#35;1 &#91;x&#93;(http&#58;//e.org)"
                            + " &#42;b&#42; www&#46;e.org</code> |\n"),
                    text);
            assertTrue(text.contains("and 20 more changed rows\n"), text);
            assertTrue(text.length() < 10_000, text.length() + " characters");
        }
    }

    private static Map<String, List<Row>> sheets(Path file) throws IOException {
        Map<String, List<Row>> sheets = new HashMap<>();
        try (InputStream bytes = Files.newInputStream(file);
                ReadableWorkbook workbook = new ReadableWorkbook(bytes);
                Stream<Sheet> all = workbook.getSheets()) {
            for (Sheet sheet : all.toList()) {
                sheets.put(sheet.getName(), sheet.read());
            }
        }
        return sheets;
    }

    private static List<String> texts(Row row) {
        return row.stream().map(cell -> cell == null ? "-" : cell.getText()).toList();
    }

    @Test
    void aWorkbookHoldsTextsAsTextsAndNumbersAsNumbers() throws IOException {
        try (Comparisons.Compared people = people()) {
            Map<String, List<Row>> sheets = sheets(people.file(directory.resolve("r.xlsx"), ReportFormat.XLSX));
            List<Row> changes = sheets.get("changes");
            assertEquals(List.of("id", "column", "before", "after"), texts(changes.get(0)));
            assertEquals(List.of("2", "name", "Bob", "=Bob()"), texts(changes.get(1)));
            assertEquals(CellType.STRING, changes.get(1).getCell(3).getType());
            assertEquals(List.of("2", "qty", "-2", "-3"), texts(changes.get(3)));
            assertEquals(CellType.NUMBER, changes.get(3).getCell(3).getType());
            assertEquals(
                    List.of("id", "name", "city", "qty"),
                    texts(sheets.get("added").get(0)));
            assertEquals("+Dora,x", sheets.get("added").get(1).getCellText(1));
            assertEquals(
                    List.of("3", "Cy", "Ulm", "3"), texts(sheets.get("removed").get(1)));
            assertTrue(
                    sheets.get("summary").stream().anyMatch(row -> texts(row).equals(List.of("changed", "1"))),
                    sheets.get("summary").toString());
        }
    }

    @Test
    void aSheetEndsAtItsLimitAndTheSummarySaysSo() throws IOException {
        Table before = numbered(0, 2_000, 1);
        try (Comparisons.Compared compared = compare(directory, before, numbered(1_000, 3_000, 2))) {
            Path file = directory.resolve("r.xlsx");
            ReportColumns columns = new ReportColumns(Set.of());
            columns.takeKey(List.of("id"));
            columns.take(before.schema());
            try (RowSpool rows = new RowSpool(directory.resolve("other"), columns);
                    OutputStream out = Files.newOutputStream(file)) {
                for (int i = 0; i < 1_500; i++) {
                    rows.add(new RowChange(
                            ChangeKind.NEW, new UUID(0, i), Map.of("id", Optional.of("" + i)), List.of()));
                }
                new ExcelWorkbook(compared.summary(), List.of(), columns, rows, 1_001).write(out);
            }
            Map<String, List<Row>> sheets = sheets(file);
            assertEquals(1_001, sheets.get("added").size());
            assertEquals("999", sheets.get("added").get(1_000).getCellText(0));
            assertTrue(sheets.get("summary").stream()
                    .anyMatch(row -> row.getCellText(0)
                            .equals("The sheet added ends at Excel's limit of 1,001 rows. It leaves out 500 rows.")));
        }
    }

    @Test
    void controlCharactersAndLongTextsLeaveAWorkbookReadable() throws IOException {
        Table before = table(List.of("id", "v"), List.<Object[]>of(row(1, "x")));
        Table after = table(List.of("id", "v"), List.<Object[]>of(row(1, "a\u0000b_x0041_\n" + "y".repeat(40_000))));
        try (Comparisons.Compared compared = compare(directory, before, after)) {
            Map<String, List<Row>> sheets = sheets(compared.file(directory.resolve("r.xlsx"), ReportFormat.XLSX));
            String cell = sheets.get("changes").get(1).getCellText(3);
            assertTrue(cell.startsWith("a\\u0000b"), cell.substring(0, 20));
            assertEquals('…', cell.charAt(cell.length() - 1));
            assertTrue(sheets.get("summary").stream()
                    .anyMatch(
                            row -> row.getCellText(0).equals("Some texts end at Excel's limit of 32,767 characters.")));
        }
    }

    @ParameterizedTest
    @EnumSource(ReportFormat.class)
    void aReportIsRecognisedAndOtherFilesAreNot(ReportFormat format) throws IOException {
        try (Comparisons.Compared people = people()) {
            for (ReportFormat written : ReportFormat.values()) {
                Path file = people.file(directory.resolve("report"), written);
                assertEquals(written == format, format.isReport(file), written.toString());
            }
        }
        for (String other : List.of("", "a,b\n1,2\n", "<!doctype html>\n<p>x", "# Title\n", "PK\u0003\u0004x")) {
            assertFalse(format.isReport(Files.writeString(directory.resolve("other"), other)), other);
        }
        assertFalse(format.isReport(directory.resolve("missing")));
    }

    @Test
    void theExtensionTellsTheFormat() {
        assertEquals(Optional.of(ReportFormat.HTML), ReportFormat.of(Path.of("a/b.HTML")));
        assertEquals(Optional.of(ReportFormat.HTML), ReportFormat.of(Path.of("b.htm")));
        assertEquals(Optional.of(ReportFormat.MARKDOWN), ReportFormat.of(Path.of("b.md")));
        assertEquals(Optional.of(ReportFormat.XLSX), ReportFormat.of(Path.of("b.xlsx")));
        assertEquals(Optional.of(ReportFormat.CSV), ReportFormat.of(Path.of("b.html.csv")));
        assertEquals(Optional.empty(), ReportFormat.of(Path.of("html")));
        assertEquals(Optional.empty(), ReportFormat.of(Path.of("b.xls")));
        assertEquals(List.of(".html", ".md", ".xlsx", ".csv"), ReportFormat.extensions());
    }

    @ParameterizedTest
    @EnumSource(ReportFormat.class)
    void valuesOfHiddenColumnsAreInNoReport(ReportFormat format) throws IOException {
        Table before = table(List.of("id", "pay"), List.of(row("key1", "secret1"), row("key2", "secret2")));
        Table after = table(List.of("id", "pay"), List.of(row("key1", "secret3"), row("key4", "secret4")));
        try (Comparisons.Compared compared = compare(directory, before, after, "pay", "id")) {
            Path file = compared.file(directory.resolve("report"), format);
            String text = format == ReportFormat.XLSX
                    ? sheets(file).values().stream()
                            .flatMap(List::stream)
                            .map(ReportFilesTest::texts)
                            .toList()
                            .toString()
                    : Files.readString(file);
            assertFalse(Pattern.compile("secret|key[0-9]").matcher(text).find(), text);
            assertTrue(text.contains("hidden"), text);
            String spool = Files.readString(directory.resolve("spool"), StandardCharsets.ISO_8859_1);
            assertFalse(Pattern.compile("secret|key[0-9]").matcher(spool).find(), "the temporary file");
            // An identity is a hash of the key, which could be guessed from it.
            assertFalse(
                    Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-").matcher(text).find(), text);
        }
    }

    @Test
    void anUnknownColumnToHideEndsTheComparison() {
        SnapshotException error = assertThrows(SnapshotException.class, () -> people("nam"));
        assertEquals(
                "a column to hide in the report is unknown: found 'nam', expected one of the compared columns (did you"
                        + " mean 'name'?); correct the name",
                error.getMessage());
        assertFalse(Files.exists(directory.resolve("spool")));
    }

    /** Each kind has its share of a page that cannot hold all rows. */
    @Test
    void aPageThatLeavesRowsOutSaysSoAndNamesTheFileOfAll() throws IOException {
        PageLimits limits = new PageLimits(10, 1_000_000);
        try (Comparisons.Compared compared =
                compare(directory, numbered(0, 40, 1), numbered(2, 45, 2), ComparisonRules.NONE, limits, List.of())) {
            assertEquals(45 - 10, compared.report().rowsNotOnPage());
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            compared.report().write(ReportFormat.HTML, compared.summary().withAllRowsIn("x-rows.csv"), out);
            String page = out.toString(StandardCharsets.UTF_8);
            assertTrue(
                    page.contains("This page holds the first rows alone: 4 of 38 changed, 4 of 5 added, 2 of 2 removed."
                            + " A page holds at most 10 rows and 1 MB of rows. All rows are in x-rows.csv, beside this"
                            + " page."),
                    page);
            assertEquals(
                    10, page.lines().filter(line -> line.matches("\\[[012],.*")).count());
            assertEquals(46, compared.text(ReportFormat.CSV).lines().count());
        }
    }

    @Test
    void thePageIsSelfContainedAndSmall() throws IOException {
        try (Comparisons.Compared people = people()) {
            String page = people.text(ReportFormat.HTML);
            assertTrue(page.length() < 100_000, page.length() + " characters");
            assertFalse(Pattern.compile("(src|href)=\"(?!#)").matcher(page).find());
            assertFalse(page.contains("://"), "no address at all");
            assertFalse(page.contains("innerHTML"));
            assertTrue(page.contains("default-src 'none'; script-src 'sha256-"));
        }
    }

    @Test
    void dataOfThePageHoldsNoCharacterThatEndsAScript() {
        assertEquals(
                "\"\\u003c/script\\u003e\\u003c!--\\u0026\\u2028\\u202e\\\"\\\\\\ud800x\\u0000é😀\"",
                JsonText.of("</script><!--&\u2028\u202E\"\\\uD800x\u0000é😀"));
    }

    @Test
    void aReportWithoutEarlierCellsSaysSo() throws IOException {
        DeltaReport delta = new DeltaReport(
                "before",
                "after",
                new DeltaSummary(0, 1, 0, 0),
                DeltaBasis.KEYS_ONLY,
                SchemaDrift.between(
                        numbered(0, 1, 1).schema(), numbered(0, 1, 1).schema()),
                new ColumnBasis(List.of(), List.of(), List.of(), List.of()),
                Optional.of(new ChangeDetails(List.of(), List.of(), 0, List.of())),
                Optional.empty());
        try (ChangeReport report = ChangeReport.spoolingTo(directory.resolve("spool"), List.of())) {
            report.onColumns(new ComparedColumns(
                    Optional.empty(), Optional.of(numbered(0, 1, 1).schema()), List.of("id")));
            report.onChange(
                    new RowChange(ChangeKind.CHANGED, new UUID(1, 2), Map.of("id", Optional.of("7")), List.of()));
            for (ReportFormat format : List.of(ReportFormat.HTML, ReportFormat.MARKDOWN)) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                report.write(format, ReportSummary.of(delta, Comparisons.MOMENT), out);
                String text = out.toString(StandardCharsets.UTF_8);
                assertTrue(text.contains("Only keys were compared"), text);
                assertTrue(
                        text.contains("Such a row is listed with the cells of the later side, or by its key alone."),
                        text);
            }
        }
    }

    @Test
    void rowsOfEqualColumnsShareOneLayoutAndReadBackAsTheyWere() throws IOException {
        try (Comparisons.Compared compared = compare(directory, numbered(0, 500, 1), numbered(100, 700, 2))) {
            String csv = compared.text(ReportFormat.CSV);
            assertEquals(1 + 400 + 200 + 100, csv.lines().count());
            assertTrue(csv.contains("changed,100,value,1,2,\n"));
            assertTrue(
                    csv.endsWith("removed,99,,,,\"{\"\"id\"\":\"\"99\"\",\"\"value\"\":\"\"1\"\"}\"\n"),
                    csv.substring(csv.length() - 100));
        }
        assertFalse(Files.exists(directory.resolve("spool")), "closing deletes the temporary file");
    }

    @Test
    void aMistypedColumnToHideIsAnErrorAlsoIfOnlyTheEarlierColumnsAreKnown() {
        ComparedColumns earlier =
                new ComparedColumns(Optional.of(numbered(0, 1, 1).schema()), Optional.empty(), List.of("id"));
        try (ChangeReport report = ChangeReport.spoolingTo(directory.resolve("spool"), List.of("valu"))) {
            SnapshotException error = assertThrows(SnapshotException.class, () -> report.onColumns(earlier));
            assertTrue(error.getMessage().contains("did you mean 'value'?"), error.getMessage());
        }
        try (ChangeReport report = ChangeReport.spoolingTo(directory.resolve("spool"), List.of("valu"))) {
            report.onColumns(new ComparedColumns(Optional.empty(), Optional.empty(), List.of("id")));
        }
    }

    @Test
    void markdownShowsTheDifferenceOfLongTextsWhereverItStands() throws IOException {
        String same = "lorem ipsum ".repeat(100);
        Table before = table(List.of("id", "v"), List.<Object[]>of(row(1, same + "old" + same)));
        Table after = table(List.of("id", "v"), List.<Object[]>of(row(1, same + "new" + same)));
        try (Comparisons.Compared compared = compare(directory, before, after)) {
            String text = compared.text(ReportFormat.MARKDOWN);
            assertTrue(text.contains("<code>…m ipsum lorem ipsum oldlorem"), text);
            assertTrue(text.contains("<code>…m ipsum lorem ipsum newlorem"), text);
        }
    }

    @Test
    void aColumnsNameMentionsNobodyOnGitHub() throws IOException {
        Table before = table(List.of("id", "@org/team #12 GH-7"), List.<Object[]>of(row(1, "x")));
        Table after = table(List.of("id", "other"), List.<Object[]>of(row(1, "x")));
        try (Comparisons.Compared compared = compare(directory, before, after)) {
            String text = compared.text(ReportFormat.MARKDOWN);
            assertTrue(
                    text.contains("- Column dropped: &#64;<!-- -->org/team &#35;<!-- -->12 GH-<!-- -->7 (text)\n"),
                    text);
            String outsideCode = text.replaceAll("<code>.*?</code>", "");
            assertFalse(
                    Pattern.compile("(@|&#64;)o|(#|&#35;)1|GH-7")
                            .matcher(outsideCode)
                            .find(),
                    outsideCode);
        }
    }

    @Test
    void forgivenRowsAreNotedInWordsThatFitEveryOption() throws IOException {
        Table before = table(List.of("id", "v"), List.<Object[]>of(row(1, "X")));
        Table after = table(List.of("id", "v"), List.<Object[]>of(row(1, "x")));
        ComparisonRules rules = ComparisonRules.NONE.forgiving(TextDifference.CASE);
        try (Comparisons.Compared compared = compare(directory, before, after, rules, PageLimits.DEFAULT, List.of())) {
            String text = compared.text(ReportFormat.MARKDOWN);
            assertTrue(text.contains("1 row differ only in ways that the options forgive."), text);
        }
    }

    /** A hash of the whole key could be guessed from the columns that are shown. */
    @Test
    void theIdentityOfARowIsWithheldIfAnyColumnOfItsKeyIsHidden() throws IOException {
        UUID identity = UUID.fromString("01234567-89ab-4def-8123-456789abcdef");
        Schema schema = table(List.of("id", "person", "v"), List.<Object[]>of(row(1, "a", "b")))
                .schema();
        Path spool = directory.resolve("spool");
        try (ChangeReport report = ChangeReport.spoolingTo(spool, List.of("person"))) {
            report.onColumns(new ComparedColumns(Optional.of(schema), Optional.of(schema), List.of("id", "person")));
            report.onChange(new RowChange(ChangeKind.DELETED, identity, Map.of(), List.of()));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            report.write(ReportFormat.CSV, summaryOf(schema), out);
            assertEquals(
                    "change,id,person,column,before,after,row\nremoved,hidden,hidden,,,,\n",
                    out.toString(StandardCharsets.UTF_8));
            byte[] first = {0x01, 0x23, 0x45, 0x67, (byte) 0x89, (byte) 0xAB};
            assertFalse(Files.readString(spool, StandardCharsets.ISO_8859_1)
                    .contains(new String(first, StandardCharsets.ISO_8859_1)));
        }
    }

    private static ReportSummary summaryOf(Schema schema) {
        return ReportSummary.of(
                new DeltaReport(
                        "before",
                        "after",
                        new DeltaSummary(0, 0, 0, 1),
                        DeltaBasis.KEYS_ONLY,
                        SchemaDrift.between(schema, schema),
                        new ColumnBasis(List.of(), List.of(), List.of(), List.of()),
                        Optional.of(new ChangeDetails(List.of(), List.of(), 0, List.of())),
                        Optional.empty()),
                Comparisons.MOMENT);
    }

    /** The writer of workbooks holds all cells in memory until a flush. */
    @Test
    void aWorkbookOfFewRowsWithLongTextsIsWrittenWhileTheRowsAreRead() throws IOException {
        ReportColumns columns = new ReportColumns(Set.of());
        columns.takeKey(List.of("id"));
        columns.take(table(List.of("id"), List.<Object[]>of(row("x"))).schema());
        Random random = new Random(7);
        try (Comparisons.Compared people = people();
                RowSpool rows = new RowSpool(directory.resolve("other"), columns)) {
            for (int i = 0; i < 200; i++) {
                String text = random.ints(32_000, ' ' + 1, 'Z')
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
                rows.add(new RowChange(ChangeKind.NEW, new UUID(0, i), Map.of("id", Optional.of(text)), List.of()));
            }
            boolean[] early = {false};
            OutputStream out = new OutputStream() {
                @Override
                public void write(int value) {
                    write(new byte[] {(byte) value}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int offset, int length) {
                    early[0] |= StackWalker.getInstance()
                            .walk(frames -> frames.anyMatch(
                                    frame -> frame.getClassName().equals(RowSpool.class.getName())));
                }
            };
            new ExcelWorkbook(people.summary(), List.of(), columns, rows).write(out);
            assertTrue(early[0]);
        }
    }
}
