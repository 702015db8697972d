package io.hybridsnapshot.app.cli;

import static io.hybridsnapshot.app.cli.JsonText.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.app.report.DisplayText;
import io.hybridsnapshot.app.report.Page;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happened to single rows, on a real server, as a user asks for it. */
class HistoryCommandTest {
    @TempDir
    Path directory;

    private TestProgram program;
    private String dataset;

    @BeforeEach
    void start() {
        program = new TestProgram(directory);
        dataset = "history_" + Long.toString(System.nanoTime(), 36);
        define("NO");
    }

    private void define(String key) {
        program.file(
                "snapshot.yaml",
                "datasets:\n  " + dataset + ":\n    source: {csv: rows.csv}\n    key: [" + key
                        + "]\n    carried: [ORDERED]\n    types: {\"*\": text}\n");
    }

    private void save(String date, String rows, String... more) {
        program.file("rows.csv", rows);
        program.done(Stream.concat(
                        Stream.of(
                                "save",
                                dataset,
                                "--date",
                                date,
                                "--allow-deletes",
                                "--allow-changes",
                                "--empty",
                                "unquoted-null"),
                        Stream.of(more))
                .toArray(String[]::new));
    }

    private TestProgram.Ended call(String command, String... arguments) {
        return program.run(
                Stream.concat(Stream.of(command, dataset), Stream.of(arguments)).toArray(String[]::new));
    }

    private TestProgram.Ended done(String command, String... arguments) {
        TestProgram.Ended ended = call(command, arguments);
        assertEquals(0, ended.code(), ended.err());
        return ended;
    }

    /** Four states: A-1 changes, goes and comes back; A-2 stays; A-3 comes. */
    private void saveStates() {
        save("2020-01-01", "NO,ORDERED,STATUS,NOTE\nA-1,S-7,OPEN,\nA-2,S-8,OPEN,x\n", "--tag", "run=first");
        save("2020-01-02", "NO,ORDERED,STATUS,NOTE\nA-1,S-7,PAID,\nA-2,S-8,OPEN,x\n");
        save("2020-01-03", "NO,ORDERED,STATUS,NOTE\nA-2,S-8,OPEN,x\nA-3,S-9,OPEN,y\n");
        save("2020-01-04", "NO,ORDERED,STATUS,NOTE\nA-1,S-7,BACK,z\nA-2,S-8,OPEN,x\nA-3,S-9,PAID,y\n");
    }

    /** The events of each row, as {@code date kind}. */
    private static List<String> kinds(Map<String, Object> document) {
        List<String> kinds = new ArrayList<>();
        for (Object row : (List<?>) document.get("rows")) {
            for (Object event : (List<?>) ((Map<?, ?>) row).get("events")) {
                Map<?, ?> each = (Map<?, ?>) event;
                kinds.add(each.get("date").toString().substring(0, 10) + " " + each.get("kind"));
            }
        }
        return kinds;
    }

    @Nested
    class OfOneRow {
        @Test
        void aRowThatWentAndCameBackIsOneHistoryWithAGap() {
            saveStates();
            String out = done("history", "--key", "A-1").out();
            List<String> lines = out.lines().toList();
            assertEquals("History of " + dataset + " (dates in UTC)", lines.get(0));
            assertEquals("NO = A-1", lines.get(1));
            List<String> events =
                    lines.stream().filter(line -> line.startsWith("  2020-")).toList();
            assertEquals(4, events.size(), out);
            assertTrue(
                    events.get(0)
                            .matches("  2020-01-01 00:00:00  first archived state  archive \\d+, batch"
                                    + " [0-9a-f]{8}, run=first"),
                    events.get(0));
            assertTrue(events.get(1).startsWith("  2020-01-02 00:00:00  CHANGED  archive "), events.get(1));
            assertTrue(events.get(2).startsWith("  2020-01-03 00:00:00  DELETED  archive "), events.get(2));
            assertTrue(events.get(3).startsWith("  2020-01-04 00:00:00  NEW  archive "), events.get(3));
            assertTrue(
                    lines.indexOf("  … not in the table until the next event") == lines.indexOf(events.get(3)) - 1,
                    out);
            assertTrue(out.contains("      STATUS  OPEN    PAID\n"), out);
            assertTrue(out.contains("      NOTE     z\n"), out);
            assertTrue(out.contains("Searched 4 archived states (change sets read: 0, files opened: "), out);
        }

        @Test
        void aRowThatStaysHasItsFirstStateAlone() {
            saveStates();
            assertEquals(
                    List.of("2020-01-01 FIRST"),
                    kinds(done("history", "--key", "A-2", "--json").json()));
        }

        @Test
        void aKeyOfTwoColumnsIsALineOfCsvWithNullForNothing() {
            define("NO, POS");
            save("2020-01-01", "NO,POS,ORDERED,STATUS\n\"A,1\",1,S,OPEN\n\"A,1\",,S,OPEN\n");
            save("2020-01-02", "NO,POS,ORDERED,STATUS\n\"A,1\",1,S,OPEN\n\"A,1\",,S,PAID\n");
            assertEquals(
                    List.of("2020-01-01 FIRST"),
                    kinds(done("history", "--key", "\"A,1\",1", "--json").json()));
            TestProgram.Ended ended = done("history", "--key", "\"A,1\",");
            assertTrue(ended.out().contains("NO = A,1, POS = NULL\n"), ended.out());
            assertTrue(ended.out().contains("      STATUS  OPEN    PAID\n"), ended.out());
            TestProgram.Ended refused = call("history", "--key", "A");
            assertEquals(2, refused.code());
            assertTrue(refused.err().contains("1 value"), refused.err());
        }

        @Test
        void aKeyWithOddCharactersIsTakenAsItIs() {
            save("2020-01-01", "NO,ORDERED,STATUS\n\"a \"\"b\"\", c=d ü\u4e2d\",S,OPEN\n");
            save("2020-01-02", "NO,ORDERED,STATUS\n\"a \"\"b\"\", c=d ü\u4e2d\",S,PAID\n");
            assertEquals(
                    List.of("2020-01-01 FIRST", "2020-01-02 CHANGED"),
                    kinds(done("history", "--key", "a \"b\", c=d ü\u4e2d", "--json")
                            .json()));
        }

        @Test
        void columnsThatCameAndWentAreShownWhereItHappened() {
            save("2020-01-01", "NO,ORDERED,OLD\nA-1,S,o\nA-2,S,o\n");
            save("2020-01-02", "NO,ORDERED,EXTRA\nA-1,S,e\nA-2,S,\n");
            String out = done("history", "--key", "A-1").out();
            assertTrue(out.contains("      columns added (1): EXTRA\n      columns dropped (1): OLD\n"), out);
            Map<String, Object> json = done("history", "--key", "A-2", "--json").json();
            assertEquals(List.of("EXTRA"), at(json, "rows.0.events.1.columnsAdded"));
            assertEquals(List.of("OLD"), at(json, "rows.0.events.1.columnsDropped"));
            List<List<Optional<String>>> csv =
                    csv(done("history", "--key", "A-2", "--format", "csv").out());
            assertTrue(
                    csv.stream()
                            .anyMatch(line -> line.get(6).equals(Optional.of("EXTRA"))
                                    && line.get(7).equals(Optional.of("added"))
                                    && line.get(9).isEmpty()),
                    csv.toString());
        }
    }

    @Nested
    class Filters {
        @Test
        void rowsAreFoundByAValueOfACarriedColumnAndOfAnotherOne() {
            saveStates();
            assertEquals(
                    List.of("2020-01-01 FIRST", "2020-01-02 CHANGED", "2020-01-03 DELETED", "2020-01-04 NEW"),
                    kinds(done("history", "--where", "ORDERED=S-7", "--json").json()));
            Map<String, Object> paid =
                    done("history", "--where", "STATUS=PAID", "--json").json();
            assertEquals("A-1", at(paid, "rows.0.key.NO"));
            assertEquals("A-3", at(paid, "rows.1.key.NO"));
        }

        @Test
        void aColumnNarrowsTheEventsAndTheCells() {
            saveStates();
            Map<String, Object> json = done("history", "--key", "A-1", "--column", "NOTE", "--json")
                    .json();
            assertEquals(List.of("2020-01-01 FIRST", "2020-01-03 DELETED", "2020-01-04 NEW"), kinds(json));
            assertEquals(1, ((List<?>) at(json, "rows.0.events.2.cells")).size());
        }

        @Test
        void aPeriodNarrowsTheEventsAndARowWithoutOneIsStillFound() {
            saveStates();
            assertEquals(
                    List.of("2020-01-02 CHANGED", "2020-01-03 DELETED"),
                    kinds(done("history", "--key", "A-1", "--since", "2020-01-02", "--until", "2020-01-03", "--json")
                            .json()));
            TestProgram.Ended quiet = done("history", "--key", "A-2", "--since", "2020-01-02", "--exit-code");
            assertTrue(quiet.out().contains("NO = A-2\n  no event in this time and in these columns\n"), quiet.out());
        }

        @Test
        void onlyEqualityIsACondition() {
            saveStates();
            for (String condition : List.of("STATUS!=PAID", "STATUS<PAID", "STATUS~P", "STATUS=")) {
                TestProgram.Ended refused = call("history", "--where", condition);
                assertEquals(2, refused.code(), condition);
                assertTrue(refused.err().contains("option --where"), refused.err());
            }
            assertEquals(2, call("history").code());
            assertEquals(
                    2, call("history", "--key", "A-1", "--where", "STATUS=PAID").code());
        }
    }

    @Nested
    class EmptyAnswers {
        @Test
        void anUnknownKeyIsOneLineWithTheKeyColumnsAndTheExitCodeThatWasAskedFor() {
            saveStates();
            for (String command : List.of("history", "blame", "show")) {
                TestProgram.Ended ended = done(command, "--key", "A-9");
                String words = command.equals("show") ? "" : "The archive of " + dataset;
                assertTrue(ended.out().contains(words + " has no row with this key; the key is NO.\n"), ended.out());
                assertEquals(1, call(command, "--key", "A-9", "--exit-code").code());
                assertEquals(0, call(command, "--key", "A-2", "--exit-code").code());
                assertEquals(
                        List.of(),
                        done(command, "--key", "A-9", "--json").json().get("rows"));
            }
        }

        @Test
        void anUnknownColumnIsAnErrorThatNamesTheNearest() {
            saveStates();
            for (String[] call : new String[][] {
                {"history", "--where", "STATSU=PAID"},
                {"history", "--key", "A-1", "--column", "STATSU"},
                {"blame", "--where", "STATSU=PAID"},
                {"show", "--where", "STATSU=PAID"}
            }) {
                TestProgram.Ended refused =
                        call(call[0], List.of(call).subList(1, call.length).toArray(new String[0]));
                assertEquals(2, refused.code());
                assertTrue(refused.err().contains("'STATSU'"), refused.err());
                assertTrue(refused.err().contains("did you mean 'STATUS'?"), refused.err());
            }
        }

        @Test
        void aDatasetWithoutArchivesIsAnError() {
            save("2020-01-01", "NO,ORDERED,STATUS\nA-1,S,OPEN\n", "--archive", "off");
            for (String command : List.of("history", "blame", "show")) {
                TestProgram.Ended refused = call(command, "--key", "A-1");
                assertEquals(2, refused.code(), command);
                assertTrue(refused.err().contains("archive"), refused.err());
            }
        }

        @Test
        void anUnknownZoneFormatOrDatasetIsAnError() {
            saveStates();
            assertTrue(call("history", "--key", "A-1", "--time-zone", "Europe/Berlim")
                    .err()
                    .contains("did you mean 'Europe/Berlin'?"));
            assertEquals(2, call("show", "--key", "A-1", "--format", "xml").code());
            assertEquals(
                    2, call("show", "--key", "A-1", "--format", "csv", "--json").code());
            assertEquals(
                    2, program.run("history", dataset + "x", "--key", "A-1").code());
            assertEquals(
                    2, call("history", "--key", "A-1", "--partition", "NORTH").code());
        }

        @Test
        void statesThatCannotBeToldOfAreNamed() {
            saveStates();
            save("2020-01-05", "NO,ORDERED,STATUS,NOTE\nA-2,S-8,OPEN,x\n", "--archive", "off");
            String digest = (String) program.done("cleanup", dataset, "--keep-days", "0", "--json")
                    .json()
                    .get("digest");
            program.done("cleanup", dataset, "--keep-days", "0", "--apply", digest);
            TestProgram.Ended ended = done("history", "--key", "A-2");
            assertTrue(
                    ended.out().contains("Not told of:\n  2020-01-01 00:00:00  its archive was removed: archive "),
                    ended.out());
            assertTrue(ended.out().contains("  2020-01-05 00:00:00  it has no archive: batch "), ended.out());
            Map<String, Object> json = done("blame", "--key", "A-2", "--json").json();
            assertEquals("REMOVED", at(json, "gaps.0.kind"));
            List<?> gaps = (List<?>) json.get("gaps");
            assertEquals("NOT_ARCHIVED", ((Map<?, ?>) gaps.get(gaps.size() - 1)).get("kind"));
        }

        @Test
        void builtChangeSetsTellTheSame() {
            saveStates();
            Map<String, Object> byFiles =
                    done("history", "--key", "A-1", "--json").json();
            Map<String, Object> blamedByFiles =
                    done("blame", "--key", "A-3", "--json").json();
            assertTrue(done("history", "--build").out().contains("  3 pairs: a change set was made\n"));
            assertTrue(done("history", "--build").out().contains("  3 pairs: there was a change set\n"));
            Map<String, Object> bySets =
                    done("history", "--key", "A-1", "--json").json();
            assertEquals(byFiles.get("rows"), bySets.get("rows"));
            assertEquals(3L, bySets.get("changeSets"));
            assertEquals(
                    blamedByFiles.get("rows"),
                    done("blame", "--key", "A-3", "--json").json().get("rows"));
            assertEquals(
                    List.of("2020-01-01 FIRST"),
                    kinds(done("history", "--where", "NOTE=x", "--json").json()));
            done("verify", "--level", "catalogue,cross,digest,content");
        }

        @Test
        void buildTakesNoRows() {
            saveStates();
            TestProgram.Ended refused = call("history", "--build", "--key", "A-1");
            assertEquals(2, refused.code());
            assertTrue(refused.err().contains("--build makes change sets and shows no rows"), refused.err());
        }
    }

    @Nested
    class Forms {
        @Test
        void datesOfAZoneHaveTheOffsetOfTheirSeason() {
            save("2020-10-25T00:30:00Z", "NO,ORDERED,STATUS\nA-1,S,OPEN\n");
            save("2020-10-25T01:30:00Z", "NO,ORDERED,STATUS\nA-1,S,PAID\n");
            TestProgram.Ended ended = done("history", "--key", "A-1", "--time-zone", "Europe/Berlin");
            assertTrue(ended.out().contains("(dates in Europe/Berlin)"), ended.out());
            assertTrue(ended.out().contains("  2020-10-25 02:30:00 +02:00  first archived state  "), ended.out());
            assertTrue(ended.out().contains("  2020-10-25 02:30:00 +01:00  CHANGED  "), ended.out());
            List<List<Optional<String>>> csv =
                    csv(done("history", "--key", "A-1", "--time-zone", "Europe/Berlin", "--format", "csv")
                            .out());
            assertEquals(Optional.of("2020-10-25T02:30:00+02:00"), csv.get(1).get(2));
            String json = done("history", "--key", "A-1", "--time-zone", "Europe/Berlin", "--json")
                    .out();
            assertTrue(json.contains("2020-10-25T01:30:00Z"), json);
        }

        @Test
        void csvReadsBack() {
            save("2020-01-01", "NO,ORDERED,NOTE\nA-1,S,\"a, \"\"b\"\"\nc\"\n");
            save("2020-01-02", "NO,ORDERED,NOTE\nA-1,S,\"\"\n");
            save("2020-01-03", "NO,ORDERED,NOTE\nA-1,S,\n");
            List<List<Optional<String>>> history =
                    csv(done("history", "--key", "A-1", "--column", "NOTE", "--format", "csv")
                            .out());
            assertEquals(
                    List.of(
                            "partition",
                            "key NO",
                            "date",
                            "kind",
                            "archive",
                            "batch",
                            "column",
                            "drift",
                            "before",
                            "after"),
                    history.get(0).stream().map(Optional::orElseThrow).toList());
            Optional<String> note = Optional.of("a, \"b\"\nc");
            assertEquals(
                    List.of(
                            List.of(Optional.of("FIRST"), Optional.empty(), note),
                            List.of(Optional.of("CHANGED"), note, Optional.of("")),
                            List.of(Optional.of("CHANGED"), Optional.of(""), Optional.empty())),
                    history.subList(1, history.size()).stream()
                            .map(line -> List.of(line.get(3), line.get(8), line.get(9)))
                            .toList());
            assertEquals(
                    List.of(
                            List.of(Optional.of("NO"), Optional.of("ORDERED"), Optional.of("NOTE")),
                            List.of(Optional.of("A-1"), Optional.of("S"), note)),
                    csv(done("show", "--key", "A-1", "--at", "2020-01-01", "--format", "csv")
                            .out()));
            List<List<Optional<String>>> blame =
                    csv(done("blame", "--key", "A-1", "--format", "csv").out());
            assertEquals(
                    List.of(Optional.of("NOTE"), Optional.empty(), Optional.of("2020-01-03T00:00:00Z")),
                    blame.get(blame.size() - 1).subList(2, 5));
        }

        @Test
        void linesFitATerminalAndHaveNoColoursWhereNoneAreWanted() {
            String wide = "w".repeat(300);
            String header = "NO,ORDERED," + "C".repeat(90) + "\n";
            save("2020-01-01", header + "A-1,S," + wide + "\n", "--tag", "t=" + "x".repeat(90));
            save("2020-01-02", header + "A-1,S," + wide + "x\n");
            program.on(new Page(80, true, false, false));
            for (String command : List.of("history", "blame", "show")) {
                String out = done(command, "--key", "A-1").out();
                out.lines().forEach(line -> assertTrue(DisplayText.width(line) <= 80, command + ": " + line));
                assertFalse(out.contains("\u001B"), out);
                assertTrue(done(command, "--key", "A-1", "--full").out().contains(wide));
            }
            program.on(new Page(80, true, true, false));
            assertTrue(done("history", "--key", "A-1").out().contains("\u001B[33mCHANGED"));
        }

        @Test
        void controlCharactersOfCellsAreEscaped() {
            String hostile = "\u001B[31mred\u0007\u202e";
            save("2020-01-01", "NO,ORDERED,NOTE\n\"" + hostile + "\",S,\"" + hostile + "\"\n");
            save("2020-01-02", "NO,ORDERED,NOTE\n\"" + hostile + "\",S,\"" + hostile + "2\"\n");
            for (boolean coloured : new boolean[] {false, true}) {
                program.on(new Page(80, true, coloured, false));
                for (String command : List.of("history", "blame", "show")) {
                    String out = done(command, "--key", hostile).out();
                    assertFalse(out.contains("\u001B[31mred") || out.contains("\u0007") || out.contains("\u202e"), out);
                }
            }
        }
    }

    @Nested
    class Cells {
        @Test
        void eachCellHasTheSaveThatBroughtIt() {
            saveStates();
            save("2020-01-05", "NO,ORDERED,STATUS,NOTE\nA-1,S-7,DONE,\nA-2,S-8,OPEN,x\nA-3,S-9,PAID,\n");
            Map<String, Object> json = done("blame", "--key", "A-3", "--json").json();
            Map<String, String> since = new LinkedHashMap<>();
            for (Object cell : (List<?>) at(json, "rows.0.cells")) {
                Map<?, ?> each = (Map<?, ?>) cell;
                Map<?, ?> event = (Map<?, ?>) each.get("since");
                since.put(
                        (String) each.get("column"),
                        each.get("value") + " " + event.get("kind") + " "
                                + event.get("date").toString().substring(0, 10));
            }
            assertEquals(
                    Map.of(
                            "NO", "A-3 NEW 2020-01-03",
                            "ORDERED", "S-9 NEW 2020-01-03",
                            "STATUS", "PAID CHANGED 2020-01-04",
                            "NOTE", "null CHANGED 2020-01-05"),
                    since);
            assertEquals(List.of("NO", "ORDERED", "STATUS", "NOTE"), List.copyOf(since.keySet()));
            String out = done("blame", "--key", "A-2").out();
            assertTrue(out.contains("2020-01-01 00:00:00 or longer"), out);
        }

        @Test
        void cellsThatWereAlwaysNullAreShownAndIgnoredColumnsAreNot() {
            program.file(
                    "snapshot.yaml",
                    "datasets:\n  " + dataset + ":\n    source: {csv: rows.csv}\n    key: [NO]\n"
                            + "    types: {\"*\": text}\n    left-out: [LOADED]\n");
            save("2020-01-01", "NO,NOTE,LOADED\nA-1,,1\n");
            save("2020-01-02", "NO,NOTE,LOADED\nA-1,,2\n");
            Map<String, Object> json = done("blame", "--key", "A-1", "--json").json();
            assertEquals(2, ((List<?>) at(json, "rows.0.cells")).size());
            assertEquals("NOTE", at(json, "rows.0.cells.1.column"));
            assertEquals("FIRST", at(json, "rows.0.cells.1.since.kind"));
        }

        @Test
        void encryptedArchivesAreReadWithTheirKeyOnly() {
            program.done("make-key", "keys.json");
            program.with("SNAPSHOT_ENCRYPTION_KEY_FILE", "keys.json");
            saveStates();
            assertTrue(done("history", "--key", "A-3").out().contains("      STATUS  OPEN    PAID\n"));
            program.with("SNAPSHOT_ENCRYPTION_KEY_FILE", "");
            for (String command : List.of("history", "blame", "show")) {
                TestProgram.Ended refused = call(command, "--key", "A-3");
                assertTrue(refused.code() != 0 && !refused.out().contains("PAID"), refused.out());
            }
        }

        @Test
        void aRowThatIsGoneHasNoCells() {
            saveStates();
            save("2020-01-05", "NO,ORDERED,STATUS,NOTE\nA-2,S-8,OPEN,x\n");
            Map<String, Object> json = done("blame", "--key", "A-1", "--json").json();
            assertEquals(false, at(json, "rows.0.present"));
            assertEquals(List.of(), at(json, "rows.0.cells"));
            String out = done("blame", "--key", "A-1").out();
            assertTrue(out.contains("  2020-01-05 00:00:00  DELETED  archive "), out);
        }

        @Test
        void aRowIsShownAsItWas() {
            saveStates();
            String then = done("show", "--key", "A-1", "--at", "2020-01-02").out();
            assertTrue(then.contains("(dates in UTC)\nNO = A-1\n"), then);
            assertTrue(then.contains("  STATUS   PAID\n"), then);
            assertTrue(then.contains("  NOTE     NULL\n"), then);
            assertTrue(done("show", "--key", "A-1").out().contains("  STATUS   BACK\n"));
            assertTrue(done("show", "--key", "A-1", "--at", "previous").out().contains("has no row with this key"));
            Map<String, Object> json = done("show", "--where", "STATUS=OPEN", "--at", "2020-01-03", "--json")
                    .json();
            assertEquals(2, ((List<?>) json.get("rows")).size());
            assertEquals("A-3", at(json, "rows.1.key.NO"));
            assertEquals("text", at(json, "rows.1.cells.2.type"));
            assertEquals("2020-01-03T00:00:00Z", at(json, "archive.date"));
        }
    }

    @Nested
    class BruteForce {
        private final Random random = new Random(15);

        /** The states that the archive gives back, by their dates: the cells of each row by its key. */
        private Map<String, Map<String, Map<String, Optional<String>>>> exported() {
            Map<String, Map<String, Map<String, Optional<String>>>> states = new TreeMap<>();
            for (int day = 1; day <= 8; day++) {
                String date = "2020-02-0" + day;
                done("export", date, "--to", "state.csv");
                List<List<Optional<String>>> lines = csv(program.read("state.csv"));
                Map<String, Map<String, Optional<String>>> rows = new TreeMap<>();
                for (List<Optional<String>> line : lines.subList(1, lines.size())) {
                    Map<String, Optional<String>> cells = new LinkedHashMap<>();
                    for (int i = 0; i < line.size(); i++) {
                        cells.put(lines.get(0).get(i).orElseThrow(), line.get(i));
                    }
                    rows.put(cells.get("NO").orElseThrow(), cells);
                }
                states.put(date, rows);
            }
            return states;
        }

        private void saveRandomStates() {
            Map<String, Map<String, String>> rows = new TreeMap<>();
            List<String> columns = new ArrayList<>(List.of("ORDERED", "A", "B", "C"));
            for (int day = 1; day <= 8; day++) {
                if (day == 4) {
                    columns.remove("B");
                    columns.add("D");
                }
                for (int key = 0; key < 25; key++) {
                    String no = "K-" + key;
                    int what = day == 1 ? random.nextInt(6) : random.nextInt(10);
                    if (what == 0) {
                        rows.remove(no);
                    } else if (what < 6) {
                        Map<String, String> row = rows.computeIfAbsent(no, name -> new TreeMap<>());
                        row.put(columns.get(random.nextInt(columns.size())), cell());
                    }
                }
                StringBuilder csv = new StringBuilder("NO," + String.join(",", columns) + "\n");
                rows.forEach((no, row) -> {
                    csv.append(no);
                    columns.forEach(column -> csv.append(',').append(row.getOrDefault(column, "")));
                    csv.append('\n');
                });
                save("2020-02-0" + day, csv.toString());
            }
        }

        private String cell() {
            return switch (random.nextInt(4)) {
                case 0 -> "";
                case 1 -> "\"\"";
                default -> "v" + random.nextInt(3);
            };
        }

        private List<String> expected(
                Map<String, Map<String, Map<String, Optional<String>>>> states, String key, Set<String> schema) {
            List<String> events = new ArrayList<>();
            Optional<Map<String, Optional<String>>> before = Optional.empty();
            boolean first = true;
            for (Map.Entry<String, Map<String, Map<String, Optional<String>>>> state : states.entrySet()) {
                Optional<Map<String, Optional<String>>> after =
                        Optional.ofNullable(state.getValue().get(key));
                String date = state.getKey() + " ";
                if (before.isEmpty() && after.isPresent()) {
                    events.add(date + (first ? "FIRST" : "NEW") + cells(schema, Map.of(), after.get()));
                } else if (before.isPresent() && after.isEmpty()) {
                    events.add(date + "DELETED" + cells(schema, before.get(), Map.of()));
                } else if (before.isPresent() && !before.get().equals(after.get())) {
                    events.add(date + "CHANGED" + cells(schema, before.get(), after.get()));
                }
                before = after;
                first = false;
            }
            return events;
        }

        private String cells(
                Set<String> schema, Map<String, Optional<String>> before, Map<String, Optional<String>> after) {
            StringBuilder cells = new StringBuilder();
            for (String column : schema) {
                Optional<String> left = before.getOrDefault(column, Optional.empty());
                Optional<String> right = after.getOrDefault(column, Optional.empty());
                if (!left.equals(right)) {
                    cells.append(' ').append(column).append(left).append(right);
                }
            }
            return cells.toString();
        }

        private List<String> told(Map<?, ?> row) {
            List<String> events = new ArrayList<>();
            for (Object each : (List<?>) row.get("events")) {
                Map<?, ?> event = (Map<?, ?>) each;
                Map<String, String> cells = new TreeMap<>();
                for (Object some : (List<?>) event.get("cells")) {
                    Map<?, ?> cell = (Map<?, ?>) some;
                    cells.put(
                            (String) cell.get("column"),
                            "" + Optional.ofNullable(cell.get("before")) + Optional.ofNullable(cell.get("after")));
                }
                StringBuilder text =
                        new StringBuilder(event.get("date").toString().substring(0, 10) + " " + event.get("kind"));
                cells.forEach(
                        (column, change) -> text.append(' ').append(column).append(change));
                events.add(text.toString());
            }
            return events;
        }

        @Test
        void historiesAreThoseOfTheExportedFiles() {
            saveRandomStates();
            Map<String, Map<String, Map<String, Optional<String>>>> states = exported();
            Set<String> keys = new TreeSet<>();
            states.values().forEach(rows -> keys.addAll(rows.keySet()));
            Set<String> schema = new TreeSet<>(Set.of("NO", "ORDERED", "A", "B", "C", "D"));
            String[] asked = Stream.concat(keys.stream().flatMap(key -> Stream.of("--key", key)), Stream.of("--json"))
                    .toArray(String[]::new);
            Map<String, List<String>> told = new TreeMap<>();
            for (Object row : (List<?>) done("history", asked).json().get("rows")) {
                told.put((String) ((Map<?, ?>) ((Map<?, ?>) row).get("key")).get("NO"), told((Map<?, ?>) row));
            }
            Map<String, List<String>> expected = new TreeMap<>();
            keys.forEach(key -> expected.put(key, expected(states, key, schema)));
            assertEquals(expected, told);
            assertTrue(
                    expected.values().stream().flatMap(List::stream).count() > 100, "too little happened: " + expected);

            Map<String, Map<String, Optional<String>>> last = states.get("2020-02-08");
            for (Object row : (List<?>) done("blame", asked).json().get("rows")) {
                Map<?, ?> blame = (Map<?, ?>) row;
                String key = (String) ((Map<?, ?>) blame.get("key")).get("NO");
                Map<String, String> since = new TreeMap<>();
                for (Object some : (List<?>) blame.get("cells")) {
                    Map<?, ?> cell = (Map<?, ?>) some;
                    since.put(
                            (String) cell.get("column"),
                            Optional.ofNullable(cell.get("value")) + " "
                                    + ((Map<?, ?>) cell.get("since"))
                                            .get("date")
                                            .toString()
                                            .substring(0, 10));
                }
                Map<String, String> beginnings = new TreeMap<>();
                Optional.ofNullable(last.get(key))
                        .ifPresent(cells -> cells.forEach((column, value) ->
                                beginnings.put(column, value + " " + beginning(states, key, column))));
                assertEquals(beginnings, since, key);
            }
        }

        /** The date of the earliest of the last states in a row in which the cell has its present value. */
        private String beginning(
                Map<String, Map<String, Map<String, Optional<String>>>> states, String key, String column) {
            List<String> dates = new ArrayList<>(states.keySet());
            String since = dates.get(dates.size() - 1);
            Optional<String> value = states.get(since).get(key).get(column);
            for (int i = dates.size() - 2; i >= 0; i--) {
                Map<String, Optional<String>> row = states.get(dates.get(i)).get(key);
                if (row == null || !row.containsKey(column) || !row.get(column).equals(value)) {
                    break;
                }
                since = dates.get(i);
            }
            return since;
        }
    }

    /** The cells of a text of CSV; an empty one without quotes is NULL. */
    private static List<List<Optional<String>>> csv(String text) {
        List<List<Optional<String>>> lines = new ArrayList<>();
        List<Optional<String>> line = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            StringBuilder cell = new StringBuilder();
            boolean quoted = text.charAt(at) == '"';
            if (quoted) {
                at++;
                while (text.charAt(at) != '"' || text.startsWith("\"\"", at)) {
                    cell.append(text.charAt(at));
                    at += text.charAt(at) == '"' ? 2 : 1;
                }
                at++;
            } else {
                while (text.charAt(at) != ',' && text.charAt(at) != '\n') {
                    cell.append(text.charAt(at++));
                }
            }
            line.add(quoted || cell.length() > 0 ? Optional.of(cell.toString()) : Optional.empty());
            if (text.charAt(at++) == '\n') {
                lines.add(line);
                line = new ArrayList<>();
            }
        }
        return lines;
    }
}
