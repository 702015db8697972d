package io.hybridsnapshot.sqlserver.window;

import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Plain statements on a database, past the store; for tests. Each call opens a separate connection. */
record Sql(SqlServerSettings settings) {
    /** Runs one batch. */
    void execute(String batch) {
        try (SqlServerSession session = SqlServerSession.open(settings, "test")) {
            execute(session, batch);
        }
    }

    static void execute(SqlServerSession session, String batch) {
        try (Statement statement = session.connection().createStatement()) {
            statement.execute(batch);
            while (statement.getMoreResults() || statement.getUpdateCount() >= 0) {
                // An error of a later statement is thrown by the result that it stands for.
            }
        } catch (SQLException e) {
            throw new AssertionError(e.getMessage() + " in " + batch, e);
        }
    }

    /** The rows of a query, with values joined by a bar and NULL as {@code null}. */
    List<String> rows(String query, Object... binds) {
        try (SqlServerSession session = SqlServerSession.open(settings, "test")) {
            return rows(session, query, binds);
        }
    }

    static List<String> rows(SqlServerSession session, String query, Object... binds) {
        try (PreparedStatement statement = session.connection().prepareStatement(query)) {
            for (int i = 0; i < binds.length; i++) {
                statement.setObject(i + 1, binds[i]);
            }
            List<String> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
                Object[] values = new Object[result.getMetaData().getColumnCount()];
                while (result.next()) {
                    for (int i = 0; i < values.length; i++) {
                        values[i] = result.getString(i + 1);
                    }
                    rows.add(String.join(
                            "|", Arrays.stream(values).map(String::valueOf).toList()));
                }
            }
            return rows;
        } catch (SQLException e) {
            throw new AssertionError(e.getMessage() + " in " + query, e);
        }
    }
}
