package io.hybridsnapshot.jdbc.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.junit.jupiter.api.Test;

class JdbcSessionTest {
    private final TestConnection connection = new TestConnection();
    private final List<String> calls = connection.calls();

    /** A session whose server has its own first statement of a transaction. */
    private static final class TestSession extends JdbcSession {
        private final List<String> calls;

        TestSession(TestConnection connection, Optional<ConnectionLoan> loan) {
            super(connection.open(), SQLDialect.DEFAULT, loan, Optional.empty());
            this.calls = connection.calls();
        }

        void begin(String task) {
            beginTransaction(task, () -> calls.add("before"), "FIRST");
        }

        @Override
        public SnapshotException translate(String task, Exception failure) {
            return new ServerFault("Server", "here", failure.getMessage(), failure).failed(task);
        }

        @Override
        protected SnapshotException commitFailed(String task, SQLException failure) {
            return new ServerFault("Server", "here", failure.getMessage(), failure)
                    .outcomeUnknown(task)
                    .build();
        }

        @Override
        protected void transactionEnded() throws SQLException {
            connection().clearWarnings();
        }
    }

    private TestSession session() {
        return new TestSession(connection, Optional.empty());
    }

    private TestSession lent(ConnectionLoan loan) {
        return new TestSession(connection, Optional.of(loan));
    }

    @Test
    void aTransactionBeginsWithTheServersStatementAndEndsInAutoCommit() {
        TestSession session = session();
        session.begin("counting");
        assertTrue(session.isInTransaction());
        session.commit("counting");
        assertFalse(session.isInTransaction());
        session.rollback();
        assertEquals(
                List.of("before", "auto-commit false", "FIRST", "commit", "auto-commit true", "clearWarnings"), calls);
    }

    @Test
    void aSecondTransactionIsRefusedAndTheFirstGoesOn() {
        TestSession session = session();
        session.begin("counting");
        calls.clear();
        assertThrows(IllegalStateException.class, () -> session.begin("counting"));
        assertTrue(session.isInTransaction());
        assertEquals(List.of(), calls);
    }

    @Test
    void aTransactionWhoseFirstStatementFailsIsNotOpen() {
        connection.failingAt("FIRST");
        TestSession session = session();
        SnapshotException error = assertThrows(SnapshotException.class, () -> session.begin("counting"));
        assertEquals("Server failed while counting", error.problem());
        assertFalse(session.isInTransaction());
        assertEquals(
                List.of("before", "auto-commit false", "FIRST", "rollback", "auto-commit true", "clearWarnings"),
                calls);
    }

    @Test
    void aCommitThatFailsLeavesTheRollbackToTheCaller() {
        connection.failingAt("commit");
        TestSession session = session();
        session.begin("counting");
        SnapshotException error = assertThrows(SnapshotException.class, () -> session.commit("counting"));
        assertEquals(Kind.OUTCOME_UNKNOWN, error.kind());
        assertTrue(session.isInTransaction());
        session.rollback();
        assertFalse(session.isInTransaction());
        assertTrue(calls.contains("rollback"), calls.toString());
    }

    /** The data is committed, so the commit must not be reported as failed. */
    @Test
    void aConnectionThatBreaksAfterTheCommitIsClosedAndTheCommitStands() {
        connection.failingAt("auto-commit true");
        TestSession session = session();
        session.begin("counting");
        session.commit("counting");
        assertFalse(session.isInTransaction());
        assertEquals("close", calls.get(calls.size() - 1));
    }

    @Test
    void aRollbackThatFailsClosesTheConnection() {
        connection.failingAt("rollback");
        TestSession session = session();
        session.begin("counting");
        session.rollback();
        assertFalse(session.isInTransaction());
        assertEquals(List.of("rollback", "close"), calls.subList(calls.size() - 2, calls.size()));
    }

    @Test
    void errorsOfTheDriverAndOfJooqAreTranslatedAndOthersPass() {
        TestSession session = session();
        for (Exception failure : List.of(new SQLException("no"), new DataAccessException("no"))) {
            SnapshotException error = assertThrows(
                    SnapshotException.class,
                    () -> session.run("reading", () -> {
                        if (failure instanceof SQLException sql) {
                            throw sql;
                        }
                        throw (DataAccessException) failure;
                    }));
            assertEquals("Server failed while reading", error.problem());
            assertEquals(failure, error.getCause());
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> session.run("reading", () -> {
                    throw new IllegalArgumentException("of the caller");
                }));
        assertEquals("done", session.run("reading", () -> "done"));
    }

    @Test
    void aBorrowedConnectionIsRolledBackAndPutBackWithoutTheSessionsObjects() {
        List<String> removed = new ArrayList<>();
        TestSession session = lent(undone -> {
            calls.add("put back");
            removed.addAll(undone);
        });
        session.begin("counting");
        session.undoAtClose("DROP TABLE mine");
        session.undoAtClose("DROP TABLE gone");
        session.isUndone("DROP TABLE gone");
        calls.clear();
        session.close();
        assertEquals(List.of("rollback", "auto-commit true", "clearWarnings", "put back", "close"), calls);
        assertEquals(List.of("DROP TABLE mine"), removed);
    }

    @Test
    void aBorrowedConnectionThatCannotBePutBackIsDropped() {
        TestSession session = lent(undone -> {
            throw new SQLException("cannot");
        });
        session.close();
        assertEquals(List.of("abort", "close"), calls);
    }

    /** The server removes what the session left when its own connection ends. */
    @Test
    void anOwnConnectionIsJustClosed() {
        TestSession session = session();
        session.begin("counting");
        session.undoAtClose("DROP TABLE mine");
        calls.clear();
        session.close();
        assertEquals(List.of("close"), calls);
    }
}
