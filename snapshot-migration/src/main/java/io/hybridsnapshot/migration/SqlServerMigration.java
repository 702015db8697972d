package io.hybridsnapshot.migration;

import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.sqlserver.connection.SqlServerSchemaSession;
import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Brings the window's schema on a SQL Server up to date, as {@link Migration} does on PostgreSQL. A table of the
 * platform keeps the checksum of the executed scripts; if the checksum matches, Liquibase does not run at all. An
 * application lock of the session admits one migrating process at a time and ends with the session. Like the scripts,
 * all objects are in the schema {@code dbo}. Stateless.
 */
public final class SqlServerMigration {
    private static final SchemaPart PART = SchemaPart.SQL_SERVER_WINDOW;
    private static final String NAME = "window";
    private static final String SCHEMA = "dbo";

    private static final int PERMISSION_DENIED = 229;

    /** A right is missing: on an object, on the database, for creating, for altering. */
    private static final Set<Integer> RIGHTS = Set.of(PERMISSION_DENIED, 230, 262, 297, 300, 916, 2760, 15_247);

    private static final int LOCK_SECONDS = 120;

    /** NULL if the database was never migrated, or if this user cannot see the table of an earlier migration. */
    static final String CHECKSUM = "IF OBJECT_ID(N'[dbo].[SNAPSHOT_SCHEMA]', N'U') IS NOT NULL"
            + " SELECT [checksum] FROM [dbo].[SNAPSHOT_SCHEMA] WHERE [part] = '" + NAME + "';"
            + " ELSE SELECT CAST(NULL AS VARCHAR(64)) AS [checksum];";

    /** 1 if the user may create no tables and the tables of an administrator exist. */
    static final String KEPT_BY_OTHERS = "SELECT CASE WHEN OBJECT_ID(?, N'U') IS NOT NULL"
            + " AND (ISNULL(HAS_PERMS_BY_NAME(NULL, N'DATABASE', N'CREATE TABLE'), 0) = 0"
            + " OR ISNULL(HAS_PERMS_BY_NAME(N'dbo', N'SCHEMA', N'ALTER'), 0) = 0) THEN 1 ELSE 0 END AS [kept]";

    /** 0 or 1 if the lock was taken. */
    static final String LOCK = "SET NOCOUNT ON; DECLARE @turn INT;"
            + " EXECUTE @turn = sp_getapplock @Resource = N'hybrid-snapshots:migration', @LockMode = 'Exclusive',"
            + " @LockOwner = 'Session', @LockTimeout = " + LOCK_SECONDS * 1_000 + ", @DbPrincipal = 'public';"
            + " SELECT @turn AS [turn];";

    static final List<String> TABLE = List.of(
            "IF OBJECT_ID(N'[dbo].[SNAPSHOT_SCHEMA]', N'U') IS NULL CREATE TABLE [dbo].[SNAPSHOT_SCHEMA] ("
                    + "[part] VARCHAR(50) NOT NULL CONSTRAINT [PK_SNAPSHOT_SCHEMA] PRIMARY KEY,"
                    + " [checksum] VARCHAR(64) NOT NULL, [migrated_at] DATETIME2 NOT NULL DEFAULT SYSUTCDATETIME());",
            described("Which scripts this database has seen: a checksum over those of each part", ""),
            described("What the scripts make", "part"),
            described("SHA-256 over the changelog and its scripts", "checksum"),
            described("When they were run, UTC", "migrated_at"));

    static final String UPDATE =
            "UPDATE [dbo].[SNAPSHOT_SCHEMA]" + " SET [checksum] = ?, [migrated_at] = SYSUTCDATETIME() WHERE [part] = ?";

    static final String INSERT = "INSERT INTO [dbo].[SNAPSHOT_SCHEMA] ([checksum], [part]) VALUES (?, ?)";

    private SqlServerMigration() {}

    private static String described(String text, String column) {
        String object = "OBJECT_ID(N'[dbo].[SNAPSHOT_SCHEMA]')";
        String id = column.isEmpty() ? "0" : "COLUMNPROPERTY(" + object + ", N'" + column + "', 'ColumnId')";
        return "IF NOT EXISTS (SELECT 1 FROM sys.extended_properties WHERE class = 1 AND name = N'MS_Description'"
                + " AND major_id = " + object + " AND minor_id = " + id + ")"
                + " EXECUTE sys.sp_addextendedproperty @name = N'MS_Description', @value = N'" + text
                + "', @level0type = 'SCHEMA', @level0name = N'dbo', @level1type = 'TABLE', @level1name ="
                + " N'SNAPSHOT_SCHEMA'"
                + (column.isEmpty() ? "" : ", @level2type = 'COLUMN', @level2name = N'" + column + "'") + ";";
    }

    /**
     * Creates or updates the window's tables and procedures.
     *
     * @throws SnapshotException UNAVAILABLE if the database cannot be reached or refuses the change, CONFLICT if
     *     another process migrates it for longer than two minutes
     */
    public static void run(SqlServerSettings settings) {
        String checksum = PART.checksum();
        try (SqlServerSchemaSession session = SqlServerSchemaSession.open(settings)) {
            if (isCurrent(session, checksum) || isKeptByOthers(session)) {
                return;
            }
            lock(session, settings);
            if (!isCurrent(session, checksum)) {
                migrate(settings);
                note(session, checksum);
            }
        }
    }

    private static Connection connection(SqlServerSchemaSession session) {
        return session.unwrap(Connection.class);
    }

    private static boolean isCurrent(SqlServerSchemaSession session, String checksum) {
        try (Statement statement = connection(session).createStatement();
                ResultSet rows = statement.executeQuery(CHECKSUM)) {
            return rows.next() && checksum.equals(rows.getString(1));
        } catch (SQLException e) {
            // A user may see that the table exists and have no right to read it.
            if (e.getErrorCode() == PERMISSION_DENIED) {
                return false;
            }
            throw session.translate("asking for the version of the schema", e);
        }
    }

    private static boolean isKeptByOthers(SqlServerSchemaSession session) {
        try (PreparedStatement statement = connection(session).prepareStatement(KEPT_BY_OTHERS)) {
            statement.setString(1, "[dbo].[" + PART.newestRelation() + "]");
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() && rows.getInt(1) == 1;
            }
        } catch (SQLException e) {
            throw session.translate("asking for the right to create tables", e);
        }
    }

    private static void lock(SqlServerSchemaSession session, SqlServerSettings settings) {
        try (Statement statement = connection(session).createStatement();
                ResultSet turn = statement.executeQuery(LOCK)) {
            if (!turn.next() || turn.getInt(1) < 0) {
                throw SnapshotException.conflict("another process migrates the schema")
                        .where(settings.address())
                        .actual("it was not done in " + LOCK_SECONDS + " seconds")
                        .nextStep("wait for it, then {0}", CommonRemedy.REPEAT)
                        .build();
            }
        } catch (SQLException e) {
            throw session.translate("waiting for another process that migrates the schema", e);
        }
    }

    private static void note(SqlServerSchemaSession session, String checksum) {
        try {
            if (change(session, UPDATE, checksum) == 0) {
                change(session, INSERT, checksum);
            }
        } catch (SQLException e) {
            throw session.translate("noting the version of the schema", e);
        }
    }

    private static int change(SqlServerSchemaSession session, String sql, String checksum) throws SQLException {
        try (PreparedStatement statement = connection(session).prepareStatement(sql)) {
            statement.setString(1, checksum);
            statement.setString(2, NAME);
            return statement.executeUpdate();
        }
    }

    private static void migrate(SqlServerSettings settings) {
        try (SqlServerSchemaSession session = SqlServerSchemaSession.open(settings)) {
            try (Statement statement = connection(session).createStatement()) {
                for (String batch : TABLE) {
                    statement.execute(batch);
                }
            }
            LiquibaseRun.update(connection(session), PART, Optional.of(SCHEMA));
        } catch (SnapshotException e) {
            throw e;
        } catch (Exception e) {
            if (SqlServerSchemaSession.isAboutTakeOver(e)) {
                throw SqlServerSchemaSession.translate(settings, "making the tables of the window", e);
            }
            boolean refused = LiquibaseRun.sqlCause(e)
                    .map(SQLException::getErrorCode)
                    .filter(RIGHTS::contains)
                    .isPresent();
            String problem = "the tables of the window could not be made or updated";
            SnapshotException.Builder error = refused
                    ? SnapshotException.invalidRequest(problem).storeRefused()
                    : SnapshotException.unavailable(problem);
            throw error.where(settings.address())
                    .actual(LiquibaseRun.problem(e))
                    .nextStep(
                            "let a user with the right to create tables run {0} once, or run the project's"
                                    + " scripts for the tables and procedures of the window with sqlcmd",
                            CommonRemedy.MIGRATION)
                    .cause(e)
                    .build();
        }
    }
}
