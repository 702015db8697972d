package io.hybridsnapshot.app.cli;

import static io.hybridsnapshot.app.cli.JsonText.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo as a user calls it, on a real server. A test beside the demo checks its deltas against a naive comparison.
 */
class DemoCommandTest {
    @TempDir
    Path directory;

    @Test
    void theDemoTellsItsStoryAndEndsWithCommandsThatWork() {
        TestProgram program = new TestProgram(directory);
        String home = TestProgram.home().toString();
        TestProgram.Ended told = program.done("demo", "--home", home);
        assertEquals("", told.err());
        assertTrue(told.out().contains("cells, all equal"), told.out());
        assertTrue(told.out().contains("Schema drift, columns dropped (1): BTCB"), told.out());
        List<String> next = told.out()
                .lines()
                .filter(line -> line.startsWith("  ./snapshot "))
                .map(line -> line.substring("  ./snapshot ".length()))
                .toList();
        assertTrue(next.size() >= 5, next.toString());
        for (String call : next) {
            String[] arguments = call.split(" \\| ")[0].replace("'", "").split(" ");
            program.done(arguments);
        }
        assertTrue(Files.exists(directory.resolve("previous.parquet")));
        TestProgram.Ended again = program.run("demo", "--home", home);
        assertEquals(2, again.code());
        assertTrue(again.err().contains("a demo has run in this home before"), again.err());
    }

    @Test
    void theDocumentHasEveryDelta() {
        Map<String, Object> document = new TestProgram(directory)
                .done(
                        "demo",
                        "--json",
                        "--orders",
                        "200",
                        "--home",
                        directory.resolve("own").toString())
                .json();
        assertEquals(3, ((List<?>) document.get("webCompat")).size());
        assertEquals("SHARED_COLUMNS", at(document, "rates.2.basis"));
        assertEquals(2, ((List<?>) document.get("orders")).size());
        assertTrue((Long) document.get("comparedCells") > 2_000_000);
    }
}
