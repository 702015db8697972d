package io.hybridsnapshot.app.cli;

import static io.hybridsnapshot.app.cli.JsonText.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** A mistyped argument is distinguished from one without results, and every error is one short line of words. */
class MistakesTest {
    @TempDir
    Path directory;

    private TestProgram program;
    private String dataset;

    @BeforeEach
    void save(TestInfo test) {
        program = new TestProgram(directory);
        String method = test.getTestMethod().orElseThrow().getName();
        dataset = "m_" + method.substring(0, Math.min(36, method.length()));
        program.file("s.csv", "ID,V\n1,a\n2,b\n");
        program.done(save("save"));
    }

    private String[] save(String command, String... more) {
        return Stream.concat(Stream.of(command, dataset, "--source", "s.csv", "--key", "ID"), Stream.of(more))
                .toArray(String[]::new);
    }

    private String refused(String... arguments) {
        TestProgram.Ended ended = program.run(arguments);
        assertEquals(2, ended.code(), List.of(arguments) + ended.out() + ended.err());
        assertEquals(1, ended.err().lines().count(), ended.err());
        assertTrue(ended.err().length() < 2_500, ended.err());
        assertFalse(ended.err().contains("Exception") || ended.err().contains(" an int"), ended.err());
        return ended.err();
    }

    @Test
    void anEmptyColumnNameIsRefusedByItsOption() {
        for (String option : List.of("--key", "--carry", "--partition-column", "--leave-out", "--type")) {
            assertColumnRefused(option, "save", dataset, "--source", "s.csv", option, "");
        }
        for (String option : List.of("--ignore", "--tolerance")) {
            assertColumnRefused(option, save("detect", option, ""));
        }
        assertColumnRefused("--key", "verify", dataset, "-k", "");
        assertColumnRefused("--key", "init", "other", "--source", "s.csv", "--key=");
        assertColumnRefused("--key", "hash", "s.csv", "--key", "");
        assertColumnRefused("--column", "export", dataset, "--to", "o.csv", "--column", "");
        assertColumnRefused("--key-column", "redact", dataset, "--key", "1", "--key-column", "");
        assertTrue(Files.notExists(directory.resolve("snapshot.yaml")));
    }

    private void assertColumnRefused(String option, String... arguments) {
        String error = refused(arguments);
        assertTrue(error.startsWith("error: option " + option + ": found '', expected a column's name"), error);
    }

    @Test
    void aColumnThatIsNamedTwiceAndAShareOutOfRangeAreRefusedByTheirOption() {
        TestProgram.Ended twice =
                program.run("export", "orders", "--to", "-", "--column", "ID", "--column", "QTY", "--column", "ID");
        assertEquals(2, twice.code(), twice.err());
        assertTrue(twice.err().contains("option --column: found 'ID' twice"), twice.err());
        for (String share : List.of("0%", "200%", "1.5", "many")) {
            TestProgram.Ended sample = program.run("verify", "--sample", share);
            assertEquals(2, sample.code(), sample.err());
            assertTrue(sample.err().contains("option --sample: found '" + share + "'"), sample.err());
        }
    }

    @Test
    void aNegativeCountIsRefusedByItsOption() {
        assertCountRefused("--limit", save("save", "--limit", "-1"));
        assertCountRefused("--limit", save("detect", "--limit=-1"));
        assertCountRefused("--limit", "compare", dataset, "current", "current", "--limit", "-1");
        assertCountRefused("--days-back", "compare", dataset, "--days-back", "-1");
        assertCountRefused("--wait", save("save", "--wait", "-1"));
        assertCountRefused("--wait", "recover", dataset, "--wait", "-1");
        assertCountRefused("--wait", "undo", dataset, "--wait", "-1");
        assertCountRefused("--rows", "make-orders", "--rows", "-1", "--to", "o.csv");
        assertCountRefused("--day", "make-orders", "--rows", "1", "--day", "-1", "--to", "o.csv");
        assertCountRefused("--orders", "demo", "--orders", "-1");
        assertCountRefused("--archive", "redact", dataset, "--key", "1", "--archive", "-1");
        for (String keep : List.of("count", "days", "last", "daily", "weekly", "monthly", "yearly")) {
            assertCountRefused("--keep-" + keep, "cleanup", dataset, "--keep-" + keep, "-1");
        }
    }

    private void assertCountRefused(String option, String... arguments) {
        String error = refused(arguments);
        assertTrue(error.startsWith("error: option " + option + ": found '-1', expected 0 or more"), error);
    }

    @Test
    void aPartitionThatNoStoreKnows() {
        for (List<String> call : List.of(
                List.of("list", dataset),
                List.of("stats", dataset),
                List.of("stats", dataset, "--trend"),
                List.of("verify", dataset),
                List.of("cleanup", dataset),
                List.of("recover", dataset),
                List.of("redact", dataset, "--key", "1", "--key-column", "ID"))) {
            String[] wrong =
                    Stream.concat(call.stream(), Stream.of("--partition", "AL")).toArray(String[]::new);
            String error = refused(wrong);
            assertTrue(error.contains("did you mean 'ALL'"), error);
            program.done(Stream.concat(call.stream(), Stream.of("--partition", "ALL"))
                    .toArray(String[]::new));
        }
    }

    @Test
    void aPartitionIsKnownAfterItsArchivesAreGone() {
        program.done(save("save", "--partition", "EAST", "--new-partition", "--archive", "off"));
        program.done("list", dataset, "--partition", "EAST");
        program.done("verify", dataset, "--partition", "EAST");
    }

    @Test
    void aNewPartitionWithoutAColumnNeedsConsentOnce() {
        String error = refused(save("save", "--partition", "EAST"));
        assertTrue(error.contains("--partition-column") && error.contains("--new-partition"), error);
        assertEquals(1, ((List<?>) at(program.done("list", dataset, "--json").json(), "datasets.0.window")).size());
        program.done(save("save", "--partition", "EAST", "--new-partition"));
        program.done(save("save", "--partition", "EAST"));
        refused(save("save", "--partition", "EAS"));
    }

    @Test
    void detectOfAnUnknownPartitionWithoutAColumnNeedsTheSameConsent() {
        String error = refused(save("detect", "--partition", "EAST"));
        assertTrue(error.contains("--partition-column") && error.contains("--new-partition"), error);
        program.done(save("detect", "--partition", "EAST", "--new-partition"));
        refused(save("detect", "--partition", "EAST"));
        program.done(save("save", "--partition", "EAST", "--new-partition"));
        program.done(save("detect", "--partition", "EAST"));
    }

    @Test
    void aNewPartitionWithAColumnNeedsNone() {
        program.file("s.csv", "ID,V,P\n1,a,EAST\n2,b,WEST\n");
        Map<String, Object> saved = program.done(
                        save("save", "--partition", "EAST", "--partition-column", "P", "--json"))
                .json();
        assertEquals(1L, at(saved, "snapshot.rows"));
    }

    @Test
    void aNameThatTheWindowRefuses() throws Exception {
        String name = "a".repeat(41);
        String error = refused("init", name, "--source", "s.csv", "--key", "ID");
        assertTrue(error.contains("at most 40"), error);
        assertFalse(Files.exists(directory.resolve("snapshot.yaml")));
        program.done("init", "a".repeat(40), "--source", "s.csv", "--key", "ID");
        new TestProgram(directory)
                .with("SNAPSHOT_WINDOW_TYPE", "sqlserver")
                .with("SNAPSHOT_SQLSERVER_HOST", "nowhere.invalid")
                .with("SNAPSHOT_SQLSERVER_USER", "u")
                .done("init", name, "--source", "s.csv", "--key", "ID");
        for (String command : List.of("list", "stats", "verify")) {
            String[] all =
                    command.equals("verify") ? new String[] {command, "--level", "catalogue"} : new String[] {command};
            TestProgram.Ended ended = program.run(all);
            assertEquals(0, ended.code(), ended.err());
            assertTrue(ended.out().contains(name) && ended.out().contains(dataset), ended.out());
        }
    }

    @Test
    void aDigestMayBeCutButHasToBeOne() {
        for (int day = 1; day <= 4; day++) {
            program.done(save("save", "--date", "2999-01-0" + day, "--allow-future-date", "--no-details"));
        }
        String[] plan = {"cleanup", dataset, "--keep-days", "0", "--keep-count", "1", "--json"};
        String digest = (String) program.done(plan).json().get("digest");
        for (String wrong : List.of("yes", digest.substring(0, 7), digest + "0", "zzzzzzzzzz")) {
            refused("cleanup", dataset, "--keep-days", "0", "--keep-count", "1", "--apply", wrong);
        }
        String other = digest.startsWith("0") ? "1" : "0";
        assertEquals(
                3,
                program.run(
                                "cleanup",
                                dataset,
                                "--keep-days",
                                "0",
                                "--keep-count",
                                "1",
                                "--apply",
                                other + digest.substring(1, 12))
                        .code());
        Map<String, Object> applied = program.done(
                        "cleanup",
                        dataset,
                        "--keep-days",
                        "0",
                        "--keep-count",
                        "1",
                        "--json",
                        "--apply",
                        digest.substring(0, 8))
                .json();
        assertEquals(true, applied.get("applied"));
        assertEquals(digest, applied.get("digest"));
    }

    @Test
    void aKeyColumnThatVerifyDoesNotFind() {
        String error = refused("verify", dataset, "--level", "content", "--key", "IDE");
        assertTrue(error.contains("'IDE'") && error.contains("did you mean 'ID'"), error);
        program.done("verify", dataset, "--level", "content", "--key", "ID");
    }

    @Test
    void aBatchIdOfAnotherForm() {
        String given = refused(save("save", "--batch-id", "monday"));
        assertTrue(given.startsWith("error: option --batch-id: found 'monday', expected a UUID such as "), given);
        assertFalse(given.contains("snapshot list"), given);
        String named = refused("export", dataset, "id:monday", "--to", "o.csv");
        assertTrue(named.contains("expected a UUID such as ") && named.contains("'snapshot list' shows"), named);
    }

    @Test
    void aColumnThatDiffersInBlanksIsSuggested() {
        program.file("blanks.csv", " ID ,V\n1,a\n");
        String error = refused("save", "blanks", "--source", "blanks.csv", "--key", "ID");
        assertTrue(error.contains("did you mean ' ID '?"), error);
        error = refused(save("save", "--carry", " V"));
        assertTrue(error.contains("did you mean 'V'?"), error);
    }

    @Test
    void anExportOfAnUnknownColumnNamesTheNearestOrTheFirst() {
        String near = refused("export", dataset, "--to", "o.csv", "--column", "IDE");
        assertTrue(near.contains("did you mean 'ID'?"), near);
        String far = refused("export", dataset, "--to", "o.csv", "--column", "NO SUCH COLUMN");
        assertTrue(far.contains("expected one of the table's columns: 'ID', 'V'"), far);
    }

    @Test
    void aHoldWithoutAReasonAndAPeriodOfAnotherForm() {
        String hold = refused("hold", dataset, "current", "--reason", "");
        assertTrue(hold.contains("reason ''") && hold.contains("state who holds the archive, and why"), hold);
        for (String bound : List.of("--since", "--until")) {
            String period = refused("list", dataset, bound, "bogus");
            assertTrue(period.contains("option " + bound + ": found 'bogus'"), period);
            assertTrue(period.contains("2026-09-27") && period.contains("7d"), period);
        }
    }

    @Test
    void aNumberThatIsNone() {
        assertTrue(refused(save("detect", "--limit", "three")).contains("not a whole number"));
        assertTrue(refused(save("save", "--wait", "99999999999")).contains("out of range"));
        assertTrue(refused("make-orders", "--rows", "many", "--to", "o.csv").contains("not a whole number"));
        assertTrue(refused("make-orders", "--rows", "1", "--changed", "x", "--to", "o.csv")
                .contains("not a number"));
    }

    @Test
    void aKeyOfMegabytesAndControlCharacters() {
        String key = "k\u001b[31m" + "y".repeat(3_000_000);
        program.file("s.csv", "ID,V\n" + key + ",a\n" + key + ",b\n");
        String error = refused("save", dataset + "_2", "--source", "s.csv", "--key", "ID");
        assertTrue(error.contains("\\u001b[31m") && error.contains("line 2"), error);
        assertFalse(error.contains("\u001b"), error);
    }

    @Test
    void aUrlAsAHostIsNotShown() {
        for (String host : List.of(
                "postgres://etl:hunter2@db/kestra",
                "etl:hunter2@db",
                "db;password=hunter2",
                "jdbc:postgresql://x?p=hunter2")) {
            program.with("KESTRA_POSTGRES_HOST", host).with("KESTRA_POSTGRES_USER", "etl");
            for (String command : List.of("list", "config")) {
                TestProgram.Ended ended = program.run(command);
                assertEquals(2, ended.code(), ended.err());
                assertFalse((ended.out() + ended.err()).contains("hunter2"), ended.err());
                assertTrue(ended.err().contains("KESTRA_POSTGRES_HOST"), ended.err());
            }
        }
    }

    @Test
    void aDatabaseThatRefusesIsAWrongRequestAndSaidInBestEffortMode() {
        for (Map.Entry<String, String> wrong : Map.of(
                        "KESTRA_POSTGRES_PASSWORD", "not-the-password", "KESTRA_POSTGRES_DB", "no_such_database")
                .entrySet()) {
            TestProgram refusing = new TestProgram(directory);
            for (String prefix : List.of("KESTRA_POSTGRES_", "SNAPSHOT_WINDOW_POSTGRES_")) {
                refusing.with(prefix + "HOST", TestProgram.server().host())
                        .with(
                                prefix + "PORT",
                                Integer.toString(TestProgram.server().port()))
                        .with(prefix + "USER", TestProgram.server().user())
                        .with(prefix + "PASSWORD", TestProgram.server().password());
            }
            refusing.with("KESTRA_POSTGRES_DB", "kestra")
                    .with("SNAPSHOT_WINDOW_POSTGRES_DB", "orders")
                    .with(wrong.getKey(), wrong.getValue());
            TestProgram.Ended required = refusing.run(save("save", "--no-details"));
            assertEquals(2, required.code(), required.err());
            TestProgram.Ended text = refusing.done(save("save", "--no-details", "--archive", "best-effort"));
            String cause = wrong.getKey().endsWith("DB") ? "has no such database" : "refused the login";
            assertTrue(text.err().contains("warning:") && text.err().contains(cause), text.err());
            Map<String, Object> json = refusing.done(save("save", "--no-details", "--archive", "best-effort", "--json"))
                    .json();
            assertEquals("INVALID_REQUEST", at(json, "archiveProblem.kind"));
            assertTrue(at(json, "archiveProblem.message").toString().contains(cause), json.toString());
        }
        program.done("recover", dataset);
    }
}
