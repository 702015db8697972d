package io.hybridsnapshot.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages that {@code snapshot report} writes. */
class ReportCommandTest {
    private static final String DATASET = "report_trends";

    @TempDir
    private Path directory;

    private TestProgram program;
    private String name;

    @BeforeEach
    void saveTwice() {
        program = new TestProgram(directory);
        program.file("a.csv", "id,v\n1,a\n2,b\n");
        program.file("b.csv", "id,v\n1,a\n2,c\n3,d\n");
        name = DATASET + Integer.toHexString(directory.hashCode());
        program.done("save", name, "--source", "a.csv", "--key", "id", "--date", "2026-11-01");
        program.done("save", name, "--source", "b.csv", "--key", "id", "--date", "2026-11-03");
    }

    @Test
    void thePageHasTheNumbersOfEachDay() {
        TestProgram.Ended ended = program.done("report", "trends", name, "--to", "trends.html");
        assertEquals(
                "Trends of " + name + " by day (2 archives) in trends.html",
                ended.out().strip());
        String page = program.read("trends.html");
        assertTrue(page.contains("\"periods\":[\"2026-11-01\",\"2026-11-02\",\"2026-11-03\"]"), page);
        assertTrue(page.contains("\"rows\":[2,2,3],\"added\":[2,0,1],\"changed\":[0,0,1]"), page);
        assertFalse(page.contains("http-equiv=\"refresh\"") || page.contains(" src="), "a resource outside the page");
    }

    @Test
    void thePageIsForItsOwnerAlone() throws Exception {
        program.done("report", "trends", name, "--to", "trends.html");
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("trends.html"))));
    }

    @Test
    void anEarlierPageIsReplacedAndAnotherFileIsNot() {
        program.done("report", "trends", name, "--to", "trends.html");
        program.done("report", "trends", name, "--to", "trends.html", "--by", "month");
        program.file("own.html", "<p>mine</p>");
        TestProgram.Ended refused = program.run("report", "trends", name, "--to", "own.html");
        assertEquals(2, refused.code());
        assertTrue(refused.err().contains("--force"), refused.err());
        assertEquals("<p>mine</p>", program.read("own.html"));
    }

    @Test
    void theDocumentNamesTheFile() {
        var document = program.done("report", "trends", name, "--to", "t.html", "--by", "week", "--json")
                .json();
        assertEquals("week", document.get("by"));
        assertEquals(2, ((Number) document.get("archives")).intValue());
        assertEquals(List.of("t.html"), document.get("reportFiles"));
    }

    @Test
    void mistakesAreRefusedBeforeAFileIsMade() {
        assertError("unknown kind of report", "report", "changes", name, "--to", "x.html");
        assertError("unknown dataset", "report", "trends", "nosuch", "--to", "x.html");
        assertError("ends in .html", "report", "trends", name, "--to", "x.pdf");
        assertError("--by", "report", "trends", name, "--to", "x.html", "--by", "year");
        assertFalse(Files.exists(directory.resolve("x.html")));
    }

    private void assertError(String words, String... arguments) {
        TestProgram.Ended ended = program.run(arguments);
        assertEquals(2, ended.code(), ended.err());
        assertTrue(ended.err().contains(words), ended.err());
    }
}
