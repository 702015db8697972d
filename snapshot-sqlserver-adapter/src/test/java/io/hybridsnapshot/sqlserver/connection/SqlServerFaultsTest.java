package io.hybridsnapshot.sqlserver.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.List;
import java.util.OptionalInt;
import javax.net.ssl.SSLHandshakeException;
import org.jooq.exception.DataAccessException;
import org.junit.jupiter.api.Test;

class SqlServerFaultsTest {
    private static final SqlServerSettings SETTINGS =
            SqlServerSettings.of("db.example", 1433, "ORDERS", "loader", "s3cret-word");

    @Test
    void whoGivesWayOrWaitsTooLongMeetsAConflict() {
        for (int number : List.of(1205, 1222, 3960, 3961, 41_302, 41_305, 41_325)) {
            SnapshotException error = translated(number);
            assertEquals(Kind.CONFLICT, error.kind(), error.getMessage());
            assertEquals("repeat the call", error.nextStep().orElseThrow());
        }
        assertTrue(translated(1222).problem().startsWith("another session held a lock for too long"));
        assertTrue(translated(1205).problem().startsWith("SQL Server gave way"));
    }

    @Test
    void damageIsCorruptEvenWhereTheServerEndsTheSession() {
        for (int number : List.of(823, 824, 825, 605, 5242)) {
            assertEquals(Kind.CORRUPT, translated(number).kind());
        }
        SQLException ending = new SQLException("page damaged", "08S01", 824);
        assertEquals(
                Kind.CORRUPT,
                SqlServerFaults.translate(SETTINGS, "reading", ending).kind());
    }

    @Test
    void whatIsUnableForAMomentSaysSo() {
        for (int number : List.of(40_197, 40_501, 40_613, 49_918, 49_919, 49_920, 4221, 10_928, 10_929, 615, 926)) {
            SnapshotException error = translated(number);
            assertEquals(Kind.UNAVAILABLE, error.kind());
            assertEquals("repeat the call in a minute", error.nextStep().orElseThrow(), String.valueOf(number));
            assertTrue(SqlServerFaults.isTransient(fault(number)));
            assertTrue(SqlServerFaults.isRetriable(fault(number)));
        }
        assertFalse(SqlServerFaults.isTransient(fault(4060)), "a database that is not there");
        assertFalse(SqlServerFaults.isTransient(fault(40_552)), "a transaction that needs too much of the log");
    }

    @Test
    void missingRightsObjectsAndSpaceNameTheNextStep() {
        for (int number : List.of(229, 230, 262, 297, 300, 916, 15_247)) {
            assertTrue(translated(number).nextStep().orElseThrow().startsWith("grant it"), String.valueOf(number));
        }
        for (int number : List.of(207, 208, 2812, 4902, 15_151)) {
            assertTrue(
                    translated(number).nextStep().orElseThrow().endsWith("the scripts in sql/"),
                    String.valueOf(number));
        }
        for (int number : List.of(9002, 1105, 1101, 1132, 5149, 40_544, 40_551, 40_552)) {
            assertTrue(
                    translated(number).nextStep().orElseThrow().startsWith("free space on the server"),
                    String.valueOf(number));
        }
    }

    @Test
    void fullStorageIsToldAsThatEvenWhereTheServerEndsTheSession() {
        for (int number : List.of(9002, 1105, 40_544, 40_552)) {
            SQLException ending = new SQLException("the quota is reached", "08S01", number);
            SnapshotException error = SqlServerFaults.translate(SETTINGS, "staging rows", ending);
            assertEquals(Kind.UNAVAILABLE, error.kind());
            assertEquals("SQL Server's disk, log or quota is full: no space left for staging rows", error.problem());
            assertEquals(SETTINGS.address(), error.where().orElseThrow());
            assertEquals(
                    "'the quota is reached' (error " + number + ")",
                    error.actual().orElseThrow());
        }
    }

    @Test
    void shortMemoryVersionsAndReplicasHaveAKindAndANextStep() {
        for (int number : List.of(701, 802, 1204, 8645, 8651)) {
            assertEquals(Kind.UNAVAILABLE, translated(number).kind());
            assertTrue(translated(number).problem().contains("memory is short"), String.valueOf(number));
            assertTrue(translated(number).nextStep().orElseThrow().contains("less busy"), String.valueOf(number));
        }
        for (int number : List.of(3958, 3959, 3966, 3967)) {
            assertEquals(Kind.UNAVAILABLE, translated(number).kind());
            assertTrue(translated(number).nextStep().orElseThrow().contains("tempdb"), String.valueOf(number));
        }
        for (int number : List.of(976, 983)) {
            assertEquals(Kind.UNAVAILABLE, translated(number).kind());
            assertTrue(translated(number).nextStep().orElseThrow().contains("listener"), String.valueOf(number));
            assertEquals(Kind.UNAVAILABLE, opening(number).kind());
            assertTrue(opening(number).nextStep().orElseThrow().contains("listener"), String.valueOf(number));
        }
        for (int number : List.of(978, 3906)) {
            assertEquals(Kind.INVALID_REQUEST, translated(number).kind());
            assertTrue(
                    translated(number).nextStep().orElseThrow().contains("applicationIntent"), String.valueOf(number));
        }
    }

    @Test
    void anotherLayoutOfTheWindowIsToldAsThat() {
        SnapshotException error = translated(50_005);
        assertEquals(Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.nextStep().orElseThrow().startsWith("nothing was changed"), error.getMessage());
    }

    @Test
    void aStatementThatTookTooLongNamesItsSetting() {
        SQLException late = new SQLTimeoutException("The query has timed out.", "HY008");
        SnapshotException error = SqlServerFaults.translate(SETTINGS, "reading", late);
        assertEquals(Kind.UNAVAILABLE, error.kind());
        assertTrue(error.nextStep().orElseThrow().contains("queryTimeout"), error.getMessage());
    }

    @Test
    void anUnknownErrorIsUnavailableAndKeepsItsNumber() {
        SnapshotException error = translated(8623);
        assertEquals(Kind.UNAVAILABLE, error.kind());
        assertTrue(error.actual().orElseThrow().endsWith("(error 8623)"), error.getMessage());
    }

    @Test
    void refusedLoginsSayWhatToCheck() {
        assertTrue(opening(18_456).nextStep().orElseThrow().startsWith("check user and password"));
        assertTrue(opening(18_452).nextStep().orElseThrow().startsWith("check user and password"));
        assertTrue(opening(4060).problem().contains("no such database"));
        assertTrue(opening(40_615).nextStep().orElseThrow().contains("firewall"));
        assertTrue(opening(40_613).nextStep().orElseThrow().contains("in a minute"));
        for (int number : List.of(40_615, 40_613, 99)) {
            assertEquals(Kind.UNAVAILABLE, opening(number).kind());
        }
    }

    @Test
    void whatTheConfigurationNamesWronglyFailsAgain() {
        for (int number : List.of(18_456, 18_452, 4060, 911, 916)) {
            assertEquals(Kind.INVALID_REQUEST, opening(number).kind(), String.valueOf(number));
            assertTrue(opening(number).isStoreOut(), String.valueOf(number));
        }
        for (int number : List.of(229, 230, 262, 297, 300, 916, 15_247)) {
            assertEquals(Kind.INVALID_REQUEST, translated(number).kind(), String.valueOf(number));
            assertTrue(translated(number).isStoreOut(), String.valueOf(number));
        }
    }

    @Test
    void aCertificateThatNobodyVouchesForSaysWhatToDo() {
        SQLException untrusted = new SQLException("The driver could not establish a secure connection", "08S01");
        untrusted.initCause(
                new SSLHandshakeException("handshake").initCause(new CertificateException("unable to find a path")));
        SnapshotException error = SqlServerFaults.openingFailed(SETTINGS, untrusted);
        assertTrue(error.nextStep().orElseThrow().contains("trustStore"), error.getMessage());
        assertTrue(error.nextStep().orElseThrow().contains("trustServerCertificate"), error.getMessage());

        SnapshotException away = SqlServerFaults.openingFailed(SETTINGS, new SQLException("refused", "08S01"));
        assertTrue(away.nextStep().orElseThrow().contains("host and port"), away.getMessage());
    }

    @Test
    void aSessionIsGoneWhenItsConnectionOrTheServerIs() {
        assertTrue(SqlServerFaults.isBroken(new SQLException("reset", "08S01")));
        assertTrue(SqlServerFaults.isBroken(new SQLException("closed", "08003")));
        assertTrue(SqlServerFaults.isBroken(new SQLException("read", new IOException("reset by peer"))));
        assertTrue(SqlServerFaults.isBroken(fault(596)), "a killed session");
        assertTrue(SqlServerFaults.isBroken(new DataAccessException("jOOQ", new SQLException("reset", "08S01"))));
        assertFalse(SqlServerFaults.isBroken(fault(1205)));
        assertFalse(SqlServerFaults.isBroken(new SQLException("cancelled", "HY008")));
        assertFalse(SqlServerFaults.isBroken(new IllegalStateException("not of the server")));
    }

    @Test
    void workIsRunAgainOnlyWhereTheServerUndidItAndTheSessionLives() {
        for (int number : List.of(1205, 3960, 3961, 40_501)) {
            assertTrue(SqlServerFaults.isRetriable(fault(number)), String.valueOf(number));
        }
        for (int number : List.of(1222, 2627, 208, 229, 824, 596, 8134)) {
            assertFalse(SqlServerFaults.isRetriable(fault(number)), String.valueOf(number));
        }
        assertFalse(SqlServerFaults.isRetriable(new SQLException("deadlock, then gone", "08S01", 1205)));
        assertFalse(SqlServerFaults.isRetriable(new SQLException("gone", "08S01")));
        assertTrue(SqlServerFaults.isRetriable(translated(1205)), "the translation is as good as the error");
    }

    @Test
    void aConnectionLostDuringTheCommitLeavesTheOutcomeUnknown() {
        for (SQLException lost : List.of(
                new SQLException("reset", "08S01"),
                new SQLException("read", new IOException("timed out")),
                new SQLException("killed", "S0001", 596))) {
            SnapshotException error = SqlServerFaults.commitFailed(SETTINGS, "saving", lost);
            assertEquals(Kind.OUTCOME_UNKNOWN, error.kind(), error.getMessage());
            assertTrue(error.nextStep().orElseThrow().contains("recovery finds the outcome"));
        }
        assertEquals(
                Kind.CONFLICT,
                SqlServerFaults.commitFailed(SETTINGS, "saving", fault(41_305)).kind());
    }

    @Test
    void theKeyOfADuplicateIsNotPassedOn() {
        String message = "Violation of PRIMARY KEY constraint 'PK_T'. Cannot insert duplicate key in object 'dbo.T'."
                + " The duplicate key value is (Jane Doe, 17).";
        for (int number : List.of(2601, 2627)) {
            SQLException duplicate = new SQLException(message, "23000", number);
            SnapshotException error = SqlServerFaults.translate(SETTINGS, "saving", duplicate);
            assertTrue(error.getMessage().contains("'PK_T'"), error.getMessage());
            assertFalse(error.getMessage().contains("Jane"), error.getMessage());
            assertTrue(SqlServerFaults.isDuplicateKey(error));
        }
        SQLException german = new SQLException(
                "Verletzung der PRIMARY KEY-Einschränkung 'PK_T'. Der doppelte Schlüsselwert ist (Jane Doe).",
                "23000",
                2627);
        assertFalse(SqlServerFaults.translate(SETTINGS, "saving", german)
                .getMessage()
                .contains("Jane"));
    }

    @Test
    void onlyTheFirstLineIsPassedOnAndNoSecret() {
        SnapshotException error = SqlServerFaults.translate(
                SETTINGS,
                "reading",
                new SQLException(
                        "it failed ClientConnectionId:0f8fad5b-d9cb-469f-a165-70867728950e\nrow: x", "S1", 50_000));
        assertEquals("'it failed' (error 50000)", error.actual().orElseThrow());
        assertEquals("db.example:1433/ORDERS, user 'loader'", error.where().orElseThrow());
        assertFalse(error.getMessage().contains("s3cret-word"));
    }

    @Test
    void theServersNumberIsFoundWithinOtherErrors() {
        SQLException server = fault(2627);
        SQLException bulkCopy = new SQLException("bulk copy failed", server);
        assertEquals(OptionalInt.of(2627), SqlServerFaults.errorNumber(bulkCopy));
        assertEquals(OptionalInt.of(2627), SqlServerFaults.errorNumber(new DataAccessException("jOOQ", bulkCopy)));
        assertSame(server, SqlServerFaults.sqlException(bulkCopy).orElseThrow());
        assertEquals(OptionalInt.empty(), SqlServerFaults.errorNumber(new SQLException("the driver", "08S01")));
        assertEquals(OptionalInt.empty(), SqlServerFaults.errorNumber(new IllegalStateException("else")));
        assertEquals(OptionalInt.empty(), SqlServerFaults.severity(server), "not said by the driver");
    }

    private static SQLException fault(int number) {
        return new SQLException("message of " + number, "S0001", number);
    }

    private static SnapshotException translated(int number) {
        return SqlServerFaults.translate(SETTINGS, "saving rows", fault(number));
    }

    private static SnapshotException opening(int number) {
        return SqlServerFaults.openingFailed(SETTINGS, fault(number));
    }
}
