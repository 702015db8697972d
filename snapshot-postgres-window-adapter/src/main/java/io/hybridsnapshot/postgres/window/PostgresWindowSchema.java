package io.hybridsnapshot.postgres.window;

import io.hybridsnapshot.postgres.connection.PostgresScript;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.util.Optional;

/** Creates the window's ledger from the script in this jar, without Liquibase. Stateless. */
public final class PostgresWindowSchema {
    private static final String SCRIPT = "sql/snapshot_window_postgresql.sql";

    private PostgresWindowSchema() {}

    /**
     * Creates or upgrades the window's ledger in the schema of the settings, and that schema if it is missing. {@code
     * WindowStore.prepare} makes the tables of each dataset. Atomic and idempotent; snapshots stay. Waits two minutes
     * for another process that does the same.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException UNAVAILABLE if the database cannot be reached or refuses
     *     the change
     */
    public static void create(PostgresWindowSettings settings) {
        try (PostgresSession session = PostgresSession.open(settings.connection(), "schema")) {
            PostgresScript.run(session, Optional.of(settings.schema()), PostgresWindowSchema.class, SCRIPT);
        }
    }
}
