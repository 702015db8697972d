package io.hybridsnapshot.postgres.window;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.postgres.connection.PostgresScript;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Creates the window's ledger from the script in this jar, without Liquibase. Stateless. */
public final class PostgresWindowSchema {
    private static final String SCRIPT = "sql/snapshot_window_postgresql.sql";

    private static final List<String> TABLES = List.of("snapshot_ledger", "snapshot_writer");

    private PostgresWindowSchema() {}

    /** The names of the tables that all datasets share. For copies of the window. */
    public static List<String> tables() {
        return TABLES;
    }

    /**
     * The names of a dataset's tables: current rows, former versions and staging, and copies of previous snapshots that
     * an earlier layout left. The last one is usually missing. For copies of the window.
     */
    public static List<String> tablesOf(String dataset) {
        String stem = dataset.toLowerCase(Locale.ROOT) + "_snapshot";
        return List.of(stem, stem + "_version", stem + "_staging", stem + "_history_whole");
    }

    /**
     * Makes the missing tables of a dataset and claims them for it, within the session's open transaction.
     *
     * @param carried the columns of the current table beside the window's own, in their order
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if another dataset has the tables
     */
    public static void make(PostgresSession session, String schema, String dataset, List<String> carried) {
        // The tables do not depend on the key.
        Dataset tables = Dataset.of(dataset, List.of("record_uuid")).withCarriedColumns(carried);
        new WindowTables(schema, tables, Optional.empty()).prepare(session);
    }

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
