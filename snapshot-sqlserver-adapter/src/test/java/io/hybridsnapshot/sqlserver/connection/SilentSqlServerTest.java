package io.hybridsnapshot.sqlserver.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.sqlserver.TransactSql;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** The detection of a silent server, tested without a real server. */
class SilentSqlServerTest {
    private static final SqlServerSettings SETTINGS = SqlServerSettings.of("127.0.0.1", 1433, "ORDERS", "u", "p");

    /** The kernel accepts the connection, and no byte ever comes. */
    @Test
    void aServerThatIsSilentFromTheStartCannotBeReached() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            SqlServerSettings settings = new SqlServerSettings(
                    "127.0.0.1", silent.getLocalPort(), "ORDERS", "loader", "s3cret", Map.of("loginTimeout", "2"));
            SnapshotException error = assertTimeoutPreemptively(
                    Duration.ofSeconds(30),
                    () -> assertThrows(SnapshotException.class, () -> SqlServerSession.open(settings, "silence")));
            assertEquals(SnapshotException.Kind.UNAVAILABLE, error.kind(), error.getMessage());
        }
        assertFalse(Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("hybrid-snapshots watch of silence")));
    }

    @Test
    void theProbeTellsAServerThatAnswersNobody() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            SqlServerSettings settings =
                    SqlServerSettings.of("127.0.0.1", silent.getLocalPort(), "ORDERS", "loader", "s3cret");
            Properties properties = SqlServerSession.properties(settings, "test");
            ServerProbe probe = new ServerProbe(properties, Duration.ofSeconds(1));
            assertFalse(assertTimeoutPreemptively(Duration.ofSeconds(30), probe::isServerAtWork));
        }
    }

    @Test
    void theQuestionAboutTheSessionIsTransactSql() {
        assertEquals(
                List.of(),
                TransactSql.faults("DECLARE @id INT = 51;\n" + ServerProbe.AT_WORK.replace("?", "@id") + ";"));
    }

    /** As the driver wraps it: SQLSTATE 08S01 around the socket's own error. */
    @Test
    void silenceIsToldAsSuchAndUnknownDuringACommit() {
        SQLException silent = new SQLException("Read timed out", "08S01", new SocketTimeoutException("Read timed out"));
        SnapshotException error = SqlServerFaults.translate(SETTINGS, "publishing", silent);
        assertEquals(SnapshotException.Kind.UNAVAILABLE, error.kind());
        assertTrue(error.getMessage().contains("SQL Server fell silent while publishing"), error.getMessage());
        assertEquals(
                SnapshotException.Kind.OUTCOME_UNKNOWN,
                SqlServerFaults.commitFailed(SETTINGS, "publishing", silent).kind());
        assertTrue(SqlServerSession.isSilence(error));
    }
}
