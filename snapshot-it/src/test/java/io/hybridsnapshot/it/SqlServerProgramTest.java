package io.hybridsnapshot.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.app.Main;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import io.hybridsnapshot.sqlserver.TestSqlServer;
import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The command line end to end, with the window on a real SQL Server and the archive on a real PostgreSQL, both chosen
 * by environment variables alone. Existing readers and writers run their own statements in between.
 */
@Tag(TestSqlServer.TAG)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SqlServerProgramTest {
    private static final int ROWS = 300;

    // Before the other one: where there is no SQL Server, no PostgreSQL is started either.
    @RegisterExtension
    @Order(1)
    static final TestSqlServer SQL_SERVER = new TestSqlServer(TestSqlServer.Reading.LOCKS);

    @RegisterExtension
    @Order(2)
    static final TestDatabase POSTGRES = new TestDatabase();

    @TempDir
    static Path directory;

    @BeforeAll
    static void makeOrders() {
        Assumptions.assumeTrue(SQL_SERVER.isSqlServer(), "Liquibase cannot read the catalogue of Babelfish");
        done("make-orders", "--rows", Integer.toString(ROWS), "--to", file("monday.csv"));
        done("make-orders", "--rows", Integer.toString(ROWS), "--day", "1", "--to", file("tuesday.csv"));
    }

    private static String file(String name) {
        return directory.resolve(name).toString();
    }

    private static Map<String, String> environment() {
        SqlServerSettings window = SQL_SERVER.database();
        PostgresSettings archive = POSTGRES.settings();
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("SNAPSHOT_HOME", file("home"));
        environment.put("SNAPSHOT_SQLSERVER_HOST", window.host());
        environment.put("SNAPSHOT_SQLSERVER_PORT", Integer.toString(window.port()));
        environment.put("SNAPSHOT_SQLSERVER_DATABASE", window.database());
        environment.put("SNAPSHOT_SQLSERVER_USER", window.user());
        environment.put("SNAPSHOT_SQLSERVER_PASSWORD", window.password());
        environment.put(
                "SNAPSHOT_SQLSERVER_PROPERTIES",
                window.properties().entrySet().stream()
                        .map(property -> property.getKey() + "=" + property.getValue())
                        .collect(Collectors.joining(";")));
        environment.put("KESTRA_POSTGRES_HOST", archive.host());
        environment.put("KESTRA_POSTGRES_PORT", Integer.toString(archive.port()));
        environment.put("KESTRA_POSTGRES_DB", archive.database());
        environment.put("KESTRA_POSTGRES_USER", archive.user());
        environment.put("KESTRA_POSTGRES_PASSWORD", archive.password());
        return environment;
    }

    /** What a command prints; one that does not end well is a failure. */
    private static String done(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(
                arguments,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment());
        assertEquals(0, code, () -> List.of(arguments) + ": " + err.toString(StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8);
    }

    private static String count(String condition) {
        return SQL_SERVER
                .rows("SELECT COUNT(*) FROM dbo.ORDERS_UNIFIED_SNAPSHOT WHERE " + condition)
                .get(0);
    }

    @Test
    @Order(1)
    void theChoiceIsShown() {
        String shown = done("config");
        assertTrue(shown.contains("window.type"), shown);
        assertTrue(shown.contains("sqlserver"), shown);
        assertTrue(shown.contains("environment variable SNAPSHOT_SQLSERVER_HOST"), shown);
    }

    @Test
    @Order(2)
    void theFirstSaveMakesTheTablesAndBothStoresReferToEachOther() {
        String saved = done("save", "ORDERS_UNIFIED", "--source", file("monday.csv"), "--json");
        assertTrue(saved.contains("\"command\""), saved);
        assertEquals(Integer.toString(ROWS), count("customer_filter = N'ALL'"));
        assertEquals(List.of("1"), POSTGRES.rows("SELECT count(*) FROM snapshot_archive"));
        assertEquals(
                POSTGRES.rows("SELECT archive_id, lower(batch_id::text) FROM snapshot_archive"),
                SQL_SERVER.rows("SELECT DISTINCT parquet_archive_id, LOWER(CONVERT(CHAR(36), batch_id))"
                        + " FROM dbo.ORDERS_UNIFIED_SNAPSHOT"));
        assertEquals(
                List.of(ROWS + ""), SQL_SERVER.rows("SELECT DISTINCT records_count FROM dbo.ORDERS_UNIFIED_SNAPSHOT"));
    }

    @Test
    @Order(3)
    void theSameTableAgainHasNoChanges() {
        String detected = done("detect", "ORDERS_UNIFIED", "--source", file("monday.csv"), "--exit-code");
        assertTrue(detected.contains(ROWS + ""), detected);
    }

    @Test
    @Order(4)
    void theNextSaveReportsWhatDetectionFound() {
        String detected = done("detect", "ORDERS_UNIFIED", "--source", file("tuesday.csv"), "--limit", "0");
        String saved = done("save", "ORDERS_UNIFIED", "--source", file("tuesday.csv"));
        assertEquals(counts(detected), counts(saved));
        assertEquals(List.of("2"), SQL_SERVER.rows("SELECT COUNT(*) FROM dbo.SNAPSHOT_LEDGER"));
        assertEquals(List.of(ROWS + ""), SQL_SERVER.rows("SELECT COUNT(*) FROM dbo.ORDERS_UNIFIED_SNAPSHOT_HISTORY"));
        assertEquals(List.of("0"), SQL_SERVER.rows("SELECT COUNT(*) FROM dbo.ORDERS_UNIFIED_SNAPSHOT_STAGING"));
        assertEquals(counts(detected), counts(done("compare", "ORDERS_UNIFIED", "previous", "current")));
    }

    /** The line of numbers below the heading of a delta. */
    private static String counts(String delta) {
        List<String> lines = delta.lines().toList();
        for (int i = 0; i + 1 < lines.size(); i++) {
            if (lines.get(i).strip().startsWith("NEW  CHANGED")) {
                return lines.get(i + 1).strip();
            }
        }
        throw new AssertionError("no delta in: " + delta);
    }

    @Test
    @Order(5)
    void existingReadersFindTheCurrentRows() {
        List<String> rows = SQL_SERVER.rows(
                "SELECT record_uuid, row_hash, [AAG ORDER NUMBER], [CUSTOMER NAME], [CUSTOMER STYLE], snapshot_date"
                        + " FROM dbo.ORDERS_UNIFIED_SNAPSHOT WHERE 1=1 ORDER BY snapshot_date DESC");
        assertEquals(count("1 = 1"), Integer.toString(rows.size()));
        assertTrue(rows.get(0).split("\\|")[1].matches("[0-9a-f]{64}"), rows.get(0));
    }

    @Test
    @Order(6)
    void listStatisticsAndProceduresAgree() {
        assertTrue(done("list", "ORDERS_UNIFIED").contains("ALL"));
        assertTrue(done("stats", "ORDERS_UNIFIED").contains("ALL"));
        assertEquals(
                "ALL|2",
                SQL_SERVER.rows("EXEC dbo.sp_snapshot_statistics").get(0).replaceFirst("^([^|]*\\|[^|]*).*", "$1"));
    }

    @Test
    @Order(7)
    void anArchiveComesBackAsItWas() {
        done("export", "ORDERS_UNIFIED", "previous", "--to", file("back.csv"));
        assertEquals(hashes("monday.csv"), hashes("back.csv"));
    }

    /** The identity, the hash and the key of every row, in order. */
    private static List<String> hashes(String name) {
        List<String> hashes = done("hash", file(name), "--dataset", "ORDERS_UNIFIED")
                .lines()
                .sorted()
                .toList();
        assertEquals(ROWS, hashes.size(), name);
        return hashes;
    }

    @Test
    @Order(8)
    void aForeignWriterIsSeenAsSuch() {
        SQL_SERVER.execute("DELETE FROM dbo.ORDERS_UNIFIED_SNAPSHOT WHERE customer_filter = N'ALL'");
        SQL_SERVER.execute("INSERT INTO dbo.ORDERS_UNIFIED_SNAPSHOT (record_uuid, row_hash, [AAG ORDER NUMBER],"
                + " [CUSTOMER NAME], [CUSTOMER STYLE], snapshot_date, customer_filter)"
                + " VALUES (NEWID(), REPLICATE(N'a', 64), N'A1', N'GREYSON', N'S', SYSUTCDATETIME(), N'ALL')");
        String listed = done("list", "ORDERS_UNIFIED", "--json");
        assertTrue(Pattern.compile("\"rows\"\\s*:\\s*1\\b").matcher(listed).find(), listed);
        done("save", "ORDERS_UNIFIED", "--source", file("tuesday.csv"), "--allow-deletes");
        assertEquals("0", count("batch_id IS NULL"));
    }
}
