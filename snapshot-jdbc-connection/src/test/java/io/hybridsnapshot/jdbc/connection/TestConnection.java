package io.hybridsnapshot.jdbc.connection;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;

/** A connection that notes each call that changes it. Calls named in advance fail. For one thread. */
final class TestConnection {
    private final List<String> calls = new ArrayList<>();
    private final Set<String> failing = new HashSet<>();

    List<String> calls() {
        return calls;
    }

    TestConnection failingAt(String call) {
        failing.add(call);
        return this;
    }

    private void note(String call) throws SQLException {
        calls.add(call);
        if (failing.contains(call)) {
            throw new SQLException("refused: " + call);
        }
    }

    Connection open() {
        Statement statement = proxy(Statement.class, (self, method, arguments) -> {
            if (method.getName().equals("execute")) {
                note(String.valueOf(arguments[0]));
                return false;
            }
            return null;
        });
        DatabaseMetaData about = proxy(DatabaseMetaData.class, (self, method, arguments) -> "Other Driver");
        return proxy(Connection.class, (self, method, arguments) -> switch (method.getName()) {
            case "createStatement" -> statement;
            case "getMetaData" -> about;
            case "isWrapperFor" -> arguments[0].equals(Connection.class);
            case "setAutoCommit" -> {
                note("auto-commit " + arguments[0]);
                yield null;
            }
            default -> {
                note(method.getName());
                yield null;
            }
        });
    }

    DataSource source() {
        Connection connection = open();
        return proxy(DataSource.class, (self, method, arguments) -> connection);
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(TestConnection.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
