package io.hybridsnapshot.app.cli;

import static io.hybridsnapshot.app.cli.JsonText.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.report.ReportFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code --report} and {@code --hide} of diff, save, detect and compare. */
class ReportOptionTest {
    private static final String MONDAY = "id,name,pay\n1,Anna,7755\n2,Bob,7711\n3,Cy,7744\n";
    private static final String TUESDAY = "id,name,pay\n1,Anna,7755\n2,Bobby,7722\n4,Dora,7733\n";

    @TempDir
    Path directory;

    private TestProgram program;

    @BeforeEach
    void start() {
        program = new TestProgram(directory);
        program.file("a.csv", MONDAY);
        program.file("b.csv", TUESDAY);
    }

    private String refused(String... arguments) {
        TestProgram.Ended ended = program.run(arguments);
        assertEquals(2, ended.code(), ended.out() + ended.err());
        assertEquals(1, ended.err().lines().count(), ended.err());
        return ended.err();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals("work"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void oneCallWritesAReportOfEachFormat() throws IOException {
        TestProgram.Ended ended = program.done(
                "diff",
                "a.csv",
                "b.csv",
                "--report",
                "r.html",
                "--report",
                "r.md",
                "--report",
                "r.xlsx",
                "--report",
                "r.csv");
        assertTrue(ended.out().contains("Report: r.html, r.md, r.xlsx, r.csv\n"), ended.out());
        for (String name : List.of("r.html", "r.md", "r.xlsx", "r.csv")) {
            Path file = directory.resolve(name);
            assertTrue(ReportFormat.of(file).orElseThrow().isReport(file), name);
        }
        assertEquals(List.of("a.csv", "b.csv", "r.csv", "r.html", "r.md", "r.xlsx"), names());
        assertEquals("""
                change,id,column,before,after,row
                changed,2,name,Bob,Bobby,
                changed,2,pay,7711,7722,
                added,4,,,,"{""id"":""4"",""name"":""Dora"",""pay"":""7733""}"
                removed,3,,,,"{""id"":""3"",""name"":""Cy"",""pay"":""7744""}"
                """, program.read("r.csv"));
        String page = program.read("r.html");
        assertTrue(page.contains("<h1>Changes from a.csv to b.csv</h1>"), page);
        assertTrue(page.contains("<dt>Before</dt><dd>a.csv (CSV, separator &#39;,&#39;, UTF-8)</dd>"), page);
        TestProgram.Ended json = program.done("diff", "a.csv", "b.csv", "--report", "r.html", "--json");
        assertEquals("r.html", at(json.json(), "reportFiles.0"));
    }

    @Test
    void aReportStatesWhereTheChangesAreConcentrated() {
        StringBuilder before = new StringBuilder("id,customer,price,currency\n");
        StringBuilder after = new StringBuilder("id,customer,price,currency\n");
        for (int id = 1; id <= 60; id++) {
            before.append(id).append(",c").append(id % 4).append(",1,EUR\n");
            boolean changes = id % 4 == 3;
            after.append(id).append(",c").append(id % 4).append(changes ? ",2,USD\n" : ",1,EUR\n");
        }
        program.file("c.csv", before.toString());
        program.file("d.csv", after.toString());
        String value =
                "100.0 % of the changed rows have customer = c3, 4.0 × its share of all rows (sample of 60 rows)";
        String pair = "price and currency change together in 100.0 % of the rows in which one of them changes";
        String[] diff = {"diff", "c.csv", "d.csv", "--report", "r.html", "--report", "r.md"};
        String out = program.done(diff).out();
        assertTrue(out.replaceAll("\\s+", " ").contains(value), out);
        assertTrue(out.replaceAll("\\s+", " ").contains(pair), out);
        assertTrue(program.read("r.html").contains("<li>" + value + "</li>"), program.read("r.html"));
        assertTrue(program.read("r.md").contains("- Concentration: " + pair), program.read("r.md"));
        String[] hiding = {
            "diff", "c.csv", "d.csv", "--report", "r.html", "--report", "r.md", "--hide", "customer", "--json"
        };
        TestProgram.Ended hidden = program.done(hiding);
        assertEquals(List.of(), at(hidden.json(), "delta.concentration.values"));
        assertEquals(15L, at(hidden.json(), "delta.concentration.together.0.both"));
        assertFalse(program.read("r.html").contains("customer = "), program.read("r.html"));
        assertFalse(program.read("r.md").contains("customer = "), program.read("r.md"));
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aReportIsReadableByItsOwnerAlone() throws IOException {
        program.done("diff", "a.csv", "b.csv", "--report", "r.html");
        Path page = directory.resolve("r.html");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(page)));
        Files.setPosixFilePermissions(page, PosixFilePermissions.fromString("rw-r-----"));
        program.done("diff", "a.csv", "b.csv", "--report", "r.html");
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(page)));
    }

    @Test
    void anEarlierReportIsReplacedAndAnyOtherFileOnlyByForce() throws IOException {
        program.file("r.md", "# Mine\n");
        String error = refused("diff", "a.csv", "b.csv", "--report", "r.md");
        assertTrue(error.contains("would replace an existing file"), error);
        assertEquals("# Mine\n", program.read("r.md"));
        program.done("diff", "a.csv", "b.csv", "--report", "r.md", "--force");
        program.done("diff", "a.csv", "b.csv", "--report", "r.md");
        program.file("r-rows.csv", "x\n");
        error = refused("diff", "a.csv", "b.csv", "--report", "r.html");
        assertTrue(error.contains("r-rows.csv"), error);
        refused("diff", "r-rows.csv", "b.csv", "--report", "r.html", "--force");
        refused("diff", "a.csv", "b.csv", "--report", "b.csv", "--force");
        error = refused("diff", "a.csv", "b.csv", "--report", "x.csv", "--changes", "./x.csv");
        assertTrue(error.contains("two outputs would go to one file"), error);
        assertEquals(List.of("a.csv", "b.csv", "r-rows.csv", "r.md"), names());
    }

    @Test
    void aNameThatTellsNoFormatIsAnErrorBeforeAnyWork() {
        for (String[] command : List.of(
                new String[] {"diff", "missing.csv", "-"},
                new String[] {"save", "none"},
                new String[] {"detect", "none"},
                new String[] {"compare", "none"})) {
            String[] arguments = Stream.concat(Stream.of(command), Stream.of("--report", "r.pdf"))
                    .toArray(String[]::new);
            assertEquals(
                    "error: the name of a report tells no format (option --report): found 'r.pdf', expected a name that"
                            + " ends in .html, .md, .xlsx or .csv\n",
                    refused(arguments));
        }
    }

    @Test
    void hiddenValuesAreInNoReportAndAnUnknownColumnIsAnError() throws IOException {
        program.done("diff", "a.csv", "b.csv", "--report", "r.html", "--hide", "pay", "--hide", "id");
        String page = program.read("r.html");
        assertFalse(page.contains("\"77"), page);
        assertTrue(page.contains("The values of these columns are left out of the report: id, pay."), page);
        String error = refused("diff", "a.csv", "b.csv", "--report", "x.html", "--hide", "PAI");
        assertTrue(error.contains("(did you mean 'pay'?)"), error);
        error = refused("diff", "a.csv", "b.csv", "--hide", "pay");
        assertTrue(error.contains("add --report FILE"), error);
        assertEquals(List.of("a.csv", "b.csv", "r.html"), names());
    }

    @Test
    void rowsThatDoNotFitThePageAreInAFileBesideIt() throws IOException {
        program.file("c.csv", rows("x"));
        program.file("d.csv", rows("y"));
        TestProgram.Ended ended = program.done("diff", "c.csv", "d.csv", "--report", "many.html", "--key", "id");
        assertTrue(ended.out().contains("Report: many-rows.csv, many.html\n"), ended.out());
        assertEquals(10_051, program.read("many-rows.csv").lines().count());
        assertTrue(program.read("many.html")
                .contains("10,000 of 10,050 changed. A page holds at most 10,000 rows and 20 MB of rows. All"
                        + " rows are in many-rows.csv, beside this page."));
    }

    /** The file may hold values that the new report hides. */
    @Test
    void anEarlierFileOfAllRowsIsDeletedIfThePageNeedsNoneAndAnotherFileStays() throws IOException {
        program.done("diff", "a.csv", "b.csv", "--report", "p-rows.csv");
        TestProgram.Ended ended = program.done("diff", "a.csv", "b.csv", "--report", "p.html", "--hide", "pay");
        assertTrue(
                ended.out().contains("Report: p.html\n  p.html holds all rows; p-rows.csv of an earlier"), ended.out());
        assertTrue(ended.out().contains("report is deleted\n"), ended.out());
        assertEquals(List.of("a.csv", "b.csv", "p.html"), names());
        program.file("p-rows.csv", "mine\n");
        ended = program.done("diff", "a.csv", "b.csv", "--report", "p.html", "--force");
        assertTrue(ended.out().contains("p-rows.csv beside it is another file and stays as it is\n"), ended.out());
        assertEquals("mine\n", program.read("p-rows.csv"));
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void twoNamesOfOneFileAreRefusedAlsoThroughALink() throws IOException {
        Files.createSymbolicLink(directory.resolve("here"), Path.of("."));
        String error = refused("diff", "a.csv", "b.csv", "--changes", "here/r.csv", "--report", "r.csv");
        assertTrue(error.contains("two outputs would go to one file"), error);
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aReportThatReplacesAnotherFileIsItsOwnersAlone() throws IOException {
        Path file = program.file("r.md", "# Mine\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        program.done("diff", "a.csv", "b.csv", "--report", "r.md", "--force");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    private void fullDisk(String name) throws IOException {
        Files.createSymbolicLink(directory.resolve(name), Path.of("/dev/full"));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aReportThatCannotBeWrittenLeavesTheEarlierFilesOfTheOthers() throws IOException {
        program.done("diff", "a.csv", "a.csv", "--key", "id", "--report", "r.csv", "--changes", "c.jsonl");
        String earlier = program.read("r.csv");
        fullDisk("full.md");
        TestProgram.Ended ended = program.run(
                "diff", "a.csv", "b.csv", "--changes", "c.jsonl", "--report", "r.csv", "--report", "full.md");
        assertEquals(5, ended.code(), ended.err());
        assertEquals(earlier, program.read("r.csv"));
        assertEquals("", program.read("c.jsonl"));
        assertEquals(List.of("a.csv", "b.csv", "c.jsonl", "full.md", "r.csv"), names());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aSaveTellsItsResultAlsoIfItsReportCannotBeWritten() throws IOException {
        fullDisk("full.md");
        TestProgram.Ended first =
                program.run("save", "unwritten", "--source", "a.csv", "--key", "id", "--report", "full.md");
        assertEquals(5, first.code(), first.err());
        assertTrue(first.err().contains("'snapshot export unwritten current --to FILE'"), first.err());
        TestProgram.Ended ended =
                program.run("save", "unwritten", "--source", "b.csv", "--key", "id", "--report", "full.md");
        assertEquals(5, ended.code(), ended.err());
        assertTrue(ended.out().startsWith("Saved unwritten (partition ALL): 3 rows, 3 columns"), ended.out());
        assertFalse(ended.out().contains("Report:"), ended.out());
        assertTrue(ended.err().startsWith("error: the snapshot was saved as batch "), ended.err());
        assertTrue(ended.err().contains("but the report was not written (full.md): found "), ended.err());
        assertTrue(ended.err().contains("No space left on device"), ended.err());
        assertTrue(
                ended.err().contains("correct that, then 'snapshot compare unwritten previous current --report FILE'"),
                ended.err());
        program.done("compare", "unwritten", "previous", "current", "--key", "id", "--report", "again.csv");
        assertTrue(program.read("again.csv").contains("changed,2,name,Bob,Bobby,\n"));
        TestProgram.Ended json =
                program.run("save", "unwritten", "--source", "a.csv", "--key", "id", "--report", "full.md", "--json");
        assertEquals(5, json.code(), json.err());
        assertEquals("SAVED", at(json.json(), "outcome"));
        assertEquals("UNAVAILABLE", at(json.error(), "error.kind"));
        TestProgram.Ended changes =
                program.run("save", "unwritten", "--source", "b.csv", "--key", "id", "--changes", "full.md");
        assertEquals(5, changes.code(), changes.err());
        assertTrue(changes.err().contains("but the file of changes was not written (full.md)"), changes.err());
        assertTrue(changes.err().contains("previous current --changes FILE' writes the file of"), changes.err());
    }

    @Test
    void aSaveThatWasDoneBeforeSaysThatItWritesNoReport() throws IOException {
        String batch = "6f1c3a52-6f3e-4c1e-9a53-0f6f3f0f7a11";
        program.done("save", "twice", "--source", "a.csv", "--key", "id", "--batch-id", batch);
        String[] again = {"save", "twice", "--source", "a.csv", "--key", "id", "--batch-id", batch, "--report", "r.md"};
        String remark = "no report and no file of changes was written, because the snapshot was saved before";
        TestProgram.Ended ended = program.done(again);
        assertTrue(ended.err().contains("warning: " + remark), ended.err());
        List<String> json = new ArrayList<>(List.of(again));
        json.add("--json");
        assertEquals(remark, at(program.done(json.toArray(String[]::new)).json(), "remarks.0"));
        assertFalse(Files.exists(directory.resolve("r.md")));
    }

    private static String rows(String value) {
        return IntStream.range(0, 10_050)
                .mapToObj(id -> id + "," + value + "\n")
                .collect(Collectors.joining("", "id,v\n", ""));
    }

    @Test
    void aDatasetsReportsAreThoseOfItsDeltaAndTheFileOfChangesStaysAsItIs() throws IOException {
        program.done("save", "reports", "--source", "a.csv", "--key", "id");
        program.done(
                "detect", "reports", "--source", "b.csv", "--key", "id", "--report", "d.csv", "--changes", "d.jsonl");
        program.done("detect", "reports", "--source", "b.csv", "--key", "id", "--changes", "plain.jsonl");
        assertEquals(program.read("plain.jsonl"), program.read("d.jsonl"));
        TestProgram.Ended saved = program.done(
                "save",
                "reports",
                "--source",
                "b.csv",
                "--key",
                "id",
                "--report",
                "s.csv",
                "--report",
                "s.md",
                "--no-details");
        assertTrue(saved.out().contains("Report: s.csv, s.md\n"), saved.out());
        program.done("compare", "reports", "--report", "c.csv", "--key", "id");
        program.done("diff", "a.csv", "b.csv", "--report", "f.csv");
        for (String file : List.of("d.csv", "s.csv", "c.csv")) {
            assertEquals(program.read("f.csv"), program.read(file), file);
        }
        String text = program.read("s.md");
        assertTrue(text.contains("### Changes of reports\n"), text);
        assertTrue(text.contains("| **1** | **1** | **1** | 1 | 3 | 3 |\n"), text);
    }

    @Test
    void aReportOnEncryptedArchivesSaysThatItIsPlain() throws IOException {
        program.done("make-key", "my.key");
        program.file("snapshot.yaml", "encryption: {key-file: my.key}\n");
        program.done("save", "sealed", "--source", "a.csv", "--key", "id");
        TestProgram.Ended ended =
                program.done("detect", "sealed", "--source", "b.csv", "--key", "id", "--report", "r.html");
        assertTrue(
                ended.out().contains("Report: r.html\n  It holds plain cells, although the archives are encrypted.\n"),
                ended.out());
        assertTrue(program.read("r.html")
                .contains("This report holds plain cells, although the archives of the dataset are encrypted."));
    }
}
