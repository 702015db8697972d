package io.hybridsnapshot.app.cli;

import static io.hybridsnapshot.app.cli.JsonText.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives that other programs wrote under names that no dataset can have, in a database of their own. */
class ForeignTablesTest {
    private static final List<String> TABLES =
            List.of("", "=dbo.[ORDERS \"UNIFIED\"]", "\u001b[31mred\nČeněk", "x".repeat(255));

    @TempDir
    Path directory;

    private TestProgram program;

    @BeforeEach
    void start() throws SQLException {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS foreign_tables");
            statement.execute("CREATE DATABASE foreign_tables");
        }
        URI server = URI.create(TestProgram.server().jdbcUrl("foreign_tables").substring("jdbc:".length()));
        program = new TestProgram(directory)
                .with("KESTRA_POSTGRES_HOST", server.getHost())
                .with("KESTRA_POSTGRES_PORT", Integer.toString(server.getPort()))
                .with("KESTRA_POSTGRES_DB", "foreign_tables")
                .with("KESTRA_POSTGRES_USER", TestProgram.server().user())
                .with("KESTRA_POSTGRES_PASSWORD", TestProgram.server().password());
        program.file("rows.csv", "ID,NAME\n1,a\n2,b\n");
        program.done("save", "ours", "--source", "rows.csv", "--key", "ID", "--date", "2026-09-25");
    }

    private static Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                TestProgram.server().jdbcUrl(database),
                TestProgram.server().user(),
                TestProgram.server().password());
    }

    private static void insert(String table) throws SQLException {
        try (Connection connection = connect("foreign_tables");
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO snapshot_archive (snapshot_date, customer_filter, records_count, source_table,"
                                + " parquet_data, parquet_size) VALUES ('2026-09-26', 'ALL', 7, ?, 'PAR1', 4)")) {
            insert.setString(1, table);
            insert.execute();
        }
    }

    @Test
    void tablesWhoseNamesNoDatasetCanHaveAreShownAndBreakNothing() throws SQLException {
        for (String table : TABLES) {
            insert(table);
        }
        Map<String, Object> list = program.done("list", "--json").json();
        Map<String, Object> stats = program.done("stats", "--json").json();
        List<String> names = List.of(TABLES.get(0), TABLES.get(2), TABLES.get(1), "ours", TABLES.get(3));
        for (int i = 0; i < names.size(); i++) {
            boolean own = names.get(i).equals("ours");
            assertEquals(names.get(i), at(list, "datasets." + i + ".dataset"));
            assertEquals(own ? 2L : 7L, at(list, "datasets." + i + ".archives.0.rows"));
            assertEquals(own ? 1 : 0, ((List<?>) at(list, "datasets." + i + ".window")).size());
            assertEquals(names.get(i), at(stats, "datasets." + i + ".dataset"));
            assertEquals(1L, at(stats, "datasets." + i + ".partitions.0.archives"));
            assertEquals(own ? 1L : 0L, at(stats, "datasets." + i + ".partitions.0.windowSnapshots"));
        }
        for (String[] call :
                List.of(new String[] {"list"}, new String[] {"stats"}, new String[] {"stats", "--trend"})) {
            String text = program.done(call).out();
            assertTrue(text.contains("=dbo.[ORDERS \"UNIFIED\"]  (a foreign writer's table"), text);
            assertTrue(text.contains("\\u001b[31mred\\nČeněk  (a foreign"), text);
            assertTrue(text.contains("\nours\n"), text);
        }
        String csv = program.done("stats", "--trend", "--format", "csv").out();
        assertTrue(csv.contains("\r\n\"'=dbo.[ORDERS \"\"UNIFIED\"\"]\",ALL,2026-09-26,"), csv);
        assertTrue(csv.contains("\r\nours,ALL,2026-09-25,"), csv);
    }

    @Test
    void archivesOfAnEmptyPartitionAreShownAndNothingIsSavedThere() throws SQLException {
        try (Connection connection = connect("foreign_tables");
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "INSERT INTO snapshot_archive (snapshot_date, customer_filter, records_count, source_table,"
                            + " parquet_data, parquet_size) VALUES ('2026-09-24', '', 7, 'ours', 'PAR1', 4)");
        }
        Map<String, Object> list = program.done("list", "ours", "--json").json();
        assertEquals("", at(list, "datasets.0.archives.1.partition"));
        assertEquals(7L, at(list, "datasets.0.archives.1.rows"));
        assertEquals(
                1,
                ((List<?>) at(program.done("list", "ours", "-p", "", "--json").json(), "datasets.0.archives")).size());
        assertEquals(0, program.run("stats", "ours").code());
        assertEquals(
                0, program.run("verify", "ours", "--level", "catalogue,cross").code());
        TestProgram.Ended save = program.run("save", "ours", "--source", "rows.csv", "--key", "ID", "-p", "");
        assertEquals(2, save.code());
        assertTrue(save.err().contains("empty partition name"), save.err());
    }

    @Test
    void verificationLooksAtTheOthersAndSaysWhatItLeavesOut() throws SQLException {
        insert(TABLES.get(1));
        TestProgram.Ended json = program.run("verify", "--json");
        assertEquals(0, json.code(), json.err());
        assertEquals("ours", at(json.json(), "datasets.0.dataset"));
        assertEquals(List.of(TABLES.get(1)), at(json.json(), "notVerified"));
        String text = program.done("verify").out();
        assertTrue(text.contains(TABLES.get(1) + "\n  not verified"), text);
        TestProgram.Ended named = program.run("verify", TABLES.get(1));
        assertEquals(2, named.code());
        assertTrue(named.err().contains("validate_archive_integrity"), named.err());
    }

    @Test
    void suchATableIsListedByNameAndRefusedByCommandsThatNeedADataset() throws SQLException {
        insert(TABLES.get(1));
        assertEquals(7L, at(program.done("list", TABLES.get(1), "--json").json(), "datasets.0.archives.0.rows"));
        TestProgram.Ended cleanup = program.run("cleanup", TABLES.get(1));
        assertEquals(2, cleanup.code());
        assertTrue(cleanup.err().contains("not a dataset name"), cleanup.err());
        TestProgram.Ended unknown = program.run("list", "dbo.ORDRES");
        assertEquals(2, unknown.code());
        assertTrue(unknown.err().contains("unknown dataset"), unknown.err());
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = connect("foreign_tables");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void recordsDatedOutsideTheCalendarAreAFindingAndBreakNothing() throws SQLException {
        for (String date : List.of("infinity", "-infinity", "294276-12-31", "0044-03-15 BC")) {
            execute("INSERT INTO snapshot_archive (snapshot_date, customer_filter, source_table, parquet_data,"
                    + " parquet_size, created_at, retention_until) VALUES ('" + date
                    + "', 'ALL', 'ours', 'PAR1', 4, '" + (date.contains("infinity") ? date : "2026-09-25")
                    + "', '" + (date.contains("BC") ? "-infinity" : "infinity") + "')");
        }
        program.done("save", "ours", "--source", "rows.csv", "--key", "ID", "--date", "2026-09-26");
        assertImpossibleDatesAreFound();
        String shown = program.done("list", "ours").out();
        assertTrue(shown.contains("infinity") && shown.contains("-infinity"), shown);
        for (String[] call : List.of(
                new String[] {"list", "ours", "--json"},
                new String[] {"list", "ours", "--since", "2026-01-01"},
                new String[] {"list", "ours", "--until", "2026-12-31"},
                new String[] {"stats", "ours"},
                new String[] {"stats", "ours", "--json"},
                new String[] {"stats", "ours", "--trend"},
                new String[] {"stats", "ours", "--trend", "--by", "week"},
                new String[] {"stats", "ours", "--trend", "--by", "month", "--json"},
                new String[] {"stats", "ours", "--trend", "--format", "csv"},
                new String[] {"cleanup", "ours"},
                new String[] {
                    "cleanup",
                    "ours",
                    "--keep-days",
                    "1",
                    "--keep-daily",
                    "2",
                    "--keep-weekly",
                    "2",
                    "--keep-monthly",
                    "2",
                    "--keep-yearly",
                    "2",
                    "--time-zone",
                    "Pacific/Kiritimati"
                },
                new String[] {"export", "ours", "2026-09-25", "--to", "past.csv"},
                new String[] {"recover", "ours"})) {
            assertEquals(
                    0,
                    program.run(call).code(),
                    () -> String.join(" ", call) + ": " + program.run(call).err());
        }
        program.done("compare", "ours", "2026-09-25", "current", "--key", "ID");
        execute("DELETE FROM snapshot_archive WHERE snapshot_date > '2026-12-31' OR snapshot_date < '2000-01-01'");
        for (String[] call : List.of(
                new String[] {"list", "ours", "--removed"},
                new String[] {"stats", "ours", "--trend"},
                new String[] {"stats", "ours", "--trend", "--by", "week"},
                new String[] {"verify", "ours"})) {
            assertEquals(0, program.run(call).code(), () -> String.join(" ", call));
        }
    }

    private void assertImpossibleDatesAreFound() {
        TestProgram.Ended verified = program.run("verify", "ours", "--json");
        assertEquals(4, verified.code(), verified.err());
        List<?> findings = (List<?>) at(verified.json(), "datasets.0.findings");
        long impossible = findings.stream()
                .filter(finding -> ((Map<?, ?>) finding).get("type").equals("DATE_IMPOSSIBLE"))
                .count();
        assertEquals(4, impossible, findings.toString());
        assertTrue(
                findings.stream()
                        .noneMatch(finding -> ((Map<?, ?>) finding).get("type").equals("RECORD_CHANGED")),
                findings.toString());
    }
}
