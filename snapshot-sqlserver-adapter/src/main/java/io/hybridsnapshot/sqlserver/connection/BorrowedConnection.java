package io.hybridsnapshot.sqlserver.connection;

import io.hybridsnapshot.jdbc.connection.ConnectionLoan;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The state of a connection that belongs to a program's own data source, and its return in that state. For one thread.
 */
final class BorrowedConnection implements ConnectionLoan {
    /**
     * The options of the session as bits (SQL Server's manual, "Configure the user options"), and its lock time-out.
     */
    static final String READ = "SELECT @@OPTIONS AS [options], @@LOCK_TIMEOUT AS [lock_timeout]";

    private static final int NOCOUNT = 512;
    private static final int XACT_ABORT = 16_384;

    private final Connection connection;
    private final boolean autoCommit;
    private final int isolation;
    private final int options;
    private final int lockTimeout;

    private BorrowedConnection(Connection connection, ResultSet row) throws SQLException {
        this.connection = connection;
        this.autoCommit = connection.getAutoCommit();
        this.isolation = connection.getTransactionIsolation();
        this.options = row.getInt(1);
        this.lockTimeout = row.getInt(2);
    }

    /** Remembers the connection's state. Each statement is then its own transaction, at READ COMMITTED. */
    static BorrowedConnection take(Connection connection) throws SQLException {
        BorrowedConnection borrowed;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(READ)) {
            row.next();
            borrowed = new BorrowedConnection(connection, row);
        }
        if (!borrowed.autoCommit) {
            connection.setAutoCommit(true);
        }
        if (borrowed.isolation != Connection.TRANSACTION_READ_COMMITTED) {
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        }
        return borrowed;
    }

    @Override
    public void giveBack(List<String> undone) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String undo : undone) {
                statement.execute(undo);
            }
            statement.execute("SET XACT_ABORT " + onOff(XACT_ABORT));
            statement.execute("SET NOCOUNT " + onOff(NOCOUNT));
            statement.execute("SET LOCK_TIMEOUT " + lockTimeout);
        }
        if (isolation != Connection.TRANSACTION_READ_COMMITTED) {
            connection.setTransactionIsolation(isolation);
        }
        if (!autoCommit) {
            connection.setAutoCommit(false);
        }
    }

    private String onOff(int option) {
        return (options & option) == 0 ? "OFF" : "ON";
    }
}
