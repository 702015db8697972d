package io.hybridsnapshot.jdbc.connection;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.silence.SilenceWatch;
import io.hybridsnapshot.silence.SilentConnectionException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DefaultConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a database server, opened or borrowed for one operation, and the transactions on it. Each server
 * has a subclass, which opens the connection and translates errors. For one thread. The opener closes the session;
 * closing rolls back an open transaction.
 */
public abstract class JdbcSession implements AutoCloseable {
    static {
        // jOOQ greets on its first use otherwise, in the middle of the program's log or output.
        System.setProperty("org.jooq.no-logo", "true");
        System.setProperty("org.jooq.no-tips", "true");
    }

    private final Connection connection;
    private final Optional<ConnectionLoan> loan;
    private final Optional<SilenceWatch> watch;
    private final List<String> undone = new ArrayList<>();
    private final DSLContext dsl;
    private boolean transaction;

    /**
     * A session on an open connection in auto-commit mode. The session closes the connection and the watch.
     *
     * @param loan the state to return the connection in; empty: the session opened the connection itself
     */
    protected JdbcSession(
            Connection connection, SQLDialect dialect, Optional<ConnectionLoan> loan, Optional<SilenceWatch> watch) {
        this.connection = Objects.requireNonNull(connection, "connection");
        this.loan = Objects.requireNonNull(loan, "loan");
        this.watch = Objects.requireNonNull(watch, "watch");
        // Setters with distinct names. Overload resolution would load jOOQ's Settings and its annotations (JAXB), which
        // are not on the class path.
        DefaultConfiguration configuration = new DefaultConfiguration();
        configuration.setConnection(connection);
        configuration.setSQLDialect(dialect);
        this.dsl = configuration.dsl();
    }

    /**
     * Translates an error of jOOQ or the driver.
     *
     * @param task the work that failed, worded to follow "while": {@code reading the ledger}
     */
    public abstract SnapshotException translate(String task, Exception failure);

    /** The exception for a failed commit: OUTCOME_UNKNOWN if the connection broke, otherwise the translated error. */
    protected abstract SnapshotException commitFailed(String task, SQLException failure);

    /** Runs after each transaction, once the connection is in auto-commit mode again. */
    protected void transactionEnded() throws SQLException {}

    /**
     * The connection itself, for statements that jOOQ cannot express. The caller MUST NOT close it, commit or roll
     * back.
     */
    public final Connection connection() {
        return connection;
    }

    /** jOOQ on this connection. */
    public final DSLContext dsl() {
        return dsl;
    }

    /**
     * Notes a statement that removes a lock or a temporary table of this session. A connection of a data source
     * outlives the session, so {@link #close} runs it there.
     */
    public final void undoAtClose(String statement) {
        undone.add(statement);
    }

    /** Forgets a statement of {@link #undoAtClose}, because the session has removed its object itself. */
    public final void isUndone(String statement) {
        undone.remove(statement);
    }

    /**
     * Runs statements. Each statement is its own transaction, or all run within the open transaction.
     *
     * @param task the work of the statements, worded to follow "while": {@code reading the ledger}
     * @throws SnapshotException the translated error
     */
    public final <T extends @Nullable Object> T run(String task, SqlWork<T> work) {
        try {
            return work.run();
        } catch (SQLException | DataAccessException e) {
            throw translate(task, e);
        }
    }

    /**
     * Opens a transaction; {@link #commit} or {@link #rollback} ends it. An error leaves no transaction open.
     *
     * @param before runs before the connection leaves auto-commit mode
     * @param first the first statement within the transaction
     * @throws IllegalStateException if a transaction is open already
     */
    protected final void beginTransaction(String task, SqlWork<?> before, String first) {
        if (transaction) {
            throw new IllegalStateException("a transaction is open already");
        }
        try {
            run(task, () -> {
                before.run();
                connection.setAutoCommit(false);
                transaction = true;
                try (Statement statement = connection.createStatement()) {
                    statement.execute(first);
                }
                return null;
            });
        } catch (RuntimeException e) {
            rollback();
            throw e;
        }
    }

    /**
     * Commits the open transaction.
     *
     * @throws SnapshotException OUTCOME_UNKNOWN if the connection broke meanwhile; otherwise the translated error
     */
    public final void commit(String task) {
        try {
            connection.commit();
            transaction = false;
        } catch (SQLException e) {
            throw commitFailed(task, e);
        }
        try {
            leaveTransaction();
        } catch (SQLException e) {
            // Committed data stays committed. The next statement reports that the connection is gone.
            closeQuietly(connection);
        }
    }

    /** Rolls back the open transaction, if there is one; never throws. */
    public final void rollback() {
        if (transaction) {
            transaction = false;
            try {
                connection.rollback();
                leaveTransaction();
            } catch (SQLException e) {
                // The server rolls back the open work of a broken session. The preceding statement has reported the
                // cause.
                closeQuietly(connection);
            }
        }
    }

    private void leaveTransaction() throws SQLException {
        connection.setAutoCommit(true);
        transactionEnded();
    }

    /** Whether a transaction is open. */
    public final boolean isInTransaction() {
        return transaction;
    }

    /**
     * Whether an error, translated or not, means that the server's answers stopped. Whether the server still runs is
     * then unknown.
     */
    public static boolean isSilence(Exception failure) {
        return SilentConnectionException.isBehind(failure);
    }

    /** Drops the connection at once, without waiting for data that the server is still sending. */
    public final void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            closeQuietly(connection);
        }
    }

    /**
     * Closes the connection. The server rolls back an open transaction and releases the session's locks. A borrowed
     * connection is put back as it was; one that cannot be is dropped, so that its pool replaces it. Never throws.
     */
    @Override
    public final void close() {
        loan.ifPresent(state -> {
            rollback();
            try {
                state.giveBack(undone);
            } catch (SQLException e) {
                abort();
            }
        });
        closeQuietly(connection);
        watch.ifPresent(SilenceWatch::close);
    }

    /** Closes a connection that is on its way out; null and errors are ignored. */
    protected static void closeQuietly(@Nullable Connection connection) {
        DriverConnections.closeQuietly(connection);
    }
}
