package io.hybridsnapshot.sqlserver.connection;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A session for code that brings a database's tables up to date. It is prepared like every session of the adapter
 * (encrypted, XACT_ABORT on, a time-out for locks). For one thread. The opener closes the session; closing rolls back
 * an open transaction and releases the session's application locks.
 */
public final class SqlServerSchemaSession implements AutoCloseable {
    private final SqlServerSession session;

    private SqlServerSchemaSession(SqlServerSession session) {
        this.session = session;
    }

    /**
     * Connects.
     *
     * @throws SnapshotException UNAVAILABLE if the server cannot be reached, refuses the login or is too old
     */
    public static SqlServerSchemaSession open(SqlServerSettings settings) {
        return new SqlServerSchemaSession(SqlServerSession.open(settings, "migration"));
    }

    /**
     * The object that the session wraps, as in {@code java.sql.Wrapper}. The caller MUST NOT close it.
     *
     * @param type {@code java.sql.Connection}, or a type of the driver's that the connection wraps
     * @throws IllegalArgumentException if the session wraps no object of that type
     */
    public <T> T unwrap(Class<T> type) {
        Connection connection = session.connection();
        if (type.isInstance(connection)) {
            return type.cast(connection);
        }
        try {
            return connection.unwrap(type);
        } catch (SQLException e) {
            throw new IllegalArgumentException("a session of SQL Server has no " + type.getName(), e);
        }
    }

    /** Translates an error of the driver; {@code task} follows "while". */
    public SnapshotException translate(String task, Exception failure) {
        return session.translate(task, failure);
    }

    /** The same after the end of the session. */
    public static SnapshotException translate(SqlServerSettings settings, String task, Exception failure) {
        return SqlServerFaults.translate(settings, task, failure);
    }

    /**
     * Whether an error translated by {@link #translate} is a script's report that a table cannot be taken over in its
     * present form.
     */
    public static boolean isAboutTakeOver(Exception failure) {
        return SqlServerFaults.isAboutTakeOver(failure);
    }

    @Override
    public void close() {
        session.close();
    }
}
