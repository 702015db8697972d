package io.hybridsnapshot.sqlserver.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.sqlserver.TestSqlServer;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag(TestSqlServer.TAG)
@Timeout(120)
class SqlServerSessionTest {
    private static final int DEADLOCK_VICTIM = 1205;

    @RegisterExtension
    static final TestSqlServer SERVER = new TestSqlServer();

    @BeforeEach
    void makeTable() {
        SERVER.execute("IF OBJECT_ID('dbo.rows') IS NOT NULL DROP TABLE dbo.rows");
        SERVER.execute("CREATE TABLE dbo.rows (id int PRIMARY KEY, n int NOT NULL)");
        SERVER.execute("INSERT INTO dbo.rows VALUES (1, 0), (2, 0)");
    }

    @Test
    void workIsCommittedAndWhatFailsIsUndone() {
        try (SqlServerSession session = open()) {
            assertEquals("done", session.inTransaction("counting", () -> {
                assertTrue(session.isInTransaction());
                update(session, 1);
                return "done";
            }));
            assertFalse(session.isInTransaction());
            assertThrows(
                    IllegalStateException.class,
                    () -> session.inTransaction("counting", () -> {
                        update(session, 1);
                        throw new IllegalStateException("of the caller");
                    }));
            assertFalse(session.isInTransaction());
            assertEquals(List.of("1|1", "2|0"), rows());
        }
    }

    @Test
    void workThatTheServerUndidIsRunAgainAFewTimes() {
        try (SqlServerSession session = open()) {
            AtomicInteger runs = new AtomicInteger();
            session.inTransaction("counting", () -> {
                update(session, 1);
                if (runs.incrementAndGet() < 3) {
                    throw new SQLException("chosen as the victim", "40001", DEADLOCK_VICTIM);
                }
                return null;
            });
            assertEquals(3, runs.get());
            assertEquals(List.of("1|1", "2|0"), rows());

            SnapshotException error = assertThrows(
                    SnapshotException.class,
                    () -> session.inTransaction("counting", () -> {
                        runs.incrementAndGet();
                        throw new SQLException("chosen as the victim", "40001", DEADLOCK_VICTIM);
                    }));
            assertEquals(Kind.CONFLICT, error.kind());
            assertEquals(6, runs.get());
        }
    }

    @Test
    void otherErrorsAreNotRunAgain() {
        try (SqlServerSession session = open()) {
            AtomicInteger runs = new AtomicInteger();
            SnapshotException error = assertThrows(
                    SnapshotException.class,
                    () -> session.inTransaction("inserting", () -> {
                        runs.incrementAndGet();
                        execute(session, "INSERT INTO dbo.rows VALUES (2, 5)");
                        return null;
                    }));
            assertEquals(1, runs.get());
            assertTrue(SqlServerFaults.isDuplicateKey(error), error.getMessage());
            assertEquals(List.of("1|0", "2|0"), rows());
        }
    }

    @Test
    void ofTwoThatWaitForEachOtherBothGetDone() throws Exception {
        CyclicBarrier bothHoldOne = new CyclicBarrier(2);
        AtomicInteger runs = new AtomicInteger();
        ExecutorService pool = Executors.newFixedThreadPool(2);
        List<Future<?>> both = new ArrayList<>();
        for (int first = 1; first <= 2; first++) {
            int mine = first;
            both.add(pool.submit(() -> {
                try (SqlServerSession session = open()) {
                    AtomicInteger attempts = new AtomicInteger();
                    return session.inTransaction("counting", () -> {
                        runs.incrementAndGet();
                        update(session, mine);
                        if (attempts.getAndIncrement() == 0) {
                            await(bothHoldOne);
                        }
                        update(session, 3 - mine);
                        return null;
                    });
                }
            }));
        }
        for (Future<?> one : both) {
            one.get();
        }
        pool.shutdown();
        assertEquals(List.of("1|2", "2|2"), rows());
        assertTrue(runs.get() >= 3, runs + " runs");
    }

    @Test
    void aSessionThatIsKilledBeforeItsCommitDoesNotKnowWhatBecameOfIt() throws InterruptedException {
        try (SqlServerSession session = open()) {
            session.begin("counting");
            int id = session.run("asking", () -> {
                update(session, 1);
                try (Statement statement = session.connection().createStatement();
                        var row = statement.executeQuery("SELECT @@SPID")) {
                    row.next();
                    return row.getInt(1);
                }
            });
            SERVER.execute("KILL " + id);
            String there = "SELECT COUNT(*) FROM sys.dm_exec_sessions WHERE session_id = " + id;
            for (int i = 0; i < 50 && !SERVER.rows(there).equals(List.of("0")); i++) {
                Thread.sleep(100);
            }
            SnapshotException error = assertThrows(SnapshotException.class, () -> session.commit("counting"));
            assertEquals(Kind.OUTCOME_UNKNOWN, error.kind(), error.getMessage());
            session.rollback();
        }
        assertEquals(List.of("1|0", "2|0"), rows());
    }

    @Test
    void aDatabaseOrLoginThatIsNotThereIsUnavailable() {
        SqlServerSettings there = SERVER.database();
        SqlServerSettings elsewhere = new SqlServerSettings(
                there.host(), there.port(), "no such database", there.user(), there.password(), there.properties());
        SnapshotException noDatabase =
                assertThrows(SnapshotException.class, () -> SqlServerSession.open(elsewhere, "test"));
        assertEquals(Kind.INVALID_REQUEST, noDatabase.kind());
        assertTrue(noDatabase.problem().contains("no such database"), noDatabase.getMessage());
        SnapshotException noLogin = assertThrows(
                SnapshotException.class,
                () -> SqlServerSession.open(SERVER.database("nobody", "s3cret-Word1"), "test"));
        assertEquals(Kind.INVALID_REQUEST, noLogin.kind());
        assertTrue(noLogin.problem().contains("refused the login"), noLogin.getMessage());
        assertFalse(noLogin.getMessage().contains("s3cret-Word1"));
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void update(SqlServerSession session, int id) throws SQLException {
        execute(session, "UPDATE dbo.rows SET n = n + 1 WHERE id = " + id);
    }

    private static void execute(SqlServerSession session, String sql) throws SQLException {
        try (Statement statement = session.connection().createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private static List<String> rows() {
        return SERVER.rows("SELECT id, n FROM dbo.rows ORDER BY id");
    }

    private static SqlServerSession open() {
        return SqlServerSession.open(SERVER.database(), "test");
    }
}
