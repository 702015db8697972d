package io.hybridsnapshot.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.Set;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How to reach a running server. {@link #toString()} leaves the password out. */
record Endpoint(int port, String password) {
    private static final Logger LOG = LoggerFactory.getLogger(Endpoint.class);

    static final String HOST = "127.0.0.1";
    static final String USER = "snapshot";

    /**
     * The server's setting of the work that a login takes on both sides. Iterations slow down guessing a weak password
     * from its stored form. This password is random and has 192 bits, which no number of guesses reaches, so more than
     * one iteration only costs each login time.
     */
    static final String ITERATIONS = "scram_iterations=1";

    private static final String MAINTENANCE_DATABASE = "postgres";
    private static final int CONNECT_SECONDS = 3;
    private static final int PROBE_ANSWER_SECONDS = 3;

    /** duplicate_database, and unique_violation of the catalogue where two ask at the same moment. */
    private static final Set<String> ALREADY_THERE = Set.of("42P04", "23505");

    private static final Set<String> PASSWORD_REFUSED = Set.of("28P01", "28000");
    private static final String TOO_MANY_CONNECTIONS = "53300";

    enum Answer {
        READY,
        PASSWORD_REFUSED,
        SILENT
    }

    String host() {
        return HOST;
    }

    String user() {
        return USER;
    }

    String jdbcUrl(String database) {
        return "jdbc:postgresql://" + HOST + ":" + port + "/" + database;
    }

    /**
     * One attempt to log in. A server without free connections still runs, and gives its own, clear error to the next
     * connection.
     */
    Answer probe() {
        Properties properties = maintenance();
        PGProperty.SOCKET_TIMEOUT.set(properties, PROBE_ANSWER_SECONDS);
        try (Connection connection = connect(properties);
                Statement statement = connection.createStatement()) {
            statement.execute("select 1");
            return Answer.READY;
        } catch (SQLException e) {
            if (PASSWORD_REFUSED.contains(e.getSQLState())) {
                return Answer.PASSWORD_REFUSED;
            }
            return TOO_MANY_CONNECTIONS.equals(e.getSQLState()) ? Answer.READY : Answer.SILENT;
        }
    }

    /** Lets the server delete unneeded parts of its transaction log. A failure has no consequences. */
    void checkpoint() {
        try (Connection connection = connect(maintenance());
                Statement statement = connection.createStatement()) {
            statement.execute("checkpoint");
        } catch (SQLException e) {
            LOG.debug("No checkpoint at {}", this, e);
        }
    }

    /**
     * Stores the password with few iterations if an earlier release stored it with more. A failure has no consequences
     * but slower logins.
     */
    void quickenLogins() {
        try (Connection connection = connect(maintenance());
                Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery(
                    "select rolpassword like 'SCRAM-SHA-256$1:%'" + " from pg_authid where rolname = current_user")) {
                if (rows.next() && rows.getBoolean(1)) {
                    return;
                }
            }
            // An error must not print the statement into the server's log.
            statement.execute("set log_min_error_statement = panic");
            statement.execute("set " + ITERATIONS);
            statement.execute("set password_encryption = 'scram-sha-256'");
            statement.execute("alter role " + USER + " password '" + password + "'");
        } catch (SQLException e) {
            LOG.debug("Logins at {} stay slow", this, e);
        }
    }

    /** The name must have been checked: an identifier cannot be bound. */
    void ensureDatabase(String name) throws SQLException {
        try (Connection connection = connect(maintenance())) {
            if (exists(connection, name)) {
                return;
            }
            try (Statement statement = connection.createStatement()) {
                statement.execute("create database \"" + name + "\" template template0");
            } catch (SQLException e) {
                if (!ALREADY_THERE.contains(e.getSQLState())) {
                    throw e;
                }
            }
        }
    }

    private static boolean exists(Connection connection, String database) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("select 1 from pg_database where datname = ?")) {
            query.setString(1, database);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next();
            }
        }
    }

    private Properties maintenance() {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, USER);
        PGProperty.PASSWORD.set(properties, password);
        PGProperty.APPLICATION_NAME.set(properties, "hybrid-snapshots");
        PGProperty.CONNECT_TIMEOUT.set(properties, CONNECT_SECONDS);
        // The server speaks neither TLS nor GSSAPI; asking it takes a round trip each.
        PGProperty.SSL_MODE.set(properties, "disable");
        PGProperty.GSS_ENC_MODE.set(properties, "disable");
        return properties;
    }

    // Not through DriverManager or a data source, which would load every driver on the class path.
    private Connection connect(Properties properties) throws SQLException {
        Connection connection = new Driver().connect(jdbcUrl(MAINTENANCE_DATABASE), properties);
        if (connection == null) {
            throw new SQLException("the driver does not accept the address", "08001");
        }
        return connection;
    }

    @Override
    public String toString() {
        return USER + "@" + HOST + ":" + port;
    }
}
