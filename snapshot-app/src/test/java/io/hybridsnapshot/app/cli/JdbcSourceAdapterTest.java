package io.hybridsnapshot.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.jdbc.source.JdbcSourceProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program with the JDBC source and the drivers of SQLite and H2 in its directory of adapters. */
class JdbcSourceAdapterTest {
    @TempDir
    Path directory;

    private TestProgram program;

    @BeforeEach
    void copyTheJars() throws IOException {
        Path adapters = Files.createDirectories(directory.resolve("adapters"));
        AdapterJar.copyOf(JdbcSourceProvider.class, adapters);
        AdapterJar.copyOf(org.sqlite.JDBC.class, adapters);
        AdapterJar.copyOf(org.h2.Driver.class, adapters);
        program = new TestProgram(directory).with("SHOP_PASSWORD", "s3cret");
    }

    private void configuration(String dataset, String settings, String... more) {
        program.file("snapshot.yaml", """
                adapters: {directory: adapters}
                datasets:
                  %s:
                    source:
                      type: jdbc
                      settings:
                %s
                    key: [ORDER_NO]
                %s
                """.formatted(
                        dataset, settings.indent(8), String.join("\n", more).indent(4)));
    }

    private static void execute(String url, String user, String password, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, user, password);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private String sqlite(String... statements) throws SQLException {
        String url = "jdbc:sqlite:" + directory.resolve("shop.sqlite");
        execute(url, "", "", statements);
        return url;
    }

    private String h2(String... statements) throws SQLException {
        String url = "jdbc:h2:file:" + directory.resolve("shop");
        execute(url, "shop", "s3cret", statements);
        return url + ";LAZY_QUERY_EXECUTION=1";
    }

    private String refused(String... arguments) {
        TestProgram.Ended ended = program.run(arguments);
        assertEquals(2, ended.code(), List.of(arguments) + ": " + ended.out() + ended.err());
        assertFalse(ended.err().contains("s3cret"), ended.err());
        return ended.err();
    }

    @Test
    void aTableOfSqliteIsSavedAndItsChangesAreDetected() throws SQLException {
        String url = sqlite(
                "CREATE TABLE \"o.rders\" (ORDER_NO INTEGER, PRICE NUMERIC, DAY DATE)",
                "INSERT INTO \"o.rders\" VALUES (1, 9.5, '2026-01-31'), (2, 12.25, '2026-02-01')");
        configuration("JDBC_SQLITE", "url: " + url + "\ntable: '\"o.rders\"'", "types: {PRICE: 'decimal(10,2)'}");
        assertTrue(program.done("save", "JDBC_SQLITE").out().contains("2 rows"));
        sqlite("UPDATE \"o.rders\" SET PRICE = 10 WHERE ORDER_NO = 1", "INSERT INTO \"o.rders\" VALUES (3, 1, NULL)");
        Map<String, Object> report =
                program.done("detect", "JDBC_SQLITE", "--json").json();
        assertEquals(1L, JsonText.at(report, "delta.counts.new"));
        assertEquals(1L, JsonText.at(report, "delta.counts.changed"));
        assertEquals(1L, JsonText.at(report, "delta.counts.unchanged"));
        String columns = program.done("list", "JDBC_SQLITE", "--columns").out();
        assertTrue(columns.contains("decimal(10,2)") && columns.contains("date"), columns);
    }

    @Test
    void aQueryOnH2IsReadWithUserAndPassword() throws SQLException {
        String url =
                h2("CREATE TABLE orders (order_no INT, region VARCHAR(9))", "INSERT INTO orders VALUES (1, 'north')");
        h2("INSERT INTO orders VALUES (2, 'south')");
        String settings = "url: " + url + "\nuser: shop\nquery: SELECT * FROM orders WHERE region = 'north'\n";
        configuration("JDBC_H2", settings + "password-env: SHOP_PASSWORD");
        assertTrue(program.done("save", "JDBC_H2").out().contains("1 row"));
        assertFalse(program.done("config").out().contains("s3cret"));
        program.with("SHOP_PASSWORD", "wrong");
        assertTrue(refused("save", "JDBC_H2").contains("the database refused the login"));
    }

    @Test
    void theConfigurationShowsTheAdapterAndItsSettings() throws SQLException {
        String url = sqlite("CREATE TABLE orders (ORDER_NO INTEGER)");
        configuration("JDBC_SHOWN", "url: " + url + "\ntable: orders\npassword-env: SHOP_PASSWORD");
        String shown = program.done("config").out();
        for (String part : List.of("adapters.source.jdbc", "version", "adapters/JdbcSource", url, "***")) {
            assertTrue(shown.contains(part), () -> part + " is not in\n" + shown);
        }
        assertTrue(shown.lines().anyMatch(line -> line.contains("fetch-rows") && line.contains("1000")), shown);
    }

    @Test
    void settingsThatDoNotFitAreRefusedWithTheirLinesAndNoSecretIsShown() {
        configuration(
                "JDBC_WRONG",
                "url: jdbc:h2:mem:x;PASSWORD=s3cret\ntable: orders\nquery: SELECT 1\nzone: Nowhere\nfetch-rows: 0");
        String wrong = refused("config");
        for (String part : List.of(
                "settings.url holds a secret",
                "settings.query or 'table': expected one of the two",
                "settings.zone found 'Nowhere', expected a time zone",
                "settings.fetch-rows found '0', expected 1 to",
                "snapshot.yaml:7: ")) {
            assertTrue(wrong.contains(part), () -> part + " is not in\n" + wrong);
        }
    }

    @Test
    void aUrlWithoutADriverAndATypeOfAnUnknownColumnAreRefused() throws SQLException {
        configuration("JDBC_LOST", "url: jdbc:nowhere:x\ntable: orders");
        String lost = refused("save", "JDBC_LOST");
        assertTrue(lost.contains("no JDBC driver takes the URL") && lost.contains("org.sqlite.JDBC"), lost);
        assertFalse(lost.contains("org.postgresql"), "the program's own drivers are hidden: " + lost);
        String url = sqlite("CREATE TABLE orders (ORDER_NO INTEGER)");
        configuration("JDBC_LOST", "url: " + url + "\ntable: orders", "types: {ORDER_NR: text}");
        assertTrue(refused("save", "JDBC_LOST").contains("did you mean 'ORDER_NO'?"));
        configuration("JDBC_LOST", "url: " + url + "\ntable: orders", "types: {'*': text}");
        assertTrue(refused("save", "JDBC_LOST").contains("remove '*' from the types"));
    }
}
