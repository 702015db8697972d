package io.hybridsnapshot.postgres.window;

import static org.jooq.impl.DSL.inline;

import io.hybridsnapshot.postgres.connection.PostgresSession;

/**
 * Settings of the server for the window's sessions. They end with the session; a borrowed connection gets its own back.
 */
final class SessionSettings {
    private SessionSettings() {}

    /** Lets a join of some 500,000 rows and its sort run in memory; the server's default is 4 MB. */
    static void giveMemory(PostgresSession session) {
        raise(session, "work_mem", "64MB");
    }

    /**
     * Lets one process read a table of less than 256 MB, where the server's default is 8 MB. Starting two more
     * processes for each reading costs the server more CPU time than reading 100,000 rows.
     */
    static void readSmallTablesAlone(PostgresSession session) {
        raise(session, "min_parallel_table_scan_size", "256MB");
    }

    private static void raise(PostgresSession session, String setting, String size) {
        session.run(
                "preparing the session",
                () -> session.dsl()
                        .fetch(
                                "select set_config({0}, {1}, false)"
                                        + " where pg_size_bytes(current_setting({0})) < pg_size_bytes({1})",
                                inline(setting), inline(size)));
    }
}
