package io.hybridsnapshot.sqlserver.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.sqlserver.TransactSql;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What a session does to a connection that it borrows, statement by statement. */
class BorrowedConnectionTest {
    private final List<String> calls = new ArrayList<>();

    /** A connection with NOCOUNT on, XACT_ABORT off, a lock time-out of 7 s, SERIALIZABLE and manual commits. */
    private Connection connection() {
        ResultSet row = proxy(ResultSet.class, (name, arguments) -> switch (name) {
            case "next" -> true;
            case "getInt" -> arguments[0].equals(1) ? 5_496 & ~16_384 | 512 : 7_000;
            default -> null;
        });
        Statement statement = proxy(Statement.class, (name, arguments) -> {
            if (name.equals("executeQuery")) {
                TransactSql.assertValid((String) arguments[0]);
                return row;
            }
            if (name.equals("execute")) {
                TransactSql.assertValid((String) arguments[0]);
                calls.add((String) arguments[0]);
                return false;
            }
            return null;
        });
        DatabaseMetaData about = proxy(DatabaseMetaData.class, (name, arguments) -> "Other Driver");
        return proxy(Connection.class, (name, arguments) -> switch (name) {
            case "createStatement" -> statement;
            case "getAutoCommit", "isWrapperFor" -> false;
            case "getMetaData" -> about;
            case "getTransactionIsolation" -> Connection.TRANSACTION_SERIALIZABLE;
            default -> {
                calls.add(name + (arguments == null ? "" : " " + arguments[0]));
                yield null;
            }
        });
    }

    @Test
    void aBorrowedConnectionIsPutBackAsItWas() throws SQLException {
        BorrowedConnection borrowed = BorrowedConnection.take(connection());
        assertEquals(
                List.of("setAutoCommit true", "setTransactionIsolation " + Connection.TRANSACTION_READ_COMMITTED),
                calls);
        calls.clear();
        borrowed.giveBack(List.of("DROP TABLE IF EXISTS #snapshot_rows_1"));
        assertEquals(
                List.of(
                        "DROP TABLE IF EXISTS #snapshot_rows_1",
                        "SET XACT_ABORT OFF",
                        "SET NOCOUNT ON",
                        "SET LOCK_TIMEOUT 7000",
                        "setTransactionIsolation " + Connection.TRANSACTION_SERIALIZABLE,
                        "setAutoCommit false"),
                calls);
    }

    @Test
    void connectionsOfAnotherDriverAreRefusedAndGivenBack() {
        DataSource source = proxy(DataSource.class, (name, arguments) -> connection());
        SnapshotException error = assertThrows(
                SnapshotException.class, () -> SqlServerSession.open(SqlServerDatabase.of(source), "test"));
        assertEquals(Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.getMessage().contains("Other Driver"), error.getMessage());
        assertEquals(List.of("close"), calls);
        assertFalse(SqlServerDatabase.of(source).toString().isEmpty());
    }

    @Test
    void anExhaustedPoolIsUnavailable() {
        DataSource source = proxy(DataSource.class, (name, arguments) -> {
            throw new SQLException("no connection within 30 s");
        });
        SnapshotException error = assertThrows(
                SnapshotException.class, () -> SqlServerSession.open(SqlServerDatabase.of(source), "test"));
        assertEquals(Kind.UNAVAILABLE, error.kind());
        assertTrue(error.getMessage().contains("no connection within 30 s"), error.getMessage());
    }

    @Test
    void whatASessionLeavesIsRemovedWhereItsConnectionIsBorrowed() throws SQLException {
        Connection connection = connection();
        SqlServerSettings settings = new SqlServerSettings("host", 1433, "ORDERS", "etl", "secret", Map.of());
        SqlServerSession own = SqlServerSession.on(settings, connection, SqlServerSession.Moment.LOCKED);
        own.undoAtClose("DROP TABLE IF EXISTS #mine");
        own.close();
        assertEquals(List.of("close"), calls);
        BorrowedConnection borrowed = BorrowedConnection.take(connection);
        calls.clear();
        SqlServerSession lent = SqlServerSession.lent(settings, connection, borrowed);
        lent.undoAtClose("DROP TABLE IF EXISTS #mine");
        lent.undoAtClose("DROP TABLE IF EXISTS #gone");
        lent.isUndone("DROP TABLE IF EXISTS #gone");
        lent.close();
        assertEquals("DROP TABLE IF EXISTS #mine", calls.get(0));
        assertEquals("SET XACT_ABORT OFF", calls.get(1));
        assertEquals("close", calls.get(calls.size() - 1));
    }

    private interface Answer {
        Object to(String method, Object[] arguments) throws SQLException;
    }

    private static <T> T proxy(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                BorrowedConnectionTest.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> answer.to(method.getName(), arguments)));
    }
}
