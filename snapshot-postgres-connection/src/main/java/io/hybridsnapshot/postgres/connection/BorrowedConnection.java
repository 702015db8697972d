package io.hybridsnapshot.postgres.connection;

import io.hybridsnapshot.jdbc.connection.ConnectionLoan;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.jdbc.AutoSave;

/**
 * The state of a connection that belongs to a program's own data source, and its return in that state. For one thread.
 */
final class BorrowedConnection implements ConnectionLoan {
    /** The settings of the server that sessions and adapters change for longer than a transaction. */
    private static final String CHANGED = "'TimeZone', 'application_name', 'synchronous_commit',"
            + " 'standard_conforming_strings', 'tcp_keepalives_idle', 'tcp_keepalives_interval',"
            + " 'tcp_keepalives_count', 'client_connection_check_interval', 'work_mem',"
            + " 'min_parallel_table_scan_size'";

    /** The limits that would end a session's long statements and waits; 0: none. Some need a newer server. */
    private static final String LIMITS = "'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout',"
            + " 'idle_session_timeout', 'transaction_timeout'";

    /** Returns each setting's value from before, and sets those that every session needs. */
    private static final String READ_AND_SET =
            "WITH before AS MATERIALIZED (SELECT name, current_setting(name, true) AS setting FROM unnest(ARRAY["
                    + CHANGED + ", " + LIMITS + "]) AS name)"
                    + " SELECT name, setting, CASE WHEN name = 'application_name' THEN set_config(name, ?, false)"
                    + " WHEN name IN (" + LIMITS + ") THEN set_config(name, '0', false) END"
                    + " FROM before WHERE setting IS NOT NULL";

    /** Bytes travel as bytes from the first execution of a statement on, not as twice as many hexadecimal digits. */
    private static final int BINARY = -1;

    /** The program wants no named statements: a pooler may run each transaction in another backend. */
    private static final int UNNAMED = 0;

    private static final String RESTORE =
            "SELECT set_config(name, setting, false) FROM unnest(?, ?) AS given (name, setting)";

    private final Connection connection;
    private final PGConnection driver;
    private final boolean autoCommit;
    private final boolean readOnly;
    private final AutoSave autosave;
    private final int prepareThreshold;
    private final List<String> names = new ArrayList<>();
    private final List<String> values = new ArrayList<>();

    private BorrowedConnection(Connection connection, PGConnection driver) throws SQLException {
        this.connection = connection;
        this.driver = driver;
        this.autoCommit = connection.getAutoCommit();
        this.readOnly = connection.isReadOnly();
        this.autosave = driver.getAutosave();
        this.prepareThreshold = driver.getPrepareThreshold();
    }

    /** Remembers the connection's state and sets what every session needs. */
    static BorrowedConnection take(Connection connection, PGConnection driver, String purpose) throws SQLException {
        BorrowedConnection borrowed = new BorrowedConnection(connection, driver);
        if (!borrowed.autoCommit) {
            connection.setAutoCommit(true);
        }
        if (borrowed.readOnly) {
            connection.setReadOnly(false);
        }
        driver.setAutosave(AutoSave.NEVER);
        if (borrowed.prepareThreshold != UNNAMED) {
            driver.setPrepareThreshold(BINARY);
        }
        try (PreparedStatement statement = connection.prepareStatement(READ_AND_SET)) {
            statement.setString(1, purpose);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    borrowed.names.add(rows.getString(1));
                    borrowed.values.add(rows.getString(2));
                }
            }
        } catch (SQLException e) {
            try {
                borrowed.restoreDriver();
            } catch (SQLException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
        return borrowed;
    }

    @Override
    public void giveBack(List<String> undone) throws SQLException {
        for (String statement : undone) {
            try (PreparedStatement undo = connection.prepareStatement(statement)) {
                undo.execute();
            }
        }
        Array settingNames = connection.createArrayOf("text", names.toArray());
        Array settingValues = connection.createArrayOf("text", values.toArray());
        try (PreparedStatement restore = connection.prepareStatement(RESTORE)) {
            restore.setArray(1, settingNames);
            restore.setArray(2, settingValues);
            restore.execute();
        } finally {
            settingNames.free();
            settingValues.free();
        }
        restoreDriver();
    }

    private void restoreDriver() throws SQLException {
        driver.setAutosave(autosave);
        driver.setPrepareThreshold(prepareThreshold);
        if (readOnly) {
            connection.setReadOnly(true);
        }
        if (!autoCommit) {
            connection.setAutoCommit(false);
        }
    }
}
