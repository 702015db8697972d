package io.hybridsnapshot.jdbc.connection;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Statements that belong together, and their result. */
@FunctionalInterface
public interface SqlWork<T extends @Nullable Object> {
    /** Runs the statements. */
    T run() throws SQLException;
}
