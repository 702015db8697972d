package io.hybridsnapshot.app.cli;

import static io.hybridsnapshot.app.cli.JsonText.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.app.report.Page;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two files are compared, and one is inspected, without a dataset and without a database. */
class DiffCommandTest {
    @Test
    void columnsInAnotherSpellingGiveAHint(@TempDir Path other) {
        TestProgram program = new TestProgram(other);
        program.file("a.csv", "id;price;day\n1;1.234,50;01.02.2026\n2;3,5;28.02.2026\n");
        program.file("b.csv", "id;price;day\n1;1.234,50;01.02.2026\n2;3,6;28.02.2026\n");
        String hint = "price looks like numbers with a decimal comma: --decimal , --thousands ."
                + " --type 'price=decimal(18,2)'; day looks like dates: --date-format dd.MM.yyyy";
        assertTrue(program.done("diff", "a.csv", "b.csv").out().contains("  hint:   " + hint + "\n"));
        assertEquals(
                hint, program.done("diff", "a.csv", "b.csv", "--json").json().get("hint"));
        assertTrue(program.done("inspect", "a.csv").out().contains("  hint:   " + hint + "\n"));
        String taken = program.done(
                        "diff", "a.csv", "b.csv", "--decimal", ",", "--thousands", ".", "--date-format", "dd.MM.yyyy")
                .out();
        assertFalse(taken.contains("hint:"), taken);
    }

    @Test
    void theHintForNumbersOfDifferentDigitsReadsThem(@TempDir Path other) {
        TestProgram program = new TestProgram(other);
        program.file("a.csv", "id;net price\n1;1,50\n2;3,5\n");
        program.file("b.csv", "id;net price\n1;1,5\n2;3,6\n");
        String hint = "net price looks like numbers with a decimal comma: --decimal , --type 'net price=decimal(18,2)'";
        assertTrue(program.done("diff", "a.csv", "b.csv").out().contains("  hint:   " + hint + "\n"));
        String taken = program.done("diff", "a.csv", "b.csv", "--decimal", ",", "--type", "net price=decimal(18,2)")
                .out();
        assertFalse(taken.contains("id = 1"), taken);
        assertTrue(taken.contains("id = 2"), taken);
    }

    @Test
    void aSignWithinANameIsDoubled(@TempDir Path other) {
        TestProgram program = new TestProgram(other);
        program.file("a.csv", "id,a=b\n1,x\n");
        program.file("b.csv", "id,c=\n1,y\n");
        String out = program.done("diff", "a.csv", "b.csv", "--map", "a==b=c==").out();
        assertTrue(out.contains("c=      x       y"), out);
        assertEquals(2, program.run("diff", "a.csv", "b.csv", "--map", "a=b=c").code());
    }

    @Test
    void blanksAtTheEndOfAKeyAreVisible(@TempDir Path other) {
        TestProgram program = new TestProgram(other);
        program.file("a.csv", "id,v\nA1 ,x\n");
        program.file("b.csv", "id,v\nA1,x\n");
        String out = program.done("diff", "a.csv", "b.csv", "--key", "id").out();
        assertTrue(out.contains("DELETED  id = \"A1 \"\n"), out);
        assertTrue(out.contains("NEW      id = A1\n"), out);
    }

    @Test
    void aNameThatBeginsWithAHyphenComesAfterTwoHyphens(@TempDir Path other) {
        TestProgram program = new TestProgram(other);
        program.file("-old.csv", "id,v\n1,x\n");
        program.file("new.csv", "id,v\n1,x\n");
        program.done("diff", "--exit-code", "--", "-old.csv", "new.csv");
    }

    private static final String MONDAY = "id;name;price\n1;Anna;1,50\n2;Bob;2,00\n3;Größe;3,00\n";
    private static final String TUESDAY = "id;name;price\n1;Anna;1,50\n2;Bobby;2,10\n4;New;3,00\n";

    @TempDir
    Path directory;

    private TestProgram program;

    @BeforeEach
    void start() {
        // No server can be reached here: a command that asks for one fails.
        program = new TestProgram(directory).with("SNAPSHOT_HOME", "/dev/null/none");
        program.file("a.csv", MONDAY);
        program.file("b.csv", TUESDAY);
    }

    @Test
    void theKeyAndTheSeparatorAreFound() {
        TestProgram.Ended ended = program.done("diff", "a.csv", "b.csv");
        assertTrue(ended.out().contains("key:    id (found; --key names another)"), ended.out());
        assertTrue(ended.out().contains("before: a.csv (CSV, separator ';', UTF-8)"), ended.out());
        assertTrue(ended.out().contains("CHANGED  id = 2"), ended.out());
        assertEquals("", ended.err());
        TestProgram.Ended json = program.done("diff", "a.csv", "b.csv", "--json");
        assertEquals(1L, at(json.json(), "delta.counts.new"));
        assertEquals(1L, at(json.json(), "delta.counts.changed"));
        assertEquals(1L, at(json.json(), "delta.counts.unchanged"));
        assertEquals(1L, at(json.json(), "delta.counts.deleted"));
        assertEquals("id", at(json.json(), "key.columns.0"));
        assertEquals(true, at(json.json(), "key.found"));
        assertEquals("b.csv", at(json.json(), "delta.after"));
    }

    @Test
    void theExitCodeTellsDifferencesOnRequest() {
        assertEquals(0, program.run("diff", "a.csv", "b.csv").code());
        assertEquals(1, program.run("diff", "a.csv", "b.csv", "--exit-code").code());
        assertEquals(0, program.run("diff", "a.csv", "a.csv", "--exit-code").code());
        assertEquals(
                0,
                program.run("diff", "a.csv", "a.csv", "--exit-code", "--key", "name")
                        .code());
    }

    @Test
    void rowsThatTheKeyDoesNotIdentifyAreListedAndTheRestIsCompared() {
        program.file("twice.csv", "id;name\n1;x\n2;y\n2;z\n;u\n");
        program.file("once.csv", "id;name\n1;X\n2;y\n");
        TestProgram.Ended ended = program.run("diff", "twice.csv", "once.csv", "--key", "id", "--exit-code");
        assertEquals(1, ended.code());
        assertTrue(ended.out().contains("Not compared, before: 1 row without a key, 2 rows with a key"), ended.out());
        assertTrue(ended.out().contains("line 3: id = 2"), ended.out());
        assertTrue(ended.out().contains("line 5: id = NULL"), ended.out());
        TestProgram.Ended json = program.done("diff", "twice.csv", "once.csv", "--key", "id", "--json");
        assertEquals(1L, at(json.json(), "delta.counts.changed"));
        assertEquals(0L, at(json.json(), "delta.counts.deleted"));
        assertEquals(2L, at(json.json(), "setApart.before.repeatedKey"));
        assertEquals(1L, at(json.json(), "setApart.after.repeatedKey"));
        assertEquals("line 3", at(json.json(), "setApart.before.examples.0.place"));
        // No row differs, and a row that is not compared is a difference all the same.
        program.file("same.csv", "id;name\n1;x\n2;y\n2;z\n");
        assertEquals(
                1,
                program.run("diff", "same.csv", "same.csv", "--key", "id", "--exit-code")
                        .code());
    }

    @Test
    void typesAreInferredOverBothFiles() {
        program.file("numbers.csv", "id,amount\n1,5\n2,6\n");
        program.file("texts.csv", "id,amount\n1,5\n2,n/a\n");
        TestProgram.Ended json = program.done("diff", "numbers.csv", "texts.csv", "--json");
        assertEquals(List.of(), at(json.json(), "delta.drift.retyped"));
        assertEquals(1L, at(json.json(), "delta.counts.changed"));
    }

    @Test
    void otherEncodingsAreReadAndTheErrorSuggestsTheOption() {
        Charset windows = Charset.forName("windows-1252");
        program.file("w.csv", MONDAY.getBytes(windows));
        program.file("u.csv", ("\uFEFF" + MONDAY).getBytes(StandardCharsets.UTF_16LE));
        assertEquals(0, program.run("diff", "a.csv", "u.csv", "--exit-code").code());
        TestProgram.Ended refused = program.run("diff", "a.csv", "w.csv");
        assertEquals(2, refused.code());
        assertTrue(refused.err().contains("--encoding windows-1252"), refused.err());
        // The advice holds also where the other file is in UTF-8 or UTF-16.
        for (String other : List.of("a.csv", "u.csv", "w.csv")) {
            assertEquals(
                    0,
                    program.run("diff", other, "w.csv", "--encoding", "windows-1252", "--exit-code")
                            .code(),
                    other);
        }
        // Types are inferred over files of two encodings, whichever comes first.
        program.file(
                "t.csv",
                MONDAY.replace("id;", "id;n;")
                        .replaceAll("(?m)^(\\d);", "$1;$1;")
                        .getBytes(windows));
        program.file("s.csv", MONDAY.replace("id;", "id;n;").replaceAll("(?m)^(\\d);", "$1;x$1;"));
        for (String[] pair : new String[][] {{"t.csv", "s.csv"}, {"s.csv", "t.csv"}}) {
            TestProgram.Ended mixed =
                    program.done("diff", pair[0], pair[1], "--encoding", "windows-1252", "--key", "id", "--json");
            assertEquals(List.of(), at(mixed.json(), "delta.drift.retyped"));
        }
        program.file("v.csv", MONDAY.getBytes(windows));
        TestProgram.Ended unknown = program.run("diff", "v.csv", "w.csv", "--encoding", "klingon");
        assertEquals(2, unknown.code());
        assertTrue(unknown.err().contains("option --encoding"), unknown.err());
    }

    @Test
    void aFileIsInspected() {
        TestProgram.Ended ended = program.done("inspect", "a.csv");
        assertTrue(ended.out().contains("a.csv: CSV, separator ';', UTF-8, 3 rows, 3 columns"), ended.out());
        assertTrue(ended.out().contains("keys: id, name, price"), ended.out());
        TestProgram.Ended json = program.done("inspect", "a.csv", "--json");
        assertEquals(3L, at(json.json(), "rows"));
        assertEquals("int64", at(json.json(), "columns.0.type"));
        assertEquals(0L, at(json.json(), "columns.0.nulls"));
    }

    @Test
    void whatWasSaidAboutTheFilesCountsMoreThanWhatTheyShow() {
        program.file("c.csv", "id;na|me\n1;x|y\n");
        TestProgram.Ended json = program.done("inspect", "c.csv", "--separator", "|", "--json");
        assertEquals("id;na", at(json.json(), "columns.0.column"));
        TestProgram.Ended typed = program.done("inspect", "a.csv", "--type", "id=text", "--json");
        assertEquals("text", at(typed.json(), "columns.0.type"));
        TestProgram.Ended refused = program.run("diff", "a.csv", "b.csv", "--key", "ID");
        assertEquals(2, refused.code());
        assertTrue(refused.err().contains("did you mean 'id'"), refused.err());
    }

    @Test
    void parquetIsKnownByItsFirstBytes() throws IOException {
        program.done("make-orders", "--rows", "20", "--to", "orders.parquet");
        Files.copy(directory.resolve("orders.parquet"), directory.resolve("orders"));
        TestProgram.Ended json = program.done("diff", "orders.parquet", "orders", "--json");
        assertEquals("Parquet", at(json.json(), "readAs.after"));
        assertEquals(20L, at(json.json(), "delta.counts.unchanged"));
        TestProgram.Ended refused = program.run("inspect", "orders", "--type", "X=text");
        assertEquals(2, refused.code());
        assertTrue(refused.err().contains("no file is CSV"), refused.err());
        program.done("make-orders", "--rows", "20", "--to", "orders.csv");
        TestProgram.Ended mixed = program.done("diff", "orders.parquet", "orders.csv", "--json");
        assertEquals(0L, at(mixed.json(), "delta.counts.new"));
    }

    @Test
    void everyRowThatDiffersGoesToAFileAndNoInputIsReplaced() {
        program.done("diff", "a.csv", "b.csv", "--changes", "c.jsonl");
        assertEquals(3, program.read("c.jsonl").lines().count());
        TestProgram.Ended refused = program.run("diff", "a.csv", "b.csv", "--changes", "a.csv", "--force");
        assertEquals(2, refused.code());
        assertEquals(MONDAY, program.read("a.csv"));
    }

    @Test
    void wrongFilesAreOneClearError() {
        for (String[] call : new String[][] {
            {"diff", "a.csv", "none.csv"}, {"diff", ".", "a.csv"}, {"diff", "-", "-"}, {"inspect", "none.parquet"}
        }) {
            TestProgram.Ended ended = program.run(call);
            assertEquals(2, ended.code(), ended.err());
            assertTrue(ended.err().startsWith("error: "), ended.err());
            assertFalse(ended.err().contains("\tat "), ended.err());
        }
        program.file("empty.csv", "");
        assertEquals(2, program.run("diff", "empty.csv", "a.csv").code());
    }

    @Test
    void noTemporaryFileStays() throws IOException {
        program.done("diff", "a.csv", "b.csv");
        program.run("diff", "a.csv", "none.csv");
        program.done("inspect", "a.csv");
        // The work directory of the test program.
        try (Stream<Path> entries = Files.list(directory.resolve("work"))) {
            assertEquals(List.of(), entries.toList());
        }
    }

    @Test
    void theFilesOfAKilledCommandAreDeletedByTheNext() throws IOException {
        Path killed = Files.createDirectories(directory.resolve("work/snapshot-files-killed"));
        Files.writeString(killed.resolve("input-1-stdin"), MONDAY);
        Files.setLastModifiedTime(killed, FileTime.from(Instant.EPOCH));
        program.done("inspect", "a.csv");
        assertFalse(Files.exists(killed));
    }

    @Test
    void aCsvFileWithOtherCellsIsComparedWithParquet() {
        program.file("n.csv", "id,amount\n1,5\n2,6\n");
        TestProgram withServer = new TestProgram(directory);
        withServer.done("save", "diffed", "--source", "n.csv", "--key", "id");
        withServer.done("export", "diffed", "current", "--to", "n.parquet");
        program.file("odd.csv", "id,amount\n1,5\n2,n/a\n");
        TestProgram.Ended json = program.done("diff", "n.parquet", "odd.csv", "--json");
        assertEquals(1L, at(json.json(), "delta.counts.unchanged"));
        assertEquals(1L, at(json.json(), "delta.counts.changed"));
        TestProgram.Ended typed = program.done("diff", "n.parquet", "odd.csv", "--type", "amount=text", "--json");
        assertEquals(1L, at(typed.json(), "delta.counts.changed"));
    }

    @Test
    void ordinaryTextsAreNotTakenForQuotesOrSeparators() {
        program.file("titles.csv", "id,title\n1,'Heroes'\n2,'Til Dawn\n3,The Beatles\n");
        TestProgram.Ended titles = program.done("inspect", "titles.csv", "--json");
        assertEquals(3L, at(titles.json(), "rows"));
        program.file("sums.csv", "Betrag, netto;Betrag, brutto\n1,50;2,00\n2,50;3,00\n");
        TestProgram.Ended sums = program.done("inspect", "sums.csv", "--json");
        assertEquals("Betrag, netto", at(sums.json(), "columns.0.column"));
        program.file("one.csv", "start (hh:mm)\n08:30\n09:15\n");
        TestProgram.Ended one = program.done("inspect", "one.csv", "--json");
        assertEquals("start (hh:mm)", at(one.json(), "columns.0.column"));
    }

    @Test
    void aTypeOfAColumnThatOneFileLacksCountsForTheOther() {
        program.file("more.csv", "id;name;price;code\n1;Anna;1,50;007\n");
        TestProgram.Ended json = program.done("diff", "a.csv", "more.csv", "--type", "code=text", "--json");
        assertEquals("code", at(json.json(), "delta.drift.added.0.column"));
        assertEquals("text", at(json.json(), "delta.drift.added.0.type"));
        TestProgram.Ended refused = program.run("diff", "a.csv", "more.csv", "--type", "CODE=text");
        assertEquals(2, refused.code());
        assertTrue(refused.err().contains("a type for 'CODE'"), refused.err());
    }

    @Test
    void columnsNamedLikeTheWindowsOwnAreCompared() {
        program.file("x.csv", "id,snapshot_date\n1,2026-01-01\n");
        program.file("y.csv", "id,snapshot_date\n1,2026-01-02\n");
        assertEquals(1, program.run("diff", "x.csv", "y.csv", "--exit-code").code());
    }

    @Test
    void theEncodingOfADefinitionIsKept() {
        program.file("w.csv", MONDAY.getBytes(Charset.forName("windows-1252")));
        program.done(
                "init", "rates", "--source", "w.csv", "--key", "id", "--separator", ";", "--encoding", "windows-1252");
        assertTrue(program.read("snapshot.yaml").contains("encoding: windows-1252"), program.read("snapshot.yaml"));
        assertEquals(0, program.run("hash", "w.csv", "--dataset", "rates").code());
    }

    @Test
    void conditionsChooseTheRowsOfBothFiles() {
        program.file("a.csv", "id,status,amount\n1,open,10\n2,done,5\n3,,7\n");
        program.file("b.csv", "id,status,amount\n1,open,11\n2,done,6\n3,,8\n");
        TestProgram.Ended json =
                program.done("diff", "a.csv", "b.csv", "--where", "status!=done", "--where", "amount>=10", "--json");
        assertEquals(1L, at(json.json(), "delta.counts.changed"));
        assertEquals(1L, at(json.json(), "delta.counts.after"));
        assertEquals(List.of("status!=done", "amount>=10"), at(json.json(), "conditions"));
        TestProgram.Ended text = program.done("diff", "a.csv", "b.csv", "--where", "status=");
        assertTrue(text.out().contains("  where:  status=\n"), text.out());
        assertTrue(text.out().contains("CHANGED  id = 3"), text.out());
        text = program.done("diff", "a.csv", "b.csv", "--where", "status=closed");
        assertTrue(text.out().contains("No row of either file meets the conditions."), text.out());
        TestProgram.Ended refused = program.run("diff", "a.csv", "b.csv", "--where", "statis=open");
        assertEquals(2, refused.code());
        assertTrue(refused.err().contains("did you mean 'status'?"), refused.err());
        assertEquals(
                2, program.run("diff", "a.csv", "b.csv", "--where", "amount>x").code());
    }

    @Test
    void renamedColumnsAreComparedAndTheirTypesInferredOverBothFiles() {
        program.file("old.csv", "id,client,price\n1,7,5\n2,8,6\n");
        program.file("new.csv", "id,customer,price\n1,7,5\n2,x8,6\n");
        TestProgram.Ended json = program.done("diff", "old.csv", "new.csv", "--map", "client=customer", "--json");
        assertEquals(1L, at(json.json(), "delta.counts.changed"));
        assertEquals(List.of(), at(json.json(), "delta.drift.retyped"));
        assertEquals(List.of(), at(json.json(), "delta.drift.added"));
        assertEquals("customer", at(json.json(), "delta.examples.0.columns.0.column"));
        assertEquals("customer", at(json.json(), "renamed.client"));
        // A type goes by the later name.
        program.done("diff", "old.csv", "new.csv", "--map", "client=customer", "--type", "customer=text");
        program.done(
                "diff", "old.csv", "new.csv", "--map", "client=customer", "--where", "price<6", "--report", "out.md");
        assertTrue(program.read("out.md").contains("client → customer"), program.read("out.md"));
        assertTrue(program.read("out.md").contains("price"), program.read("out.md"));
        for (List<String> wrong : List.of(
                List.of("client", "OLD=NEW"),
                List.of("client=", "OLD=NEW"),
                List.of("clint=customer", "did you mean 'client'?"),
                List.of("client=custom", "did you mean 'customer'?"),
                List.of("client=price", "two columns would have one name"))) {
            TestProgram.Ended refused = program.run("diff", "old.csv", "new.csv", "--map", wrong.get(0));
            assertEquals(2, refused.code(), wrong.get(0));
            assertTrue(refused.err().contains(wrong.get(1)), refused.err());
        }
    }

    @Test
    void aSuggestedRenameNamesTheOption() {
        StringBuilder old = new StringBuilder("id,client\n");
        StringBuilder later = new StringBuilder("id,customer\n");
        for (int row = 0; row < 50; row++) {
            old.append(row).append(",name").append(row).append('\n');
            later.append(row).append(",name").append(row).append('\n');
        }
        program.file("old.csv", old.toString());
        program.file("new.csv", later.toString());
        TestProgram.Ended ended = program.done("diff", "old.csv", "new.csv");
        assertTrue(ended.out().contains("Perhaps a rename: client -> customer"), ended.out());
        assertTrue(ended.out().contains("(--map OLD=NEW compares a renamed column)"), ended.out());
    }

    @Test
    void caseAndSpaceAreForgivenOnRequest() {
        program.file("a.csv", "id,name\n1,Anna\n2,Bob\n3,Cleo\n");
        program.file("b.csv", "id,name\n1,ANNA\n2, Bob \n3,Clea\n");
        TestProgram.Ended json = program.done("diff", "a.csv", "b.csv", "--ignore-case", "--ignore-space", "--json");
        assertEquals(3L, at(json.json(), "delta.counts.changed"));
        assertEquals(2L, at(json.json(), "delta.forgiven"));
        json = program.done("diff", "a.csv", "b.csv", "--ignore-case", "--json");
        assertEquals(1L, at(json.json(), "delta.forgiven"));
        assertEquals(
                2,
                program.run("diff", "a.csv", "b.csv", "--ignore-space", "--no-details")
                        .code());
    }

    @Test
    void valuesAreReadInTheirSpelling() {
        program.file("a.csv", "id;day;price\n1;31.01.2026;1.234,50\n2;01.02.2026;k.A.\n");
        program.file("b.csv", "id,day,price\n1,2026-01-31,1234.50\n2,2026-02-01,\n");
        TestProgram.Ended inspected = program.done(
                "inspect",
                "a.csv",
                "--decimal",
                ",",
                "--thousands",
                ".",
                "--date-format",
                "dd.MM.yyyy",
                "--null",
                "k.A.",
                "--json");
        assertEquals("date", at(inspected.json(), "columns.1.type"));
        assertEquals("decimal(18,2)", at(inspected.json(), "columns.2.type"));
        assertEquals(1L, at(inspected.json(), "columns.2.nulls"));
        TestProgram.Ended refused = program.run("diff", "a.csv", "b.csv", "--decimal", ";");
        assertEquals(2, refused.code());
        assertTrue(refused.err().contains("a point or a comma"), refused.err());
        assertEquals(
                2,
                program.run("diff", "a.csv", "b.csv", "--date-format", "dd.MM.yy")
                        .code());
    }

    private void wideFiles() {
        StringBuilder old = new StringBuilder("id");
        StringBuilder later = new StringBuilder("id");
        for (int column = 0; column < 12; column++) {
            old.append(",a rather long name of a column number ").append(column);
            later.append(",a rather long name of a column number ").append(column);
        }
        old.append('\n').append(1);
        later.append('\n').append(1);
        for (int column = 0; column < 12; column++) {
            old.append(",the value as it was before the change in column ").append(column);
            later.append(",the value as it has been since the change in column ")
                    .append(column);
        }
        program.file("old.csv", old.append('\n').toString());
        program.file("new.csv", later.append('\n').toString());
    }

    @Test
    void linesFitTheTerminalAndMarksStandOnATerminalAlone() {
        wideFiles();
        for (int width : new int[] {80, 120}) {
            String out = program.on(new Page(width, true, true, false))
                    .done("diff", "old.csv", "new.csv")
                    .out();
            assertTrue(out.contains("\u001B[33mCHANGED \u001B[0m id = 1"), out);
            List<String> lines = out.replaceAll("\u001B\\[[0-9]+m", "").lines().toList();
            lines.forEach(line -> assertTrue(line.length() <= width, line));
            int longest = lines.stream().mapToInt(String::length).max().orElseThrow();
            assertTrue(longest > width - 12, "a width of " + width + " is used up to " + longest);
        }
        String plain = program.on(Page.PLAIN).done("diff", "old.csv", "new.csv").out();
        assertFalse(plain.contains("\u001B"), plain);
    }

    @Test
    void inFullNothingIsCutOrLeftOut() {
        wideFiles();
        String cut = program.done("diff", "old.csv", "new.csv").out();
        assertTrue(cut.contains("and 8 more columns"), cut);
        String full = program.done("diff", "old.csv", "new.csv", "--full").out();
        assertTrue(full.contains("the value as it was before the change in column 11"), full);
        assertTrue(full.contains("a rather long name of a column number 11"), full);
        assertFalse(full.contains("…"), full);
        assertFalse(full.contains("more column"), full);
    }

    @Test
    void renamedColumnsTypesAndTextsForNullAlsoCountForJsonLines() {
        program.file("old.jsonl", "{\"id\":1,\"client\":7}\n{\"id\":2,\"client\":\"n/a\"}\n");
        program.file("new.csv", "id,customer\n1,7\n2,\n");
        TestProgram.Ended json =
                program.done("diff", "old.jsonl", "new.csv", "--map", "client=customer", "--null", "n/a", "--json");
        assertEquals(2L, at(json.json(), "delta.counts.unchanged"));
        assertEquals(List.of(), at(json.json(), "delta.drift.retyped"));
        assertEquals(
                0,
                program.run("diff", "old.jsonl", "old.jsonl", "--null", "n/a", "--type", "client=int64", "--exit-code")
                        .code());
        // The numbers of JSON have one spelling.
        assertEquals(
                2,
                program.run("diff", "old.jsonl", "old.jsonl", "--decimal", ",").code());
    }

    @Test
    void twoFilesWithoutHeadersAreReadAlikeThoughOneShowsLess() {
        // The later file has one row alone, which shows no header, and no row below one.
        program.file("a.csv", "17,2.5\n25,3.5\n");
        program.file("b.csv", "17,2.5\n");
        TestProgram.Ended json = program.done("diff", "a.csv", "b.csv", "--json");
        assertEquals(1L, at(json.json(), "delta.counts.unchanged"));
        assertEquals(1L, at(json.json(), "delta.counts.deleted"));
        assertEquals("column1", at(json.json(), "key.columns.0"));
    }

    @Test
    void numberedColumnsAreRenamedOneByOne() {
        program.file("a.csv", "17,2.5\n25,3.5\n");
        program.file("b.csv", "price,id\n2.5,17\n3.5,25\n");
        TestProgram.Ended json =
                program.done("diff", "a.csv", "b.csv", "--map", "column1=id", "--map", "column2=price", "--json");
        assertEquals(2L, at(json.json(), "delta.counts.unchanged"));
        program.file("c.csv", "id,cost\n17,2.5\n25,3.5\n");
        program.file("d.csv", "17,2.5\n25,4.5\n");
        json = program.done("diff", "c.csv", "d.csv", "--map", "cost=price", "--json");
        assertEquals("price", at(json.json(), "delta.changedColumns.0.column"));
    }

    @Test
    void aTypeForAllColumnsTakesEverySpellingOfItsValues() {
        program.file("a.csv", "1,1.5\n2,1.50\n");
        assertEquals(
                0,
                program.run(
                                "diff",
                                "a.csv",
                                "a.csv",
                                "--header",
                                "no",
                                "--key",
                                "column1",
                                "--type",
                                "*=decimal(10,2)",
                                "--exit-code")
                        .code());
    }

    @Test
    void jsonLinesInUtf16KeepTheirOwnErrors() {
        program.file("a.jsonl", "\uFEFF{\"id\":1}\n{\"id\":2}\nnothing\n".getBytes(StandardCharsets.UTF_16LE));
        TestProgram.Ended ended = program.run("inspect", "a.jsonl");
        assertEquals(2, ended.code());
        assertTrue(ended.err().contains("line 3"), ended.err());
    }

    @Test
    void theValueOfAConditionOnAHiddenColumnIsInNoReport() {
        program.file("a.csv", "id,ssn,pay\n1,123-45-6789,5\n2,987-65-4321,6\n");
        program.file("b.csv", "id,ssn,pay\n1,123-45-6789,7\n2,987-65-4321,6\n");
        program.done(
                "diff",
                "a.csv",
                "b.csv",
                "--where",
                "ssn=123-45-6789",
                "--hide",
                "ssn",
                "--report",
                "r.html",
                "--report",
                "r.md",
                "--report",
                "r.csv");
        for (String report : List.of("r.html", "r.md", "r.csv")) {
            assertFalse(program.read(report).contains("123-45-6789"), report);
        }
        assertTrue(program.read("r.md").contains("ssn = hidden"), program.read("r.md"));
    }
}
