package io.hybridsnapshot.postgres.archive;

import io.hybridsnapshot.postgres.connection.PostgresScript;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.util.List;
import java.util.Optional;

/** Creates the archive's tables and functions from the script in this jar, without Liquibase. Stateless. */
public final class PostgresArchiveSchema {
    private static final String SCRIPT = "sql/snapshot_archive_postgresql.sql";

    private static final List<String> TABLES = List.of(
            "snapshot_archive",
            "snapshot_archive_chunk",
            "snapshot_archive_chain",
            "snapshot_archive_tombstone",
            "snapshot_archive_redaction",
            "snapshot_archive_tag_note",
            "snapshot_change_set");

    private PostgresArchiveSchema() {}

    /** The names of the archive's tables, in an order in which their rows can be inserted. For copies of it. */
    public static List<String> tables() {
        return TABLES;
    }

    /**
     * Creates or upgrades the archive's tables in the first schema of the connection's search path, and that schema if
     * it is missing. Atomic and idempotent; archives stay. Waits two minutes for another process that does the same.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException UNAVAILABLE if the database cannot be reached or refuses
     *     the change
     */
    public static void create(PostgresArchiveSettings settings) {
        try (PostgresSession session = PostgresSession.open(settings.connection(), "schema")) {
            PostgresScript.run(session, Optional.empty(), PostgresArchiveSchema.class, SCRIPT);
        }
    }
}
