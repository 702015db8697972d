package io.hybridsnapshot.app.cli;

import static io.hybridsnapshot.app.cli.JsonText.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** {@code expect}, {@code --expect}, {@code --junit} and {@code --allow-unexpected}, with the whole program. */
class ExpectationsTest {
    private static final String MONDAY = "id,price,status\n1,10,OPEN\n2,20,OPEN\n3,30,OPEN\n4,40,DONE\n";
    private static final String TUESDAY = "id,price,status\n1,10,OPEN\n2,21,OPEN\n3,31,OPEN\n5,50,OPEN\n";

    @TempDir
    Path directory;

    private TestProgram program;
    private String dataset;

    @BeforeEach
    void start(TestInfo test) {
        program = new TestProgram(directory);
        String method = test.getTestMethod().orElseThrow().getName();
        dataset = "expect_" + method.substring(0, Math.min(30, method.length()));
        program.file("monday.csv", MONDAY);
        program.file("tuesday.csv", TUESDAY);
    }

    private void define(String... rules) {
        StringBuilder text =
                new StringBuilder("datasets:\n  " + dataset + ":\n    source: {csv: monday.csv}\n    key: [id]\n");
        text.append("    expect:\n");
        for (String rule : rules) {
            text.append("      - ").append(rule).append('\n');
        }
        program.file("snapshot.yaml", text.toString());
    }

    private Object list() {
        Map<String, Object> all = program.done("list", dataset, "--json").json();
        return at(all, "datasets");
    }

    /** Reads a file of JUnit XML: the counts of the suite, then each case with its element and message. */
    private List<String> junit(String name) throws Exception {
        Element root = DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(directory.resolve(name).toFile())
                .getDocumentElement();
        assertEquals("testsuites", root.getTagName());
        Element suite = (Element) root.getElementsByTagName("testsuite").item(0);
        List<String> read = new ArrayList<>();
        read.add(suite.getAttribute("name") + ": " + suite.getAttribute("tests") + " tests, "
                + suite.getAttribute("failures") + " failures, " + suite.getAttribute("errors") + " errors, "
                + suite.getAttribute("skipped") + " skipped");
        NodeList cases = suite.getElementsByTagName("testcase");
        for (int i = 0; i < cases.getLength(); i++) {
            Element each = (Element) cases.item(i);
            Element result = (Element) each.getElementsByTagName("*").item(0);
            read.add(each.getAttribute("name")
                    + (result == null ? "" : " | " + result.getTagName() + " | " + result.getAttribute("message")));
        }
        return read;
    }

    @Test
    void aSaveIsRefusedAndLeavesAllAsItWas() throws Exception {
        define(
                "changed <= 60%",
                "column price changed <= 1", "{rule: deleted = 0, otherwise: warn}", "new-columns none");
        program.done("save", dataset);
        Object before = list();
        TestProgram.Ended refused = program.run(
                "save", dataset, "--source", "tuesday.csv", "--junit", "r.xml", "--changes", "c.jsonl", "--json");
        assertEquals(7, refused.code(), refused.err());
        assertEquals("INVALID_REQUEST", at(refused.error(), "error.kind"));
        assertEquals(7L, at(refused.error(), "error.exitCode"));
        assertTrue(at(refused.error(), "error.nextStep").toString().contains("--allow-unexpected"), refused.err());
        assertEquals("BROKEN", at(refused.error(), "error.expectations.1.outcome"));
        assertEquals("2 rows (50.00 % of 4 before)", at(refused.error(), "error.expectations.1.actual"));
        assertEquals(before, list());
        assertFalse(Files.exists(directory.resolve("c.jsonl")));
        assertEquals(
                List.of(
                        "snapshot " + dataset + " ALL: 4 tests, 1 failures, 0 errors, 1 skipped",
                        "changed <= 60%",
                        "column price changed <= 1 | failure | found 2 rows (50.00 % of 4 before), expected column"
                                + " price changed <= 1",
                        "deleted = 0 otherwise warn | skipped | warning: found 1 row (25.00 % of 4 before), expected"
                                + " deleted = 0",
                        "new-columns none"),
                junit("r.xml"));

        TestProgram.Ended text = program.run("save", dataset, "--source", "tuesday.csv");
        assertEquals(7, text.code(), text.err());
        assertTrue(text.err().startsWith("error: save refused: the changes are not as expected"), text.err());
        assertTrue(text.err().contains("\n  column price changed <= 1: found 2 rows"), text.err());

        TestProgram.Ended accepted = program.done(
                "save", dataset, "--source", "tuesday.csv", "--allow-unexpected", "--junit", "r.xml", "--no-details");
        assertTrue(accepted.out().contains("Expectations: 2 of 4 met"), accepted.out());
        assertTrue(
                accepted.err().contains("warning: the snapshot was saved although 2 expectations are broken"),
                accepted.err());
        assertTrue(accepted.out().contains("BROKEN         column price changed <= 1"), accepted.out());
        assertEquals(
                "snapshot " + dataset + " ALL: 4 tests, 0 failures, 0 errors, 2 skipped",
                junit("r.xml").get(0));
    }

    @Test
    void aComparisonTellsImplausibleFromDifferent() throws Exception {
        define("changed <= 25%", "rows >= 1");
        program.done("save", dataset);
        String[] detect = {"detect", dataset, "--source", "tuesday.csv", "--exit-code", "--json"};
        TestProgram.Ended implausible = program.run(detect);
        assertEquals(7, implausible.code(), implausible.err());
        assertEquals("", implausible.err());
        assertEquals("changed <= 25%", at(implausible.json(), "delta.expectations.0.rule"));
        assertEquals("BROKEN", at(implausible.json(), "delta.expectations.0.outcome"));
        assertEquals("REFUSE", at(implausible.json(), "delta.expectations.0.otherwise"));
        assertEquals("MET", at(implausible.json(), "delta.expectations.1.outcome"));

        define("changed <= 25% otherwise warn");
        assertEquals(1, program.run(detect).code());
        assertEquals(
                7,
                program.run("compare", dataset, "current", "source:tuesday.csv", "--expect", "new = 0")
                        .code());
        assertEquals(
                0,
                program.run("compare", dataset, "current", "source:tuesday.csv", "--expect", "new = 1")
                        .code());
    }

    @Test
    void aDiffOfFilesIsCheckedToo() throws Exception {
        TestProgram.Ended ended = program.run(
                "diff",
                "monday.csv",
                "tuesday.csv",
                "--expect",
                "changed <= 1%",
                "--expect",
                "column nothing changed = 0",
                "--expect",
                "rows = 4",
                "--junit",
                "d.xml",
                "--report",
                "r.html",
                "--report",
                "r.md");
        assertEquals(7, ended.code(), ended.err());
        assertTrue(ended.out().contains("JUnit XML: d.xml\n"), ended.out());
        assertEquals(
                List.of(
                        "snapshot diff monday.csv tuesday.csv: 3 tests, 1 failures, 1 errors, 0 skipped",
                        "changed <= 1% | failure | found 2 rows (50.00 % of 4 before), expected changed <= 1%",
                        "column nothing changed = 0 | error | not checked: no side has the column 'nothing'",
                        "rows = 4"),
                junit("d.xml"));
        assertTrue(
                program.read("r.html").contains("<li>BROKEN: changed &lt;= 1% (found 2 rows"), program.read("r.html"));
        assertTrue(
                program.read("r.md").contains("- Expectation BROKEN: changed &#60;= 1% (found 2 rows"),
                program.read("r.md"));
    }

    @Test
    void aFirstSnapshotIsCheckedByItsRows() {
        define("rows >= 5", "changed <= 1%");
        TestProgram.Ended refused = program.run("save", dataset);
        assertEquals(7, refused.code(), refused.err());
        assertTrue(refused.err().contains("rows >= 5: found 4 rows"), refused.err());
        define("rows >= 4", "changed <= 1%");
        String saved = program.done("save", dataset).out();
        assertTrue(saved.contains("not applicable changed <= 1%"), saved);
    }

    @Test
    void aHostileNameStaysTextInTheXml() throws Exception {
        String name = "\"\"><failure/>&amp;]]>\u0001\u202e \ud83d\ude42";
        program.file("a.csv", "id,x\n1,a\n");
        TestProgram.Ended ended = program.run(
                "diff",
                "a.csv",
                "a.csv",
                "--key",
                "id",
                "--expect",
                "column 'q" + name + "' changed = 0",
                "--junit",
                "h.xml");
        assertEquals(7, ended.code(), ended.err());
        List<String> read = junit("h.xml");
        assertEquals(2, read.size(), read.toString());
        assertTrue(read.get(1).contains("<failure/>&amp;]]>"), read.get(1));
        assertTrue(read.get(1).contains("\ud83d\ude42"), read.get(1));
    }

    @Test
    void aWrongRuleIsRefusedBeforeAnythingIsRead() {
        for (String[] wrong : List.of(
                new String[] {"diff", "no.csv", "no.csv", "--expect", "chnaged <= 1%"},
                new String[] {"diff", "monday.csv", "tuesday.csv", "--junit", "-"})) {
            TestProgram.Ended ended = program.run(wrong);
            assertEquals(2, ended.code(), ended.err());
            assertEquals(1, ended.err().lines().count(), ended.err());
        }
        define("changed < = 1%");
        TestProgram.Ended ended = program.run("list");
        assertEquals(2, ended.code(), ended.err());
        assertTrue(ended.err().contains("snapshot.yaml:6: an expectation cannot be read"), ended.err());
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void theXmlIsReadableByItsOwnerAloneAndReplacesNoOtherFile() throws IOException {
        String[] diff = {"diff", "monday.csv", "tuesday.csv", "--junit", "r.xml"};
        program.done(diff);
        program.done(diff);
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("r.xml"))));
        program.file("r.xml", "<project/>");
        assertEquals(2, program.run(diff).code());
        assertEquals("<project/>", program.read("r.xml"));
    }
}
