package io.hybridsnapshot.sqlserver;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What the server's and the driver's errors mean to the platform, by the server's error number (SQL Server's documentation, "Database Engine
 * events and errors", and "Troubleshoot transient connection errors" for Azure SQL) and by SQLSTATE where the driver itself speaks. Only the
 * message is passed on, without the key that a unique violation quotes.
 */
final class SqlServerFaults {
    private static final int DEADLOCK_VICTIM = 1205;
    private static final int LOCK_TIMEOUT = 1222;
    private static final int SNAPSHOT_UPDATE_CONFLICT = 3960;
    private static final int SNAPSHOT_SCHEMA_CHANGED = 3961;

    /** The server chose this transaction to give way and has undone it; the same work may succeed at once. */
    private static final Set<Integer> GAVE_WAY =
            Set.of(DEADLOCK_VICTIM, SNAPSHOT_UPDATE_CONFLICT, SNAPSHOT_SCHEMA_CHANGED);

    /** Azure SQL is unable for a moment: moving the database, throttling, out of a resource; and a server that is starting. */
    private static final Set<Integer> TRANSIENT = Set.of(
            233, 615, 921, 926, 4060, 4221, 10053, 10054, 10060, 10928, 10929, 40020, 40143, 40166, 40197, 40501, 40540,
            40544, 40549, 40550, 40551, 40552, 40553, 40613, 42108, 42109, 49918, 49919, 49920);

    private static final Set<Integer> RIGHTS = Set.of(229, 230, 262, 297, 300, 371, 916, 1088, 15151, 15247);
    private static final Set<Integer> MISSING = Set.of(207, 208, 2812, 4902, 3701, 2760);
    private static final Set<Integer> DAMAGED = Set.of(211, 601, 605, 823, 824, 825, 5242, 5243);
    private static final Set<Integer> UNIQUE = Set.of(2601, 2627);
    private static final Set<Integer> LOGIN = Set.of(18452, 18456, 18470, 18486, 18487, 18488);
    private static final int NO_SUCH_DATABASE = 4060;
    private static final int FIREWALL = 40615;
    private static final int LOG_FULL = 9002;
    private static final Set<Integer> SPACE = Set.of(1101, 1105);

    private SqlServerFaults() {}

    /** The error that a failed piece of work becomes; {@code task} says what was being done. */
    static SnapshotException translate(SqlServerSettings settings, String task, Exception failure) {
        int number = errorNumber(failure).orElse(0);
        String said = said(failure);
        if (isBroken(failure)) {
            return unavailable(settings, "the connection to SQL Server broke while " + task, said, failure)
                    .nextStep("check the server, then run the command again")
                    .build();
        }
        if (GAVE_WAY.contains(number) || number == LOCK_TIMEOUT) {
            String problem = number == LOCK_TIMEOUT
                    ? "another session held a lock for too long while "
                    : "SQL Server gave way to another transaction while ";
            return SnapshotException.conflict(problem + task)
                    .where(settings.address())
                    .actual(said)
                    .nextStep("run the command again")
                    .cause(failure)
                    .build();
        }
        if (RIGHTS.contains(number)) {
            return unavailable(settings, "a right is missing for " + task, said, failure)
                    .nextStep("grant it; docs/how-to/sql-server.md lists the rights")
                    .build();
        }
        if (MISSING.contains(number)) {
            return unavailable(settings, "the database lacks something that is needed for " + task, said, failure)
                    .nextStep("run 'snapshot init' against this database")
                    .build();
        }
        if (DAMAGED.contains(number)) {
            return SnapshotException.corrupt("SQL Server found damaged data while " + task)
                    .where(settings.address())
                    .actual(said)
                    .nextStep("run DBCC CHECKDB and restore the database from a backup")
                    .cause(failure)
                    .build();
        }
        if (number == LOG_FULL || SPACE.contains(number)) {
            return unavailable(settings, "SQL Server has no space left for " + task, said, failure)
                    .nextStep("make room: docs/how-to/sql-server.md says what the log and tempdb see")
                    .build();
        }
        SnapshotException.Builder other = unavailable(
                settings,
                "SQL Server failed while " + task,
                number == 0 ? said : said + " (error " + number + ")",
                failure);
        return (TRANSIENT.contains(number) ? other.nextStep("run the command again in a minute") : other).build();
    }

    /** The error that a failed opening becomes. */
    static SnapshotException openingFailed(SqlServerSettings settings, SQLException failure) {
        int number = failure.getErrorCode();
        String said = said(failure);
        if (LOGIN.contains(number)) {
            return unavailable(settings, "SQL Server refused the login", said, failure)
                    .nextStep("check user and password, or the properties of the driver's authentication")
                    .build();
        }
        if (number == NO_SUCH_DATABASE) {
            return unavailable(settings, "SQL Server has no such database, or not for this user", said, failure)
                    .nextStep("correct the database's name, create it, or make the user one of its users")
                    .build();
        }
        if (number == FIREWALL) {
            return unavailable(settings, "the server's firewall keeps this address out", said, failure)
                    .nextStep("allow this address in the firewall of the Azure SQL server")
                    .build();
        }
        if (said.contains("SSL") || said.contains("TLS") || said.contains("PKIX")) {
            return unavailable(settings, "no encrypted connection to SQL Server", said, failure)
                    .nextStep(
                            "give the driver the server's certificate authority (trustStore), or, for a test, the property"
                                    + " trustServerCertificate=true")
                    .build();
        }
        if (TRANSIENT.contains(number)) {
            return unavailable(settings, "SQL Server takes no connections now", said, failure)
                    .nextStep("run the command again in a minute")
                    .build();
        }
        if (isBroken(failure)) {
            return unavailable(settings, "SQL Server cannot be reached", said, failure)
                    .nextStep("check that the server runs and that host and port are right")
                    .build();
        }
        return unavailable(settings, "no connection to SQL Server", said, failure)
                .nextStep("check the connection's settings")
                .build();
    }

    /** The error that a failed commit becomes: unknown where the connection broke, for the server may have committed. */
    static SnapshotException commitFailed(SqlServerSettings settings, String task, SQLException failure) {
        if (!isBroken(failure)) {
            return translate(settings, task, failure);
        }
        return SnapshotException.outcomeUnknown("the connection to SQL Server broke during the commit of " + task)
                .where(settings.address())
                .actual(said(failure))
                .nextStep("nothing is lost: 'snapshot recover' finds out what happened and brings it to an end")
                .cause(failure)
                .build();
    }

    /** Whether the session is gone: the connection failed (SQLSTATE class 08), or input and output did. */
    static boolean isBroken(Throwable failure) {
        return sqlException(failure)
                .map(sql -> sql.getSQLState() != null && sql.getSQLState().startsWith("08")
                        || sql.getCause() instanceof IOException)
                .orElse(false);
    }

    /** Whether opening a connection may succeed in a moment. */
    static boolean isTransient(Throwable failure) {
        OptionalInt number = errorNumber(failure);
        // 4060 is what Azure says of a database that is being moved, and any server of one that is not there: not worth
        // a wait.
        return number.isPresent() && number.getAsInt() != NO_SUCH_DATABASE && TRANSIENT.contains(number.getAsInt());
    }

    /** Whether the server has undone the transaction and the same work may succeed if it is run again. */
    static boolean isUndone(Throwable failure) {
        OptionalInt number = errorNumber(failure);
        return number.isPresent() && (GAVE_WAY.contains(number.getAsInt()) || isTransient(failure));
    }

    /** The server's error number; empty where the driver itself speaks. */
    static OptionalInt errorNumber(Throwable failure) {
        return sqlException(failure)
                .filter(sql -> sql.getErrorCode() != 0)
                .map(sql -> OptionalInt.of(sql.getErrorCode()))
                .orElse(OptionalInt.empty());
    }

    /** The JDBC error within an error of jOOQ or of the driver. */
    static Optional<SQLException> sqlException(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof SQLException sql) {
                return Optional.of(sql);
            }
        }
        return Optional.empty();
    }

    private static SnapshotException.Builder unavailable(
            SqlServerSettings settings, String problem, String said, Exception failure) {
        return SnapshotException.unavailable(problem)
                .where(settings.address())
                .actual(said)
                .cause(failure);
    }

    /** The first line of the message; of a unique violation, what stands before the key. */
    private static String said(Exception failure) {
        Optional<SQLException> sql = sqlException(failure);
        String message = String.valueOf(sql.map(SQLException::getMessage).orElseGet(failure::getMessage));
        int line = message.indexOf('\n');
        String first = line < 0 ? message : message.substring(0, line);
        if (sql.isPresent() && UNIQUE.contains(sql.get().getErrorCode())) {
            int key = first.indexOf(" The duplicate key value");
            first = key < 0 ? first : first.substring(0, key);
        }
        return "'" + first.strip() + "'";
    }
}
