package io.hybridsnapshot.app.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The logins of a command, each of which costs the command and the server several milliseconds. The server counts them.
 */
class LoginsTest {
    /** A login that finds out whether the server answers, and two for the tables of window and archive. */
    private static final int ONCE = 3;

    private static final int LIST = 8;
    private static final int DETECT = 7;

    @TempDir
    Path directory;

    @Test
    void aCommandLogsInAFewTimes() throws SQLException {
        TestProgram program = new TestProgram(directory);
        program.file("rows.csv", "ID,QTY\n1,1\n2,x\n");
        String[] detect = {"detect", "logins", "--source", "rows.csv", "--key", "ID"};
        program.done("save", "logins", "--source", "rows.csv", "--key", "ID");
        assertAtMost(LIST, loginsOf(program, "list", "logins"));
        assertAtMost(DETECT, loginsOf(program, detect));
    }

    private static void assertAtMost(long recorded, long counted) {
        assertTrue(counted >= ONCE, counted + " logins: the count is wrong");
        assertTrue(counted <= recorded, counted + " logins, recorded " + recorded);
    }

    private static long loginsOf(TestProgram program, String... arguments) throws SQLException {
        long before = logins();
        program.done(arguments);
        return logins() - before;
    }

    /** The sessions in all databases but the one that this method connects to. */
    private static long logins() throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        TestProgram.server().jdbcUrl("template1"),
                        TestProgram.server().user(),
                        TestProgram.server().password());
                Statement statement = connection.createStatement()) {
            // A session is counted before it leaves the list of activity.
            while (number(
                            statement,
                            "select count(*) from pg_stat_activity"
                                    + " where backend_type = 'client backend' and pid <> pg_backend_pid()")
                    > 0) {
                statement.execute("select pg_sleep(0.02)");
            }
            return number(statement, "select sum(sessions) from pg_stat_database where datname <> 'template1'");
        }
    }

    private static long number(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            assertTrue(row.next());
            return row.getLong(1);
        }
    }
}
