package io.hybridsnapshot.app.cli;

import static io.hybridsnapshot.app.cli.JsonText.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.app.config.Configuration;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A window that the Python pipeline wrote, with hashes that it made ({@code take-over.py} beside
 * {@code take-over.csv}).
 */
class TakeOverTest {
    private static final int SOURCE_COLUMNS = 9;
    private static final List<String> SPECS = List.of("legacy-py-a", "legacy-py-b", "legacy-py-c");
    private static final int ORDER = 1;
    private static final int STYLE = 3;
    private static final int QTY = 4;
    private static final int PRICE = 5;
    private static final int NOTE = 8;

    @TempDir
    Path directory;

    private TestProgram program;
    private String dataset;
    private List<String[]> rows;

    @BeforeEach
    void start(TestInfo test) throws IOException {
        program = new TestProgram(directory);
        String method = test.getTestMethod().orElseThrow().getName()
                + test.getDisplayName().hashCode();
        dataset = "t_" + Integer.toHexString(method.hashCode());
        rows = new ArrayList<>();
        try (InputStream in = TakeOverTest.class.getResourceAsStream("take-over.csv")) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .forEach(line -> rows.add(line.split(",", -1)));
        }
    }

    /** Calls the program on the present rows. */
    private TestProgram.Ended call(String command, String... more) {
        StringBuilder csv = new StringBuilder();
        for (String[] row : rows) {
            csv.append(String.join(",", Arrays.copyOf(row, SOURCE_COLUMNS))).append('\n');
        }
        program.file("orders.csv", csv.toString());
        String[] arguments = Stream.concat(
                        Stream.of(
                                command,
                                dataset,
                                "--source=orders.csv",
                                "--key=record_uuid",
                                "--carry=AAG ORDER NUMBER",
                                "--carry=CUSTOMER NAME",
                                "--carry=CUSTOMER STYLE",
                                "--type=record_uuid=uuid",
                                "--type=QTY=int32",
                                "--type=PRICE=decimal(10,2)",
                                "--type=SHIPPED=timestamp(6)",
                                "--type=URGENT=boolean",
                                "--type=*=text"),
                        Stream.of(more))
                .toArray(String[]::new);
        return program.run(arguments);
    }

    private Map<String, Object> document(String command, String... more) {
        TestProgram.Ended ended = call(
                command, Stream.concat(Stream.of("--json"), Stream.of(more)).toArray(String[]::new));
        assertEquals(0, ended.code(), ended.err());
        return ended.json();
    }

    private static Map<String, Long> counts(long added, long changed, long unchanged, long deleted) {
        return Map.of(
                "new", added,
                "changed", changed,
                "unchanged", unchanged,
                "deleted", deleted,
                "before", changed + unchanged + deleted,
                "after", changed + unchanged + added);
    }

    /**
     * Creates the dataset's tables with a first save, and then replaces its rows as the pipeline does: DELETE and
     * INSERT of seven columns.
     */
    private void writeAsThePipeline(String spec) throws SQLException {
        writeAsThePipeline(spec, LocalDateTime.of(2026, 9, 27, 6, 0));
    }

    private void writeAsThePipeline(String spec, LocalDateTime date) throws SQLException {
        document("save");
        String table = dataset + "_snapshot";
        try (Connection connection = DriverManager.getConnection(
                        TestProgram.server().jdbcUrl(Configuration.WINDOW_DATABASE),
                        TestProgram.server().user(),
                        TestProgram.server().password());
                Statement statement = connection.createStatement();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO " + table
                        + " (record_uuid, row_hash, \"AAG ORDER NUMBER\", \"CUSTOMER NAME\", \"CUSTOMER"
                        + " STYLE\", snapshot_date, customer_filter) VALUES (?, ?, ?, ?, ?, ?, ?)")) {
            statement.execute("DELETE FROM " + table + " WHERE customer_filter = 'ALL'");
            for (String[] row : rows.subList(1, rows.size())) {
                insert.setObject(1, UUID.fromString(row[0]));
                insert.setString(2, row[SOURCE_COLUMNS + SPECS.indexOf(spec)]);
                insert.setString(3, row[1]);
                insert.setString(4, row[2]);
                insert.setString(5, row[3].isEmpty() ? null : row[3]);
                insert.setObject(6, date);
                insert.setString(7, "ALL");
                insert.executeUpdate();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"legacy-py-a", "legacy-py-b", "legacy-py-c"})
    void findsNothingWhereNothingChanged(String spec) throws SQLException {
        writeAsThePipeline(spec);
        Map<String, Object> report = document("detect", "--hash-spec", spec);
        assertEquals(counts(0, 0, 40, 0), at(report, "delta.counts"));
        assertEquals("LEGACY_HASHES", at(report, "delta.basis"));
        assertEquals(
                0,
                call("detect", "--exit-code", "--no-details", "--hash-spec", spec)
                        .code());
    }

    @Test
    void findsExactlyTheRowsThatDifferAndTakesTheWindowOver() throws SQLException {
        writeAsThePipeline("legacy-py-b");
        Set<String> changed = new HashSet<>();
        for (int row : new int[] {3, 17, 40}) {
            rows.get(row)[PRICE] = "77.01";
            changed.add(rows.get(row)[ORDER]);
        }
        rows.get(9)[NOTE] = rows.get(9)[NOTE].isEmpty() ? "   " : rows.get(9)[NOTE] + "\u2007";
        String deleted = rows.remove(22)[0];
        String[] added = rows.get(5).clone();
        added[0] = "00000000-0000-0000-0000-000000000001";
        added[ORDER] = "JOO-99999";
        rows.add(added);

        Map<String, Object> detected =
                document("detect", "--hash-spec", "legacy-py-b", "--limit", "9", "--changes", "changes.jsonl");
        assertEquals(counts(1, 3, 36, 1), at(detected, "delta.counts"));
        assertEquals(null, at(detected, "delta.remark"));
        List<Map<String, Object>> changes =
                program.read("changes.jsonl").lines().map(JsonText::document).toList();
        assertEquals(5, changes.size());
        Set<String> identities = new HashSet<>();
        for (Map<String, Object> change : changes) {
            identities.add(change.get("kind") + " " + change.get("identity"));
            assertEquals(List.of(), change.get("columns"), "the cells before are not known");
        }
        Set<String> expected = new HashSet<>();
        for (String[] row : rows) {
            if (changed.contains(row[ORDER])) {
                expected.add("CHANGED " + row[0].toLowerCase(Locale.ROOT));
            }
        }
        expected.add("NEW " + added[0]);
        expected.add("DELETED " + deleted.toLowerCase(Locale.ROOT));
        assertEquals(expected, identities);

        TestProgram.Ended refused = call("save", "--hash-spec", "legacy-py-c");
        assertEquals(2, refused.code(), refused.out());
        assertTrue(refused.err().contains("--allow-mismatch"), refused.err());
        TestProgram.Ended saved = call("save", "--hash-spec", "legacy-py-b");
        assertEquals(0, saved.code(), saved.err());
        assertTrue(saved.out().contains("the cells before are not known"), saved.out());
        Map<String, Object> after = document("detect");
        assertEquals(counts(0, 0, 40, 0), at(after, "delta.counts"));
        assertEquals("WHOLE_ROWS", at(after, "delta.basis"));

        TestProgram.Ended again = call("detect", "--hash-spec", "legacy-py-b");
        assertEquals(2, again.code());
        assertTrue(again.err().contains("the current snapshot is not a foreign writer's"), again.err());
        assertTrue(again.err().contains("leave the hash spec out (--hash-spec)"), again.err());
        assertEquals(2, call("save", "--hash-spec", "legacy-py-b").code());
    }

    @Test
    void saysSoWhereEveryHashDiffers() throws SQLException {
        writeAsThePipeline("legacy-py-a");
        Map<String, Object> report = document("detect", "--hash-spec", "legacy-py-c");
        assertEquals(counts(0, 40, 0, 0), at(report, "delta.counts"));
        assertTrue(at(report, "delta.remark").toString().contains("another spec than legacy-py-c"), report.toString());
    }

    @Test
    void saysSoWhereNoRowIsInTheWindow() throws SQLException {
        writeAsThePipeline("legacy-py-b");
        rows.subList(1, rows.size()).forEach(row -> row[0] = UUID.randomUUID().toString());
        Map<String, Object> report = document("detect", "--hash-spec", "legacy-py-b");
        assertEquals(counts(40, 0, 0, 40), at(report, "delta.counts"));
        assertTrue(at(report, "delta.remark").toString().contains("[record_uuid]"), report.toString());
    }

    @Test
    void withoutTheSpecEveryRowCountsAsChanged() throws SQLException {
        writeAsThePipeline("legacy-py-b");
        Map<String, Object> report = document("detect");
        assertEquals(counts(0, 40, 0, 0), at(report, "delta.counts"));
        assertEquals("KEYS_ONLY", at(report, "delta.basis"));
        assertTrue(at(report, "delta.remark").toString().contains("--hash-spec legacy-py-b"), report.toString());
    }

    /**
     * A pipeline in Auckland, twelve hours ahead or more. Its dates lie in the future of every clock that keeps UTC.
     */
    @Test
    void theDatesOfAPipelineThatWritesLocalTimeAreSaidToBeInTheFutureAndReadInItsZone() throws SQLException {
        String zone = "Pacific/Auckland";
        LocalDateTime written = LocalDateTime.now(ZoneId.of(zone)).truncatedTo(ChronoUnit.SECONDS);
        writeAsThePipeline("legacy-py-b", written);
        String asUtc = written.toInstant(ZoneOffset.UTC).toString();
        String meant = written.atZone(ZoneId.of(zone)).toInstant().toString();

        Map<String, Object> silent = document("detect", "--hash-spec", "legacy-py-b");
        String remark = at(silent, "delta.remark").toString();
        assertTrue(remark.contains(asUtc) && remark.contains("in the future"), remark);
        assertTrue(remark.contains("--take-over-zone"), remark);

        Map<String, Object> named = document("detect", "--hash-spec", "legacy-py-b", "--take-over-zone", zone);
        assertEquals(null, at(named, "delta.remark"));
        assertEquals(counts(0, 0, 40, 0), at(named, "delta.counts"));
        Map<String, Object> saved = document("save", "--hash-spec", "legacy-py-b", "--take-over-zone", zone);
        assertEquals(null, at(saved, "delta.remark"));
        assertTrue(
                Instant.parse(at(saved, "snapshot.date").toString())
                        .isBefore(Instant.now().plusSeconds(60)),
                saved.toString());
        Map<String, Object> list = program.done("list", dataset, "--json").json();
        assertEquals(meant, at(list, "datasets.0.window.1.date"));
        try (Connection connection = DriverManager.getConnection(
                        TestProgram.server().jdbcUrl(Configuration.WINDOW_DATABASE),
                        TestProgram.server().user(),
                        TestProgram.server().password());
                Statement statement = connection.createStatement();
                ResultSet dates =
                        statement.executeQuery("SELECT DISTINCT snapshot_date FROM " + dataset + "_snapshot_history")) {
            assertTrue(dates.next());
            assertEquals(
                    meant,
                    dates.getObject(1, LocalDateTime.class)
                            .toInstant(ZoneOffset.UTC)
                            .toString());
        }

        TestProgram.Ended unknown = call("detect", "--take-over-zone", "Europe/Berlyn");
        assertEquals(2, unknown.code());
        assertTrue(unknown.err().contains("did you mean 'Europe/Berlin'?"), unknown.err());
    }

    @Test
    void theManagersHashSeesItsThreeColumnsAlone() throws SQLException {
        writeAsThePipeline("legacy-py-c");
        rows.get(1)[QTY] = "1";
        rows.get(2)[STYLE] = "MFA99";
        assertEquals(counts(0, 1, 39, 0), at(document("detect", "--hash-spec", "legacy-py-c"), "delta.counts"));
    }

    @Test
    void anEmptyWindowHasNothingToTakeOver() {
        for (String command : List.of("detect", "save")) {
            TestProgram.Ended ended = call(command, "--hash-spec", "legacy-py-b");
            assertEquals(2, ended.code(), ended.err());
            assertTrue(ended.err().contains("no snapshot whose hashes a foreign writer could have made"), ended.err());
        }
        Map<String, Object> report = document("detect");
        assertEquals("FIRST_SNAPSHOT", at(report, "delta.basis"));
        assertEquals(counts(40, 0, 0, 0), at(report, "delta.counts"));
    }

    @Test
    void aMistypedSpecIsRefusedWithTheNearestName() {
        TestProgram.Ended ended = call("save", "--hash-spec", "legacy-pyb");
        assertEquals(2, ended.code());
        assertTrue(ended.err().contains("did you mean 'legacy-py-b'?"), ended.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"legacy-py-a", "legacy-py-b", "legacy-py-c"})
    void theHashCommandPrintsWhatThePipelineWrote(String spec) {
        String[] types = {
            "--key=record_uuid",
            "--type=record_uuid=uuid",
            "--type=QTY=int32",
            "--type=PRICE=decimal(10,2)",
            "--type=SHIPPED=timestamp(6)",
            "--type=URGENT=boolean",
            "--type=*=text"
        };
        StringBuilder csv = new StringBuilder();
        rows.forEach(row ->
                csv.append(String.join(",", Arrays.copyOf(row, SOURCE_COLUMNS))).append('\n'));
        program.file("orders.csv", csv.toString());
        TestProgram.Ended printed =
                program.done(Stream.concat(Stream.of("hash", "orders.csv", "--spec", spec), Stream.of(types))
                        .toArray(String[]::new));
        List<String> hashes =
                printed.out().lines().map(line -> line.split("\t")[1]).toList();
        assertEquals(
                rows.stream()
                        .skip(1)
                        .map(row -> row[SOURCE_COLUMNS + SPECS.indexOf(spec)])
                        .toList(),
                hashes);
    }
}
