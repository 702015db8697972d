package io.hybridsnapshot.app.cli;

import static io.hybridsnapshot.app.cli.JsonText.at;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Compressed CSV files, JSON lines and Excel workbooks are read as the CSV file of the same contents is. */
class OtherFormsTest {
    private static final String MONDAY = "id,name,price,day\n1,Anna,1.5,2024-02-29\n2,Bob,2.5,2024-03-01\n3,,3.5,\n";
    private static final String TUESDAY = "id,name,price,day\n1,Anna,1.5,2024-02-29\n2,Bob,2.6,2024-03-01\n4,X,3.5,\n";

    @TempDir
    Path directory;

    private TestProgram program;

    @BeforeEach
    void start() {
        // No server can be reached here: a command that asks for one fails.
        program = new TestProgram(directory).with("SNAPSHOT_HOME", "/dev/null/none");
    }

    /** The same table in each form, by the name of its file, with the words for how it is read. */
    private Map<String, String> written(String csv) {
        String json = OtherForms.jsonLines(csv);
        program.file("t.csv", csv);
        program.file("t.csv.gz", OtherForms.gzip(csv));
        program.file("t.csv.zst", OtherForms.zstd(csv));
        program.file("t.csv.zip", OtherForms.zip(Map.of("in/t.csv", csv)));
        program.file("t.tsv.zst", OtherForms.zstd(csv.replace(',', '\t')));
        program.file("t.jsonl", json);
        program.file("t.ndjson.gz", OtherForms.gzip(json));
        program.file("t.jsonl.zst", OtherForms.zstd(json));
        program.file("t.jsonl.zip", OtherForms.zip(Map.of("t.jsonl", json)));
        program.file("t.xlsx", OtherForms.workbook(Map.of("Orders", csv)));
        Map<String, String> forms = new LinkedHashMap<>();
        forms.put("t.csv", "CSV, separator ',', UTF-8");
        forms.put("t.csv.gz", "CSV, separator ',', UTF-8, gzip");
        forms.put("t.csv.zst", "CSV, separator ',', UTF-8, zstd");
        forms.put("t.csv.zip", "CSV, separator ',', UTF-8, zip");
        forms.put("t.tsv.zst", "CSV, separator tab, UTF-8, zstd");
        forms.put("t.jsonl", "JSON lines");
        forms.put("t.ndjson.gz", "JSON lines, gzip");
        forms.put("t.jsonl.zst", "JSON lines, zstd");
        forms.put("t.jsonl.zip", "JSON lines, zip");
        forms.put("t.xlsx", "Excel, sheet 'Orders'");
        return forms;
    }

    @Test
    void everyFormIsReadAndShown() throws IOException {
        for (Map.Entry<String, String> form : written(MONDAY).entrySet()) {
            assertTrue(program.done("inspect", form.getKey())
                    .out()
                    .contains(form.getKey() + ": " + form.getValue() + ", 3 rows, 4 columns"));
            TestProgram.Ended json = program.done("inspect", form.getKey(), "--json");
            assertEquals(form.getValue(), at(json.json(), "readAs"));
            assertEquals("int64", at(json.json(), "columns.0.type"));
            assertEquals("text", at(json.json(), "columns.1.type"));
            assertEquals("decimal(18,1)", at(json.json(), "columns.2.type"));
            assertEquals("date", at(json.json(), "columns.3.type"));
            assertEquals(1L, at(json.json(), "columns.1.nulls"));
            // The bytes decide and not the name.
            Files.copy(directory.resolve(form.getKey()), directory.resolve("copy"));
            assertEquals(
                    form.getValue(),
                    at(program.done("inspect", "copy", "--json").json(), "readAs"),
                    form.getKey());
            Files.delete(directory.resolve("copy"));
        }
    }

    @Test
    void everyPairOfFormsIsEqualWhereTheContentsAre() {
        Map<String, String> forms = written(MONDAY);
        program.file("b.csv", TUESDAY);
        for (String form : forms.keySet()) {
            String other = form.contains("json") ? "t.xlsx" : "t.jsonl";
            TestProgram.Ended same = program.run("diff", form, other, "--exit-code", "--json");
            assertEquals(0, same.code(), () -> form + same.err() + same.out());
            assertEquals(List.of(), at(same.json(), "delta.drift.retyped"));
            TestProgram.Ended changed = program.done("diff", form, "b.csv", "--json");
            assertEquals(1L, at(changed.json(), "delta.counts.changed"), form);
            assertEquals(1L, at(changed.json(), "delta.counts.new"), form);
            assertEquals(1L, at(changed.json(), "delta.counts.deleted"), form);
        }
    }

    @Test
    void typesAreInferredOverBothFormsAndMayBeDeclared() {
        program.file("a.jsonl", "{\"id\":1,\"v\":5}\n{\"id\":2,\"v\":6}\n");
        program.file("b.xlsx", OtherForms.workbook(Map.of("S", "id,v\n1,5\n2,n/a\n")));
        TestProgram.Ended json = program.done("diff", "a.jsonl", "b.xlsx", "--json");
        assertEquals(List.of(), at(json.json(), "delta.drift.retyped"));
        assertEquals(1L, at(json.json(), "delta.counts.changed"));
        TestProgram.Ended typed = program.done("inspect", "a.jsonl", "--type", "v=decimal(10,2)", "--json");
        assertEquals("decimal(10,2)", at(typed.json(), "columns.1.type"));
        TestProgram.Ended empty = program.done("inspect", "b.xlsx", "--empty", "text", "--json");
        assertEquals(2L, at(empty.json(), "rows"));
        for (String[] call : new String[][] {
            {"inspect", "a.jsonl", "--separator", ";"},
            {"inspect", "a.jsonl", "--sheet", "S"},
            {"inspect", "b.xlsx", "--encoding", "utf-8"}
        }) {
            TestProgram.Ended refused = program.run(call);
            assertEquals(2, refused.code(), refused.err());
            assertTrue(refused.err().contains("leave th"), refused.err());
        }
    }

    @Test
    void aSheetIsNamedAndAnUnknownOneListsThem() {
        Map<String, String> sheets = new LinkedHashMap<>();
        sheets.put("Old", MONDAY);
        sheets.put("New", TUESDAY);
        program.file("book.xlsx", OtherForms.workbook(sheets));
        program.file("new.csv", TUESDAY);
        assertEquals(
                1, program.run("diff", "book.xlsx", "new.csv", "--exit-code").code());
        TestProgram.Ended same = program.run("diff", "book.xlsx", "new.csv", "--sheet", "New", "--exit-code");
        assertEquals(0, same.code(), same.err());
        assertTrue(same.out().contains("before: book.xlsx (Excel, sheet 'New')"), same.out());
        TestProgram.Ended refused = program.run("inspect", "book.xlsx", "--sheet", "new");
        assertEquals(2, refused.code());
        assertTrue(refused.err().contains("one of 'Old', 'New'"), refused.err());
    }

    @Test
    void standardInputIsReadInEveryFormAndNamedInErrors() throws IOException {
        for (Map.Entry<String, String> form : written(MONDAY).entrySet()) {
            byte[] bytes = Files.readAllBytes(directory.resolve(form.getKey()));
            TestProgram.Ended read = withInput(bytes, "diff", "-", "t.csv", "--exit-code", "--json");
            assertEquals(0, read.code(), read.err());
            // Nothing but the name tells that cells are separated by tabs, and one of the lines.
            assertEquals(form.getValue(), at(read.json(), "readAs.before"));
        }
        for (String wrong : List.of("id,a\n1,x,y\n", "{\"id\":1}\n{\"id\":\n", "PK\3\4cut", "PAR1 and no more PAR1")) {
            TestProgram.Ended refused = withInput(wrong.getBytes(UTF_8), "inspect", "-");
            assertTrue(refused.code() == 2 || refused.code() == 4, refused.err());
            assertTrue(refused.err().contains("standard input"), refused.err());
            assertFalse(refused.err().contains("input-1"), refused.err());
            assertFalse(refused.err().contains("snapshot-files-"), refused.err());
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aPipeIsNamedInErrors() throws Exception {
        Path pipe = directory.resolve("pipe.jsonl");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        Thread writer = new Thread(() -> {
            try (OutputStream out = Files.newOutputStream(pipe)) {
                out.write("{\"id\":1}\n7\n".getBytes(UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        writer.start();
        TestProgram.Ended refused = program.run("inspect", "pipe.jsonl");
        writer.join();
        assertEquals(2, refused.code());
        assertTrue(refused.err().contains("pipe pipe.jsonl, line 2"), refused.err());
        assertFalse(refused.err().contains("input-1"), refused.err());
    }

    private TestProgram.Ended withInput(byte[] bytes, String... arguments) {
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream(bytes));
            return program.run(arguments);
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void filesThatAreNoTableAreToldByTheirContent() {
        Map<String, String> two = new LinkedHashMap<>();
        two.put("a.csv", MONDAY);
        two.put("b.csv", MONDAY);
        program.file("two.zip", OtherForms.zip(two));
        rejected("two.zip", 2, "2 members: 'a.csv', 'b.csv'", "unpack it");
        program.file("none.zip", OtherForms.zip(Map.of()));
        rejected("none.zip", 2, "no member");
        program.file("book.zip", OtherForms.zip(Map.of("t.xlsx", "PK\3\4")));
        rejected("book.zip", 2, "unpack it");
        program.file("rows.json", "[\n  {\"id\": 1}\n]\n");
        rejected("rows.json", 2, "JSON", "convert it");
        program.file("rows.jsonl", "id,v\n1,2\n");
        rejected("rows.jsonl", 2, "no JSON lines file", "delimited text");
        program.file("pretty.jsonl", "{\n  \"id\": 1\n}\n");
        rejected("pretty.jsonl", 2, "JSON");
        program.file("old.xls", new byte[] {
            (byte) 0xD0, (byte) 0xCF, 0x11, (byte) 0xE0, (byte) 0xA1, (byte) 0xB1, 0x1A, (byte) 0xE1, 0, 0
        });
        rejected("old.xls", 2, "old Excel workbook", "save it as .xlsx");
        program.file("sheet.ods", OtherForms.zip(Map.of("mimetype", "x", "content.xml", "y")));
        rejected("sheet.ods", 2, "OpenDocument", "save it as .xlsx");
        byte[] cut = OtherForms.workbook(Map.of("S", MONDAY));
        program.file("cut.xlsx", Arrays.copyOf(cut, cut.length - 40));
        rejected("cut.xlsx", 4, "damaged");
        byte[] frame = OtherForms.zstd(MONDAY);
        program.file("cut.csv.zst", Arrays.copyOf(frame, frame.length - 1));
        rejected("cut.csv.zst", 4, "ends in the middle");
    }

    private void rejected(String file, int code, String... said) {
        TestProgram.Ended ended = program.run("inspect", file);
        assertEquals(code, ended.code(), ended.err() + ended.out());
        for (String each : said) {
            assertTrue(ended.err().contains(each), () -> ended.err() + " lacks " + each);
        }
    }

    @Test
    void rowsAreHashedAlikeInEveryForm() {
        String expected = null;
        for (String form : written(MONDAY).keySet()) {
            String hashes = program.done("hash", form, "--key", "id").out();
            expected = expected == null ? hashes : expected;
            assertEquals(expected, hashes, form);
        }
        program.file("t.zip", OtherForms.zip(Map.of("t.csv", MONDAY)));
        assertEquals(expected, program.done("hash", "t.zip", "--key", "id").out());
    }

    @Test
    void datasetsAreSavedAndDetectedFromEveryForm() {
        TestProgram served = new TestProgram(directory);
        int number = 0;
        written(MONDAY);
        program.file("b.csv", TUESDAY);
        for (String form : List.of("t.csv.zip", "t.jsonl.zst", "t.xlsx")) {
            String dataset = "forms_" + number++;
            served.done("save", dataset, "--source", form, "--key", "id");
            for (String[] sources : new String[][] {{form, "0"}, {"b.csv", "1"}}) {
                TestProgram.Ended detected =
                        served.done("detect", dataset, "--source", sources[0], "--key", "id", "--json");
                assertEquals(Long.parseLong(sources[1]), at(detected.json(), "delta.counts.changed"), form);
            }
        }
        program.file("b.jsonl", OtherForms.jsonLines(TUESDAY));
        TestProgram.Ended compared =
                served.done("compare", "forms_0", "current", "source:b.jsonl", "--key", "id", "--json");
        assertEquals(1L, at(compared.json(), "delta.counts.changed"));
    }

    @Test
    void optionsForCsvFilesAreRefusedForADatasetOfAnotherForm() {
        written(MONDAY);
        TestProgram.Ended ended =
                program.run("save", "forms_refused", "--source", "t.xlsx", "--key", "id", "--separator", ";");
        assertEquals(2, ended.code());
        assertTrue(ended.err().contains("options for CSV files, and no file is CSV: found Excel"), ended.err());
    }

    @Test
    void aSheetOfADefinitionCountsForTheNextWorkbook() {
        Map<String, String> sheets = new LinkedHashMap<>();
        sheets.put("Notes", "n\nx\n");
        sheets.put("Orders 1", MONDAY);
        program.file("monday.xlsx", OtherForms.workbook(sheets));
        sheets.put("Orders 1", TUESDAY);
        program.file("tuesday.xlsx", OtherForms.workbook(sheets));
        TestProgram served = new TestProgram(directory);
        served.done("init", "sheets", "--source", "monday.xlsx", "--sheet", "Orders 1", "--key", "id");
        assertTrue(
                served.read("snapshot.yaml").contains("source: {excel: monday.xlsx, sheet: \"Orders 1\"}"),
                served.read("snapshot.yaml"));
        served.done("save", "sheets");
        TestProgram.Ended detected = served.done("detect", "sheets", "--source", "tuesday.xlsx", "--json");
        assertEquals(1L, at(detected.json(), "delta.counts.changed"));
        TestProgram.Ended refused = served.run("detect", "sheets", "--sheet", "Orders 1");
        assertEquals(2, refused.code());
        assertTrue(refused.err().contains("--source"), refused.err());
    }

    @Test
    void aMissingHeaderIsNoticedAndSaid() {
        program.file("bare.csv", "17,1.5,2024-02-29\n25,2.5,2024-03-01\n");
        TestProgram.Ended seen = program.done("inspect", "bare.csv");
        assertTrue(
                seen.out().contains("no header found: columns are named column1 … column3 (--header yes"), seen.out());
        assertTrue(seen.out().contains("UTF-8, no header, 2 rows, 3 columns"), seen.out());
        assertEquals(
                1L,
                at(
                        program.done("inspect", "bare.csv", "--header", "yes", "--json")
                                .json(),
                        "rows"));
        program.file("named.csv", "id,name\n1,Anna\n2,Bob\n");
        TestProgram.Ended forced = program.done("inspect", "named.csv", "--header", "no", "--json");
        assertEquals(3L, at(forced.json(), "rows"));
        assertEquals("column2", at(forced.json(), "columns.1.column"));
        TestProgram.Ended refused = program.run("inspect", "named.csv", "--header", "perhaps");
        assertEquals(2, refused.code());
    }

    @Test
    void aFileWithoutAHeaderIsComparedUnderTheNamesOfTheOther() {
        program.file("bare.csv", "17,1.5\n25,2.5\n");
        program.file("named.csv", "no,price\n17,1.5\n25,2.6\n");
        program.file("named.jsonl", "{\"no\":17,\"price\":1.5}\n{\"no\":25,\"price\":2.6}\n");
        for (String[] pair :
                new String[][] {{"bare.csv", "named.csv"}, {"named.csv", "bare.csv"}, {"bare.csv", "named.jsonl"}}) {
            TestProgram.Ended json = program.done("diff", pair[0], pair[1], "--key", "no", "--json");
            assertEquals(1L, at(json.json(), "delta.counts.changed"));
            assertEquals(1L, at(json.json(), "delta.counts.unchanged"));
        }
        TestProgram.Ended text = program.done("diff", "named.csv", "bare.csv");
        assertTrue(text.out().contains("after:  no header found: columns are named as in the other file"), text.out());
        program.file("bare2.csv", "17,1.5\n25,2.6\n");
        TestProgram.Ended both = program.done("diff", "bare.csv", "bare2.csv", "--json");
        assertEquals("column1", at(both.json(), "key.columns.0"));
        // The option --header counts for both files.
        TestProgram.Ended said = program.done("diff", "named.csv", "named.csv", "--header", "no", "--json");
        assertEquals(3L, at(said.json(), "delta.counts.unchanged"));
    }

    @Test
    void datasetsWithoutAHeaderAreSavedAndTheSettingIsKept() {
        program.file("bare.csv", "17,x\n25,y\n");
        TestProgram served = new TestProgram(directory);
        served.done("init", "bare", "--source", "bare.csv", "--key", "column1", "--header", "no");
        assertTrue(served.read("snapshot.yaml").contains("csv: {header: no}"), served.read("snapshot.yaml"));
        served.done("save", "bare");
        assertEquals(2L, at(served.done("detect", "bare", "--json").json(), "delta.counts.unchanged"));
    }

    @Test
    void aDatasetReadsTabsInAZipByTheNameOfItsMember() {
        program.file("t.zip", OtherForms.zip(Map.of("orders.tsv", "id\tname\n1\tAnna\n")));
        TestProgram.Ended ended = program.done("hash", "t.zip", "--key", "id");
        assertTrue(ended.out().lines().count() > 0, ended.out());
    }
}
