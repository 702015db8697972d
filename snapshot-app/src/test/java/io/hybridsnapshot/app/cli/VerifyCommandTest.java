package io.hybridsnapshot.app.cli;

import static io.hybridsnapshot.app.cli.JsonText.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.engine.verification.LeftOut;
import io.hybridsnapshot.engine.verification.Sampling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** {@code snapshot verify} on a real server with changes made past it in SQL. */
class VerifyCommandTest {
    @TempDir
    Path directory;

    private TestProgram program;
    private String dataset;

    @BeforeEach
    void saveThree(TestInfo test) {
        program = new TestProgram(directory);
        dataset = "v_"
                + Integer.toHexString(
                        test.getTestMethod().orElseThrow().getName().hashCode());
        for (int day = 1; day <= 3; day++) {
            program.file("orders.csv", "ID,QTY\n1," + day + "\n2,x\n");
            program.done("save", dataset, "--source", "orders.csv", "--key", "ID", "--date", "2026-09-0" + day);
        }
    }

    private void tamper(String sql) throws SQLException {
        tamper(Configuration.ARCHIVE_DATABASE, sql);
    }

    private void tamper(String database, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        TestProgram.server().jdbcUrl(database),
                        TestProgram.server().user(),
                        TestProgram.server().password());
                Statement statement = connection.createStatement()) {
            statement.execute("SET session_replication_role = replica; " + sql.replace("$", "'" + dataset + "'"));
        }
    }

    @Test
    void aSoundArchiveEndsWithZeroAndSaysWhatWasChecked() {
        TestProgram.Ended ended = program.done("verify", dataset, "--level", "content,digest,cross", "--key", "ID");
        List<String> lines = ended.out().lines().toList();
        assertEquals(dataset, lines.get(0));
        assertEquals("  catalogue 3 of 3 records, 1 chain", lines.get(1));
        assertEquals("  cross     2 of 2 snapshots of the window", lines.get(2));
        assertTrue(lines.get(3).startsWith("  digest    3 of 3 archives, "), ended.out());
        assertTrue(lines.get(4).endsWith(", 10 rows, those of the window included"), ended.out());
        assertTrue(lines.get(5).endsWith(": nothing found"), ended.out());
        assertEquals(6, lines.size(), ended.out());
    }

    @Test
    void anErrorEndsWithFourAndNamesArchiveTypeDetailAndNextStep() throws SQLException {
        tamper("UPDATE snapshot_archive SET parquet_data = set_byte(parquet_data, 50, 255 - get_byte(parquet_data, 50))"
                + " WHERE source_table = $ AND snapshot_date = '2026-09-02'");
        TestProgram.Ended ended = program.run("verify", dataset);
        assertEquals(4, ended.code());
        assertEquals("", ended.err());
        assertTrue(ended.out().contains("ERROR BYTES_CHANGED: archive "), ended.out());
        assertTrue(ended.out().contains("  Next: restore the archive from a backup"), ended.out());
        assertTrue(ended.out().endsWith(": 1 error, 0 warnings\n"), ended.out());
        assertEquals(0, program.run("verify", dataset, "--level", "catalogue").code());
        Map<String, Object> json =
                JsonText.document(program.run("verify", dataset, "--json").out());
        assertEquals("BYTES_CHANGED", at(json, "datasets.0.findings.0.type"));
        assertEquals("ERROR", at(json, "datasets.0.findings.0.severity"));
        assertEquals("DIGEST", at(json, "datasets.0.findings.0.level"));
        assertEquals(1L, at(json, "errors"));
        assertEquals(List.of("CATALOGUE", "CROSS", "DIGEST"), at(json, "levels"));
    }

    @Test
    void aWarningIsPrintedAndEndsWithZero() throws SQLException {
        tamper("SET session_replication_role = DEFAULT;"
                + " DELETE FROM snapshot_archive WHERE source_table = $ AND snapshot_date = '2026-09-01'");
        TestProgram.Ended ended = program.done("verify", dataset);
        assertTrue(ended.out().contains("WARNING REMOVED_BY_HAND: archive "), ended.out());
        assertTrue(ended.out().endsWith(": 0 errors, 1 warning\n"), ended.out());
    }

    @Test
    void anAnchorTellsOfAnEndThatWasRemovedAndHidden() throws SQLException {
        assertTrue(program.done("verify", dataset, "--anchor", "anchor.json", "--new-anchor")
                .out()
                .contains("Anchor anchor.json: begun"));
        String noted = program.read("anchor.json");
        assertEquals(3L, at(JsonText.document(noted), "heads.0.number"));
        assertEquals(dataset, at(JsonText.document(noted), "heads.0.dataset"));
        assertTrue(program.done("verify", dataset, "--anchor", "anchor.json")
                .out()
                .contains("1 chain end noted before; noted anew"));
        tamper("DELETE FROM snapshot_archive WHERE source_table = $ AND chain_no = 3;"
                + " UPDATE snapshot_archive_chain h SET chain_no = 2, digest = a.record_digest FROM snapshot_archive a"
                + " WHERE a.source_table = $ AND a.chain_no = 2 AND h.source_table = $");
        assertEquals(0, program.run("verify", dataset, "--level", "catalogue").code());
        String before = program.read("anchor.json");
        TestProgram.Ended ended =
                program.run("verify", dataset, "--level", "catalogue", "--anchor", "anchor.json", "--json");
        assertEquals(4, ended.code());
        assertEquals("CHAIN_ROLLED_BACK", at(ended.json(), "datasets.0.findings.0.type"));
        assertEquals(false, at(ended.json(), "anchor.written"));
        assertEquals(before, program.read("anchor.json"), "an anchor that tells of an error is kept");
        tamper("DELETE FROM snapshot_archive WHERE source_table = $; DELETE FROM snapshot_archive_chain WHERE"
                + " source_table = $");
        tamper(Configuration.WINDOW_DATABASE, "DELETE FROM snapshot_ledger WHERE dataset = $");
        assertEquals(
                4, program.run("verify", dataset, "--anchor", "anchor.json").code());
        assertEquals(
                4,
                program.run("verify", "--level", "catalogue", "--anchor", "anchor.json")
                        .code());
    }

    @Test
    void anAnchorThatIsMissingIsAnErrorUnlessItIsToBeBegun() throws IOException {
        TestProgram.Ended missing = program.run("verify", dataset, "--anchor", "anchor.json");
        assertEquals(2, missing.code());
        assertEquals("", missing.out());
        assertTrue(missing.err().startsWith("error: the anchor file is missing ("), missing.err());
        assertTrue(missing.err().contains("--new-anchor"), missing.err());
        assertFalse(Files.exists(directory.resolve("anchor.json")), "the next run has to fail as well");
        TestProgram.Ended json = program.run("verify", dataset, "--anchor", "anchor.json", "--json");
        assertEquals(2, json.code());
        assertEquals("INVALID_REQUEST", at(JsonText.document(json.err()), "error.kind"));

        TestProgram.Ended begun = program.done("verify", dataset, "--anchor", "anchor.json", "--new-anchor", "--json");
        assertEquals(0L, at(begun.json(), "anchor.checkedHeads"));
        assertEquals(true, at(begun.json(), "anchor.written"));
        assertEquals(
                1L,
                at(
                        program.done("verify", dataset, "--anchor", "anchor.json", "--json")
                                .json(),
                        "anchor.checkedHeads"));
        String noted = program.read("anchor.json");
        TestProgram.Ended again = program.run("verify", dataset, "--anchor", "anchor.json", "--new-anchor");
        assertEquals(2, again.code(), "a job that always says so would never look anything up");
        assertTrue(again.err().contains("leave out --new-anchor"), again.err());
        assertEquals(noted, program.read("anchor.json"));
        Files.delete(directory.resolve("anchor.json"));
        assertEquals(
                2, program.run("verify", dataset, "--anchor", "anchor.json").code());
        assertEquals(2, program.run("verify", dataset, "--new-anchor").code());
    }

    @Test
    void anAnchorIsNotBegunOverErrors() throws SQLException {
        tamper("UPDATE snapshot_archive SET records_count = 7 WHERE source_table = $ AND chain_no = 2");
        TestProgram.Ended ended = program.run("verify", dataset, "--anchor", "anchor.json", "--new-anchor");
        assertEquals(4, ended.code());
        assertTrue(ended.out().contains("Anchor anchor.json: not begun, because of the errors"), ended.out());
        assertFalse(Files.exists(directory.resolve("anchor.json")));
    }

    @Test
    void anAnchorKeepsWhatTheRunDidNotLookAt() {
        program.file(
                "anchor.json",
                "{\"heads\": [{\"dataset\": \"elsewhere\", \"partition\": \"ALL\", \"number\": 7, \"digest\": \"d\","
                        + " \"more\": [1]}], \"format\": \"hybrid-snapshots anchor 1\", \"note\": {}}");
        program.done("verify", dataset, "--anchor", "anchor.json");
        Map<String, Object> anchor = JsonText.document(program.read("anchor.json"));
        assertEquals("elsewhere", at(anchor, "heads.0.dataset"));
        assertEquals(7L, at(anchor, "heads.0.number"));
        assertEquals(dataset, at(anchor, "heads.1.dataset"));
    }

    @Test
    void aFileThatIsNoAnchorIsRefused() {
        for (String text : List.of(
                "",
                "[]",
                "{}",
                "{\"format\": \"x\"}",
                "no JSON",
                "ID,V\n1,a\n",
                "\0\0\0\0\u0001\u0001binary",
                "{\"format\": \"hybrid-snapshots" + " anchor 1\", \"heads\": [{\"dataset\": \"a\"}]}")) {
            program.file("other.json", text);
            TestProgram.Ended ended = program.run("verify", dataset, "--anchor", "other.json");
            assertEquals(2, ended.code(), text);
            assertTrue(ended.err().startsWith("error: the file is no anchor file ("), ended.err());
            assertTrue(ended.err().contains("other.json"), ended.err());
            assertTrue(
                    ended.err().contains("expected a file that 'snapshot verify --anchor' has written"), ended.err());
            assertFalse(ended.err().contains("token") || ended.err().contains("Exception"), ended.err());
            assertEquals(text, program.read("other.json"));
        }
    }

    @Test
    void aSampleIsRepeatedByItsSeed() {
        String[] call = {"verify", dataset, "--level", "digest", "--sample", "40%", "--json"};
        Map<String, Object> first = program.done(call).json();
        String seed = at(first, "seed").toString();
        Map<String, Object> again = program.done(Stream.concat(Stream.of(call), Stream.of("--seed", seed))
                        .toArray(String[]::new))
                .json();
        assertEquals(at(first, "datasets.0.leftOut"), at(again, "datasets.0.leftOut"));
        assertEquals(0.4, at(first, "sample"));
        assertTrue(program.done("verify", dataset, "--sample", "0.4", "--seed", "7")
                .out()
                .contains("--seed 7"));
    }

    @Test
    void whatTheTimeIsTooShortForIsSaid() {
        TestProgram.Ended ended = program.done("verify", dataset, "--level", "content", "--max-duration", "0s");
        assertTrue(ended.out().contains("left out: 5 archives and snapshots whose turn did not come"), ended.out());
    }

    @Test
    void everyDatasetComesFirstWithSomeSeedAndTheReportIsOrderedByName() {
        List<String> names = List.of("a", "b", "c", "d");
        Set<String> first = new HashSet<>();
        for (long seed = 1; seed <= 40; seed++) {
            List<String> ordered = new Sampling(1, seed).ordered(names);
            assertEquals(ordered, new Sampling(1, seed).ordered(names));
            assertEquals(Set.copyOf(names), Set.copyOf(ordered));
            first.add(ordered.get(0));
        }
        assertEquals(Set.copyOf(names), first);
        for (String other : List.of("z_" + dataset, "a_" + dataset)) {
            program.done("save", other, "--source", "orders.csv", "--key", "ID");
        }
        for (int seed = 1; seed <= 3; seed++) {
            // The results for other tests' datasets are reported as well.
            List<String> told = program.run("verify", "--level", "digest", "--seed", Integer.toString(seed))
                    .out()
                    .lines()
                    .filter(line -> line.endsWith(dataset))
                    .toList();
            assertEquals(List.of("a_" + dataset, dataset, "z_" + dataset), told);
        }
    }

    @Test
    void aKeyThatNobodySaysIsSaid() {
        TestProgram.Ended ended = program.done("verify", dataset, "--level", "content");
        assertTrue(ended.out().contains("left out: 3 archives without the key columns"), ended.out());
        assertFalse(program.done("verify", dataset, "--level", "content", "--key", "ID")
                .out()
                .contains("left out"));
    }

    @Test
    void wrongRequestsAreRefused() {
        for (List<String> wrong : List.of(
                List.of("--sample", "0%"),
                List.of("--sample", "101%"),
                List.of("--sample", "many"),
                List.of("--max-duration", "10"),
                List.of("--level", "deep"))) {
            String[] call =
                    Stream.concat(Stream.of("verify", dataset), wrong.stream()).toArray(String[]::new);
            assertEquals(2, program.run(call).code(), wrong.toString());
        }
        assertEquals(2, program.run("verify", "nothing_of_that_name").code());
        assertEquals(2, program.run("verify", "--key", "ID").code());
    }

    @Test
    void anAnchorThatCannotBeWrittenIsAnError() {
        TestProgram.Ended ended = program.run("verify", dataset, "--anchor", "missing/anchor.json", "--new-anchor");
        assertEquals(2, ended.code());
        assertTrue(ended.err().startsWith("error: the output's directory does not exist"), ended.err());
        assertFalse(Files.exists(directory.resolve("missing")));
    }

    @Test
    void oneThingThatWasLeftOutIsToldAsOne() {
        for (LeftOut.Reason reason : LeftOut.Reason.values()) {
            String noun = reason.text(1).split(" ", 2)[0];
            assertTrue(List.of("archive", "snapshot", "partition").contains(noun), reason.text(1));
            assertTrue(reason.text(2).startsWith(noun + "s "), reason.text(2));
        }
    }
}
