package io.hybridsnapshot.app.cli;

import static io.hybridsnapshot.app.cli.JsonText.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Every command on a real server, as a user calls it. */
class CommandsTest {
    private static final String DAY_ONE = "ORDER NO,NAME,QTY\n1,Anna,5\n2,\"Bob, \"\"the\"\" 2nd\",6\n3,Čeněk 你好,\n";
    private static final String DAY_TWO = "ORDER NO,NAME,QTY\n1,Anna,7\n3,Čeněk 你好,\n4,Dora,1\n";

    @TempDir
    Path directory;

    private TestProgram program;
    private String dataset;

    @BeforeEach
    void start(TestInfo test) {
        program = new TestProgram(directory);
        String method = test.getTestMethod().orElseThrow().getName();
        dataset = method.substring(0, Math.min(40, method.length()));
        program.file("orders.csv", DAY_ONE);
    }

    private String[] ad(String command, String... more) {
        return Stream.concat(
                        Stream.of(command, dataset, "--source", "orders.csv", "--key", "ORDER NO"), Stream.of(more))
                .toArray(String[]::new);
    }

    @Test
    void saveTellsWhatChangedSinceTheSnapshotBefore() {
        assertTrue(program.done(ad("save")).out().contains("3 rows, 3 columns"));
        program.file("orders.csv", DAY_TWO);
        Map<String, Object> saved = program.done(ad("save", "--json")).json();
        assertEquals(
                Map.of("new", 1L, "changed", 1L, "unchanged", 1L, "deleted", 1L, "before", 3L, "after", 3L),
                at(saved, "delta.counts"));
        assertEquals("QTY", at(saved, "delta.changedColumns.0.column"));
        assertEquals("SAVED", saved.get("outcome"));
    }

    @Test
    void aTableWhoseKeyColumnGotAnotherNameHasOtherRowsAndIsSavedAllTheSame() {
        program.done(ad("save"));
        program.file("orders.csv", DAY_ONE.replace("ORDER NO", "ORDER ID"));
        for (List<String> command : List.of(List.of("detect"), List.of("save", "--allow-deletes"))) {
            List<String> arguments = new ArrayList<>(command);
            arguments.addAll(List.of(dataset, "--source", "orders.csv", "--key", "ORDER ID", "--json"));
            Map<String, Object> delta =
                    program.done(arguments.toArray(String[]::new)).json();
            assertEquals("WHOLE_ROWS_DESPITE_DRIFT", at(delta, "delta.basis"));
            assertEquals(
                    Map.of("new", 3L, "changed", 0L, "unchanged", 0L, "deleted", 3L, "before", 3L, "after", 3L),
                    at(delta, "delta.counts"));
            assertTrue(at(delta, "delta.remark").toString().contains("no column 'ORDER ID'"));
        }
    }

    @Test
    void aPartitionsNameIsShownWhole() {
        String partition = "A customer whose name is rather long, GmbH & Co. KG";
        program.done(ad("save", "--partition", partition, "--new-partition"));
        for (String command : List.of("list", "stats")) {
            assertTrue(program.done(command, dataset).out().contains(partition), command);
        }
    }

    @Test
    void detectTakesNoSnapshotAndEndsWithOneWhereAskedFor() {
        program.done(ad("save"));
        assertEquals(0, program.run(ad("detect", "--exit-code")).code());
        program.file("orders.csv", DAY_TWO);
        TestProgram.Ended detected = program.run(ad("detect", "--exit-code"));
        assertEquals(1, detected.code());
        assertTrue(detected.out().contains("CHANGED  ORDER NO = 1"), detected.out());
        assertEquals(
                1,
                program.run(ad("detect", "--exit-code", "--no-details", "--quiet"))
                        .code());
        assertEquals(0, program.run(ad("detect")).code());
        assertEquals(1, windowOf(dataset).size());
    }

    @Test
    void everyChangedRowGoesToTheFileOfChanges() {
        program.done(ad("save"));
        program.file("orders.csv", DAY_TWO);
        program.done(ad("detect", "--changes", "changes.jsonl", "--limit", "0"));
        List<Map<String, Object>> rows =
                program.read("changes.jsonl").lines().map(JsonText::document).toList();
        assertEquals(
                List.of("CHANGED", "DELETED", "NEW"),
                rows.stream().map(row -> (String) row.get("kind")).sorted().toList());
        Map<String, Object> changed = rows.stream()
                .filter(row -> row.get("kind").equals("CHANGED"))
                .findFirst()
                .orElseThrow();
        assertEquals(Map.of("column", "QTY", "before", "5", "after", "7"), at(changed, "columns.0"));
        assertEquals("1", at(changed, "key.ORDER NO"));
    }

    @Test
    void aRefusedSaveLeavesNoFileOfChanges() {
        program.done(ad("save"));
        program.file("orders.csv", "ORDER NO,NAME,QTY\n9,Zoe,1\n");
        assertEquals(2, program.run(ad("save", "--changes", "changes.jsonl")).code());
        assertFalse(Files.exists(directory.resolve("changes.jsonl")));
        program.done(ad("save", "--changes", "changes.jsonl", "--allow-deletes"));
        assertEquals(4, program.read("changes.jsonl").lines().count());
    }

    @Test
    void compareTakesAnyTwoStates() {
        program.done(ad("save", "--date", "2026-09-27"));
        program.file("orders.csv", DAY_TWO);
        program.done(ad("save", "--date", "2026-09-28T10:00"));
        String[] key = {"--key", "ORDER NO", "--json"};
        for (List<String> states : List.of(
                List.<String>of(),
                List.of("previous", "current"),
                List.of("2026-09-27", "2026-09-28"),
                List.of("2026-09-28T09:59", "2026-09-28T10:00:00Z"),
                List.of("previous", "source"),
                List.of("previous", "source:orders.csv"))) {
            String[] arguments = Stream.of(
                            Stream.of("compare", dataset),
                            states.stream(),
                            Stream.of(key),
                            states.contains("source") ? Stream.of("--source", "orders.csv") : Stream.<String>empty())
                    .flatMap(part -> part)
                    .toArray(String[]::new);
            assertEquals(1L, at(program.done(arguments).json(), "delta.counts.changed"), states.toString());
        }
        TestProgram.Ended backwards =
                program.done("compare", dataset, "current", "previous", "--key", "ORDER NO", "--json");
        assertEquals("7", at(backwards.json(), "delta.examples.0.columns.0.before"));
        TestProgram.Ended ago = program.done("compare", dataset, "--days-back", "1", "--key", "ORDER NO", "--json");
        assertEquals(3L, at(ago.json(), "delta.counts.unchanged"));
        assertEquals(
                2,
                program.run("compare", dataset, "yesterday", "--key", "ORDER NO")
                        .code());
        assertEquals(
                2,
                program.run("compare", dataset, "previous", "--days-back", "1", "--key", "ORDER NO")
                        .code());
    }

    @Test
    void aTagNamesAStateToCompareAndToExport() {
        program.done(ad("save", "--date", "2026-09-27", "--tag", "release=2026-Q3"));
        program.file("orders.csv", DAY_TWO);
        program.done(ad("save", "--date", "2026-09-28"));
        program.done(ad("save", "--date", "2026-09-29"));
        TestProgram.Ended compared =
                program.done("compare", dataset, "tag:release=2026-Q3", "--key", "ORDER NO", "--json");
        assertEquals(1L, at(compared.json(), "delta.counts.changed"));
        assertEquals(
                1L,
                at(
                        program.done(
                                        "compare",
                                        dataset,
                                        "tag:release=2026-Q3",
                                        "source:orders.csv",
                                        "--key",
                                        "ORDER NO",
                                        "--json")
                                .json(),
                        "delta.counts.changed"));
        program.done("export", dataset, "tag:release=2026-Q3", "--to", "tagged.csv");
        assertEquals(DAY_ONE, program.read("tagged.csv"));
        assertTrue(program.run("compare", dataset, "tag:release=2026-Q4", "--key", "ORDER NO")
                .err()
                .contains("release = 2026-Q3"));
    }

    @Test
    void driftIsShownApartWithWhatLooksLikeARename() {
        StringBuilder before = new StringBuilder("ORDER NO,CLIENT,QTY,GONE\n");
        StringBuilder after = new StringBuilder("ORDER NO,CUSTOMER,QTY,FRESH\n");
        for (int row = 1; row <= 20; row++) {
            before.append(row + ",customer " + row + ",5,\n");
            after.append(row + ",customer " + row + ",5,\n");
        }
        program.file("orders.csv", before.toString());
        program.done(ad("save", "--type", "QTY=int32"));
        program.file("later.csv", after.toString());
        String[] call = {"compare", dataset, "current", "source:later.csv", "--key", "ORDER NO", "--type", "QTY=int64"};
        String shown = program.done(call).out();
        assertTrue(shown.contains("Schema drift, column widened: QTY: int32 -> int64"), shown);
        assertTrue(shown.contains("Perhaps a rename: CLIENT -> CUSTOMER"), shown);
        assertTrue(shown.contains("as 20 of 20 cells are equal (100.0 %) in the rows that both have"), shown);
        Map<String, Object> drift = program.done(
                        Stream.concat(Arrays.stream(call), Stream.of("--json")).toArray(String[]::new))
                .json();
        assertEquals(20L, at(drift, "delta.counts.unchanged"));
        assertEquals(true, at(drift, "delta.drift.retyped.0.widened"));
        assertEquals(
                Map.of(
                        "before", "CLIENT",
                        "after", "CUSTOMER",
                        "equalCells", 20L,
                        "comparedCells", 20L,
                        "sampledRows", 20L,
                        "matchedRows", 20L),
                at(drift, "delta.drift.suggestedRenames.0"));
    }

    @Test
    void exportGivesTheRowsBack() {
        program.done(ad("save", "--type", "*=text"));
        program.done("export", dataset, "--to", "out.csv");
        assertEquals(DAY_ONE, program.read("out.csv"));
        TestProgram.Ended some =
                program.done("load", dataset, "current", "--to", "-", "--column", "QTY", "--column", "ORDER NO");
        assertEquals("QTY,ORDER NO\n5,1\n6,2\n,3\n", some.out());
        program.done("export", dataset, "--to", "out.parquet");
        program.done("export", dataset, "--to", "some.parquet", "--column", "ORDER NO");
        String source = "source:out.parquet";
        Map<String, Object> compared = program.done(
                        "compare", dataset, "current", source, "--key", "ORDER NO", "--json")
                .json();
        assertEquals(3L, at(compared, "delta.counts.unchanged"));
        assertEquals(2, program.run("export", dataset, "--to", "out.xlsx").code());
        assertTrue(program.run("export", dataset, "--to", "x.csv", "--column", "QTX")
                .err()
                .contains("did you mean 'QTY'"));
        assertFalse(Files.exists(directory.resolve("x.csv")));
    }

    @Test
    void listAndStatsShowBothStores() {
        program.done(ad("save", "--partition", "ALL", "--tag", "run=nightly"));
        program.file("orders.csv", DAY_TWO);
        program.done(ad("save"));
        String listed = program.done("list", dataset, "--columns").out();
        assertTrue(listed.contains("CURRENT") && listed.contains("PREVIOUS") && listed.contains("run=nightly"), listed);
        assertTrue(listed.contains("ORDER NO"), listed);
        assertTrue(program.done("list").out().contains(dataset));
        Map<String, Object> stats = program.done("stats", dataset, "--json").json();
        assertEquals(2L, at(stats, "datasets.0.partitions.0.windowSnapshots"));
        assertEquals(2L, at(stats, "datasets.0.partitions.0.archives"));
        assertTrue(program.done("stats", dataset).out().contains("partition"));
    }

    @Test
    void aBatchIdIsSavedOnce() {
        String id = UUID.randomUUID().toString();
        program.done(ad("save", "--batch-id", id));
        Map<String, Object> again =
                program.done(ad("save", "--batch-id", id, "--json")).json();
        assertEquals("ALREADY_SAVED", again.get("outcome"));
        assertEquals(id, at(again, "snapshot.id"));
        assertEquals(1, windowOf(dataset).size());
    }

    @Test
    void anArchiveThatIsDownIsNeededOrNot() {
        program.with("KESTRA_POSTGRES_HOST", "127.0.0.1")
                .with("KESTRA_POSTGRES_PORT", "1")
                .with("KESTRA_POSTGRES_USER", "nobody")
                .with("SNAPSHOT_WINDOW_POSTGRES_HOST", TestProgram.server().host())
                .with(
                        "SNAPSHOT_WINDOW_POSTGRES_PORT",
                        Integer.toString(TestProgram.server().port()))
                .with("SNAPSHOT_WINDOW_POSTGRES_USER", TestProgram.server().user())
                .with("SNAPSHOT_WINDOW_POSTGRES_PASSWORD", TestProgram.server().password())
                .with("SNAPSHOT_WINDOW_POSTGRES_DB", "orders");
        new TestProgram(directory).done(ad("save"));
        program.file("orders.csv", DAY_TWO);
        assertEquals(5, program.run(ad("save", "--no-details")).code());
        TestProgram.Ended pending = program.done(ad("save", "--archive", "best-effort", "--no-details"));
        assertTrue(pending.err().contains("warning: the archive could not be reached"), pending.err());
        TestProgram up = new TestProgram(directory);
        String recovered = up.done("recover", dataset).out();
        assertTrue(recovered.contains("DELIVERED"), recovered);
        assertTrue(up.done("recover", dataset).out().contains("Nothing was left"));
    }

    @Test
    void aHeldArchiveStaysUntilItIsReleased() {
        for (int day = 1; day <= 4; day++) {
            program.done(ad("save", "--date", "2020-01-0" + day));
        }
        String held = program.done(
                        "hold",
                        dataset,
                        "2020-01-01",
                        "--reason",
                        "audit",
                        "--owner",
                        "finance",
                        "--until",
                        "2999-01-01")
                .out();
        assertTrue(held.contains("is held: 'audit', owner finance, until 2999-01-01"), held);
        TestProgram.Ended others =
                program.run("hold", dataset, "2020-01-01", "--reason", "mine", "--owner", "somebody");
        assertEquals(3, others.code(), others.out());
        assertTrue(others.err().contains("owner finance"), others.err());
        assertTrue(others.err().contains("--replace"), others.err());
        TestProgram.Ended released = program.run("release", dataset, "2020-01-01");
        assertEquals(3, released.code(), released.out());
        assertTrue(released.err().contains("owner finance"), released.err());
        assertTrue(released.err().contains("--force"), released.err());
        Map<String, Object> plan = program.done("cleanup", dataset, "--json").json();
        assertEquals(1L, plan.get("removedArchives"));
        assertTrue(program.done("cleanup", dataset).out().contains("held: 'audit', owner finance"));
        TestProgram.Ended past =
                program.run("hold", dataset, "2020-01-01", "--reason", "audit", "--until", "2020-01-01");
        assertEquals(2, past.code());
        assertTrue(past.err().contains("expected a day after today"), past.err());
        assertTrue(program.done("release", dataset, "2020-01-01", "--owner", "finance")
                .out()
                .contains("is held no longer"));
        assertTrue(program.done("release", dataset, "2020-01-01").out().contains("was not held"));
        program.done("hold", dataset, "2020-01-01", "--reason", "audit", "--owner", "finance");
        assertTrue(
                program.done("release", dataset, "2020-01-01", "--force").out().contains("is held no longer"));
        Map<String, Object> freed = program.done("cleanup", dataset, "--json").json();
        assertEquals(2L, freed.get("removedArchives"));
    }

    @Test
    void cleanupChangesNothingUntilItIsTold() {
        for (int day = 1; day <= 4; day++) {
            program.done(ad("save", "--date", "2020-01-0" + day));
        }
        String planned = program.done("cleanup", dataset).out();
        assertTrue(planned.contains("To be removed: 0 snapshots of the window, 2 archives"), planned);
        String withoutDays =
                program.done("cleanup", dataset, "--keep-days", "0").out();
        assertTrue(withoutDays.contains("no rule keeps it") && !withoutDays.contains("0 days"), withoutDays);
        assertEquals(4, archivesOf(dataset).size());
        String digest =
                (String) program.done("cleanup", dataset, "--json").json().get("digest");
        assertTrue(planned.contains("--apply " + digest), planned);
        TestProgram.Ended unnamed = program.run("cleanup", dataset, "--apply");
        assertEquals(2, unnamed.code());
        assertTrue(unnamed.err().contains("--apply " + digest), unnamed.err());
        TestProgram.Ended stale = program.run("cleanup", dataset, "--keep-daily", "3", "--apply", digest);
        assertEquals(3, stale.code(), stale.err());
        assertEquals(4, archivesOf(dataset).size());
        Map<String, Object> applied =
                program.done("cleanup", dataset, "--apply", digest, "--json").json();
        assertEquals(2L, applied.get("removedArchives"));
        assertEquals(digest, applied.get("digest"));
        assertEquals(2, archivesOf(dataset).size());
        assertEquals(3, program.run("cleanup", dataset, "--apply", digest).code());
        assertEquals(2, program.run("cleanup", dataset, "--keep-count", "0").code());
    }

    @Test
    void hashNeedsNoDatabaseAndAgreesWithASave() {
        TestProgram alone = new TestProgram(directory)
                .with("KESTRA_POSTGRES_HOST", "127.0.0.1")
                .with("KESTRA_POSTGRES_PORT", "1")
                .with("KESTRA_POSTGRES_USER", "nobody");
        String lines = alone.done("hash", "orders.csv", "--key", "ORDER NO").out();
        assertEquals(3, lines.lines().count());
        assertTrue(lines.lines().allMatch(line -> line.matches("[0-9a-f-]{36}\t[0-9a-f]{64}\t[123]")), lines);
        program.done(ad("save"));
        program.file("orders.csv", DAY_TWO);
        Map<String, Object> hashed =
                alone.done("hash", "orders.csv", "--key", "ORDER NO", "--json").json();
        Map<String, Object> detected = program.done(ad("detect", "--json")).json();
        assertEquals(at(detected, "delta.examples.0.key"), at(hashed, "rows.0.key"));
        assertEquals(at(detected, "delta.examples.0.identity"), at(hashed, "rows.0.identity"));
        assertEquals(3L, hashed.get("rowCount"));
    }

    @Test
    void ordersAreMadeForTrials() {
        program.done("make-orders", "--rows", "300", "--to", "day0.parquet");
        program.done("make-orders", "--rows", "300", "--to", "day0.csv");
        program.done("make-orders", "--rows", "300", "--day", "1", "--to", "day1.csv.gz");
        program.done("save", "ORDERS_UNIFIED", "--source", "day0.parquet", "--archive", "off");
        Map<String, Object> same = program.done(
                        "detect", "ORDERS_UNIFIED", "--source", "day0.csv", "--json", "--no-details")
                .json();
        assertEquals(300L, at(same, "delta.counts.unchanged"));
        assertEquals("WHOLE_ROWS", at(same, "delta.basis"));
        TestProgram.Ended next =
                program.run("detect", "ORDERS_UNIFIED", "--source", "day1.csv.gz", "--exit-code", "-q");
        assertEquals(1, next.code(), next.err());
    }

    @Test
    void initDefinesADatasetOnce() {
        program.done(
                "init",
                dataset,
                "--source",
                "orders.csv",
                "--key",
                "ORDER NO",
                "--carry",
                "NAME",
                "--type",
                "QTY=int64");
        String file = program.read("snapshot.yaml");
        assertTrue(file.contains("source: {csv: orders.csv}"), file);
        program.done("save", dataset);
        assertEquals(3L, at(program.done("detect", dataset, "--json").json(), "delta.counts.unchanged"));
        TestProgram.Ended again = program.run("init", dataset, "--source", "orders.csv", "--key", "ORDER NO");
        assertEquals(2, again.code());
        assertTrue(again.err().contains("snapshot.yaml:3") && again.err().contains("defined already"), again.err());
        TestProgram.Ended wrong = program.run("init", "other", "--source", "orders.csv", "--key", "ORDER NR");
        assertTrue(wrong.err().contains("did you mean 'ORDER NO'"), wrong.err());
        assertEquals(file, program.read("snapshot.yaml"));
    }

    @Test
    void configShowsWhereSettingsComeFromAndNoPassword() {
        program.file("snapshot.yaml", "retention:\n  keep-days: 30\n");
        program.with("KESTRA_POSTGRES_HOST", "db.example")
                .with("KESTRA_POSTGRES_USER", "kestra")
                .with("KESTRA_POSTGRES_PASSWORD", "s3cret!");
        TestProgram.Ended shown = program.done("config");
        assertTrue(shown.out().contains("snapshot.yaml:2"), shown.out());
        assertTrue(shown.out().contains("environment variable KESTRA_POSTGRES_HOST"), shown.out());
        TestProgram.Ended json = program.done("config", "--json", "--verbose");
        for (String text : List.of(shown.out(), shown.err(), json.out(), json.err())) {
            assertFalse(text.contains("s3cret"), text);
        }
        assertTrue(shown.out().contains("***"));
    }

    @Test
    void fourSavesAtOnceEndWithOneSnapshotEach() {
        List<CompletableFuture<Integer>> saves = IntStream.range(0, 4)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> program.run(ad("save", "-q")).code()))
                .toList();
        saves.forEach(save -> assertEquals(0, save.join()));
        assertEquals(4, archivesOf(dataset).size());
        assertEquals(2, windowOf(dataset).size());
    }

    @Test
    void aQueryIsASourceToo() {
        program.file("snapshot.yaml", """
                datasets:
                  %s:
                    source: {query: "select 1 as id, 'a' as name union all select 2, 'b'"}
                    key: id
                """.formatted(dataset));
        assertTrue(program.done("save", dataset).out().contains("2 rows, 2 columns"));
        program.file("snapshot.yaml", """
                datasets:
                  %s:
                    source: {query: "select 1 as id, 2 as id"}
                    key: id
                """.formatted(dataset));
        TestProgram.Ended twice = program.run("save", dataset);
        assertEquals(2, twice.code());
        assertTrue(twice.err().contains("'id' twice"), twice.err());
    }

    @Test
    void aQueryIsReadInRangesOverSeveralConnections() {
        program.file("snapshot.yaml", """
                datasets:
                  %s:
                    source:
                      query: select n as id, n %% 7 as q from generate_series(1, 5000) as n
                      parallel: {column: id, connections: 3, moments: one}
                    key: id
                """.formatted(dataset));
        assertTrue(program.done("save", dataset).out().contains("5,000 rows, 2 columns"));
        TestProgram.Ended again =
                program.done("detect", dataset, "--parallel", "connections=2", "--parallel", "ranges=9", "--json");
        assertEquals(5_000L, at(again.json(), "delta.counts.unchanged"));
        assertEquals(null, at(again.json(), "delta.remark"));
        TestProgram.Ended wrong = program.run("save", dataset, "--parallel", "column=name");
        assertEquals(2, wrong.code());
        assertTrue(wrong.err().contains("name"), wrong.err());
        TestProgram.Ended usage = program.run("save", dataset, "--parallel", "connections=many");
        assertEquals(2, usage.code());
        assertEquals(
                "error: option --parallel: found 'connections=many', expected a whole number from 1 to 64",
                usage.err().strip());
        program.file("rows.csv", "id,q\n1,1\n");
        TestProgram.Ended file = program.run("detect", dataset, "--source", "rows.csv", "--parallel", "column=id");
        assertEquals(2, file.code());
        assertTrue(file.err().contains("expected a query on a server"), file.err());
    }

    private List<?> windowOf(String name) {
        return (List<?>)
                at(new TestProgram(directory).done("list", name, "--json").json(), "datasets.0.window");
    }

    private List<?> archivesOf(String name) {
        return (List<?>)
                at(new TestProgram(directory).done("list", name, "--json").json(), "datasets.0.archives");
    }
}
