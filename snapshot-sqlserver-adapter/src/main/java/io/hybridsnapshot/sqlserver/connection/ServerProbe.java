package io.hybridsnapshot.sqlserver.connection;

import com.microsoft.sqlserver.jdbc.SQLServerDriver;
import com.microsoft.sqlserver.jdbc.SQLServerException;
import io.hybridsnapshot.jdbc.connection.DriverSockets;
import io.hybridsnapshot.silence.SilenceWatch;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;

/**
 * Asks a server, on a separate connection, whether it is reachable. If this user may see other sessions, the probe also
 * asks whether the server works on a request of the watched one. Safe for threads.
 */
final class ServerProbe implements SilenceWatch.Probe {
    /** Without the permission a session sees only itself and learns nothing about other sessions. */
    static final String AT_WORK = "SELECT CASE WHEN HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE') = 1"
            + " AND NOT EXISTS (SELECT 1 FROM sys.dm_exec_requests AS r WHERE r.session_id = ?)"
            + " THEN 0 ELSE 1 END AS at_work";

    private final Properties properties;
    private volatile int session;

    /**
     * A probe of the server of a session.
     *
     * @param patience the longest wait for each step, if that is less than ten seconds
     */
    ServerProbe(Properties session, Duration patience) {
        int seconds = DriverSockets.probeSeconds(patience);
        properties = SqlServerSession.SOCKETS.ofProbe(session);
        properties.setProperty("applicationName", "hybrid-snapshots probe");
        properties.setProperty("loginTimeout", Integer.toString(seconds));
        properties.setProperty(
                SqlServerSession.SOCKETS.readLimit(),
                Long.toString(Duration.ofSeconds(seconds).toMillis()));
    }

    /** From now on the probe asks about the requests of this session as well. */
    void watchSession(int id) {
        session = id;
    }

    @Override
    public boolean isServerAtWork() {
        try (Connection connection = new SQLServerDriver().connect("jdbc:sqlserver://", properties)) {
            if (connection == null || session == 0) {
                return connection != null;
            }
            try (PreparedStatement statement = connection.prepareStatement(AT_WORK)) {
                statement.setInt(1, session);
                try (ResultSet row = statement.executeQuery()) {
                    return row.next() && row.getInt(1) == 1;
                }
            }
        } catch (SQLServerException e) {
            // Any error from the server shows that it is reachable.
            return e.getSQLServerError() != null;
        } catch (SQLException e) {
            return false;
        }
    }
}
