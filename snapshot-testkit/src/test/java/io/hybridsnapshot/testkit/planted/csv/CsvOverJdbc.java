package io.hybridsnapshot.testkit.planted.csv;

/** Violates: JDBC is no library of the CSV adapter. */
final class CsvOverJdbc {
    private java.sql.Connection connection;

    boolean isOpen() {
        return connection != null;
    }
}
