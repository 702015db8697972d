package io.hybridsnapshot.postgres.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** The translation of errors of storage, without a server. */
final class PostgresFaultsTest {
    private static final String EXTEND = "could not extend file \"base/16384/16443\": No space left on device";
    private static final PostgresSettings AWAY = PostgresSettings.of("db.example", 5432, "kestra", "me", "hunter2");
    private static final PostgresSettings NEAR = AWAY.withStorage(new StorageCheck() {
        @Override
        public Optional<Shortage> afterFailure() {
            return Optional.of(
                    new Shortage("/data/pg", "3 MiB free", RemedyText.plain("free 128 MiB on the disk of /data/pg")));
        }

        @Override
        public Optional<Shortage> beforeWriting() {
            return afterFailure();
        }
    });

    @Test
    void aFullDiskOfTheServerNamesTheServerAndWhatItSaid() {
        for (String state : new String[] {"53100", "58030", "XX000"}) {
            SnapshotException error = PostgresFaults.translate(AWAY, "staging rows", server("ERROR", state, EXTEND));
            assertEquals(Kind.UNAVAILABLE, error.kind());
            assertEquals("PostgreSQL's disk is full, it failed while staging rows", error.problem());
            assertEquals(AWAY.address(), error.where().orElseThrow());
            assertEquals("'" + EXTEND + "'", error.actual().orElseThrow());
            assertTrue(error.nextStep().orElseThrow().startsWith("free space on the server's disk"), state);
            assertFalse(error.getMessage().contains("hunter2"));
        }
    }

    @Test
    void otherExhaustedResourcesSayWhatToDo() {
        for (String state : new String[] {"53200", "53300", "53400"}) {
            SnapshotException error =
                    PostgresFaults.translate(AWAY, "staging rows", server("ERROR", state, "out of memory"));
            assertEquals(Kind.UNAVAILABLE, error.kind());
            assertEquals("PostgreSQL lacks a resource for staging rows", error.problem());
            assertTrue(error.nextStep().isPresent(), state);
        }
    }

    @Test
    void aServerThatDiedOfItsFullDiskIsToldAsThat() {
        SQLException gone = new SQLException("An I/O error occurred", "08006");
        for (SnapshotException error : new SnapshotException[] {
            PostgresFaults.translate(NEAR, "staging rows", gone),
            PostgresFaults.openingFailed(NEAR, gone),
            PostgresFaults.openingFailed(NEAR, server("FATAL", "57P03", "the database system is in recovery mode"))
        }) {
            assertEquals(Kind.UNAVAILABLE, error.kind());
            assertTrue(error.problem().startsWith("PostgreSQL's disk is full, "), error.getMessage());
            assertTrue(error.where().orElseThrow().startsWith("/data/pg"), error.getMessage());
            assertEquals("3 MiB free", error.actual().orElseThrow());
            assertEquals(
                    "free 128 MiB on the disk of /data/pg", error.nextStep().orElseThrow());
        }
    }

    @Test
    void aRefusedLoginIsNoFullDisk() {
        SnapshotException error =
                PostgresFaults.openingFailed(NEAR, server("FATAL", "28P01", "password authentication failed"));
        assertEquals(Kind.INVALID_REQUEST, error.kind());
    }

    @Test
    void aServerThatCrashesInACommitMayHaveMadeIt() {
        String panic = "could not write to file \"pg_wal/xlogtemp.9\": No space left on device";
        SnapshotException unknown =
                PostgresFaults.commitFailed(AWAY, "publishing a snapshot", server("PANIC", "53100", panic));
        assertEquals(Kind.OUTCOME_UNKNOWN, unknown.kind());
        assertTrue(unknown.problem().endsWith("the server's disk is full"), unknown.getMessage());
        assertTrue(unknown.nextStep().orElseThrow().startsWith("free space on the server's disk"));
        SnapshotException near = PostgresFaults.commitFailed(
                NEAR, "publishing a snapshot", new SQLException("An I/O error occurred", "08006"));
        assertEquals(Kind.OUTCOME_UNKNOWN, near.kind());
        assertEquals("/data/pg", near.where().orElseThrow());
        assertTrue(near.nextStep().orElseThrow().startsWith("free 128 MiB on the disk of /data/pg; "));
        SnapshotException undone =
                PostgresFaults.commitFailed(AWAY, "publishing a snapshot", server("ERROR", "53100", EXTEND));
        assertEquals(Kind.UNAVAILABLE, undone.kind());
    }

    @Test
    void nothingIsWrittenWhereThereIsNoRoom() {
        AWAY.requireRoom();
        SnapshotException error = assertThrows(SnapshotException.class, NEAR::requireRoom);
        assertEquals(Kind.UNAVAILABLE, error.kind());
        assertEquals("PostgreSQL's disk is full, nothing was written", error.problem());
    }

    private static PSQLException server(String severity, String state, String message) {
        String fields = "S" + severity + "\0C" + state + "\0M" + message + "\0\0";
        return new PSQLException(new ServerErrorMessage(fields));
    }
}
