package io.hybridsnapshot.app.cli;

import static io.hybridsnapshot.app.cli.JsonText.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * The differences that {@code compare} and {@code detect} forgive, and their reports about columns, as a user requests
 * them.
 */
class CompareOptionsTest {
    private static final String MONDAY = "ID,NAME,PRICE,LOADED\n1,Anna,1.00,mon\n2,Bob,2.00,mon\n3,Cleo,100.00,mon\n";
    private static final String TUESDAY = "ID,NAME,PRICE,LOADED\n1,Anna,1.01,tue\n2,Bob,2.50,tue\n3,Cleo,99.50,tue\n";

    @TempDir
    Path directory;

    private TestProgram program;
    private String dataset;

    @BeforeEach
    void start(TestInfo test) {
        program = new TestProgram(directory);
        String method = test.getTestMethod().orElseThrow().getName();
        dataset = method.substring(0, Math.min(40, method.length()));
    }

    private String[] with(String command, String... more) {
        return Stream.concat(Stream.of(command, dataset, "--key", "ID"), Stream.of(more))
                .toArray(String[]::new);
    }

    private void saveBoth() {
        program.file("a.csv", MONDAY);
        program.file("b.csv", TUESDAY);
        program.done(with("save", "--source", "a.csv", "--date", "2026-09-21"));
        program.done(with("save", "--source", "b.csv", "--date", "2026-09-22"));
    }

    @Test
    void rowsWithinToleranceAreCountedApart() {
        saveBoth();
        String[] forgiving = {"--ignore", "LOADED", "--tolerance", "PRICE=1%", "--changes", "c.jsonl"};
        TestProgram.Ended text = program.done(with("compare", forgiving));
        assertTrue(
                text.out().contains("Of CHANGED, 2 rows differ only in ways that the options forgive, not listed."),
                text.out());
        assertTrue(text.out().contains("CHANGED  ID = 2"), text.out());
        List<String> lines = program.read("c.jsonl").lines().toList();
        assertEquals(1, lines.size());
        assertEquals("2", at(JsonText.document(lines.get(0)), "key.ID"));
        TestProgram.Ended json = program.done(
                with("compare", "--ignore", "LOADED", "--tolerance", "PRICE=0.01", "--json", "--limit", "9"));
        assertEquals(3L, at(json.json(), "delta.counts.changed"));
        assertEquals(1L, at(json.json(), "delta.forgiven"));
        assertEquals("PRICE", at(json.json(), "delta.changedColumns.0.column"));
        assertEquals(2L, at(json.json(), "delta.changedColumns.0.rows"));
        TestProgram.Ended plain = program.done(with("compare", "--json", "--limit", "0"));
        assertEquals(0L, at(plain.json(), "delta.forgiven"));
        TestProgram.Ended counts = program.done(with("compare", "--json", "--no-details"));
        assertEquals(null, at(counts.json(), "delta.forgiven"));
    }

    @Test
    void theExitCodeForgivesToo() {
        saveBoth();
        String[] some = {"--exit-code", "--ignore", "LOADED", "--tolerance", "PRICE=scale:0"};
        assertEquals(1, program.run(with("compare", some)).code());
        String[] all = {"--exit-code", "--ignore", "LOADED", "--tolerance", "PRICE=0.5"};
        assertEquals(0, program.run(with("compare", all)).code());
        program.file("c.csv", MONDAY);
        assertEquals(
                0,
                program.run(with(
                                "detect",
                                Stream.concat(Stream.of("--source", "c.csv"), Stream.of(all))
                                        .toArray(String[]::new)))
                        .code());
    }

    @Test
    void rulesThatMeanNothingAreRefused() {
        saveBoth();
        refused("did you mean 'LOADED'?", "--ignore", "LOADD");
        refused("did you mean 'PRICE'?", "--tolerance", "PRICES=1");
        refused("expected one of the compared columns: 'ID', ", "--ignore", "NO SUCH COLUMN");
        refused("1% on text", "--tolerance", "NAME=1%");
        refused("declare a numeric type (--type), for snapshots when they are saved", "--tolerance", "NAME=1%");
        refused("COLUMN=BOUND", "--tolerance", "PRICE");
        refused("not a tolerance", "--tolerance", "PRICE=much");
        refused("'PRICE' twice", "--tolerance", "PRICE=1", "--tolerance", "PRICE=2");
        refused("ignored and has a tolerance", "--tolerance", "PRICE=1", "--ignore", "PRICE");
        refused("--no-details", "--no-details", "--ignore", "PRICE");
    }

    private void refused(String part, String... options) {
        TestProgram.Ended ended = program.run(with("compare", options));
        assertEquals(2, ended.code(), ended.err());
        assertTrue(ended.err().contains(part), ended.err());
    }
}
