package io.hybridsnapshot.sqlserver.connection;

import com.microsoft.sqlserver.jdbc.SQLServerException;
import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.FullDisk;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.jdbc.connection.ServerFault;
import io.hybridsnapshot.silence.SilentConnectionException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import javax.net.ssl.SSLException;

/**
 * Translates the errors of the server and the driver. The server's errors are known by number (SQL Server's
 * documentation, "Database Engine events and errors", and "Troubleshoot transient connection errors" for Azure SQL),
 * the driver's own errors by SQLSTATE. Only the message is passed on, without the key that a unique violation quotes.
 */
public final class SqlServerFaults {
    private static final int LOCK_TIMEOUT = 1222;

    /**
     * The server chose this transaction to give way and has rolled it back. The same work may succeed at once. The
     * errors are a deadlock's victim, a snapshot that met a newer version or another table, and the conflicts of
     * memory-optimised tables.
     */
    private static final Set<Integer> GAVE_WAY = Set.of(1205, 3960, 3961, 41_301, 41_302, 41_305, 41_325, 41_839);

    /** Azure SQL is unable for a moment (it moves the database, or is busy), or a server is starting. */
    private static final Set<Integer> TRANSIENT = Set.of(
            615, 921, 926, 4221, 10_928, 10_929, 18_401, 40_020, 40_143, 40_166, 40_197, 40_501, 40_540, 40_613, 42_108,
            42_109, 49_918, 49_919, 49_920);

    private static final Set<Integer> RIGHTS = Set.of(229, 230, 262, 297, 300, 371, 916, 15_247);
    private static final Set<Integer> MISSING = Set.of(207, 208, 1088, 2760, 2812, 3701, 4902, 15_151);
    private static final Set<Integer> DAMAGED = Set.of(211, 605, 823, 824, 825, 5242, 5243);
    private static final Set<Integer> UNIQUE = Set.of(2601, 2627);
    private static final Set<Integer> LOGIN = Set.of(18_452, 18_456, 18_470, 18_486, 18_487, 18_488, 40_532);
    private static final Set<Integer> NO_SUCH_DATABASE = Set.of(911, 916, 4060);
    private static final Set<Integer> FIREWALL = Set.of(40_615, 40_914);

    /** The log, tempdb, a filegroup, the database's quota, or one session's share of these on Azure. */
    private static final Set<Integer> SPACE = Set.of(1101, 1105, 1132, 3257, 5149, 9002, 40_544, 40_551, 40_552);

    /**
     * Raised by the scripts: rows of a table made by another program, or objects on its columns, prevent its takeover.
     */
    private static final Set<Integer> NOT_TAKEN_OVER = Set.of(50_003, 50_004);

    /** Raised by the tables' triggers: the writer knows another layout of the window than its tables have. */
    public static final int OTHER_LAYOUT = 50_005;

    /**
     * The server's memory for queries, buffers or locks is short. The errors are: no memory in the pool, no buffer, no
     * lock, no memory grant in time, and a grant that the server cannot give at all.
     */
    private static final Set<Integer> MEMORY = Set.of(701, 802, 1204, 8645, 8651, 8657);

    /** tempdb or the version store had no room for the row versions that a reader needs. */
    private static final Set<Integer> ROW_VERSIONS = Set.of(3958, 3959, 3966, 3967);

    /** The database is a secondary replica: not readable now, readable for read intent alone, or in resolution. */
    private static final Set<Integer> REPLICA = Set.of(976, 978, 983);

    private static final int READ_INTENT_ALONE = 978;

    private static final int READ_ONLY = 3906;

    /** The SQLSTATE of the driver for a statement that reached its time-out. */
    private static final String TIMED_OUT = "HY008";

    /** The server has killed the session or is shutting down. From this severity on it closes the connection. */
    private static final Set<Integer> ENDED = Set.of(596, 6005);

    private static final int FATAL_SEVERITY = 20;
    private static final int FIRST_USER_SEVERITY = 11;
    private static final int LAST_USER_SEVERITY = 16;

    private static final String CONNECTION_ID = " ClientConnectionId:";
    private static final String DUPLICATE_KEY = " The duplicate key value";

    private SqlServerFaults() {}

    /** The exception for a failed task; {@code task} names the work in progress. */
    public static SnapshotException translate(SqlServerDatabase settings, String task, Exception failure) {
        int number = errorNumber(failure).orElse(0);
        String said = said(failure);
        ServerFault fault = fault(settings, said, failure);
        if (NOT_TAKEN_OVER.contains(number)) {
            return fault.invalid("a table that another program made cannot be taken over as it is")
                    .nextStep("the documentation's page 'Take over a window of the Python pipeline' says how to"
                            + " find and mend what is in the way")
                    .build();
        }
        if (number == OTHER_LAYOUT) {
            return fault.invalid("the window's tables have another layout than this program knows")
                    .nextStep("nothing was changed: use a release of the program that knows this layout")
                    .build();
        }
        if (MEMORY.contains(number)) {
            return fault(settings, numbered(said, number), failure)
                    .unavailable("SQL Server's memory is short for " + task)
                    .nextStep(
                            "{0} when the server is less busy, or give it more memory; the documentation's"
                                    + " page 'SQL Server' describes the memory of joins and locks",
                            CommonRemedy.REPEAT)
                    .build();
        }
        if (ROW_VERSIONS.contains(number)) {
            return fault(settings, numbered(said, number), failure)
                    .unavailable("SQL Server could not keep the row versions for " + task)
                    .nextStep(
                            "give tempdb, or the persistent version store, more room and end long transactions;"
                                    + " then {0}",
                            CommonRemedy.REPEAT)
                    .build();
        }
        if (REPLICA.contains(number)) {
            return replica(fault, number, task);
        }
        if (number == READ_ONLY) {
            return fault.refused("the database is read-only and cannot be written while " + task)
                    .nextStep("connect to the primary replica, without applicationIntent=ReadOnly, or make the"
                            + " database writable")
                    .build();
        }
        if (isTimeout(failure)) {
            return fault.unavailable("a statement took longer than its limit while " + task)
                    .nextStep(
                            "{0} when the server is less busy, or raise the driver's property queryTimeout",
                            CommonRemedy.REPEAT)
                    .build();
        }
        if (DAMAGED.contains(number)) {
            return fault.damaged(task, "run DBCC CHECKDB and restore the database from a backup");
        }
        if (TRANSIENT.contains(number)) {
            return fault.unavailable("SQL Server is temporarily unable to continue while " + task)
                    .nextStep("{0} in a minute", CommonRemedy.REPEAT)
                    .build();
        }
        // Before a broken session: the server ends some of these with the session.
        if (SPACE.contains(number) || FullDisk.isIn(said)) {
            return fault(settings, numbered(said, number), failure)
                    .unavailable("SQL Server's disk, log or quota is full: no space left for " + task)
                    .nextStep(
                            "free space on the server, then {0}; the documentation's page 'SQL Server' describes how"
                                    + " the log and tempdb are used",
                            CommonRemedy.REPEAT)
                    .build();
        }
        if (isBroken(failure)) {
            return SilentConnectionException.isBehind(failure) ? fault.silent(task) : fault.broken(task);
        }
        if (GAVE_WAY.contains(number)) {
            return fault.gaveWay(task);
        }
        if (number == LOCK_TIMEOUT) {
            return fault.conflict("another session held a lock for too long while " + task);
        }
        if (RIGHTS.contains(number)) {
            return fault.rightMissing(task, "SQL Server");
        }
        if (MISSING.contains(number)) {
            return fault.objectMissing(task);
        }
        return fault(settings, numbered(said, number), failure).failed(task);
    }

    /** The driver cancelled the statement after its time. */
    private static boolean isTimeout(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof SQLTimeoutException
                    || at instanceof SQLException sql && TIMED_OUT.equals(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    private static SnapshotException replica(ServerFault fault, int number, String task) {
        if (number == READ_INTENT_ALONE) {
            return fault.refused("the replica takes connections that only read, while " + task)
                    .nextStep("connect to the availability group's listener, or set the driver's property"
                            + " applicationIntent=ReadOnly where nothing is written")
                    .build();
        }
        return fault.unavailable("the database is a replica that cannot be read now, while " + task)
                .nextStep("check the availability group, or connect to its listener; then {0}", CommonRemedy.REPEAT)
                .build();
    }

    /** The error that a failed opening becomes. */
    static SnapshotException openingFailed(SqlServerDatabase settings, SQLException failure) {
        int number = errorNumber(failure).orElse(0);
        String said = said(failure);
        ServerFault fault = fault(settings, said, failure);
        boolean unnumbered = failure.getSQLState() == null && number == 0 && failure.getCause() == null;
        // An error that the driver raises before it contacts any server has neither state nor number. So have errors of
        // a program's pool, whose properties are not ours.
        if (unnumbered && settings instanceof SqlServerSettings) {
            return fault.invalid("the SQL Server driver does not accept one of its properties")
                    .expected("values that the driver's documentation of connection properties names")
                    .nextStep("correct the property")
                    .build();
        }
        if (LOGIN.contains(number)) {
            return fault.loginRefused()
                    .nextStep("check user and password, or the properties of the driver's authentication")
                    .build();
        }
        if (NO_SUCH_DATABASE.contains(number)) {
            return fault.refused("SQL Server has no such database, or not for this user")
                    .nextStep("correct the database's name, create it, or make the user one of its users")
                    .build();
        }
        if (REPLICA.contains(number)) {
            return replica(fault, number, "connecting");
        }
        if (FIREWALL.contains(number)) {
            return fault.unavailable("the server's firewall keeps this address out")
                    .nextStep("allow this address in the firewall of the Azure SQL server")
                    .build();
        }
        if (isAboutEncryption(failure, said)) {
            return fault.unavailable("no encrypted connection to SQL Server")
                    .nextStep("give the driver the server's certificate authority (trustStore), or, for a test,"
                            + " the property trustServerCertificate=true; if the server offers no"
                            + " encryption, give it a certificate or, for a test, set encrypt=false")
                    .build();
        }
        if (TRANSIENT.contains(number)) {
            return fault.unavailable("SQL Server takes no connections now")
                    .nextStep("{0} in a minute", CommonRemedy.REPEAT)
                    .build();
        }
        return isBroken(failure)
                ? fault.unreachable()
                : fault(settings, numbered(said, number), failure).notConnected();
    }

    private static boolean isAboutEncryption(SQLException failure, String said) {
        for (Throwable at = failure.getCause(); at != null; at = at.getCause()) {
            if (at instanceof GeneralSecurityException || at instanceof SSLException) {
                return true;
            }
        }
        return said.contains("SSL") || said.contains("TLS") || said.contains("PKIX");
    }

    /**
     * The exception for a failed commit. The outcome is unknown if the connection broke, because the server may have
     * committed.
     */
    static SnapshotException commitFailed(SqlServerDatabase settings, String task, SQLException failure) {
        OptionalInt number = errorNumber(failure);
        // Azure may report such an error for a commit that it has made, and the driver for one that it has sent.
        boolean told = number.isPresent() && !TRANSIENT.contains(number.getAsInt()) && !isBroken(failure);
        if (told) {
            return translate(settings, task, failure);
        }
        return fault(settings, said(failure), failure).outcomeUnknown(task).build();
    }

    private static ServerFault fault(SqlServerDatabase settings, String reported, Exception failure) {
        return new ServerFault("SQL Server", settings.address(), reported, failure);
    }

    /**
     * Whether the session is gone: the connection failed (SQLSTATE class 08), input or output failed, or the error was
     * so severe that the server closes the connection after it.
     */
    static boolean isBroken(Throwable failure) {
        return sqlException(failure)
                .map(sql -> sql.getSQLState() != null && sql.getSQLState().startsWith("08")
                        || sql.getCause() instanceof IOException
                        || ENDED.contains(sql.getErrorCode())
                        || severity(sql).orElse(0) >= FATAL_SEVERITY)
                .orElse(false);
    }

    /**
     * Whether opening a connection may succeed in a moment. Error 4060 does not count. Azure reports it for a database
     * that is being moved, but every server also reports it for a missing database, and that case is not worth a wait.
     */
    static boolean isTransient(Throwable failure) {
        OptionalInt number = errorNumber(failure);
        return number.isPresent() && TRANSIENT.contains(number.getAsInt());
    }

    /**
     * Whether the server has rolled the transaction back and the same work may succeed if it runs again in this
     * session.
     */
    static boolean isRetriable(Throwable failure) {
        OptionalInt number = errorNumber(failure);
        return number.isPresent()
                && (GAVE_WAY.contains(number.getAsInt()) || TRANSIENT.contains(number.getAsInt()))
                && !isBroken(failure);
    }

    /**
     * Whether the statement is at fault, and not the server, the network, another transaction or a missing right. An
     * unchanged statement fails again.
     */
    public static boolean isAboutStatement(Throwable failure) {
        return isAboutStatement(
                errorNumber(failure).orElse(0), severity(failure).orElse(0));
    }

    static boolean isAboutStatement(int number, int severity) {
        return severity >= FIRST_USER_SEVERITY
                && severity <= LAST_USER_SEVERITY
                && number != LOCK_TIMEOUT
                && !GAVE_WAY.contains(number)
                && !TRANSIENT.contains(number)
                && !RIGHTS.contains(number);
    }

    /** Whether a row was refused because its key already exists. */
    static boolean isDuplicateKey(Throwable failure) {
        OptionalInt number = errorNumber(failure);
        return number.isPresent() && UNIQUE.contains(number.getAsInt());
    }

    /** Whether a table made by another program prevents its takeover. */
    static boolean isAboutTakeOver(Throwable failure) {
        return NOT_TAKEN_OVER.contains(errorNumber(failure).orElse(0));
    }

    /** The server's error number. Empty for an error of the driver itself. */
    static OptionalInt errorNumber(Throwable failure) {
        return sqlException(failure)
                .filter(sql -> sql.getErrorCode() != 0)
                .map(sql -> OptionalInt.of(sql.getErrorCode()))
                .orElse(OptionalInt.empty());
    }

    /**
     * The server's severity of the error (11 to 16: the user can correct it, 17 and more: an administrator, 20 and
     * more: it ends the session). Empty for an error of the driver itself.
     */
    static OptionalInt severity(Throwable failure) {
        return sqlException(failure)
                .filter(SQLServerException.class::isInstance)
                .map(sql -> ((SQLServerException) sql).getSQLServerError())
                .map(error -> OptionalInt.of(error.getErrorSeverity()))
                .orElse(OptionalInt.empty());
    }

    /**
     * The JDBC error within an error of jOOQ or of the driver: the outermost one with the server's number, or else the
     * outermost.
     */
    static Optional<SQLException> sqlException(Throwable failure) {
        Optional<SQLException> outermost = Optional.empty();
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof SQLException sql) {
                if (sql.getErrorCode() != 0) {
                    return Optional.of(sql);
                }
                outermost = outermost.or(() -> Optional.of(sql));
            }
        }
        return outermost;
    }

    private static String numbered(String said, int number) {
        return number == 0 ? said : said + " (error " + number + ")";
    }

    /**
     * The first line of the message without the driver's connection id. A unique violation quotes the key of a row. An
     * English message is cut before the key; a message in another language is dropped.
     */
    private static String said(Exception failure) {
        Optional<SQLException> sql = sqlException(failure);
        String message = String.valueOf(sql.map(SQLException::getMessage).orElseGet(failure::getMessage));
        String first = before(before(message, "\n"), CONNECTION_ID);
        if (isDuplicateKey(failure)) {
            first = first.contains(DUPLICATE_KEY) ? before(first, DUPLICATE_KEY) : "a key is there already";
        }
        return "'" + first.strip() + "'";
    }

    private static String before(String text, String end) {
        int at = text.indexOf(end);
        return at < 0 ? text : text.substring(0, at);
    }
}
