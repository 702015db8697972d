package io.hybridsnapshot.sqlserver;

import com.microsoft.sqlserver.jdbc.SQLServerDriver;
import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A separate empty database for a test class, on a SQL Server that all test classes of the JVM share. The server is the
 * one named by {@code SNAPSHOT_SQLSERVER_URL}, or else one in a container if a Docker engine answers. Without either,
 * the class is skipped and reports that. The database has a random name and is dropped after the class. Register it in
 * a static field with {@code @RegisterExtension}, and tag the class {@value #TAG}.
 */
public final class TestSqlServer implements BeforeAllCallback, AfterAllCallback {
    /** The scripts that {@code sqlcmd} would run to create the window's tables, in this order. */
    public static final List<String> TABLE_SCRIPTS = List.of(
            "ddl/tables/orders/dbo_snapshot_ledger.sql",
            "ddl/tables/orders/dbo_orders_unified_snapshot.sql",
            "ddl/tables/orders/dbo_orders_unified_snapshot_history.sql",
            "ddl/tables/orders/dbo_orders_unified_snapshot_staging.sql");

    /** The procedures, which the program itself does not need. */
    public static final List<String> PROCEDURE_SCRIPTS = List.of(
            "ddl/procedures/orders/dbo_sp_cleanup_snapshot_history.sql",
            "ddl/procedures/orders/dbo_sp_snapshot_statistics.sql");

    /** The tag of all classes that need a server: {@code mvn … -Dgroups=sqlserver} runs them alone. */
    public static final String TAG = "sqlserver";

    /** The reason for skipping classes without a server. */
    public static final String SKIPPED =
            "no SQL Server: SNAPSHOT_SQLSERVER_URL is not set and no Docker engine answers, so nothing of this ran;"
                    + " docs/how-to/sql-server.md says how to run it";

    /** How sessions of a database read rows that another one is changing. */
    public enum Reading {
        /** Versions for all: READ_COMMITTED_SNAPSHOT and ALLOW_SNAPSHOT_ISOLATION are on, as on Azure SQL. */
        VERSIONS("ON", "ON"),
        /** Versions for transactions that request SNAPSHOT isolation. */
        SNAPSHOT_ALLOWED("ON", "OFF"),
        /** Locks, the default of a SQL Server database. */
        LOCKS("OFF", "OFF");

        private final String snapshotIsolation;
        private final String readCommittedSnapshot;

        Reading(String snapshotIsolation, String readCommittedSnapshot) {
            this.snapshotIsolation = snapshotIsolation;
            this.readCommittedSnapshot = readCommittedSnapshot;
        }
    }

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(TestSqlServer.class);

    /** Azure SQL Database, which throws sessions out by itself. */
    private static final String AZURE_DATABASE = "5";

    private static final String NOT_IN_BABELFISH = "not currently supported in Babelfish";

    private static final Pattern CREATE_OR_ALTER = Pattern.compile("CREATE OR ALTER (PROCEDURE|VIEW|TRIGGER) (\\S+)");

    private final Reading reading;
    private final String name =
            "snapshot_test_" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
    private Optional<SqlServerSettings> server = Optional.empty();

    /** A database that reads by versions. */
    public TestSqlServer() {
        this(Reading.VERSIONS);
    }

    /** A database with the given reading options. */
    public TestSqlServer(Reading reading) {
        this.reading = reading;
    }

    /** The server of the whole run, within the store that closes it at the end. */
    private record SharedServer(Optional<SqlServerSettings> settings, Optional<ServerInDocker> container)
            implements AutoCloseable {
        static SharedServer find() {
            Optional<SqlServerSettings> named = named(System.getenv());
            Optional<ServerInDocker> container = named.isEmpty() ? ServerInDocker.start() : Optional.empty();
            Optional<SqlServerSettings> settings = named.or(() -> container.map(ServerInDocker::settings));
            System.out.println(settings.map(there -> "SQL Server tests run on " + there.host() + ":" + there.port()
                            + ": "
                            + row(there, "SELECT @@VERSION").lines().findFirst().orElse("?"))
                    .orElse("SQL Server tests are skipped: " + SKIPPED));
            return new SharedServer(settings, container);
        }

        @Override
        public void close() {
            container.ifPresent(ServerInDocker::close);
        }
    }

    /** The server that the environment names, at its database for administration. */
    static Optional<SqlServerSettings> named(Map<String, String> environment) {
        return Optional.ofNullable(environment.get("SNAPSHOT_SQLSERVER_URL"))
                .filter(url -> !url.isBlank())
                .map(url -> SqlServerUrl.parse(
                        url,
                        environment.getOrDefault("SNAPSHOT_SQLSERVER_USER", ""),
                        environment.getOrDefault("SNAPSHOT_SQLSERVER_PASSWORD", "")));
    }

    /** JUnit calls an extension of a class for each nested class as well. The database is that of the outermost. */
    private static boolean isNested(ExtensionContext context) {
        return context.getRequiredTestClass().isAnnotationPresent(Nested.class);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        if (isNested(context)) {
            return;
        }
        server = context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent("server", key -> SharedServer.find(), SharedServer.class)
                .settings();
        Assumptions.assumeTrue(server.isPresent(), SKIPPED);
        execute(server.get(), "CREATE DATABASE [" + name + "]");
        if (isSqlServer()) {
            set("ALLOW_SNAPSHOT_ISOLATION " + reading.snapshotIsolation);
            set("READ_COMMITTED_SNAPSHOT " + reading.readCommittedSnapshot);
        }
    }

    /**
     * Whether the server is SQL Server itself. Babelfish speaks its language and knows none of these options of a
     * database. A test passed there is not yet a test passed on SQL Server.
     */
    public boolean isSqlServer() {
        return row(server.orElseThrow(), "SELECT ISNULL(CAST(SERVERPROPERTY('Babelfish') AS INT), 0)")
                .equals("0");
    }

    private void set(String option) {
        execute(server.orElseThrow(), "ALTER DATABASE [" + name + "] SET " + option);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (isNested(context)) {
            return;
        }
        server.ifPresent(there -> {
            boolean azure = row(there, "SELECT CAST(SERVERPROPERTY('EngineEdition') AS INT)")
                    .equals(AZURE_DATABASE);
            if (isSqlServer() && !azure) {
                set("SINGLE_USER WITH ROLLBACK IMMEDIATE");
            }
            execute(there, "DROP DATABASE [" + name + "]");
        });
    }

    /** How to connect to the database, as the user that the tests were given. */
    public SqlServerSettings database() {
        SqlServerSettings there = server.orElseThrow(() -> new IllegalStateException("asked before the class began"));
        return new SqlServerSettings(
                there.host(), there.port(), name, there.user(), there.password(), there.properties());
    }

    /** The same database for another user. */
    public SqlServerSettings database(String user, String password) {
        SqlServerSettings there = database();
        return new SqlServerSettings(there.host(), there.port(), name, user, password, there.properties());
    }

    /** A connection to the database as other programs have it; closed by the caller. */
    public Connection connect() {
        try {
            return connect(database());
        } catch (SQLException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    /**
     * Executes one statement with its parameters, as other programs do; a time is a {@link java.time.LocalDateTime}.
     */
    public void execute(String statement, List<?> parameters) {
        try (Connection connection = connect(database());
                PreparedStatement prepared = connection.prepareStatement(statement)) {
            for (int i = 0; i < parameters.size(); i++) {
                prepared.setObject(i + 1, parameters.get(i));
            }
            prepared.execute();
        } catch (SQLException e) {
            throw new AssertionError(statement + ": " + e.getMessage(), e);
        }
    }

    /** Executes one batch. */
    public void execute(String batch) {
        execute(database(), batch);
    }

    /**
     * Executes a script of the folder {@code sql} in one session, batch by batch, with the initial options of
     * {@code sqlcmd}. Parts that Babelfish reports as missing are left out for it, and that is printed. Its releases
     * without CREATE OR ALTER get a DROP and a CREATE.
     */
    public void executeScript(String path) {
        boolean isSqlServer = isSqlServer();
        try (Connection connection = connect(database());
                Statement statement = connection.createStatement()) {
            statement.execute("SET QUOTED_IDENTIFIER OFF");
            for (String batch : TransactSql.batches(script(path))) {
                try {
                    Matcher procedure = CREATE_OR_ALTER.matcher(batch);
                    if (!isSqlServer && procedure.find()) {
                        execute(statement, "DROP " + procedure.group(1) + " IF EXISTS " + procedure.group(2));
                        execute(statement, batch.replace("CREATE OR ALTER", "CREATE"));
                    } else {
                        execute(statement, batch);
                    }
                } catch (SQLException e) {
                    if (isSqlServer || !e.getMessage().contains(NOT_IN_BABELFISH)) {
                        throw e;
                    }
                    System.out.println(path + ": left out: " + e.getMessage());
                }
            }
        } catch (SQLException e) {
            throw new AssertionError(path + ": " + e.getMessage(), e);
        }
    }

    /** All results are fetched: an error of a later statement is thrown when its own result is fetched. */
    private static void execute(Statement statement, String batch) throws SQLException {
        boolean rows = statement.execute(batch);
        while (rows || statement.getUpdateCount() >= 0) {
            rows = statement.getMoreResults();
        }
    }

    private static String script(String path) {
        try {
            return Files.readString(Path.of("..", "sql").resolve(path), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The rows of a query, the values of each as texts joined by {@code |}. */
    public List<String> rows(String query) {
        return rows(database(), query);
    }

    private static String row(SqlServerSettings settings, String query) {
        return rows(settings, query).get(0);
    }

    private static List<String> rows(SqlServerSettings settings, String query) {
        try (Connection connection = connect(settings);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            List<String> rows = new ArrayList<>();
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                List<String> values = new ArrayList<>();
                for (int column = 1; column <= columns; column++) {
                    values.add(result.getString(column));
                }
                rows.add(String.join("|", values));
            }
            return rows;
        } catch (SQLException e) {
            throw new AssertionError(query + ": " + e.getMessage(), e);
        }
    }

    private static void execute(SqlServerSettings settings, String batch) {
        try (Connection connection = connect(settings);
                Statement statement = connection.createStatement()) {
            execute(statement, batch);
        } catch (SQLException e) {
            throw new AssertionError(batch + ": " + e.getMessage(), e);
        }
    }

    private static Connection connect(SqlServerSettings settings) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("serverName", settings.host());
        if (!settings.properties().containsKey("instanceName")) {
            properties.setProperty("portNumber", String.valueOf(settings.port()));
        }
        properties.setProperty("databaseName", settings.database());
        if (!settings.user().isEmpty()) {
            properties.setProperty("user", settings.user());
            properties.setProperty("password", settings.password());
        }
        properties.setProperty("encrypt", "true");
        settings.properties().forEach(properties::setProperty);
        return new SQLServerDriver().connect("jdbc:sqlserver://", properties);
    }
}
