package io.hybridsnapshot.postgres.connection;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.jdbc.connection.ConnectionLoan;
import io.hybridsnapshot.jdbc.connection.DriverConnections;
import io.hybridsnapshot.jdbc.connection.DriverSockets;
import io.hybridsnapshot.jdbc.connection.JdbcSession;
import io.hybridsnapshot.jdbc.connection.SqlWork;
import io.hybridsnapshot.silence.SilenceWatch;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.jooq.SQLDialect;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.util.URLCoder;

/**
 * One connection to PostgreSQL, opened for one operation, and the transactions on it. The session's time zone is UTC,
 * commits are durable (asynchronous commit is off), and values travel in binary where the driver can. For one thread.
 * The opener closes the session; closing rolls back an uncommitted transaction.
 */
public final class PostgresSession extends JdbcSession {
    private static final DriverConnections CONNECTIONS =
            new DriverConnections(PGConnection.class, "PostgreSQL", "PostgreSQL's driver", "org.postgresql");

    /** The properties of the driver about its sockets; it limits reads in seconds. */
    static final DriverSockets SOCKETS = new DriverSockets(
            PGProperty.SOCKET_TIMEOUT.getName(),
            ChronoUnit.SECONDS,
            PGProperty.SOCKET_FACTORY.getName(),
            PGProperty.SOCKET_FACTORY_ARG.getName());

    private static final int CONNECT_SECONDS = 10;

    private static final int FIRST_VERSION = 14;

    /**
     * The server detects the loss of a client's host, so that no lock outlives its holder by more than a minute or so.
     */
    private static final String PREPARE = "SELECT set_config('TimeZone', 'UTC', false),"
            + " set_config('tcp_keepalives_idle', '30', false),"
            + " set_config('tcp_keepalives_interval', '10', false),"
            + " set_config('tcp_keepalives_count', '3', false),"
            + " CASE WHEN current_setting('synchronous_commit') = 'off'"
            + " THEN set_config('synchronous_commit', 'on', false) END,"
            + " CASE WHEN current_setting('standard_conforming_strings') = 'off'"
            + " THEN set_config('standard_conforming_strings', 'on', false) END, pg_backend_pid()";

    private static final int BACKEND_COLUMN = 7;

    private final PostgresDatabase database;
    private final PGConnection driver;

    private PostgresSession(
            PostgresDatabase database,
            Connection connection,
            PGConnection driver,
            Optional<ConnectionLoan> loan,
            Optional<SilenceWatch> watch) {
        super(connection, SQLDialect.POSTGRES, loan, watch);
        this.database = database;
        this.driver = driver;
    }

    /**
     * Connects, or borrows a connection of a data source. The silence of a borrowed connection's server is not watched.
     *
     * @param purpose the purpose of the session, visible to administrators as {@code application_name}
     * @throws SnapshotException UNAVAILABLE if the server cannot be reached, refuses the login or is too old;
     *     INVALID_REQUEST if the data source's connections are not those of PostgreSQL's driver
     */
    public static PostgresSession open(PostgresDatabase database, String purpose) {
        return database instanceof PostgresDataSource pool
                ? borrow(pool, purpose)
                : open((PostgresSettings) database, purpose, SilenceWatch.Limits.DEFAULT);
    }

    private static PostgresSession borrow(PostgresDataSource pool, String purpose) {
        return CONNECTIONS.borrow(
                pool.source(),
                connection -> {
                    PGConnection driver = connection.unwrap(PGConnection.class);
                    requireVersion(pool, connection);
                    ConnectionLoan loan = BorrowedConnection.take(connection, driver, application(purpose));
                    PostgresSession session =
                            new PostgresSession(pool, connection, driver, Optional.of(loan), Optional.empty());
                    try (Statement statement = connection.createStatement()) {
                        statement.execute(PREPARE);
                        return session;
                    } catch (SQLException e) {
                        session.close();
                        throw e;
                    }
                },
                e -> PostgresFaults.openingFailed(pool, e));
    }

    private static String application(String purpose) {
        return "hybrid-snapshots " + purpose;
    }

    /**
     * Connects. A {@link SilenceWatch} detects a server that falls silent, unless the properties limit the wait
     * themselves ({@code socketTimeout}) or name a socket factory.
     */
    static PostgresSession open(PostgresSettings settings, String purpose, SilenceWatch.Limits limits) {
        Objects.requireNonNull(settings, "settings");
        Properties properties = new Properties();
        PGProperty.USER.set(properties, settings.user());
        PGProperty.PASSWORD.set(properties, settings.password());
        PGProperty.APPLICATION_NAME.set(properties, application(purpose));
        PGProperty.CONNECT_TIMEOUT.set(properties, CONNECT_SECONDS);
        PGProperty.LOGIN_TIMEOUT.set(properties, 2 * CONNECT_SECONDS);
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        PGProperty.AUTOSAVE.set(properties, "never");
        // Binary from the first execution on: a session is short, no statement is repeated often.
        PGProperty.PREPARE_THRESHOLD.set(properties, -1);
        settings.properties().forEach(properties::setProperty);
        String url = "jdbc:postgresql://" + hostInUrl(settings.host()) + ":" + settings.port() + "/"
                + URLCoder.encode(settings.database());
        ServerProbe probe = new ServerProbe(url, properties, limits.patience());
        Optional<SilenceWatch> watch = SOCKETS.watch(settings.properties(), purpose, limits);
        watch.ifPresent(sockets -> SOCKETS.watchBy(sockets, properties));
        Connection connection = null;
        try {
            // Not through DriverManager, which would ask every driver on the class path.
            connection = new Driver().connect(url, properties);
            if (connection == null) {
                throw new SQLException("the driver does not accept the address", "08001");
            }
            watch.ifPresent(sockets -> sockets.start(probe));
            prepare(settings, connection, probe);
            return new PostgresSession(settings, connection, (PGConnection) connection, Optional.empty(), watch);
        } catch (SQLException e) {
            closeQuietly(connection);
            watch.ifPresent(SilenceWatch::close);
            throw PostgresFaults.openingFailed(settings, e);
        } catch (RuntimeException e) {
            closeQuietly(connection);
            watch.ifPresent(SilenceWatch::close);
            throw e;
        }
    }

    private static void prepare(PostgresSettings settings, Connection connection, ServerProbe probe)
            throws SQLException {
        requireVersion(settings, connection);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(PREPARE)) {
            row.next();
            int backend = row.getInt(BACKEND_COLUMN);
            // A pooler reports a number of its own at the login, and each transaction may run in another backend.
            if (backend == ((PGConnection) connection).getBackendPID()) {
                probe.watchBackend(backend);
            }
        }
    }

    private static void requireVersion(PostgresDatabase database, Connection connection) throws SQLException {
        int version = connection.getMetaData().getDatabaseMajorVersion();
        if (version < FIRST_VERSION) {
            throw SnapshotException.unavailable("the PostgreSQL server is too old")
                    .where(database.address())
                    .actual("version " + version)
                    .expected("14 or later")
                    .nextStep("upgrade the server")
                    .build();
        }
    }

    /** The driver's own interface: COPY. */
    public PGConnection driver() {
        return driver;
    }

    /**
     * Writes the rows of a query in PostgreSQL's binary COPY format, one row in memory at a time.
     *
     * @return the number of rows
     * @throws SQLException as the server reports it; callers let {@link #run} translate it
     * @throws UncheckedIOException if the stream fails; the server then drops the rest
     */
    public long copyOut(String query, OutputStream rows) throws SQLException {
        try {
            return driver.getCopyAPI().copyOut("COPY (" + query + ") TO STDOUT (FORMAT binary)", rows);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Adds rows in PostgreSQL's binary COPY format to a table.
     *
     * @param target the quoted name of the table and the list of its columns
     * @return the number of rows
     * @throws SQLException as the server reports it; callers let {@link #run} translate it
     * @throws UncheckedIOException if the stream fails; no row is added then
     */
    public long copyIn(String target, InputStream rows) throws SQLException {
        try {
            return driver.getCopyAPI().copyIn("COPY " + target + " FROM STDIN (FORMAT binary)", rows);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The session's database. */
    public PostgresDatabase database() {
        return database;
    }

    /**
     * Runs statements in a transaction and commits it. Any exception rolls the transaction back.
     *
     * @throws SnapshotException the translated error; OUTCOME_UNKNOWN if the connection broke during the commit
     */
    public <T extends @Nullable Object> T inTransaction(Isolation isolation, String task, SqlWork<T> work) {
        begin(isolation, task);
        try {
            T result = run(task, work);
            commit(task);
            return result;
        } finally {
            rollback();
        }
    }

    /** Opens a transaction; {@link #commit} or {@link #rollback} ends it. */
    public void begin(Isolation isolation, String task) {
        beginTransaction(task, () -> null, isolation.statement());
    }

    @Override
    public SnapshotException translate(String task, Exception failure) {
        return PostgresFaults.translate(database, task, failure);
    }

    @Override
    protected SnapshotException commitFailed(String task, SQLException failure) {
        return PostgresFaults.commitFailed(database, task, failure);
    }

    /** The SQLSTATE within an error of jOOQ or the driver, or of their translation. */
    public static Optional<String> sqlState(Throwable failure) {
        return PostgresFaults.sqlException(failure).map(SQLException::getSQLState);
    }

    /** Whether an error, translated or not, means that the session is gone. */
    public static boolean isBroken(Exception failure) {
        return PostgresFaults.isBroken(failure);
    }

    /**
     * Whether the server lacks disk, memory or connections, or the session is gone. The statement and the user's rights
     * are then not at fault.
     */
    public static boolean isOutOfService(Exception failure) {
        return isBroken(failure)
                || PostgresFaults.isFull(failure)
                || sqlState(failure).filter(state -> state.startsWith("53")).isPresent();
    }

    private static String hostInUrl(String host) {
        return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
    }
}
