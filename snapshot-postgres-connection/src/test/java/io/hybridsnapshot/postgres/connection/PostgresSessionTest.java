package io.hybridsnapshot.postgres.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresSessionTest {
    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    @Test
    void timesAreUtcAndCommitsDurableWhateverTheServersDefaults() {
        try (PostgresSession session = open()) {
            assertEquals("UTC", session.dsl().fetchValue("SHOW TimeZone"));
            assertEquals("on", session.dsl().fetchValue("SHOW synchronous_commit"));
            assertEquals("hybrid-snapshots test", session.dsl().fetchValue("SHOW application_name"));
        }
    }

    @Test
    void aTransactionThatThrowsLeavesNothing() {
        try (PostgresSession session = open()) {
            session.dsl().execute("CREATE TABLE half (n int)");
            assertThrows(
                    IllegalStateException.class,
                    () -> session.inTransaction(Isolation.READ_COMMITTED, "testing", () -> {
                        session.dsl().execute("INSERT INTO half VALUES (1)");
                        throw new IllegalStateException("stop");
                    }));
            assertFalse(session.isInTransaction());
            assertEquals(0L, session.dsl().fetchValue("SELECT count(*) FROM half"));

            session.inTransaction(
                    Isolation.READ_COMMITTED, "testing", () -> session.dsl().execute("INSERT INTO half VALUES (1)"));
            assertEquals(1L, session.dsl().fetchValue("SELECT count(*) FROM half"));
        }
    }

    @Test
    void aReadOnlyTransactionSeesOneMomentAndWritesNothing() {
        DATABASE.execute("CREATE TABLE moment (n int)");
        try (PostgresSession session = open()) {
            session.inTransaction(Isolation.READ_ONLY, "testing", () -> {
                assertEquals(0L, session.dsl().fetchValue("SELECT count(*) FROM moment"));
                DATABASE.execute("INSERT INTO moment VALUES (1)");
                assertEquals(0L, session.dsl().fetchValue("SELECT count(*) FROM moment"));
                return null;
            });
            SnapshotException error = assertThrows(
                    SnapshotException.class,
                    () -> session.inTransaction(
                            Isolation.READ_ONLY,
                            "testing",
                            () -> session.dsl().execute("INSERT INTO moment VALUES (2)")));
            assertEquals("25006", PostgresSession.sqlState(error).orElseThrow());
        }
    }

    @Test
    void aLockThatIsNotGivenIsAConflict() {
        DATABASE.execute("CREATE TABLE contested (n int)");
        try (PostgresSession holder = open();
                PostgresSession waiting = open()) {
            holder.begin(Isolation.READ_COMMITTED, "testing");
            holder.dsl().execute("LOCK TABLE contested");
            waiting.dsl().execute("SET lock_timeout = 50");
            SnapshotException error = assertThrows(
                    SnapshotException.class,
                    () -> waiting.run("reading", () -> waiting.dsl().fetch("SELECT * FROM contested")));
            assertEquals(Kind.CONFLICT, error.kind());
        }
    }

    @Test
    void whatTheConfigurationNamesWronglyFailsAgain() {
        for (String state : List.of("28P01", "28000", "3D000", "42501")) {
            SnapshotException error =
                    PostgresFaults.openingFailed(DATABASE.settings(), new SQLException("refused", state));
            assertEquals(Kind.INVALID_REQUEST, error.kind(), state);
            assertTrue(error.isStoreOut(), state);
        }
        SnapshotException right = PostgresFaults.translate(
                DATABASE.settings(), "reading", new SQLException("permission denied", "42501"));
        assertEquals(Kind.INVALID_REQUEST, right.kind());
        assertTrue(right.isStoreOut());
        for (String state : List.of("08001", "53300", "57P03")) {
            SnapshotException error =
                    PostgresFaults.openingFailed(DATABASE.settings(), new SQLException("away", state));
            assertEquals(Kind.UNAVAILABLE, error.kind(), state);
        }
    }

    @Test
    void aMissingTableSaysHowToMakeIt() {
        try (PostgresSession session = open()) {
            SnapshotException error = assertThrows(
                    SnapshotException.class,
                    () -> session.run("reading", () -> session.dsl().fetch("SELECT * FROM nowhere")));
            assertEquals(Kind.UNAVAILABLE, error.kind());
            assertTrue(error.getMessage().contains("the scripts in sql/"), error.getMessage());
        }
    }

    @Test
    void aSessionThatIsEndedBeforeItsCommitLeavesTheOutcomeUnknown() {
        DATABASE.execute("CREATE TABLE cut (n int)");
        try (PostgresSession session = open()) {
            session.begin(Isolation.READ_COMMITTED, "testing");
            session.dsl().execute("INSERT INTO cut VALUES (1)");
            DATABASE.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'INSERT INTO cut%'");
            SnapshotException error = assertThrows(SnapshotException.class, () -> session.commit("testing"));
            assertEquals(Kind.OUTCOME_UNKNOWN, error.kind());
            assertTrue(error.nextStep().isPresent(), error.getMessage());
            session.rollback();
        }
        assertEquals(List.of("0"), DATABASE.rows("SELECT count(*) FROM cut"));
    }

    @Test
    void aSessionThatIsEndedWithinATransactionIsUnavailable() {
        try (PostgresSession session = open()) {
            int process = session.dsl().fetchValue("SELECT pg_backend_pid()", Integer.class) instanceof Integer pid
                    ? pid
                    : -1;
            DATABASE.execute("SELECT pg_terminate_backend(" + process + ")");
            SnapshotException error = assertThrows(
                    SnapshotException.class,
                    () -> session.run("reading", () -> session.dsl().fetch("SELECT 1")));
            assertEquals(Kind.UNAVAILABLE, error.kind());
            assertTrue(PostgresSession.isBroken(error));
        }
    }

    @Test
    void anUnknownDatabaseIsNamed() {
        PostgresSettings there = DATABASE.settings();
        SnapshotException error = assertThrows(
                SnapshotException.class,
                () -> PostgresSession.open(
                        PostgresSettings.of(there.host(), there.port(), "no such/one", there.user(), ""), "test"));
        assertEquals(Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.getMessage().contains(there.port() + "/no such/one, user 'postgres'"), error.getMessage());
        assertTrue(error.nextStep().orElseThrow().contains("create"), error.getMessage());
    }

    @Test
    void anUnreachableServerIsNamed() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        SnapshotException error = assertThrows(
                SnapshotException.class,
                () -> PostgresSession.open(PostgresSettings.of("localhost", port, "db", "me", "hunter2"), "test"));
        assertEquals(Kind.UNAVAILABLE, error.kind());
        assertTrue(error.getMessage().contains("localhost:" + port + "/db, user 'me'"), error.getMessage());
        assertFalse(error.getMessage().contains("hunter2"), error.getMessage());
    }

    @Test
    void aWrongPasswordIsNamedWithoutBeingShown() throws IOException {
        try (TestServer server = TestServer.start(Map.of("password_encryption", "scram-sha-256"))) {
            String rules;
            try (PostgresSession session = PostgresSession.open(server.settings("postgres"), "test")) {
                session.dsl().execute("CREATE USER guarded PASSWORD 'right'");
                rules = session.dsl().fetchValue("SHOW hba_file").toString();
                Path file = Path.of(rules);
                Files.writeString(file, "host all guarded all scram-sha-256\n" + Files.readString(file));
                session.dsl().execute("SELECT pg_reload_conf()");
            }
            PostgresSettings good = server.settings("postgres");
            SnapshotException error = assertThrows(
                    SnapshotException.class,
                    () -> PostgresSession.open(
                            PostgresSettings.of(good.host(), good.port(), "postgres", "guarded", "wrong"), "test"));
            assertEquals(Kind.INVALID_REQUEST, error.kind());
            assertEquals("28P01", PostgresSession.sqlState(error).orElseThrow());
            assertTrue(error.getMessage().contains(good.port() + "/postgres, user 'guarded'"), error.getMessage());
            assertTrue(error.nextStep().orElseThrow().contains("password"), error.getMessage());
            assertFalse(error.getMessage().contains("wrong"), error.getMessage());

            PostgresSession.open(PostgresSettings.of(good.host(), good.port(), "postgres", "guarded", "right"), "test")
                    .close();
        }
    }

    private static PostgresSession open() {
        return PostgresSession.open(DATABASE.settings(), "test");
    }
}
