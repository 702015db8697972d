package io.hybridsnapshot.app.wiring;

import io.hybridsnapshot.app.config.ServerSection;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What a server tells of itself and of its user. Nothing is written to it. Immutable.
 *
 * @param product its name and version
 * @param encrypted whether this connection is encrypted; empty if the user may not know
 * @param now the server's time
 * @param mayCreateTables whether the user may create tables where the program makes them
 * @param hasTables whether the user sees the program's tables
 */
public record ServerExamination(
        String product, Optional<Boolean> encrypted, Instant now, boolean mayCreateTables, boolean hasTables) {
    private static final String PURPOSE = "doctor";
    private static final String TASK = "examining the server";

    /** PostgreSQL shows its own connection in this view to every user. */
    private static final String POSTGRES = """
            SELECT (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()),
                   extract(epoch FROM clock_timestamp()),
                   has_schema_privilege(current_schema(), 'CREATE'),
                   to_regclass(?) IS NOT NULL
            """;

    /** SYSUTCDATETIME and HAS_PERMS_BY_NAME need no right. */
    private static final String SQL_SERVER = """
            SELECT NULL,
                   DATEDIFF_BIG(millisecond, '1970-01-01', SYSUTCDATETIME()) / 1000.0,
                   HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', 'CREATE TABLE'),
                   CASE WHEN OBJECT_ID(?) IS NULL THEN 0 ELSE 1 END
            """;

    public ServerExamination {
        Objects.requireNonNull(product, "product");
        Objects.requireNonNull(encrypted, "encrypted");
        Objects.requireNonNull(now, "now");
    }

    /**
     * Connects to a server and asks it.
     *
     * @param table a table of the program that is looked for; empty: none, and the server has no tables of the program
     * @throws io.hybridsnapshot.domain.error.SnapshotException as a command that uses the server throws
     */
    public static ServerExamination of(ServerSection server, String table) {
        return switch (server.type()) {
            case POSTGRESQL -> {
                try (PostgresSession session = PostgresSession.open(StoreDatabase.external(server), PURPOSE)) {
                    yield session.run(TASK, () -> examined(session.connection(), POSTGRES, table));
                }
            }
            case SQL_SERVER -> {
                try (SqlServerSession session = SqlServerSession.open(SqlServerDatabase.settings(server), PURPOSE)) {
                    yield session.run(TASK, () -> examined(session.connection(), SQL_SERVER, table));
                }
            }
        };
    }

    private static ServerExamination examined(Connection connection, String query, String table) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName() + " "
                + connection.getMetaData().getDatabaseProductVersion();
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, table);
            try (ResultSet answer = statement.executeQuery()) {
                return examination(product, answer);
            }
        }
    }

    private static ServerExamination examination(String product, ResultSet answer) throws SQLException {
        answer.next();
        boolean encrypted = answer.getBoolean(1);
        Optional<Boolean> known = answer.wasNull() ? Optional.empty() : Optional.of(encrypted);
        double seconds = answer.getDouble(2);
        // PostgreSQL has no current schema if none of the search path exists.
        return new ServerExamination(
                product,
                known,
                Instant.ofEpochMilli((long) (seconds * 1_000)),
                answer.getBoolean(3),
                answer.getBoolean(4));
    }
}
