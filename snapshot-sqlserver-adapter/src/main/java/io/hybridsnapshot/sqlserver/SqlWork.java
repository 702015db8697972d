package io.hybridsnapshot.sqlserver;

import java.sql.SQLException;

/** Statements that belong together, and what comes of them. */
@FunctionalInterface
interface SqlWork<T> {
    /** Runs the statements. */
    T run() throws SQLException;
}
