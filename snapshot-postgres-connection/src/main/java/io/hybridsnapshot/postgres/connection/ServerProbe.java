package io.hybridsnapshot.postgres.connection;

import io.hybridsnapshot.jdbc.connection.DriverSockets;
import io.hybridsnapshot.silence.SilenceWatch;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.util.PSQLException;

/**
 * Asks a server, on a separate connection, whether it is reachable and what state a session's backend is in. If the
 * backend waits for its client while the client waits for the backend, a message between them was lost. Safe for
 * threads.
 */
final class ServerProbe implements SilenceWatch.Probe {
    private static final String WAITS_FOR_CLIENT =
            "SELECT count(*) = 0 OR bool_or(wait_event_type = 'Client' AND backend_type = 'client backend')"
                    + " FROM pg_catalog.pg_stat_activity WHERE pid = ?";

    private final String url;
    private final Properties properties;
    /** 0: not known, as behind a pooler that shares backends. */
    private volatile int backend;

    /**
     * A probe of the server of a session.
     *
     * @param patience the longest wait for each step, if that is less than ten seconds
     */
    ServerProbe(String url, Properties session, Duration patience) {
        int seconds = DriverSockets.probeSeconds(patience);
        this.url = url;
        this.properties = PostgresSession.SOCKETS.ofProbe(session);
        PGProperty.APPLICATION_NAME.set(properties, "hybrid-snapshots probe");
        PGProperty.CONNECT_TIMEOUT.set(properties, seconds);
        PGProperty.LOGIN_TIMEOUT.set(properties, seconds);
        PGProperty.SOCKET_TIMEOUT.set(properties, seconds);
    }

    /** From now on the probe asks about this backend as well. */
    void watchBackend(int pid) {
        backend = pid;
    }

    @Override
    public boolean isServerAtWork() {
        try (Connection connection = new Driver().connect(url, properties)) {
            if (connection == null || backend == 0) {
                return connection != null;
            }
            try (PreparedStatement statement = connection.prepareStatement(WAITS_FOR_CLIENT)) {
                statement.setInt(1, backend);
                try (ResultSet row = statement.executeQuery()) {
                    return row.next() && !row.getBoolean(1);
                }
            }
        } catch (PSQLException e) {
            // Any error from the server shows that it is reachable: too many connections, another password.
            return e.getServerErrorMessage() != null;
        } catch (SQLException e) {
            return false;
        }
    }
}
