package io.hybridsnapshot.sqlserver.window;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.sqlserver.connection.ScriptBatches;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import java.sql.Statement;
import java.util.List;

/** Creates the window's ledger from the script in this jar, without Liquibase. Stateless. */
public final class SqlServerWindowSchema {
    private static final String SCRIPT = "sql/dbo_snapshot_ledger.sql";

    private static final int LOCK_MILLIS = 120_000;

    /** The lock of the platform's migrations. */
    static final String LOCK_NAME = "hybrid-snapshots:migration";

    private SqlServerWindowSchema() {}

    /**
     * Creates or upgrades the window's ledger in the schema {@value SqlServerWindowSettings#DEFAULT_SCHEMA}. {@code
     * WindowStore.prepare} makes the tables of each dataset. Idempotent; snapshots stay. Each batch of the script is a
     * transaction of its own, so an interrupted call is completed by the next. Waits two minutes for another process
     * that does the same.
     *
     * @throws SnapshotException INVALID_REQUEST if the settings name another schema; CONFLICT if another process takes
     *     too long; UNAVAILABLE if the database cannot be reached or refuses the change
     */
    public static void create(SqlServerWindowSettings settings) {
        if (!settings.schema().equals(SqlServerWindowSettings.DEFAULT_SCHEMA)) {
            throw SnapshotException.invalidRequest("the script makes the window's ledger in another schema")
                    .where(settings.connection().address())
                    .actual("schema '" + settings.schema() + "'")
                    .expected("schema '" + SqlServerWindowSettings.DEFAULT_SCHEMA + "'")
                    .nextStep("let an administrator run a copy of the script for this schema")
                    .build();
        }
        try (SqlServerSession session = SqlServerSession.open(settings.connection(), "schema")) {
            String task = "creating the window's ledger";
            int turn = session.run(
                    task,
                    () -> session.dsl()
                            .fetchSingle(WindowStatements.takeLock(LOCK_NAME, "Session", LOCK_MILLIS))
                            .get(0, Integer.class));
            if (turn < 0) {
                throw SnapshotException.conflict("another process creates or migrates the schema")
                        .where(settings.connection().address())
                        .actual("no turn within " + LOCK_MILLIS + " ms (sp_getapplock answered " + turn + ")")
                        .nextStep("wait for it, then try again")
                        .build();
            }
            for (String batch : batches()) {
                session.run(task, () -> {
                    try (Statement statement = session.connection().createStatement()) {
                        return statement.execute(batch);
                    }
                });
            }
        }
    }

    static List<String> batches() {
        return ScriptBatches.of(SqlServerWindowSchema.class, SCRIPT);
    }
}
