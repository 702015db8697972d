package io.hybridsnapshot.postgres.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainLink;
import io.hybridsnapshot.domain.archive.RedactionSubmission;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import io.hybridsnapshot.postgres.connection.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A connection that breaks during a commit gives OUTCOME_UNKNOWN, whether or not the server has committed. The server
 * waits within the commit. Before the commit, a deferred trigger waits. After it, the server waits for a standby that
 * does not exist; only sessions with {@code synchronous_commit} on, rather than local, wait for it.
 */
@Timeout(120)
class ArchiveCommitTest {
    private static final int LOCK = 43;

    private static TestServer server;

    @TempDir
    Path directory;

    /** The point within the commit at which the connection breaks. */
    private enum Broken {
        BEFORE_THE_SERVER_COMMITTED,
        AFTER_THE_SERVER_COMMITTED
    }

    @BeforeAll
    static void start() throws IOException {
        server = TestServer.start(Map.of("synchronous_standby_names", "nobody", "synchronous_commit", "local"));
        execute(Files.readString(Path.of("..", "sql", "ddl", "tables", "kestra", "snapshot_archive_postgresql.sql")));
        execute("CREATE FUNCTION hang() RETURNS trigger LANGUAGE plpgsql AS"
                + " 'BEGIN PERFORM pg_advisory_xact_lock(" + LOCK + "); RETURN NULL; END';"
                + " CREATE CONSTRAINT TRIGGER hang AFTER UPDATE ON snapshot_archive_chain DEFERRABLE INITIALLY DEFERRED"
                + " FOR EACH ROW EXECUTE FUNCTION hang()");
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void empty() {
        execute("DELETE FROM snapshot_archive");
    }

    private static void execute(String sql) {
        try (PostgresSession session = PostgresSession.open(server.settings("postgres"), "test")) {
            session.dsl().execute(sql);
        }
    }

    private static List<String> texts(String sql) {
        try (PostgresSession session = PostgresSession.open(server.settings("postgres"), "test")) {
            return session.dsl().fetch(sql).map(row -> row.get(0, String.class));
        }
    }

    private static PostgresArchiveStore store() {
        return new PostgresArchiveStore(PostgresArchiveSettings.of(server.settings("postgres")));
    }

    /** A store with commits that wait for the standby. */
    private static PostgresArchiveStore waiting() {
        PostgresSettings there = server.settings("postgres");
        return new PostgresArchiveStore(PostgresArchiveSettings.of(new PostgresSettings(
                there.host(),
                there.port(),
                there.database(),
                there.user(),
                there.password(),
                Map.of("options", "-c synchronous_commit=on"))));
    }

    /** Makes the server end the session within its commit, and returns the caller's exception. */
    private static SnapshotException broken(Broken where, Call call) throws InterruptedException {
        ExecutorService background = Executors.newSingleThreadExecutor();
        try (PostgresSession blocker = PostgresSession.open(server.settings("postgres"), "test")) {
            boolean before = where == Broken.BEFORE_THE_SERVER_COMMITTED;
            if (before) {
                blocker.dsl().fetch("SELECT pg_advisory_lock(" + LOCK + ")");
            }
            Future<?> committing = background.submit(() -> call.on(before ? store() : waiting()));
            List<String> waiting = List.of();
            while (waiting.isEmpty() && !committing.isDone()) {
                waiting = texts("SELECT pid FROM pg_stat_activity WHERE query = 'COMMIT' AND wait_event = '"
                        + (before ? "advisory" : "SyncRep") + "'");
            }
            assertEquals(1, waiting.size(), "one session is within its commit");
            execute("SELECT pg_terminate_backend(" + waiting.get(0) + ")");
            ExecutionException failed = assertThrows(ExecutionException.class, committing::get);
            return assertInstanceOf(SnapshotException.class, failed.getCause());
        } finally {
            background.shutdownNow();
        }
    }

    private interface Call {
        ArchivedSnapshot on(PostgresArchiveStore store);
    }

    private static List<String> faults() {
        return texts("SELECT validation_error FROM validate_archive_integrity() WHERE NOT is_valid");
    }

    @ParameterizedTest
    @EnumSource(Broken.class)
    void aSubmissionThatIsStoredAgainIsThereOnce(Broken where) throws Exception {
        ArchiveSubmission submission = Submissions.of(directory, Submissions.DATE, Submissions.bytes(1, 5_000));

        SnapshotException unknown = broken(where, store -> store.store(submission));

        assertEquals(Kind.OUTCOME_UNKNOWN, unknown.kind());
        assertEquals(
                where == Broken.AFTER_THE_SERVER_COMMITTED ? 1 : 0,
                store().list(ArchiveQuery.ALL).size());
        ArchivedSnapshot stored = store().store(submission);
        assertEquals(List.of(stored), store().list(ArchiveQuery.ALL));
        assertEquals(List.of(), faults());
    }

    @ParameterizedTest
    @EnumSource(Broken.class)
    void aRedactionIsDoneAsAWholeOrNotAtAll(Broken where) throws Exception {
        ArchivedSnapshot stored =
                store().store(Submissions.of(directory, Submissions.DATE, Submissions.bytes(2, 5_000)));
        List<String> rowsBefore = texts("SELECT a::text FROM snapshot_archive a");
        List<String> headBefore = texts("SELECT c::text FROM snapshot_archive_chain c");
        int redactionsBefore = store().redactions(ArchiveQuery.ALL).size();
        RedactionSubmission redaction = redaction(stored);

        SnapshotException unknown = broken(where, store -> store.redact(redaction));

        assertEquals(Kind.OUTCOME_UNKNOWN, unknown.kind());
        assertTrue(
                unknown.nextStep().orElseThrow().contains("the list of snapshots"),
                "recovery knows of saves alone: " + unknown.getMessage());
        assertEquals(List.of(), faults());
        if (where == Broken.BEFORE_THE_SERVER_COMMITTED) {
            assertEquals(rowsBefore, texts("SELECT a::text FROM snapshot_archive a"));
            assertEquals(headBefore, texts("SELECT c::text FROM snapshot_archive_chain c"));
            assertEquals(redactionsBefore, store().redactions(ArchiveQuery.ALL).size());
            store().redact(redaction);
        } else {
            // A second attempt fails, because the archive is another one now.
            SnapshotException conflict = assertThrows(SnapshotException.class, () -> store().redact(redaction));
            assertEquals(Kind.CONFLICT, conflict.kind());
        }
        ArchivedSnapshot redacted = store().find(stored.id()).orElseThrow();
        assertEquals(Optional.of(redaction.file().sha256()), redacted.sha256());
        assertEquals(redactionsBefore + 1, store().redactions(ArchiveQuery.ALL).size());
        assertEquals(List.of(), faults());
    }

    private RedactionSubmission redaction(ArchivedSnapshot stored) {
        byte[] bytes = Submissions.bytes(4, 3_000);
        WrittenFile file = Submissions.of(directory, Submissions.DATE, bytes).file();
        return new RedactionSubmission(
                stored.id(),
                stored.link().map(ChainLink::digest).orElseThrow(),
                file,
                Optional.of(new Fingerprint(file.sha256())),
                2,
                "erasure request 1");
    }
}
