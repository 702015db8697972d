package io.hybridsnapshot.jdbc.source;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Translates the errors of any JDBC driver by their class and SQLSTATE. Only the first line of a message is passed on,
 * because further lines may hold row contents. Stateless.
 */
final class JdbcFaults {
    private static final Pattern H2_STATEMENT = Pattern.compile("; SQL statement:$");

    private static final int SQLITE_BUSY = 5;
    private static final int SQLITE_LOCKED = 6;
    private static final int SQLITE_CORRUPT = 11;
    private static final int SQLITE_NOT_A_DATABASE = 26;
    private static final int SQLITE_ERROR = 1;
    private static final int SQLITE_PRIMARY_CODE = 0xFF;

    private JdbcFaults() {}

    /** The error of a connection that was not handed out. */
    static SnapshotException openingFailed(String description, SQLException failure) {
        if (isLogin(failure)) {
            return SnapshotException.invalidRequest("the database refused the login")
                    .where(description)
                    .actual(said(failure))
                    .nextStep("check user and password")
                    .storeRefused()
                    .cause(failure)
                    .build();
        }
        return SnapshotException.unavailable("the database cannot be reached")
                .where(description)
                .actual(said(failure))
                .nextStep("check that the database is there and that the data source's settings are right")
                .cause(failure)
                .build();
    }

    /** The error of a statement, or of fetching its rows. */
    static SnapshotException reading(String description, Dialect dialect, SQLException failure) {
        if (isBroken(failure)) {
            return SnapshotException.unavailable("the connection to the database broke")
                    .where(description)
                    .actual(said(failure))
                    .nextStep("check the database, then read again")
                    .cause(failure)
                    .build();
        }
        if (isLogin(failure)) {
            return openingFailed(description, failure);
        }
        if (failure instanceof SQLTransactionRollbackException
                || state(failure).startsWith("40")
                || isLocked(dialect, failure)) {
            return SnapshotException.conflict("the database gave way to another transaction")
                    .where(description)
                    .actual(said(failure))
                    .nextStep("read again")
                    .cause(failure)
                    .build();
        }
        if (isDamage(dialect, failure)) {
            return SnapshotException.corrupt("the database found damaged data")
                    .where(description)
                    .actual(said(failure))
                    .nextStep("restore the database from a backup")
                    .cause(failure)
                    .build();
        }
        if (isAboutQuery(dialect, failure)) {
            return SnapshotException.invalidRequest("the query cannot be run")
                    .where(description)
                    .actual(said(failure))
                    .nextStep("correct the query")
                    .cause(failure)
                    .build();
        }
        return SnapshotException.unavailable("the database failed while it was read")
                .where(description)
                .actual(said(failure))
                .nextStep("check the database, then read again")
                .cause(failure)
                .build();
    }

    /** Whether the connection is gone. */
    static boolean isBroken(SQLException failure) {
        return failure instanceof SQLNonTransientConnectionException
                || failure instanceof SQLTransientConnectionException
                || failure instanceof SQLRecoverableException
                || state(failure).startsWith("08")
                || state(failure).startsWith("57P")
                || failure.getCause() instanceof IOException;
    }

    private static boolean isLogin(SQLException failure) {
        return failure instanceof SQLInvalidAuthorizationSpecException
                || state(failure).startsWith("28");
    }

    private static boolean isLocked(Dialect dialect, SQLException failure) {
        int code = failure.getErrorCode() & SQLITE_PRIMARY_CODE;
        return dialect == Dialect.SQLITE && (code == SQLITE_BUSY || code == SQLITE_LOCKED);
    }

    private static boolean isDamage(Dialect dialect, SQLException failure) {
        int code = failure.getErrorCode() & SQLITE_PRIMARY_CODE;
        return dialect == Dialect.SQLITE && (code == SQLITE_CORRUPT || code == SQLITE_NOT_A_DATABASE);
    }

    private static boolean isAboutQuery(Dialect dialect, SQLException failure) {
        if (failure instanceof SQLSyntaxErrorException
                || failure instanceof SQLDataException
                || failure instanceof SQLFeatureNotSupportedException
                || state(failure).startsWith("42")
                || state(failure).startsWith("22")) {
            return true;
        }
        return switch (dialect) {
            case SQLITE -> failure.getErrorCode() == SQLITE_ERROR;
            // DuckDB's driver has neither codes nor classes of errors; its messages begin with the kind.
            case DUCKDB -> {
                String message = said(failure).toLowerCase(Locale.ROOT);
                yield message.startsWith("parser error")
                        || message.startsWith("binder error")
                        || message.startsWith("catalog error")
                        || message.startsWith("conversion error")
                        || message.startsWith("out of range error")
                        || message.startsWith("invalid input error");
            }
            default -> false;
        };
    }

    private static String state(SQLException failure) {
        return failure.getSQLState() == null ? "" : failure.getSQLState();
    }

    /** The first line of a driver's message, without a password that it repeats. */
    static String said(Throwable failure) {
        String message =
                failure.getMessage() == null ? "" : failure.getMessage().strip();
        if (message.isEmpty()) {
            return "no reason given";
        }
        String line = message.lines().findFirst().orElse(message);
        // H2 ends the line with the announcement of the next one.
        return UrlText.masked(H2_STATEMENT.matcher(line).replaceFirst(""));
    }
}
