package io.hybridsnapshot.postgres.connection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.PGResultSetMetaData;

class BorrowedSessionTest {
    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    private TestPool pool;
    private PostgresDatabase database;

    @BeforeEach
    void fill() {
        pool = new TestPool(DATABASE.settings());
        database = PostgresDatabase.of(pool);
    }

    @AfterEach
    void empty() throws SQLException {
        pool.close();
    }

    private static String ask(PostgresSession session, String sql) {
        return session.dsl().fetchSingle(sql).get(0, String.class);
    }

    @Test
    void aSessionHasWhatItNeedsAndTheConnectionComesBackAsItWas() throws SQLException {
        for (int time = 0; time < 2; time++) {
            try (PostgresSession session = PostgresSession.open(database, "test")) {
                assertEquals("UTC", ask(session, "SHOW TimeZone"));
                assertEquals("0", ask(session, "SHOW statement_timeout"));
                assertEquals("0", ask(session, "SHOW idle_in_transaction_session_timeout"));
                assertEquals("on", ask(session, "SHOW synchronous_commit"));
                assertEquals("hybrid-snapshots test", ask(session, "SHOW application_name"));
                assertTrue(session.connection().getAutoCommit());
                session.inTransaction(
                        Isolation.READ_COMMITTED,
                        "testing",
                        () -> session.dsl().execute("CREATE TABLE IF NOT EXISTS t (n int)"));
                session.dsl().execute("SET lock_timeout = '5s'");
                session.dsl().execute("CREATE TEMPORARY TABLE of_session (n int)");
                session.undoAtClose("DROP TABLE pg_temp.of_session");
            }
        }
        assertEquals(List.of(), pool.changes());
        assertEquals(1, pool.reused());
        assertEquals(0, pool.dropped());
        assertEquals(0, pool.lent());
    }

    @Test
    void bytesTravelInBinaryFromTheFirstStatementOn() throws SQLException {
        try (PostgresSession session = PostgresSession.open(database, "test");
                PreparedStatement statement = session.connection().prepareStatement("SELECT '\\x0102'::bytea");
                ResultSet row = statement.executeQuery()) {
            int format = row.getMetaData().unwrap(PGResultSetMetaData.class).getFormat(1);
            assertEquals(1, format, "0 is text, twice as many bytes");
        }
    }

    /** Behind a pooler that lends a backend for one transaction, a named statement is unknown to the next backend. */
    @Test
    void aProgramThatWantsNoNamedStatementsGetsNone() throws SQLException {
        try (TestPool unnamed = new TestPool(DATABASE.settings(), 0)) {
            try (PostgresSession session = PostgresSession.open(PostgresDatabase.of(unnamed), "test");
                    PreparedStatement statement = session.connection().prepareStatement("SELECT ?::bytea")) {
                for (byte time = 0; time < 10; time++) {
                    statement.setBytes(1, new byte[] {time, -1});
                    try (ResultSet row = statement.executeQuery()) {
                        assertTrue(row.next());
                        assertArrayEquals(new byte[] {time, -1}, row.getBytes(1));
                    }
                }
                assertEquals("0", ask(session, "SELECT count(*) FROM pg_prepared_statements"));
            }
            assertEquals(List.of(), unnamed.changes());
            assertEquals(0, unnamed.dropped());
        }
    }

    @Test
    void aLimitOfThePoolEndsNoStatementOfASession() {
        try (PostgresSession session = PostgresSession.open(database, "test")) {
            session.dsl().fetch("SELECT pg_sleep(3)");
        }
    }

    @Test
    void anOpenTransactionIsRolledBackBeforeTheConnectionComesBack() {
        try (PostgresSession session = PostgresSession.open(database, "test")) {
            session.begin(Isolation.READ_COMMITTED, "testing");
            session.dsl().execute("CREATE TABLE never (n int)");
        }
        assertEquals(List.of(), pool.changes());
        assertEquals(List.of("0"), DATABASE.rows("SELECT count(*) FROM pg_class WHERE relname = 'never'"));
    }

    @Test
    void aConnectionThatCannotBePutBackIsDropped() throws SQLException {
        try (PostgresSession session = PostgresSession.open(database, "test")) {
            session.undoAtClose("SELECT 1 / 0");
        }
        assertEquals(1, pool.dropped());
        assertEquals(0, pool.lent());
        try (PostgresSession session = PostgresSession.open(database, "test");
                Statement statement = session.connection().createStatement()) {
            assertTrue(statement.execute("SELECT 1"));
        }
    }

    @Test
    void aBrokenConnectionIsDropped() {
        PostgresSession session = PostgresSession.open(database, "borrower");
        DATABASE.execute("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                + " WHERE application_name = 'hybrid-snapshots borrower'");
        SnapshotException error = assertThrows(
                SnapshotException.class,
                () -> session.run("testing", () -> session.dsl().execute("SELECT 1")));
        assertEquals(Kind.UNAVAILABLE, error.kind());
        assertTrue(error.getMessage().contains("the program's data source"), error.getMessage());
        session.close();
        assertEquals(1, pool.dropped());
    }

    @Test
    void anExhaustedPoolIsUnavailable() {
        DataSource exhausted = giving(() -> {
            throw new SQLException("no connection within 30 s");
        });
        SnapshotException error = assertThrows(
                SnapshotException.class, () -> PostgresSession.open(PostgresDatabase.of(exhausted), "test"));
        assertEquals(Kind.UNAVAILABLE, error.kind());
        assertTrue(error.getMessage().contains("no connection within 30 s"), error.getMessage());
    }

    @Test
    void connectionsOfAnotherDriverAreRefusedAndGivenBack() {
        boolean[] closed = {false};
        DatabaseMetaData about = proxy(DatabaseMetaData.class, name -> "Other Driver");
        Connection other = proxy(Connection.class, name -> switch (name) {
            case "isWrapperFor" -> false;
            case "getMetaData" -> about;
            default -> {
                closed[0] |= name.equals("close");
                yield null;
            }
        });
        SnapshotException error = assertThrows(
                SnapshotException.class, () -> PostgresSession.open(PostgresDatabase.of(giving(() -> other)), "test"));
        assertEquals(Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.getMessage().contains("Other Driver"), error.getMessage());
        assertTrue(closed[0]);
        assertFalse(PostgresDatabase.of(giving(() -> other)).toString().isEmpty());
    }

    private interface Opening {
        Connection open() throws SQLException;
    }

    private interface Answer {
        Object to(String method) throws SQLException;
    }

    private static DataSource giving(Opening opening) {
        return proxy(DataSource.class, name -> opening.open());
    }

    private static <T> T proxy(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                BorrowedSessionTest.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> answer.to(method.getName())));
    }
}
