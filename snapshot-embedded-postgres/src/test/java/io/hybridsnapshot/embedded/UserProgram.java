package io.hybridsnapshot.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * A separate program that uses the embedded server. {@code DIRECTORY NAME hold} writes rows, prints "written" and keeps
 * using the server until its standard input ends. {@code DIRECTORY NAME cycle} opens, writes and closes in a row.
 * {@code DIRECTORY NAME idle} never opens it. {@code DIRECTORY NAME keep} keeps it running, prints whether it made the
 * keeper, and waits until its standard input ends. {@code DIRECTORY NAME SHARED|EXCLUSIVE} holds that lock on the
 * keeper's file in the same way.
 */
final class UserProgram {
    static final String DATABASE = "orders";
    static final int ROWS = 20;
    static final int CYCLES = 8;

    private UserProgram() {}

    public static void main(String[] arguments) throws IOException, SQLException {
        EmbeddedPostgresSettings settings = EmbeddedPostgresSettings.in(Path.of(arguments[0]));
        if (arguments[2].equals("cycle")) {
            for (int i = 0; i < CYCLES; i++) {
                try (EmbeddedPostgresServer server = EmbeddedPostgresServer.open(settings)) {
                    write(server, arguments[1], 1);
                }
            }
        } else if (arguments[2].equals("idle")) {
            awaitEndOfInput();
        } else if (arguments[2].equals("SHARED") || arguments[2].equals("EXCLUSIVE")) {
            try (LockFile lock = LockFile.open(settings.directory().resolve("keeper.lock"))) {
                System.out.println(lock.tryLock(LockFile.Mode.valueOf(arguments[2])) ? "made" : "found");
                awaitEndOfInput();
            }
        } else if (arguments[2].equals("keep")) {
            System.out.println(KeptServer.start(settings, Duration.ofMinutes(5)).started() ? "made" : "found");
            awaitEndOfInput();
        } else {
            try (EmbeddedPostgresServer server = EmbeddedPostgresServer.open(settings)) {
                write(server, arguments[1], ROWS);
                System.out.println("written");
                awaitEndOfInput();
            }
        }
        System.out.println("closed");
    }

    private static void awaitEndOfInput() throws IOException {
        while (System.in.read() >= 0) {
            // The parent holds the other end.
        }
    }

    static Connection connect(EmbeddedPostgresServer server) throws SQLException {
        server.ensureDatabase(DATABASE);
        return DriverManager.getConnection(server.jdbcUrl(DATABASE), server.user(), server.password());
    }

    /** Each row in a separate transaction. */
    static void write(EmbeddedPostgresServer server, String name, int rows) throws SQLException {
        try (Connection connection = connect(server)) {
            try (Statement statement = connection.createStatement()) {
                // Two programs that make the same table at the same time get in each other's way.
                statement.execute("select pg_advisory_lock(1)");
                statement.execute("create table if not exists written (name text not null)");
                statement.execute("select pg_advisory_unlock(1)");
            }
            try (PreparedStatement insert = connection.prepareStatement("insert into written values (?)")) {
                for (int i = 0; i < rows; i++) {
                    insert.setString(1, name);
                    insert.executeUpdate();
                }
            }
        }
    }
}
