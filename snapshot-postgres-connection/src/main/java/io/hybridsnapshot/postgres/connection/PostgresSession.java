package io.hybridsnapshot.postgres.connection;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.silence.SilenceWatch;
import io.hybridsnapshot.silence.SilentConnectionException;
import io.hybridsnapshot.silence.WatchedSockets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DefaultConfiguration;
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
public final class PostgresSession implements AutoCloseable {
    static {
        // jOOQ greets on its first use otherwise, in the middle of a command's output.
        System.setProperty("org.jooq.no-logo", "true");
        System.setProperty("org.jooq.no-tips", "true");
    }

    private static final int CONNECT_SECONDS = 10;

    private static final Pattern SECONDS = Pattern.compile("[1-9][0-9]{0,8}");

    private static final int FIRST_VERSION = 14;

    /** The driver's own name for the longest wait of a read, in seconds; 0: no limit. */
    private static final String READ_LIMIT = PGProperty.SOCKET_TIMEOUT.getName();

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
    private final Connection connection;
    private final PGConnection driver;
    private final Optional<BorrowedConnection> borrowed;
    private final List<String> undone = new ArrayList<>();
    private final Optional<SilenceWatch> watch;
    private final DSLContext dsl;
    private boolean transaction;

    private PostgresSession(
            PostgresDatabase database,
            Connection connection,
            PGConnection driver,
            Optional<BorrowedConnection> borrowed,
            Optional<SilenceWatch> watch) {
        this.database = database;
        this.connection = connection;
        this.driver = driver;
        this.borrowed = borrowed;
        this.watch = watch;
        // Setters with distinct names. Overload resolution would load jOOQ's Settings and its annotations (JAXB), which
        // are not on the class path.
        DefaultConfiguration configuration = new DefaultConfiguration();
        configuration.setConnection(connection);
        configuration.setSQLDialect(SQLDialect.POSTGRES);
        this.dsl = configuration.dsl();
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
        Connection connection = null;
        try {
            connection = pool.source().getConnection();
            if (!connection.isWrapperFor(PGConnection.class)) {
                throw SnapshotException.invalidRequest("the data source's connections are not those of PostgreSQL")
                        .where(pool.address())
                        .actual("a connection of " + connection.getMetaData().getDriverName())
                        .expected("a connection of PostgreSQL's driver, or one that unwraps to it")
                        .nextStep("give a data source over the driver org.postgresql")
                        .build();
            }
            PGConnection driver = connection.unwrap(PGConnection.class);
            requireVersion(pool, connection);
            BorrowedConnection borrowed = BorrowedConnection.take(connection, driver, application(purpose));
            PostgresSession session =
                    new PostgresSession(pool, connection, driver, Optional.of(borrowed), Optional.empty());
            try (Statement statement = connection.createStatement()) {
                statement.execute(PREPARE);
                return session;
            } catch (SQLException e) {
                session.close();
                throw PostgresFaults.openingFailed(pool, e);
            }
        } catch (SQLException e) {
            closeQuietly(connection);
            throw PostgresFaults.openingFailed(pool, e);
        } catch (SnapshotException e) {
            closeQuietly(connection);
            throw e;
        }
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
        Optional<SilenceWatch> watch = watch(settings, purpose, limits);
        watch.ifPresent(sockets -> {
            PGProperty.SOCKET_FACTORY.set(properties, WatchedSockets.class.getName());
            PGProperty.SOCKET_FACTORY_ARG.set(properties, sockets.key());
        });
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

    /**
     * The driver does not limit writes. If the user limits reads, the watch uses that limit as its patience for both
     * reads and writes.
     */
    private static Optional<SilenceWatch> watch(PostgresSettings settings, String purpose, SilenceWatch.Limits limits) {
        String limit = settings.properties().getOrDefault(READ_LIMIT, "").strip();
        boolean unlimited = limit.equals("0");
        if (unlimited || settings.properties().containsKey(PGProperty.SOCKET_FACTORY.getName())) {
            return Optional.empty();
        }
        SilenceWatch.Limits wanted = SECONDS.matcher(limit).matches()
                ? limits.withPatience(Duration.ofSeconds(Long.parseLong(limit)))
                : limits;
        return Optional.of(new SilenceWatch("hybrid-snapshots watch of " + purpose, wanted));
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

    /**
     * Notes a statement that removes a lock or a temporary table of this session. A connection of a data source
     * outlives the session, so {@link #close} runs it there.
     */
    public void undoAtClose(String statement) {
        undone.add(statement);
    }

    /** Forgets a statement of {@link #undoAtClose}, because the session has removed its object itself. */
    public void isUndone(String statement) {
        undone.remove(statement);
    }

    /**
     * The connection itself, for statements that jOOQ cannot express. The caller MUST NOT close it, commit or roll
     * back.
     */
    public Connection connection() {
        return connection;
    }

    /** The driver's own interface: COPY. */
    public PGConnection driver() {
        return driver;
    }

    /** jOOQ on this connection. */
    public DSLContext dsl() {
        return dsl;
    }

    /** The session's database. */
    public PostgresDatabase database() {
        return database;
    }

    /**
     * Runs statements. Each statement is its own transaction, or all run within the open transaction.
     *
     * @param task the work of the statements, worded to follow "while": {@code reading the ledger}
     * @throws SnapshotException the translated error
     */
    public <T extends @Nullable Object> T run(String task, SqlWork<T> work) {
        try {
            return work.run();
        } catch (SQLException | DataAccessException e) {
            throw translate(task, e);
        }
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
        if (transaction) {
            throw new IllegalStateException("a transaction is open already");
        }
        run(task, () -> {
            connection.setAutoCommit(false);
            transaction = true;
            try (Statement statement = connection.createStatement()) {
                statement.execute(isolation.statement());
            }
            return null;
        });
    }

    /**
     * Commits the open transaction.
     *
     * @throws SnapshotException OUTCOME_UNKNOWN if the connection broke meanwhile; otherwise the translated error
     */
    public void commit(String task) {
        try {
            connection.commit();
            transaction = false;
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            throw PostgresFaults.commitFailed(database, task, e);
        }
    }

    /** Rolls back the open transaction, if there is one; never throws. */
    public void rollback() {
        if (transaction) {
            transaction = false;
            try {
                connection.rollback();
                connection.setAutoCommit(true);
            } catch (SQLException e) {
                // The server rolls back the open work of a broken session. The preceding statement has reported the
                // cause.
                closeQuietly(connection);
            }
        }
    }

    /** Whether a transaction is open. */
    public boolean isInTransaction() {
        return transaction;
    }

    /** Translates an error of jOOQ or the driver; {@code task} follows "while". */
    public SnapshotException translate(String task, Exception failure) {
        return PostgresFaults.translate(database, task, failure);
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
     * Whether an error, translated or not, means that the server's answers stopped. Whether the server still runs is
     * then unknown.
     */
    public static boolean isSilence(Exception failure) {
        return SilentConnectionException.isBehind(failure);
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

    /** Drops the connection at once, without waiting for data that the server is still sending. */
    public void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            closeQuietly(connection);
        }
    }

    /**
     * Closes the connection. The server rolls back an open transaction and releases the session's locks. A borrowed
     * connection is put back as it was; one that cannot be is dropped, so that its pool replaces it. Never throws.
     */
    @Override
    public void close() {
        borrowed.ifPresent(state -> {
            rollback();
            try {
                state.giveBack(undone);
            } catch (SQLException e) {
                abort();
            }
        });
        closeQuietly(connection);
        watch.ifPresent(SilenceWatch::close);
    }

    private static String hostInUrl(String host) {
        return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    private static void closeQuietly(Connection connection) {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                // Nothing depends on a connection that is on its way out.
            }
        }
    }
}
