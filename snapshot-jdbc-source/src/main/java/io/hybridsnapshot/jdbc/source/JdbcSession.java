package io.hybridsnapshot.jdbc.source;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is set up for reading. Closing puts the connection's flags back and returns it to its data source,
 * which may be a pool. A connection whose flags cannot be put back is aborted, so that a pool does not hand it out
 * again. For one thread.
 */
final class JdbcSession implements AutoCloseable {
    private final Connection connection;
    private final Dialect dialect;
    private final String productName;
    private final boolean autoCommit;
    private final boolean readOnly;
    private boolean autoCommitChanged;
    private boolean readOnlyChanged;
    private boolean closed;

    private JdbcSession(Connection connection) throws SQLException {
        this.connection = connection;
        String name = connection.getMetaData().getDatabaseProductName();
        this.productName = name == null ? "" : name;
        this.dialect = Dialect.of(productName);
        this.autoCommit = connection.getAutoCommit();
        this.readOnly = connection.isReadOnly();
    }

    /**
     * Takes a connection of a data source.
     *
     * @throws SnapshotException UNAVAILABLE if there is none; INVALID_REQUEST if the login is refused
     */
    static JdbcSession open(Connections connections, String description) {
        @Nullable Connection connection;
        try {
            connection = connections.open();
        } catch (SQLException e) {
            throw JdbcFaults.openingFailed(description, e);
        }
        if (connection == null) {
            throw SnapshotException.unavailable("the database cannot be reached")
                    .where(description)
                    .actual("a data source that returned no connection")
                    .nextStep("check the data source's settings")
                    .build();
        }
        JdbcSession session = null;
        try {
            session = new JdbcSession(connection);
            session.prepare();
            return session;
        } catch (SQLException | RuntimeException e) {
            if (session == null) {
                closeQuietly(connection);
            } else {
                session.close();
            }
            throw e instanceof SQLException failure
                    ? JdbcFaults.openingFailed(description, failure)
                    : (RuntimeException) e;
        }
    }

    private void prepare() throws SQLException {
        if (dialect.hasReadOnlyFlag() && !readOnly) {
            readOnlyChanged = setReadOnly(true);
        }
        if (dialect.needsTransaction() && autoCommit) {
            connection.setAutoCommit(false);
            autoCommitChanged = true;
        }
    }

    /** The flag is a hint: a driver that refuses it is read all the same. */
    private boolean setReadOnly(boolean flag) {
        try {
            connection.setReadOnly(flag);
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    Connection connection() {
        return connection;
    }

    Dialect dialect() {
        return dialect;
    }

    String productName() {
        return productName;
    }

    /** Ends the transaction, puts the flags back and returns the connection. May be called more than once. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (!connection.isClosed()) {
                restore();
            }
        } catch (SQLException | RuntimeException e) {
            abort();
        }
        closeQuietly(connection);
    }

    private void restore() throws SQLException {
        if (!connection.getAutoCommit()) {
            connection.rollback();
        }
        if (autoCommitChanged) {
            connection.setAutoCommit(true);
        }
        if (readOnlyChanged) {
            connection.setReadOnly(false);
        }
    }

    private void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException | RuntimeException | AbstractMethodError e) {
            // A driver without abort: its connection is closed, which is all that is left.
        }
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException | RuntimeException e) {
            // The rows have been read, or the first error is on its way to the caller.
        }
    }
}
