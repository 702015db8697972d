package io.hybridsnapshot.postgres.connection;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A pool as a program has one: its connections come with settings of the program's own, are wrapped, and are lent again
 * and again. Each connection that comes back is compared with its state when it was lent. Safe to share.
 */
public final class TestPool implements DataSource, AutoCloseable {
    /** What the program sets on each of its connections. */
    private static final String OWN = "SET TimeZone = 'America/New_York'; SET statement_timeout = '2500ms';"
            + " SET idle_in_transaction_session_timeout = '2500ms'; SET synchronous_commit = off;"
            + " SET application_name = 'a program'; SET work_mem = '1MB'; SET tcp_keepalives_idle = 100";

    private static final String STATE = "SELECT name || '=' || setting FROM pg_settings"
            + " WHERE name NOT LIKE 'transaction\\_%' AND name NOT LIKE 'plpgsql.%' UNION ALL"
            + " SELECT 'temporary ' || relname FROM pg_class WHERE relnamespace = pg_my_temp_schema() AND relkind = 'r'"
            + " UNION ALL SELECT 'advisory lock ' || objid FROM pg_locks"
            + " WHERE locktype = 'advisory' AND pid = pg_backend_pid() ORDER BY 1";

    private final PGSimpleDataSource server = new PGSimpleDataSource();
    private final Deque<Connection> idle = new ArrayDeque<>();
    private final List<String> changes = new ArrayList<>();
    private int lent;
    private int reused;
    private int dropped;

    public TestPool(PostgresSettings settings) {
        server.setServerNames(new String[] {settings.host()});
        server.setPortNumbers(new int[] {settings.port()});
        server.setDatabaseName(settings.database());
        server.setUser(settings.user());
        server.setPassword(settings.password());
    }

    /** A pool of a program that sets the driver's {@code prepareThreshold}; 0: no statement gets a name. */
    public TestPool(PostgresSettings settings, int prepareThreshold) {
        this(settings);
        server.setPrepareThreshold(prepareThreshold);
    }

    @Override
    public synchronized Connection getConnection() throws SQLException {
        Connection physical = idle.poll();
        if (physical == null) {
            physical = server.getConnection();
            try (Statement statement = physical.createStatement()) {
                statement.execute(OWN);
            }
            physical.setReadOnly(true);
            physical.setAutoCommit(false);
        } else {
            reused++;
        }
        lent++;
        return wrapped(physical, state(physical));
    }

    private static List<String> state(Connection physical) throws SQLException {
        List<String> state = new ArrayList<>();
        state.add("autocommit " + physical.getAutoCommit());
        state.add("read only " + physical.isReadOnly());
        state.add("autosave " + physical.unwrap(PGConnection.class).getAutosave());
        state.add("prepare threshold " + physical.unwrap(PGConnection.class).getPrepareThreshold());
        try (Statement statement = physical.createStatement();
                ResultSet rows = statement.executeQuery(STATE)) {
            while (rows.next()) {
                state.add(rows.getString(1));
            }
        }
        if (!physical.getAutoCommit()) {
            physical.rollback();
        }
        return state;
    }

    private Connection wrapped(Connection physical, List<String> before) {
        boolean[] returned = {false};
        return (Connection) Proxy.newProxyInstance(
                TestPool.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        if (!returned[0]) {
                            returned[0] = true;
                            takeBack(physical, before);
                        }
                        return null;
                    }
                    try {
                        return method.invoke(physical, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private synchronized void takeBack(Connection physical, List<String> before) {
        lent--;
        try {
            if (physical.isValid(5)) {
                List<String> now = new ArrayList<>(state(physical));
                List<String> missing = new ArrayList<>(before);
                missing.removeAll(now);
                now.removeAll(before);
                if (!now.isEmpty() || !missing.isEmpty()) {
                    changes.add("lent with " + missing + ", came back with " + now);
                }
                idle.add(physical);
                return;
            }
            physical.close();
        } catch (SQLException e) {
            // As a pool does: it is not lent again.
        }
        dropped++;
    }

    /** What was changed on connections that came back; empty if nothing was. */
    public synchronized List<String> changes() {
        return List.copyOf(changes);
    }

    /** How many connections have not come back. */
    public synchronized int lent() {
        return lent;
    }

    /** How often a connection was lent that had been lent before. */
    public synchronized int reused() {
        return reused;
    }

    /** How many connections came back broken. */
    public synchronized int dropped() {
        return dropped;
    }

    @Override
    public synchronized void close() throws SQLException {
        for (Connection physical : idle) {
            physical.close();
        }
        idle.clear();
    }

    @Override
    public Connection getConnection(String user, String password) {
        throw new UnsupportedOperationException();
    }

    @Override
    public PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setLoginTimeout(int seconds) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("nothing is wrapped");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
