package io.hybridsnapshot.sqlserver.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.sqlserver.TestSqlServer;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Transactions and locks of a session on a server. */
@Tag(TestSqlServer.TAG)
class SessionOnServerTest {
    @RegisterExtension
    static final TestSqlServer SERVER = new TestSqlServer();

    @Test
    void aTransactionIsOpenBeforeItsFirstStatement() {
        try (SqlServerSession session = SqlServerSession.open(SERVER.database(), "test")) {
            assertEquals(1, session.inTransaction("counting", () -> trancount(session)));
            assertEquals(0, session.run("counting", () -> trancount(session)));
        }
    }

    private static int trancount(SqlServerSession session) {
        return session.dsl().fetchSingle("select @@trancount").get(0, Integer.class);
    }

    @Test
    void aLockOfTheTransactionMayBeItsFirstStatement() {
        try (SqlServerSession session = SqlServerSession.open(SERVER.database(), "test")) {
            int turn = session.inTransaction(
                    "locking",
                    () -> session.dsl()
                            .fetchSingle(WindowStatements.takeLock("test", "Transaction", 1_000))
                            .get(0, Integer.class));
            assertTrue(turn >= 0, "sp_getapplock answered " + turn);
        }
    }

    @Test
    void aCommitKeepsWhatTheTransactionWrote() {
        try (SqlServerSession session = SqlServerSession.open(SERVER.database(), "test")) {
            session.inTransaction("writing", () -> session.dsl().execute("create table dbo.kept (a int not null)"));
            session.inTransaction("writing", () -> session.dsl().execute("insert into dbo.kept (a) values (1)"));
        }
        assertEquals(List.of("1"), SERVER.rows("SELECT COUNT(*) FROM dbo.kept"));
    }
}
