package io.hybridsnapshot.jdbc.source;

import static io.hybridsnapshot.jdbc.source.Cells.read;
import static io.hybridsnapshot.jdbc.source.Cells.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The state of a pool's connection. H2 plays the databases that need a server: a proxy reports another product's name
 * and writes down what it is asked for.
 */
class ConnectionStateTest {
    private static final Set<String> NOTED =
            Set.of("setAutoCommit", "setReadOnly", "rollback", "commit", "close", "abort", "setFetchSize", "cancel");

    @TempDir
    Path directory;

    private final List<String> calls = new ArrayList<>();
    private DataSource h2;

    @BeforeEach
    void makeTable() {
        h2 = TestDatabase.H2.open(directory);
        TestDatabase.execute(h2, "CREATE TABLE t AS SELECT x FROM SYSTEM_RANGE(1, 5000)");
    }

    private DataSource playing(String product, String failing) {
        return new SimpleDataSource(() -> noting(Connection.class, h2.getConnection(), product, failing));
    }

    private <T> T noting(Class<T> type, T target, String product, String failing) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    String name = method.getName();
                    if (NOTED.contains(name)) {
                        String on = type == Connection.class ? "" : "statement.";
                        boolean silent = name.equals("close") && type != Connection.class;
                        if (!silent) {
                            calls.add(
                                    on + name + (arguments == null || name.equals("abort") ? "" : " " + arguments[0]));
                        }
                    }
                    if (name.equals(failing)) {
                        throw new SQLException("refused by the test");
                    }
                    if (name.equals("getDatabaseProductName")) {
                        return product;
                    }
                    // H2 knows no negative number of rows.
                    if (name.equals("setFetchSize") && (int) arguments[0] < 0) {
                        return null;
                    }
                    Object result;
                    try {
                        result = method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (result instanceof DatabaseMetaData metaData) {
                        return noting(DatabaseMetaData.class, metaData, product, failing);
                    }
                    return result instanceof Statement statement && type == Connection.class
                            ? noting(Statement.class, statement, product, failing)
                            : result;
                }));
    }

    private JdbcRowSource reading(String product, String failing) {
        return JdbcRowSource.ofQuery(playing(product, failing), "SELECT * FROM t")
                .build();
    }

    @Test
    void postgresqlIsReadInATransactionAndTheFlagsArePutBack() {
        assertEquals(5_000, read(reading("PostgreSQL", "")).rowCount());
        assertEquals(
                List.of(
                        "setReadOnly true",
                        "setAutoCommit false",
                        "statement.setFetchSize 1000",
                        "rollback",
                        "setAutoCommit true",
                        "setReadOnly false",
                        "close"),
                calls);
    }

    @Test
    void mysqlIsReadRowByRowAndCancelledIfItIsClosedEarly() {
        try (RowStream stream = reading("MySQL", "").open(ReadOptions.ALL)) {
            stream.next();
        }
        assertEquals(
                List.of(
                        "setReadOnly true",
                        "statement.setFetchSize " + Integer.MIN_VALUE,
                        "statement.cancel",
                        "setReadOnly false",
                        "close"),
                calls);
    }

    @Test
    void flagsArePutBackAfterAnErrorAndAfterAnEarlyClose() {
        refusal(
                Kind.INVALID_REQUEST,
                JdbcRowSource.ofQuery(playing("Unknown", ""), "SELECT * FROM no_such_table")
                        .build());
        try (RowStream stream = reading("Unknown", "").open(ReadOptions.ALL)) {
            stream.next();
        }
        List<String> once = List.of("rollback", "setAutoCommit true", "setReadOnly false", "close");
        assertEquals(once, calls.subList(3, 7));
        assertEquals(once, calls.subList(10, 14));
        assertEquals(14, calls.size());
    }

    @Test
    void connectionWhoseFlagsCannotBePutBackIsAborted() {
        assertEquals(5_000, read(reading("PostgreSQL", "rollback")).rowCount());
        assertTrue(calls.indexOf("abort") > 0, calls::toString);
        assertEquals("close", calls.get(calls.size() - 1));
    }

    @Test
    void driverThatRefusesTheReadOnlyFlagIsReadAllTheSame() {
        assertEquals(5_000, read(reading("H2", "setReadOnly")).rowCount());
        assertEquals(List.of("setReadOnly true", "statement.setFetchSize 1000", "close"), calls);
    }
}
