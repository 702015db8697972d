package io.hybridsnapshot.app.cli;

import static io.hybridsnapshot.app.cli.JsonText.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tags, narrowed lists and trends on a real server, as a user calls them. */
class TagsAndTrendsTest {
    @TempDir
    Path directory;

    private TestProgram program;
    private String dataset;

    @BeforeEach
    void start(TestInfo test) {
        program = new TestProgram(directory);
        String method = test.getTestMethod().orElseThrow().getName();
        dataset = "trend_" + method.substring(0, Math.min(34, method.length()));
    }

    private TestProgram.Ended save(String rows, String date, String... more) {
        program.file("rows.csv", "ID,NAME\n" + rows);
        return program.done(Stream.concat(
                        Stream.of("save", dataset, "--source", "rows.csv", "--key", "ID", "--date", date),
                        Stream.of(more))
                .toArray(String[]::new));
    }

    private void saveFour() {
        save("1,a\n2,b\n", "2026-09-25T23:59:59.999999", "--tag", "run=nightly", "--tag", "env=prod");
        save("1,a\n2,c\n3,d\n", "2026-09-26", "--tag", "run=nightly", "--tag", "env=test");
        save("1,a\n3,d\n", "2026-09-27T12:00", "--tag", "note=a=b", "--tag", "empty=");
        save("1,a\n3,d\n4,e\n", "2026-10-01T08:00", "--partition", "=EAST", "--new-partition");
    }

    private List<Long> rowsOf(String kind, String... arguments) {
        Map<String, Object> document = program.done(
                        Stream.concat(Stream.of("list", dataset, "--json"), Stream.of(arguments))
                                .toArray(String[]::new))
                .json();
        List<Long> rows = new ArrayList<>();
        ((List<?>) at(document, "datasets.0." + kind)).forEach(each -> rows.add((Long) ((Map<?, ?>) each).get("rows")));
        return rows;
    }

    @Test
    void aListIsNarrowedByTagsDatesAndPartition() {
        saveFour();
        assertEquals(List.of(3L, 2L, 3L, 2L), rowsOf("archives"));
        assertEquals(List.of(3L, 2L), rowsOf("archives", "--tag", "run=nightly"));
        assertEquals(List.of(2L), rowsOf("archives", "--tag", "run=nightly", "--tag", "env=prod"));
        assertEquals(List.of(3L, 2L), rowsOf("archives", "-t", "env"));
        assertEquals(List.of(3L), rowsOf("archives", "--tag", "env", "--tag", "env=test"));
        assertEquals(List.of(2L), rowsOf("archives", "--tag", "note=a=b"));
        assertEquals(List.of(2L), rowsOf("archives", "--tag", "empty="));
        assertEquals(List.of(), rowsOf("archives", "--tag", "run=NIGHTLY"));
        assertEquals(List.of(), rowsOf("archives", "--tag", "run=1", "--tag", "env=prod"));
        assertEquals(List.of(3L, 2L, 3L), rowsOf("archives", "--since", "2026-09-26"));
        assertEquals(List.of(3L, 2L), rowsOf("archives", "--until", "2026-09-26"));
        assertEquals(List.of(2L), rowsOf("archives", "--until", "2026-09-25"));
        assertEquals(List.of(2L, 3L), rowsOf("archives", "--since", "2026-09-26", "--until", "2026-09-27T12:00:00Z"));
        assertEquals(List.of(3L), rowsOf("archives", "--partition", "=EAST", "--since", "2026-09-26"));
        assertEquals(List.of(), rowsOf("archives", "--partition", "=EAST", "--tag", "run"));
        assertEquals(List.of(), rowsOf("archives", "--until", "36500d"));
        assertEquals(4, rowsOf("archives", "--since", "36500d").size());
        // ALL keeps two snapshots, =EAST one; a snapshot has the tags of its archive.
        assertEquals(List.of(3L, 2L, 3L), rowsOf("window"));
        assertEquals(List.of(3L), rowsOf("window", "--tag", "run=nightly"));
        assertEquals(List.of(2L), rowsOf("window", "--partition", "ALL", "--since", "2026-09-27"));
        assertEquals(List.of(), rowsOf("removed", "--removed"));
    }

    @Test
    void tagsAreShownInTextAndJson() {
        saveFour();
        String text = program.done("list", dataset).out();
        assertTrue(text.contains("env=prod run=nightly"), text);
        assertTrue(text.contains("empty= note=a=b"), text);
        assertFalse(text.contains("hold"), text);
        assertFalse(text.contains("redacted"), text);
        Map<String, Object> json = program.done("list", dataset, "--json").json();
        assertEquals(Map.of("run", "nightly", "env", "prod"), at(json, "datasets.0.archives.3.tags"));
        assertEquals(null, at(json, "datasets.0.archives.3.hold"));
        assertEquals(0L, at(json, "datasets.0.archives.3.redactions"));
        assertTrue(program.done("list", dataset, "--tag", "run=never").out().contains("no snapshots match"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"=nightly", "", " ", " =x"})
    void aTagWithoutANameIsRefused(String tag) {
        program.file("rows.csv", "ID,NAME\n1,a\n");
        TestProgram.Ended saved =
                program.run("save", "trend_refused", "--source", "rows.csv", "--key", "ID", "--tag", tag);
        assertEquals(2, saved.code());
        assertTrue(saved.err().startsWith("error: ") && saved.err().contains("--tag"), saved.err());
        TestProgram.Ended listed = program.run("list", "--tag", tag);
        assertEquals(2, listed.code());
        assertTrue(listed.err().contains("NAME=VALUE, for example run=nightly"), listed.err());
    }

    @Test
    void wrongOptionsAreErrorsThatSayWhatIsRight() {
        program.file("rows.csv", "ID,NAME\n1,a\n");
        assertRefused("NAME=VALUE", "save", dataset, "--source", "rows.csv", "--key", "ID", "--tag", "nightly");
        save("1,a\n", "2026-09-25");
        assertRefused("a tag has one value", "list", dataset, "--tag", "a=1", "--tag", "a=2");
        assertRefused("7d", "list", dataset, "--since", "yesterday");
        assertRefused("7d", "stats", dataset, "--trend", "--until", "2026-13-01");
        assertRefused("add --trend", "stats", dataset, "--by", "week");
        assertRefused("add --trend", "stats", dataset, "--format", "csv");
        assertRefused("add --trend", "stats", dataset, "--since", "7d");
        assertRefused("one of them", "stats", dataset, "--trend", "--json", "--format", "csv");
        assertRefused("day, week or month", "stats", dataset, "--trend", "--by", "year");
    }

    private void assertRefused(String said, String... arguments) {
        TestProgram.Ended ended = program.run(arguments);
        assertEquals(2, ended.code(), Arrays.toString(arguments));
        assertTrue(ended.err().contains(said), ended.err());
        assertEquals("", ended.out());
    }

    @Test
    void aTrendHasOneLineForEachPeriodOfAPartition() {
        saveFour();
        Map<String, Object> json =
                program.done("stats", dataset, "--trend", "--json").json();
        assertEquals("day", json.get("by"));
        assertEquals(
                List.of("=EAST 2026-10-01", "ALL 2026-09-25", "ALL 2026-09-26", "ALL 2026-09-27"),
                ((List<?>) at(json, "datasets.0.periods"))
                        .stream()
                                .map(each ->
                                        ((Map<?, ?>) each).get("partition") + " " + ((Map<?, ?>) each).get("period"))
                                .toList());
        assertEquals(1L, at(json, "datasets.0.periods.2.changes.changed"));
        assertEquals(1L, at(json, "datasets.0.periods.2.changes.new"));
        assertEquals(1L, at(json, "datasets.0.periods.3.changes.deleted"));
        assertEquals(2L, at(json, "datasets.0.periods.3.changes.unchanged"));

        Map<String, Object> months = program.done("stats", dataset, "--trend", "--by", "month", "--format", "json")
                .json();
        assertEquals(3L, at(months, "datasets.0.periods.1.archives"));
        assertEquals(2L, at(months, "datasets.0.periods.1.rows"));
        assertEquals("2026-09-01", at(months, "datasets.0.periods.1.from"));
        assertEquals("2026-10-01", at(months, "datasets.0.periods.1.until"));
        long bytes = 0;
        Map<String, Object> list =
                program.done("list", dataset, "--partition", "ALL", "--json").json();
        for (Object each : (List<?>) at(list, "datasets.0.archives")) {
            bytes += (Long) ((Map<?, ?>) each).get("bytes");
        }
        assertEquals(bytes, at(months, "datasets.0.periods.1.bytes"));

        String table = program.done(
                        "stats", dataset, "--trend", "--by", "WEEK", "--partition", "ALL", "--since", "2026-09-26")
                .out();
        assertTrue(table.contains("2026-W39"), table);
        assertFalse(table.contains("=EAST"), table);
        assertTrue(
                program.done("stats", dataset, "--trend", "--since", "0d").out().contains("no archives match"));
    }

    @Test
    void aTrendAsCsvIsReadByAnyProgramAndStartsNoFormula() {
        saveFour();
        save("1,\"x\"\n", "2026-10-02", "--partition", "a, \"b\"", "--new-partition");
        String csv =
                program.done("stats", dataset, "--trend", "--format", "csv").out();
        List<String> lines = List.of(csv.split("\r\n", -1));
        assertEquals(
                "dataset,partition,period,from,until,archives,removed,rows,bytes,removed_bytes,compression_ratio,new,"
                        + "changed,unchanged,deleted,unknown_changes",
                lines.get(0));
        assertEquals("", lines.get(lines.size() - 1));
        assertEquals(7, lines.size(), csv);
        assertTrue(lines.get(1).startsWith(dataset + ",'=EAST,2026-10-01,2026-10-01,2026-10-02,1,0,3,"), csv);
        assertTrue(lines.get(1).matches(".*,0,\\d+\\.\\d+,3,0,0,0,0"), lines.get(1));
        assertTrue(lines.get(5).startsWith(dataset + ",\"a, \"\"b\"\"\",2026-10-02,"), csv);
        assertEquals(
                lines.get(0),
                program.done("stats", dataset, "--trend", "--format", "csv", "--since", "0d")
                        .out()
                        .strip());
    }

    @Test
    void plainStatisticsAreAsBefore() {
        saveFour();
        Map<String, Object> json = program.done("stats", dataset, "--json").json();
        assertEquals(List.of("command", "datasets"), List.copyOf(json.keySet()));
        assertEquals(3L, at(json, "datasets.0.partitions.1.archives"));
        assertTrue(program.done("stats", dataset).out().contains("in window"));
    }

    @Test
    void aTagThatIsGivenTwiceIsRefused() {
        program.file("rows.csv", "ID,NAME\n1,a\n");
        for (String second : List.of("run=b", "run=a")) {
            TestProgram.Ended ended = program.run(
                    "save", dataset, "--source", "rows.csv", "--key", "ID", "--tag", "run=a", "--tag", second);
            assertEquals(2, ended.code(), ended.err());
            assertEquals("error: option --tag: found 'run' twice, expected one value a tag\n", ended.err());
        }
        TestProgram.Ended nameless =
                program.run("save", dataset, "--source", "rows.csv", "--key", "ID", "--tag", "nightly");
        assertEquals(2, nameless.code(), nameless.err());
        assertTrue(nameless.err().contains("expected NAME=VALUE"), nameless.err());
    }
}
