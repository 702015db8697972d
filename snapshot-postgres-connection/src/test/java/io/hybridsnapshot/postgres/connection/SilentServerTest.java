package io.hybridsnapshot.postgres.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.silence.SilenceWatch;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.postgresql.copy.CopyIn;

/** A network that loses bytes and closes no connection. */
class SilentServerTest {
    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    private static final SilenceWatch.Limits SHORT =
            new SilenceWatch.Limits(Duration.ofSeconds(1), Duration.ofMillis(100), 2);
    private static final Duration SOON = Duration.ofSeconds(30);

    private SilentProxy proxy;

    @BeforeEach
    void aProxy() {
        proxy = new SilentProxy(DATABASE.settings());
    }

    @AfterEach
    void closeTheProxy() {
        proxy.close();
    }

    private PostgresSession open() {
        return PostgresSession.open(proxy.through(DATABASE.settings(), Map.of()), "test", SHORT);
    }

    private static SnapshotException failing(Executable work) {
        return assertTimeoutPreemptively(SOON, () -> assertThrows(SnapshotException.class, work));
    }

    private static void assertSilent(SnapshotException error) {
        assertEquals(SnapshotException.Kind.UNAVAILABLE, error.kind(), error.getMessage());
        assertTrue(error.getMessage().contains("PostgreSQL fell silent while"), error.getMessage());
        assertTrue(error.getMessage().contains("check the network"), error.getMessage());
    }

    @Test
    void aStatementEndsOnceNoServerAnswersAnyMore() {
        PostgresSession session = open();
        session.run("trying", () -> session.dsl().execute("select 1"));
        proxy.all(SilentProxy.Mode.DROP);
        assertSilent(failing(() -> session.run("trying", () -> session.dsl().execute("select 1"))));
        assertTimeoutPreemptively(SOON, session::close);
    }

    @Test
    void aCommitThatFallsSilentIsUnknown() {
        PostgresSession session = open();
        session.begin(Isolation.READ_COMMITTED, "trying");
        session.run("trying", () -> session.dsl().execute("create temporary table t (i int)"));
        proxy.dropFrom("COMMIT");
        SnapshotException error = failing(() -> session.commit("trying"));
        assertEquals(SnapshotException.Kind.OUTCOME_UNKNOWN, error.kind());
        assertTrue(error.getMessage().contains("fell silent during the commit"), error.getMessage());
        assertTimeoutPreemptively(SOON, session::close);
    }

    /** A firewall that forgot the connection: the server still runs, and its backend waits for this client. */
    @Test
    void aConnectionWhoseBackendWaitsForItIsGivenUpThoughTheServerAnswers() {
        PostgresSession session = open();
        proxy.existing(SilentProxy.Mode.DROP);
        assertSilent(failing(() -> session.run("trying", () -> session.dsl().execute("select 1"))));
        session.close();
    }

    @Test
    void aStatementThatComputesForLongIsLeftAlone() {
        try (PostgresSession session = open()) {
            assertEquals(
                    1,
                    session.run(
                            "computing",
                            () -> session.dsl()
                                    .fetchOne("select 1 from pg_sleep(5)")
                                    .get(0)));
        }
    }

    @Test
    void aWaitForALockIsLeftAlone() {
        try (PostgresSession holder = PostgresSession.open(DATABASE.settings(), "holder");
                PostgresSession session = open()) {
            holder.run("locking", () -> holder.dsl().fetch("select pg_advisory_lock(17)"));
            Thread release = new Thread(() -> {
                try {
                    Thread.sleep(4_000);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                holder.run("unlocking", () -> holder.dsl().fetch("select pg_advisory_unlock(17)"));
            });
            release.start();
            session.run("waiting", () -> session.dsl().fetch("select pg_advisory_lock(17)"));
            assertTimeoutPreemptively(SOON, () -> release.join());
        }
    }

    /** The sender's buffers fill, and no read is waiting. */
    @Test
    void aWriteThatNobodyTakesEndsAsWell() {
        PostgresSession session = open();
        session.run("trying", () -> session.dsl().execute("create temporary table c (t text)"));
        byte[] row = "x".repeat(65_535).concat("\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        assertSilent(failing(() -> session.run("copying", () -> {
            CopyIn copy = session.driver().getCopyAPI().copyIn("copy c from stdin");
            proxy.all(SilentProxy.Mode.STALL);
            for (int i = 0; i < 4_000; i++) {
                copy.writeToCopy(row, 0, row.length);
            }
            throw new SQLException("all rows were taken");
        })));
        session.close();
    }

    @Test
    void aServerThatIsSilentFromTheStartCannotBeReached() {
        proxy.all(SilentProxy.Mode.DROP);
        SnapshotException error = failing(
                () -> PostgresSession.open(proxy.through(DATABASE.settings(), Map.of("loginTimeout", "2")), "test"));
        assertEquals(SnapshotException.Kind.UNAVAILABLE, error.kind());
        assertTrue(error.getMessage().contains("cannot be reached"), error.getMessage());
    }

    @Test
    void theDriversOwnLimitHoldsWhereItIsSet() {
        PostgresSession session =
                PostgresSession.open(proxy.through(DATABASE.settings(), Map.of("socketTimeout", "2")), "test");
        SnapshotException error =
                failing(() -> session.run("computing", () -> session.dsl().execute("select pg_sleep(60)")));
        assertSilent(error);
        assertTrue(error.getMessage().contains("socketTimeout"), error.getMessage());
        session.close();
    }

    /** No thread is left of a session that was closed. */
    @Test
    void theWatchEndsWithTheSession() throws InterruptedException {
        open().close();
        for (int i = 0; i < 100 && watches() > 0; i++) {
            Thread.sleep(50);
        }
        assertEquals(0, watches());
    }

    private static long watches() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("hybrid-snapshots watch of test"))
                .count();
    }
}
