package io.hybridsnapshot.sqlserver.connection;

import java.sql.SQLException;

/** Statements that belong together, and their result. */
@FunctionalInterface
public interface SqlWork<T> {
    /** Runs the statements. */
    T run() throws SQLException;
}
