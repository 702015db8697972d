package io.hybridsnapshot.postgres.connection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A separate empty database for a test class, on a server that all test classes of the JVM share. Register it in a
 * static field with {@code @RegisterExtension}.
 */
public final class TestDatabase implements BeforeAllCallback, AfterAllCallback {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(TestDatabase.class);

    private final String name = "test_" + UUID.randomUUID().toString().replace("-", "");
    private TestServer server;

    /** Within the store of the whole run, which closes it at the end. */
    private record SharedServer(TestServer server) implements AutoCloseable {
        @Override
        public void close() {
            server.close();
        }
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
                .getOrComputeIfAbsent("server", key -> new SharedServer(TestServer.start()), SharedServer.class)
                .server();
        try (PostgresSession session = PostgresSession.open(server.settings("postgres"), "test")) {
            session.dsl().execute("CREATE DATABASE " + name);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (isNested(context)) {
            return;
        }
        // A class that was skipped by another extension ends without having begun.
        if (server == null) {
            return;
        }
        try (PostgresSession session = PostgresSession.open(server.settings("postgres"), "test")) {
            session.dsl().execute("DROP DATABASE " + name + " WITH (FORCE)");
        }
    }

    /** How to connect to the database as the superuser. */
    public PostgresSettings settings() {
        return server.settings(name);
    }

    /**
     * Connects as other programs do: the server does not look at a statement of a multi-statement text before the
     * preceding ones have run.
     */
    private PostgresSession plainSession() {
        PostgresSettings there = settings();
        return PostgresSession.open(
                new PostgresSettings(
                        there.host(),
                        there.port(),
                        there.database(),
                        there.user(),
                        there.password(),
                        Map.of("prepareThreshold", "5")),
                "test");
    }

    /** Executes statements as one text, through plain JDBC. */
    public void execute(String sql) {
        try (PostgresSession session = plainSession();
                Statement statement = session.connection().createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    /** Executes a script of the folder {@code sql} as one text, through plain JDBC. */
    public void executeScript(String path) {
        try {
            execute(Files.readString(Path.of("..", "sql").resolve(path)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The rows of a query through plain JDBC, the values of each as texts joined by {@code |}. */
    public List<String> rows(String sql) {
        try (PostgresSession session = plainSession();
                Statement statement = session.connection().createStatement();
                ResultSet result = statement.executeQuery(sql)) {
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
            throw new AssertionError(e.getMessage(), e);
        }
    }
}
