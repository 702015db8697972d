package io.hybridsnapshot.postgres.connection;

import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.FullDisk;
import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.jdbc.connection.ServerFault;
import io.hybridsnapshot.silence.SilentConnectionException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Translates the errors of the server and the driver by SQLSTATE (PostgreSQL's manual, appendix A). Only the primary
 * message is passed on, because details and contexts hold row contents.
 */
final class PostgresFaults {
    private static final String DISK_FULL = "53100";

    private PostgresFaults() {}

    /** The exception for a failed task; {@code task} names the work in progress. */
    static SnapshotException translate(PostgresDatabase settings, String task, Exception failure) {
        Optional<SQLException> found = sqlException(failure);
        String state = found.map(SQLException::getSQLState).orElse(null);
        String said = String.valueOf(found.map(PostgresFaults::primaryMessage).orElseGet(failure::getMessage));
        ServerFault fault = fault(settings, said, failure);
        if (isFull(failure)) {
            return diskFull(settings, "it failed while " + task, said, failure);
        }
        if (isBroken(failure) && SilentConnectionException.isBehind(failure)) {
            return fault(settings, silence(failure), failure).silent(task);
        }
        if (isBroken(failure)) {
            Optional<StorageCheck.Shortage> shortage = settings.storage().afterFailure();
            if (shortage.isPresent()) {
                return diskFull(settings, shortage.get(), "the connection broke while " + task)
                        .cause(failure)
                        .build();
            }
            return fault.broken(task);
        }
        if (state == null) {
            return fault.failed(task);
        }
        return switch (state) {
            case "40001", "40P01", "55P03" -> fault.gaveWay(task);
            case "42501" -> fault.rightMissing(task, "PostgreSQL");
            case "53200", "53300", "53400" ->
                fault.unavailable("PostgreSQL lacks a resource for " + task)
                        .nextStep("try again later, or raise the limit that the server names")
                        .build();
            case "42P01", "42703", "42883", "3F000" -> fault.objectMissing(task);
            // Raised by the window's triggers.
            case "SW001" ->
                fault.invalid("the window's tables have another layout than this program knows")
                        .nextStep("nothing was changed: use a release of the program that knows this layout")
                        .build();
            case "XX001", "XX002" -> fault.damaged(task, "restore the database from a backup");
            default ->
                fault(settings, said + " (SQLSTATE " + state + ")", failure).failed(task);
        };
    }

    /** The error that a failed opening becomes. */
    static SnapshotException openingFailed(PostgresDatabase settings, SQLException failure) {
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        String said = primaryMessage(failure);
        ServerFault fault = fault(settings, said, failure);
        if (isFull(failure)) {
            return diskFull(settings, "it takes no connection", said, failure);
        }
        // A server that refuses a login is reachable, and its disk does not explain the failure.
        if (isBroken(failure)) {
            Optional<StorageCheck.Shortage> shortage = settings.storage().afterFailure();
            if (shortage.isPresent()) {
                return diskFull(settings, shortage.get(), "it takes no connection")
                        .cause(failure)
                        .build();
            }
        }
        return switch (state) {
            case "28P01", "28000" ->
                fault.loginRefused().nextStep("check user and password").build();
            case "3D000" ->
                fault.refused("PostgreSQL has no such database")
                        .nextStep("correct the database's name, or create it")
                        .build();
            case "42501" ->
                fault.refused("the user may not connect to the database")
                        .nextStep("grant CONNECT on the database; the documentation's page 'PostgreSQL' lists the"
                                + " rights")
                        .build();
            case "53300" ->
                fault.unavailable("PostgreSQL has no connection left")
                        .nextStep("try again later, or raise max_connections")
                        .build();
            case "57P03" ->
                fault.unavailable("PostgreSQL takes no connections now")
                        .nextStep("try again when the server has started")
                        .build();
            case "08001", "08004", "08006" -> fault.unreachable();
            default -> fault.notConnected();
        };
    }

    /**
     * The exception for a failed commit. The outcome is unknown if the connection broke, because the server may have
     * committed.
     */
    static SnapshotException commitFailed(PostgresDatabase settings, String task, SQLException failure) {
        if (!isBroken(failure) && !isCrash(failure)) {
            return translate(settings, task, failure);
        }
        boolean silent = SilentConnectionException.isBehind(failure);
        ServerFault fault = fault(settings, silent ? silence(failure) : primaryMessage(failure), failure);
        Optional<StorageCheck.Shortage> shortage = settings.storage().afterFailure();
        if (!isFull(failure) && shortage.isEmpty()) {
            return fault.outcomeUnknown(task).build();
        }
        return SnapshotException.outcomeUnknown(fault.lostCommit(task) + ": the server's disk is full")
                .where(shortage.map(StorageCheck.Shortage::directory).orElseGet(settings::address))
                .actual(shortage.map(StorageCheck.Shortage::found).orElseGet(fault::reported))
                .nextStep(RemedyText.of(
                        "{0}; {1}",
                        shortage.map(StorageCheck.Shortage::nextStep)
                                .orElse(RemedyText.plain("free space on the server's disk")),
                        ServerFault.RECOVER))
                .cause(failure)
                .build();
    }

    private static ServerFault fault(PostgresDatabase settings, String reported, Exception failure) {
        return new ServerFault("PostgreSQL", settings.address(), reported, failure);
    }

    private static String silence(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof SilentConnectionException) {
                return at.getMessage();
            }
        }
        return "no answer within the driver's socketTimeout";
    }

    /**
     * Whether the server reports a full disk or an exhausted quota, with its own code (53100) or in the words of its
     * system (58030).
     */
    static boolean isFull(Exception failure) {
        return sqlException(failure)
                .map(sql -> DISK_FULL.equals(sql.getSQLState()) || FullDisk.isIn(sql.getMessage()))
                .orElse(false);
    }

    /**
     * Whether the server stops all sessions with this error, for example because its transaction log cannot grow. A
     * commit that meets such an error may have been made. Some servers translate the severity, so only the classes of
     * failing resources and systems count.
     */
    private static boolean isCrash(SQLException failure) {
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        if (!(failure instanceof PSQLException psql) || psql.getServerErrorMessage() == null) {
            return false;
        }
        boolean failing = state.startsWith("53") || state.startsWith("58") || state.startsWith("XX");
        return failing && !"ERROR".equals(psql.getServerErrorMessage().getSeverity());
    }

    private static SnapshotException diskFull(
            PostgresDatabase settings, String consequence, String said, Exception failure) {
        Optional<StorageCheck.Shortage> shortage = settings.storage().afterFailure();
        return SnapshotException.unavailable("PostgreSQL's disk is full, " + consequence)
                .where(shortage.map(StorageCheck.Shortage::directory).orElseGet(settings::address))
                .actual(said)
                .nextStep(shortage.map(StorageCheck.Shortage::nextStep)
                        .orElse(RemedyText.of("free space on the server's disk, then {0}", CommonRemedy.REPEAT)))
                .cause(failure)
                .build();
    }

    static SnapshotException.Builder diskFull(
            PostgresDatabase settings, StorageCheck.Shortage shortage, String consequence) {
        return SnapshotException.unavailable("PostgreSQL's disk is full, " + consequence)
                .where(shortage.directory() + ", " + settings.address())
                .actual(shortage.found())
                .nextStep(shortage.nextStep());
    }

    /** Whether the session is gone: the connection failed (class 08), or the server ended it (57P01 to 57P05). */
    static boolean isBroken(Exception failure) {
        return sqlException(failure)
                .map(sql -> {
                    String state = sql.getSQLState();
                    return state != null && (state.startsWith("08") || state.startsWith("57P"))
                            || sql.getCause() instanceof IOException;
                })
                .orElse(false);
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

    private static String primaryMessage(SQLException failure) {
        if (failure instanceof PSQLException psql) {
            ServerErrorMessage server = psql.getServerErrorMessage();
            if (server != null && server.getMessage() != null) {
                return "'" + server.getMessage() + "'";
            }
        }
        String message = String.valueOf(failure.getMessage());
        int line = message.indexOf('\n');
        return "'" + (line < 0 ? message : message.substring(0, line)) + "'";
    }
}
