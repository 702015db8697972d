package io.hybridsnapshot.jdbc.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServerFaultTest {
    private static final SQLException CAUSE = new SQLException("no");
    private static final ServerFault FAULT = new ServerFault("Server", "host/db", "'no'", CAUSE);

    @Test
    void everyErrorHasItsKindAndNamesTheDatabaseTheReportAndTheCause() {
        Map<SnapshotException, Kind> kinds = Map.ofEntries(
                Map.entry(FAULT.silent("reading"), Kind.UNAVAILABLE),
                Map.entry(FAULT.broken("reading"), Kind.UNAVAILABLE),
                Map.entry(FAULT.failed("reading"), Kind.UNAVAILABLE),
                Map.entry(FAULT.objectMissing("reading"), Kind.UNAVAILABLE),
                Map.entry(FAULT.unreachable(), Kind.UNAVAILABLE),
                Map.entry(FAULT.notConnected(), Kind.UNAVAILABLE),
                Map.entry(FAULT.rightMissing("reading", "the page"), Kind.INVALID_REQUEST),
                Map.entry(FAULT.loginRefused().build(), Kind.INVALID_REQUEST),
                Map.entry(FAULT.invalid("another layout").build(), Kind.INVALID_REQUEST),
                Map.entry(FAULT.gaveWay("reading"), Kind.CONFLICT),
                Map.entry(FAULT.damaged("reading", "restore it"), Kind.CORRUPT),
                Map.entry(FAULT.outcomeUnknown("a save").build(), Kind.OUTCOME_UNKNOWN));
        kinds.forEach((error, kind) -> {
            assertEquals(kind, error.kind(), error.getMessage());
            assertTrue(error.getMessage().contains("host/db"), error.getMessage());
            assertTrue(error.getMessage().contains("'no'"), error.getMessage());
            assertSame(CAUSE, error.getCause());
        });
    }

    /** A refusal stays until the configuration changes, so the caller treats the store as out of service. */
    @Test
    void aRefusalCountsAsAStoreOutOfService() {
        assertTrue(FAULT.rightMissing("reading", "the page").isStoreOut());
        assertTrue(FAULT.loginRefused().build().isStoreOut());
        assertFalse(FAULT.invalid("another layout").build().isStoreOut());
    }

    @Test
    void aLostCommitTellsSilenceFromABrokenConnection() {
        assertEquals("the connection to Server broke during the commit of a save", FAULT.lostCommit("a save"));
        ServerFault silent =
                new ServerFault("Server", "host/db", "'no'", new SQLException(new SocketTimeoutException("late")));
        assertEquals("Server fell silent during the commit of a save", silent.lostCommit("a save"));
    }
}
