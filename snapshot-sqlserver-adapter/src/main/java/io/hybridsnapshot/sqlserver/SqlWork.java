package io.hybridsnapshot.sqlserver;

import java.sql.SQLException;

/** Statements that belong together, and their result. */
@FunctionalInterface
interface SqlWork<T> {
    /** Runs the statements. */
    T run() throws SQLException;
}
