package io.hybridsnapshot.jdbc.source;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The differences between databases and their drivers that a reader has to know. {@link #OTHER} stands for every driver
 * that follows the JDBC specification.
 */
enum Dialect {
    DUCKDB,
    H2,
    MYSQL,
    ORACLE,
    POSTGRESQL,
    SQLITE,
    SQLSERVER,
    OTHER;

    private static final int MOST_FRACTION_DIGITS = 9;
    private static final int MYSQL_FRACTION_DIGITS = 6;

    /** The dialect of a database by the product name that its driver reports. */
    static Dialect of(@Nullable String productName) {
        String name = productName == null ? "" : productName.toLowerCase(Locale.ROOT);
        if (name.contains("duckdb")) {
            return DUCKDB;
        } else if (name.equals("h2")) {
            return H2;
        } else if (name.contains("mysql") || name.contains("mariadb")) {
            return MYSQL;
        } else if (name.contains("oracle")) {
            return ORACLE;
        } else if (name.contains("postgresql") || name.contains("redshift")) {
            return POSTGRESQL;
        } else if (name.contains("sqlite")) {
            return SQLITE;
        } else if (name.contains("sql server")) {
            return SQLSERVER;
        }
        return OTHER;
    }

    /**
     * Whether reading needs a transaction. PostgreSQL's driver holds the whole result in memory under autocommit. An
     * unknown driver may close a result when another statement commits.
     */
    boolean needsTransaction() {
        return this == POSTGRESQL || this == OTHER;
    }

    /** Whether the driver accepts a change of the read-only flag of an open connection. */
    boolean hasReadOnlyFlag() {
        return this != SQLITE && this != DUCKDB;
    }

    /** Whether closing a result waits for its remaining rows, unless the statement was cancelled. */
    boolean drainsOnClose() {
        return this == MYSQL || this == SQLSERVER;
    }

    /** Whether a column's type may differ from row to row. Every value is then checked by its own type. */
    boolean isDynamicallyTyped() {
        return this == SQLITE;
    }

    /**
     * Whether the driver runs a statement that changes data, or a second statement, although it is asked for the rows
     * of one query. SQLite's driver does so too, but its queries are described first, as derived tables.
     */
    boolean runsAnyStatementAsQuery() {
        return this == DUCKDB || this == H2;
    }

    /** Whether the driver does not compare the number of values with the number of parameters, or fails unclearly. */
    boolean leavesParametersUnchecked() {
        return this == DUCKDB || this == SQLITE;
    }

    /** Asks the driver to fetch rows in pieces. MySQL's driver does so for one special value only. */
    void setFetchSize(Statement statement, int rows, String productName) throws SQLException {
        boolean rowByRow =
                this == MYSQL && !productName.toLowerCase(Locale.ROOT).contains("mariadb");
        statement.setFetchSize(rowByRow ? Integer.MIN_VALUE : rows);
    }

    /** The digits of a second of a time type. Some drivers report a scale of 0 for every time type. */
    int fractionDigits(int scale) {
        if (scale > 0) {
            return Math.min(scale, MOST_FRACTION_DIGITS);
        }
        return switch (this) {
            case H2, POSTGRESQL, SQLSERVER, ORACLE -> 0;
            case MYSQL -> MYSQL_FRACTION_DIGITS;
            default -> MOST_FRACTION_DIGITS;
        };
    }
}
