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
        program.done("diff", "a.csv", "b.csv", "--report", "many.html");
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
