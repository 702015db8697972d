package io.hybridsnapshot.migration;

import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.postgres.connection.PostgresScript;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Optional;

/**
 * Brings one part of a PostgreSQL database's schema up to date. Liquibase takes seconds to start, so a table of the
 * platform keeps the checksum of the executed scripts. If the checksum matches, Liquibase does not run at all. An
 * advisory lock admits one migrating process at a time. The lock ends with its session, so a killed process blocks no
 * other. Stateless.
 */
public final class Migration {
    private static final String PURPOSE = "migration";

    private static final String UNDEFINED_TABLE = "42P01";

    private Migration() {}

    /**
     * Creates or updates the tables of a part.
     *
     * @throws SnapshotException UNAVAILABLE if the database cannot be reached or refuses the change, CONFLICT if
     *     another process migrates it for longer than two minutes
     */
    public static void run(PostgresSettings settings, SchemaPart part) {
        String checksum = part.checksum();
        try (PostgresSession session = PostgresSession.open(settings, PURPOSE)) {
            if (isCurrent(session, part, checksum) || isKeptByOthers(session, part)) {
                return;
            }
            lock(session);
            if (!isCurrent(session, part, checksum)) {
                migrate(settings, session, part);
                note(session, part, checksum);
            }
        }
    }

    private static boolean isCurrent(PostgresSession session, SchemaPart part, String checksum) {
        try (PreparedStatement statement =
                session.connection().prepareStatement("select checksum from snapshot_schema where part = ?")) {
            statement.setString(1, name(part));
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() && checksum.equals(rows.getString(1));
            }
        } catch (SQLException e) {
            if (UNDEFINED_TABLE.equals(e.getSQLState())) {
                return false;
            }
            throw session.translate("asking for the version of the schema", e);
        }
    }

    /** If an administrator ran the scripts and gave this user no right to create, the tables count as up to date. */
    private static boolean isKeptByOthers(PostgresSession session, SchemaPart part) {
        try (PreparedStatement statement = session.connection()
                .prepareStatement("select not coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)"
                        + " and to_regclass(?) is not null")) {
            statement.setString(1, part.newestRelation());
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() && rows.getBoolean(1);
            }
        } catch (SQLException e) {
            throw session.translate("asking for the right to create tables", e);
        }
    }

    private static void lock(PostgresSession session) {
        try (Statement statement = session.connection().createStatement()) {
            statement.execute("set lock_timeout = '120s'");
            statement.execute("select pg_advisory_lock(" + PostgresScript.LOCK + ")");
        } catch (SQLException e) {
            throw session.translate("waiting for another process that migrates the schema", e);
        }
    }

    private static void note(PostgresSession session, SchemaPart part, String checksum) {
        try (PreparedStatement insert = session.connection().prepareStatement("""
                        insert into snapshot_schema (part, checksum) values (?, ?)
                        on conflict (part) do update set checksum = excluded.checksum, migrated_at = default""")) {
            insert.setString(1, name(part));
            insert.setString(2, checksum);
            insert.executeUpdate();
        } catch (SQLException e) {
            throw session.translate("noting the version of the schema", e);
        }
    }

    private static void makeTable(PostgresSession session) {
        try (Statement statement = session.connection().createStatement()) {
            statement.execute("""
                    create table if not exists snapshot_schema (
                        part varchar(50) primary key,
                        checksum varchar(64) not null,
                        migrated_at timestamp not null default (now() at time zone 'UTC'))""");
            statement.execute("comment on table snapshot_schema is"
                    + " 'Which scripts this database has seen: a checksum over those of each part'");
        } catch (SQLException e) {
            throw session.translate("making the table of schema versions", e);
        }
    }

    private static void migrate(PostgresSettings settings, PostgresSession locked, SchemaPart part) {
        try (PostgresSession session = PostgresSession.open(settings, PURPOSE)) {
            makeTable(session);
            LiquibaseRun.update(session.connection(), part, Optional.empty());
        } catch (SnapshotException e) {
            throw e;
        } catch (Exception e) {
            if (PostgresSession.isOutOfService(e)) {
                throw locked.translate("making or updating the tables of the " + name(part), e);
            }
            throw failed(settings, part, e);
        }
    }

    private static SnapshotException failed(PostgresSettings settings, SchemaPart part, Exception failure) {
        String problem = "the tables of the " + name(part) + " could not be made or updated";
        boolean refused = LiquibaseRun.sqlCause(failure)
                .map(SQLException::getSQLState)
                .filter("42501"::equals)
                .isPresent();
        SnapshotException.Builder error = refused
                ? SnapshotException.invalidRequest(problem).storeRefused()
                : SnapshotException.unavailable(problem);
        return error.where(settings.address())
                .actual(LiquibaseRun.problem(failure))
                .nextStep(
                        "let a user with the right to create tables run {0} once, or run the project's"
                                + " scripts for the tables with psql",
                        CommonRemedy.MIGRATION)
                .cause(failure)
                .build();
    }

    private static String name(SchemaPart part) {
        return part.name().toLowerCase(Locale.ROOT);
    }
}
