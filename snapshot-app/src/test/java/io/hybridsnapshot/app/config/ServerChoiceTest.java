package io.hybridsnapshot.app.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which server the window is on, by file and environment. */
class ServerChoiceTest {
    private static final String SQL_SERVER_SECTION = "window: {sqlserver: {host: mssql, user: etl}}\n";
    private static final String POSTGRES_SECTION = "window: {postgres: {host: pg, user: me}}\n";

    @TempDir
    Path directory;

    private final Map<String, String> environment = new HashMap<>();

    private Configuration load(String yaml) throws IOException {
        Files.writeString(directory.resolve("snapshot.yaml"), yaml);
        return ConfigurationLoader.load(new ConfigurationRequest(
                Optional.empty(), Optional.empty(), directory, Optional.of(directory.resolve("user")), environment));
    }

    private String report(String yaml) {
        return assertThrows(SnapshotException.class, () -> load(yaml)).getMessage();
    }

    private void sqlServer() {
        environment.put("SNAPSHOT_SQLSERVER_HOST", "mssql");
        environment.put("SNAPSHOT_SQLSERVER_USER", "etl");
    }

    private static ServerSection server(String database, String password, Map<String, String> properties) {
        return new ServerSection(
                ServerType.SQL_SERVER, "mssql", 1433, database, "etl", new Secret(password), properties);
    }

    private static String setting(Configuration configuration, String name) {
        return configuration.settings().stream()
                .filter(setting -> setting.name().equals(name))
                .map(setting -> setting.value() + " from " + setting.origin())
                .findFirst()
                .orElse("none");
    }

    @Test
    void variablesAloneChooseSqlServerForTheWindowAndPostgresForTheArchive() throws IOException {
        sqlServer();
        environment.put("SNAPSHOT_SQLSERVER_PASSWORD", "s3cret");
        environment.put("KESTRA_POSTGRES_HOST", "pg");
        environment.put("KESTRA_POSTGRES_USER", "kestra");
        Configuration configuration = load("");
        assertEquals(StoreSection.on(server("ORDERS", "s3cret", Map.of())), configuration.window());
        assertEquals(
                StoreSection.on(new ServerSection(
                        ServerType.POSTGRESQL, "pg", 5432, "kestra", "kestra", Secret.NONE, Map.of())),
                configuration.archive());
        assertEquals(
                "sqlserver from environment variable SNAPSHOT_SQLSERVER_HOST", setting(configuration, "window.type"));
        assertEquals(
                "*** from environment variable SNAPSHOT_SQLSERVER_PASSWORD",
                setting(configuration, "window.sqlserver.password"));
        assertFalse(configuration.toString().contains("s3cret"), configuration.toString());
    }

    @Test
    void aSectionOfTheFileChoosesToo() throws IOException {
        Files.writeString(directory.resolve("pw"), "from file\n");
        Configuration configuration = load("""
                window:
                  sqlserver:
                    host: mssql
                    port: 14330
                    database: WINDOW
                    user: etl
                    password-file: pw
                    properties: {trustServerCertificate: true}
                """);
        assertEquals(
                new ServerSection(
                        ServerType.SQL_SERVER,
                        "mssql",
                        14330,
                        "WINDOW",
                        "etl",
                        new Secret("from file"),
                        Map.of("trustServerCertificate", "true")),
                configuration.window().server().orElseThrow());
        assertEquals(StoreSection.embedded("kestra"), configuration.archive());
        assertEquals("sqlserver from snapshot.yaml:2", setting(configuration, "window.type"));
    }

    @Test
    void theEnvironmentWinsOverTheSection() throws IOException {
        environment.put("SNAPSHOT_SQLSERVER_DATABASE", "OTHER");
        environment.put("SNAPSHOT_SQLSERVER_PROPERTIES", "encrypt=strict; trustStorePassword=pw=1;");
        Configuration configuration =
                load("window: {sqlserver: {host: mssql, user: etl, database: ORDERS, properties: {encrypt: false}}}");
        assertEquals(
                StoreSection.on(server("OTHER", "", Map.of("encrypt", "strict", "trustStorePassword", "pw=1"))),
                configuration.window());
        assertEquals(
                "strict from environment variable SNAPSHOT_SQLSERVER_PROPERTIES",
                setting(configuration, "window.sqlserver.properties.encrypt"));
        assertEquals(
                "*** from environment variable SNAPSHOT_SQLSERVER_PROPERTIES",
                setting(configuration, "window.sqlserver.properties.trustStorePassword"));
        assertFalse(configuration.toString().contains("pw=1"), configuration.toString());
    }

    @Test
    void aValueInBracesMayHoldSemicolons() throws IOException {
        environment.put(
                "SNAPSHOT_SQLSERVER_PROPERTIES", "encrypt=strict; trustStorePassword = {p;w={1}}};trustStore={a b};");
        Configuration configuration = load("window: {sqlserver: {host: mssql, user: etl, database: ORDERS}}");
        assertEquals(
                StoreSection.on(server(
                        "ORDERS",
                        "",
                        Map.of("encrypt", "strict", "trustStorePassword", "p;w={1}", "trustStore", "a b"))),
                configuration.window());
    }

    @Test
    void bracesThatAreNotClosedAreRefusedAndTheirValueIsNotShown() {
        for (String value : new String[] {"{p;w", "{p;w}}", "{p;w}x", "{p}w}", "{"}) {
            environment.put("SNAPSHOT_SQLSERVER_PROPERTIES", "encrypt=strict;trustStorePassword=" + value);
            String report = report("window: {sqlserver: {host: mssql, user: etl, database: ORDERS}}");
            assertEquals(
                    "the configuration is wrong: environment variable SNAPSHOT_SQLSERVER_PROPERTIES: the braces"
                            + " around the value of 'trustStorePassword' are not closed, or text follows them;"
                            + " expected name={value}, with each closing brace within the value written twice",
                    report);
        }
    }

    @Test
    void theDefaultEncryptionIsShown() throws IOException {
        String name = "window.sqlserver.properties.encrypt";
        assertEquals("true from default", setting(load(SQL_SERVER_SECTION), name));
        assertEquals(
                "false from snapshot.yaml:1",
                setting(load("window: {sqlserver: {host: mssql, user: etl, properties: {encrypt: false}}}"), name));
        assertEquals("none", setting(load(POSTGRES_SECTION), name));
    }

    @Test
    void theSectionThatIsNotChosenIsCheckedForMistakesAndMayBeIncomplete() throws IOException {
        String report = report("""
                window:
                  type: postgres
                  postgres: {host: pg, user: me}
                  sqlserver:
                    hst: mssql
                    port: many
                    password: hunter2
                    properties: {encript: true, trustStorePassword: x}
                """);
        assertTrue(report.startsWith("the configuration has 5 problems:\n"), report);
        for (String part : new String[] {
            "snapshot.yaml:5: unknown key 'window.sqlserver.hst' (did you mean 'host'?)",
            "snapshot.yaml:6: window.sqlserver.port: found 'many', expected a whole number from 1 to 65535",
            "snapshot.yaml:7: a password does not belong in this file",
            "snapshot.yaml:8: an unknown connection property: found 'encript'",
            "snapshot.yaml:8: a password does not belong in this file"
                    + " ('window.sqlserver.properties.trustStorePassword')"
        }) {
            assertTrue(report.contains(part), part + " is not in:\n" + report);
        }
        report = report("window: {type: sqlserver, sqlserver: {host: mssql, user: etl}, postgres: {prt: 5433}}");
        assertTrue(report.contains("unknown key 'window.postgres.prt' (did you mean 'port'?)"), report);
        String incomplete = """
                window:
                  type: sqlserver
                  sqlserver: {host: mssql, user: etl}
                  postgres: {port: 5433, database: orders, password-file: not-mounted-here, password-env: NOT_SET_HERE}
                """;
        Configuration configuration = load(incomplete);
        assertEquals(
                ServerType.SQL_SERVER,
                configuration.window().server().orElseThrow().type());
        assertEquals("none", setting(configuration, "window.postgres.port"));
        assertEquals(
                "pg",
                load("window: {type: postgres, postgres: {host: pg, user: me}, sqlserver: {user: etl}}")
                        .window()
                        .server()
                        .orElseThrow()
                        .host());
    }

    @Test
    void withTwoServersTheTypeDecides() throws IOException {
        sqlServer();
        assertEquals(
                "the configuration is wrong: environment variable SNAPSHOT_SQLSERVER_HOST: the window has two"
                        + " servers, this one and that of snapshot.yaml:1; choose one by window.type (or"
                        + " SNAPSHOT_WINDOW_TYPE): postgres or sqlserver",
                report(POSTGRES_SECTION));
        environment.put("SNAPSHOT_WINDOW_TYPE", "postgres");
        assertEquals(
                "pg", load(POSTGRES_SECTION).window().server().orElseThrow().host());
        assertEquals(
                ServerType.POSTGRESQL,
                load(POSTGRES_SECTION).window().server().orElseThrow().type());
        environment.put("SNAPSHOT_WINDOW_TYPE", "SqlServer");
        assertEquals(
                "mssql", load(POSTGRES_SECTION).window().server().orElseThrow().host());
    }

    @Test
    void theTypeOfTheFileChoosesAndTheEnvironmentOverridesIt() throws IOException {
        sqlServer();
        Configuration embedded = load("window: {type: postgres}");
        assertEquals(StoreSection.embedded("orders"), embedded.window());
        assertEquals("postgres from snapshot.yaml:1", setting(embedded, "window.type"));
        environment.put("SNAPSHOT_WINDOW_TYPE", "sqlserver");
        assertEquals(
                StoreSection.on(server("ORDERS", "", Map.of())),
                load("window: {type: postgres}").window());
    }

    @Test
    void withoutASqlServerNothingChanges() throws IOException {
        Configuration configuration = load("");
        assertEquals(StoreSection.embedded("orders"), configuration.window());
        assertEquals("postgres from default", setting(configuration, "window.type"));
        assertEquals(
                ServerType.POSTGRESQL,
                load(POSTGRES_SECTION).window().server().orElseThrow().type());
    }

    @Test
    void whatTheTestsOfTheProjectReadChoosesNothing() throws IOException {
        environment.put("SNAPSHOT_SQLSERVER_URL", "jdbc:sqlserver://elsewhere");
        environment.put("SNAPSHOT_SQLSERVER_USER", "sa");
        environment.put("SNAPSHOT_SQLSERVER_PASSWORD", "pw");
        assertEquals(StoreSection.embedded("orders"), load("").window());
    }

    @Test
    void aLoginThatThePropertiesDescribeNeedsNoUser() throws IOException {
        ServerSection server =
                load("window: {sqlserver: {host: mssql, properties: {authentication: ActiveDirectoryManagedIdentity}}}")
                        .window()
                        .server()
                        .orElseThrow();
        assertEquals("", server.user());
        assertEquals(Map.of("authentication", "ActiveDirectoryManagedIdentity"), server.properties());
    }

    @Test
    void everythingThatIsWrongIsReportedAtOnce() {
        environment.put("SNAPSHOT_SQLSERVER_PORT", "0");
        environment.put("SNAPSHOT_SQLSERVER_PASWORD", "pw");
        environment.put("SNAPSHOT_SQLSERVER_PROPERTIES", "encript=true;nothing");
        String report = report("""
                window:
                  type: sqlsrver
                  sqlserver:
                    hst: mssql
                    password: hunter2
                    properties: {trustStorePassword: x, trustServerCertifcate: true, user: me}
                datasets:
                  rates:
                    key: ID
                    source: {query: select 1, sqlserver: {user: me}, postgres: {host: pg, user: me, database: erp}}
                """);
        assertTrue(report.startsWith("the configuration has 12 problems:\n"), report);
        for (String part : new String[] {
            "environment variable SNAPSHOT_SQLSERVER_PASWORD: unknown variable (did you mean"
                    + " 'SNAPSHOT_SQLSERVER_PASSWORD'?)",
            "snapshot.yaml:2: window.type: found 'sqlsrver', expected postgres or sqlserver (did you mean"
                    + " 'sqlserver'?)",
            "snapshot.yaml:5: a password does not belong in this file; use 'window.sqlserver.password-file',"
                    + " 'window.sqlserver.password-env', SNAPSHOT_SQLSERVER_PASSWORD or"
                    + " SNAPSHOT_SQLSERVER_PASSWORD_FILE",
            "snapshot.yaml:6: a password does not belong in this file"
                    + " ('window.sqlserver.properties.trustStorePassword'); use SNAPSHOT_SQLSERVER_PROPERTIES",
            "snapshot.yaml:6: an unknown connection property: found 'trustServerCertifcate'",
            "(did you mean 'trustServerCertificate'?)",
            "snapshot.yaml:6: a connection property that has a setting of its own: found 'user' among the properties",
            "environment variable SNAPSHOT_SQLSERVER_PROPERTIES: an unknown connection property: found 'encript'",
            "environment variable SNAPSHOT_SQLSERVER_PROPERTIES: found a part without '='",
            "snapshot.yaml:4: unknown key 'window.sqlserver.hst' (did you mean 'host'?)",
            "environment variable SNAPSHOT_SQLSERVER_PORT: window.sqlserver.host is missing (or"
                    + " SNAPSHOT_SQLSERVER_HOST)",
            "datasets.rates.source.sqlserver.host is missing",
            "datasets.rates.source.postgres and sqlserver: expected one of the two"
        }) {
            assertTrue(report.contains(part), part + " is not in:\n" + report);
        }
        assertFalse(report.contains("hunter2"), report);
    }

    @Test
    void aSqlServerWithoutHostOrUserIsTold() {
        environment.put("SNAPSHOT_WINDOW_TYPE", "sqlserver");
        assertEquals(
                "the configuration is wrong: environment variable SNAPSHOT_WINDOW_TYPE: window.sqlserver.host"
                        + " is missing (or SNAPSHOT_SQLSERVER_HOST)",
                report(""));
        environment.put("SNAPSHOT_SQLSERVER_HOST", "mssql");
        assertEquals(
                "the configuration is wrong: environment variable SNAPSHOT_SQLSERVER_HOST:"
                        + " window.sqlserver.user is missing (or SNAPSHOT_SQLSERVER_USER)",
                report(""));
    }

    @Test
    void aQueryNamesItsServer() throws IOException {
        Configuration configuration = load(SQL_SERVER_SECTION + """
                datasets:
                  rates: {key: ID, source: {query: select 1, sqlserver: {host: mssql, user: etl, database: ERP}}}
                  prices: {key: ID, source: {query: select 1, postgres: {host: pg, user: me, database: erp}}}
                  lines: {key: ID, source: {query: select 1}}
                """);
        assertEquals(Optional.of(server("ERP", "", Map.of())), query(configuration, "rates"));
        assertEquals(
                Optional.of(ServerType.POSTGRESQL),
                query(configuration, "prices").map(ServerSection::type));
        assertEquals(Optional.empty(), query(configuration, "lines"));
    }

    @Test
    void aQueryMayBeReadInRanges() throws IOException {
        Configuration configuration = load(SQL_SERVER_SECTION + """
                datasets:
                  rates: {key: ID, source: {query: select 1, parallel: {column: ID}}}
                  lines:
                    key: ID
                    source:
                      query: select 1
                      sqlserver: {host: mssql, user: etl, database: ERP}
                      parallel: {column: LINE NO, connections: 8, ranges: 100, moments: each}
                  prices:
                    key: ID
                    source:
                      query: select 1
                      postgres: {host: pg, user: me, database: erp}
                      parallel: {column: ID, connections: 2}
                """);
        assertEquals(
                Optional.of(new ParallelSection("ID", 4, Optional.empty(), ParallelSection.Moments.ONE)),
                parallel(configuration, "rates"));
        assertEquals(64, parallel(configuration, "rates").orElseThrow().ranges());
        assertEquals(
                Optional.of(new ParallelSection("LINE NO", 8, Optional.of(100), ParallelSection.Moments.EACH)),
                parallel(configuration, "lines"));
        assertEquals(100, parallel(configuration, "lines").orElseThrow().ranges());
        assertEquals(32, parallel(configuration, "prices").orElseThrow().ranges());
    }

    private static Optional<ParallelSection> parallel(Configuration configuration, String dataset) {
        return ((SourceSection.Query)
                        configuration.datasets().get(dataset).source().orElseThrow())
                .parallel();
    }

    @Test
    void aWrongPlanOfRangesIsAProblemOfTheConfiguration() {
        SnapshotException e = assertThrows(SnapshotException.class, () -> load(SQL_SERVER_SECTION + """
                datasets:
                  a: {key: ID, source: {query: select 1, parallel: {connections: 65, ranges: none, moments: two}}}
                  b: {key: ID, source: {csv: b.csv, parallel: {column: ID}}}
                """));
        String text = e.getMessage();
        assertTrue(text.contains("parallel.connections: found '65', expected a whole number from 1 to 64"), text);
        assertTrue(text.contains("parallel.ranges: found 'none', expected a whole number from 1 to 10000"), text);
        assertTrue(text.contains("parallel.moments: found 'two', expected one or each"), text);
        assertTrue(text.contains("datasets.a.source.parallel.column is missing"), text);
        assertTrue(text.contains("datasets.b.source.parallel: expected a query beside it"), text);
    }

    private static Optional<ServerSection> query(Configuration configuration, String dataset) {
        return ((SourceSection.Query)
                        configuration.datasets().get(dataset).source().orElseThrow())
                .server();
    }
}
