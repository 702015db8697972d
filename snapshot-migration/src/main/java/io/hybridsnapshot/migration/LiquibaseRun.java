package io.hybridsnapshot.migration;

import io.hybridsnapshot.domain.error.CauseText;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.UpdateSummaryEnum;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.logging.core.NoOpLogService;
import liquibase.resource.ClassLoaderResourceAccessor;
import liquibase.ui.LoggerUIService;

/** Liquibase on one connection, without a word to the console. Stateless. */
final class LiquibaseRun {
    private LiquibaseRun() {}

    /**
     * Runs a part's changelog. The caller holds a lock that keeps others from migrating the same database.
     *
     * @param schema the schema of Liquibase's own tables; empty: the session's
     */
    static void update(Connection connection, SchemaPart part, Optional<String> schema) throws Exception {
        // Liquibase must not report a run to any third party.
        System.setProperty("liquibase.analytics.enabled", "false");
        Scope.child(
                Map.of(
                        Scope.Attr.logService.name(), new NoOpLogService(),
                        Scope.Attr.ui.name(), new LoggerUIService()),
                () -> run(connection, part, schema));
    }

    // Liquibase's own tables have names of this project, so another program's changelog in this database stays
    // separate. A lock left there by a killed process may be broken, because the caller's lock guarantees that no other
    // migration runs.
    private static void run(Connection connection, SchemaPart part, Optional<String> schema) throws Exception {
        Database database =
                DatabaseFactory.getInstance().findCorrectDatabaseImplementation(new JdbcConnection(connection));
        schema.ifPresent(database::setLiquibaseSchemaName);
        database.setDatabaseChangeLogTableName("snapshot_changelog");
        database.setDatabaseChangeLogLockTableName("snapshot_changelog_lock");
        Liquibase liquibase = new Liquibase(
                part.changelog(), new ClassLoaderResourceAccessor(LiquibaseRun.class.getClassLoader()), database);
        liquibase.setShowSummary(UpdateSummaryEnum.OFF);
        liquibase.forceReleaseLocks();
        liquibase.update(new Contexts(), new LabelExpression());
    }

    /** The problem in one line: the database's own message, if there is one. */
    static String problem(Exception failure) {
        return sqlCause(failure)
                .<Throwable>map(cause -> cause)
                .map(CauseText::of)
                .orElseGet(() -> CauseText.of(failure));
    }

    /** The database's own error, if one led here. */
    static Optional<SQLException> sqlCause(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return Optional.of(sql);
            }
        }
        return Optional.empty();
    }
}
