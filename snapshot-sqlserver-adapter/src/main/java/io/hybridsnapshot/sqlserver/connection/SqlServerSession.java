package io.hybridsnapshot.sqlserver.connection;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import com.microsoft.sqlserver.jdbc.SQLServerConnection;
import com.microsoft.sqlserver.jdbc.SQLServerDriver;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.jdbc.connection.ConnectionLoan;
import io.hybridsnapshot.jdbc.connection.DriverConnections;
import io.hybridsnapshot.jdbc.connection.DriverSockets;
import io.hybridsnapshot.jdbc.connection.JdbcSession;
import io.hybridsnapshot.jdbc.connection.SqlWork;
import io.hybridsnapshot.silence.SilenceWatch;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntConsumer;
import org.jooq.SQLDialect;
import org.jspecify.annotations.Nullable;

/**
 * One connection to SQL Server 2017 or later or Azure SQL, prepared the same way everywhere, with its transactions and
 * the translation of its errors. jOOQ has no dialect for SQL Server and carries only templates, names and binds. For
 * one thread. The opener closes the session; closing rolls back an open transaction and releases the session's locks.
 */
public final class SqlServerSession extends JdbcSession {
    /**
     * The threshold of the single jOOQ logger that warns of {@code SQLDialect.DEFAULT}. Other loggers keep their
     * thresholds.
     */
    private static final String DIALECT_REMARK = "org.jooq.log.org.jooq.impl.DefaultExecuteContext.logDefaultDialect";

    static {
        // jOOQ logs ten lines about the missing dialect before each error that a server reports.
        if (System.getProperty(DIALECT_REMARK) == null) {
            System.setProperty(DIALECT_REMARK, "ERROR");
        }
    }

    /** The default time that a statement waits for a lock. */
    public static final int LOCK_TIMEOUT_MILLIS = 30_000;

    /** The properties of the driver about its sockets; it limits reads in milliseconds. */
    static final DriverSockets SOCKETS =
            new DriverSockets("socketTimeout", ChronoUnit.MILLIS, "socketFactoryClass", "socketFactoryConstructorArg");

    private static final DriverConnections CONNECTIONS = new DriverConnections(
            SQLServerConnection.class, "SQL Server", "Microsoft's driver", "com.microsoft.sqlserver");

    private static final int LOGIN_SECONDS = 30;
    private static final String PRODUCT = "Microsoft SQL Server";
    private static final int FIRST_VERSION = 14;
    private static final int ATTEMPTS = 3;
    private static final int MAX_PAUSE_MILLIS = 500;

    /** The first pause before another login; each further one is twice as long. */
    private static final int LOGIN_PAUSE_MILLIS = 1_000;

    /** Engine editions of Azure: SQL Database, Synapse, Managed Instance, Edge, serverless, SQL database in Fabric. */
    private static final Set<Integer> AZURE_EDITIONS = Set.of(5, 6, 8, 9, 11, 12);

    private static final int SNAPSHOT_ALLOWED = 1;

    /**
     * By name: on Azure SQL Database the ids of sys.databases are those of the logical server, and DB_ID() may differ
     * from them.
     */
    public static final String THIS_DATABASE = "sys.databases AS d WHERE d.name = DB_NAME()";

    static final String ISOLATION = "SELECT CAST(SERVERPROPERTY('EngineEdition') AS INT), d.snapshot_isolation_state,"
            + " @@VERSION, CAST(@@SPID AS INT) FROM " + THIS_DATABASE;

    static final String BEGINNING = "SELECT TOP (1) 1 AS begun FROM sys.schemas";

    /** How a transaction sees one moment. */
    public enum Moment {
        /** The transaction reads the versions of its start; no session waits. */
        SNAPSHOT,
        /** The database keeps no versions, so readers have to lock. */
        LOCKED
    }

    /** Work that has to know how its transaction sees one moment. */
    @FunctionalInterface
    public interface MomentWork<T extends @Nullable Object> {
        T run(Moment moment) throws SQLException;
    }

    private final SqlServerDatabase database;
    private final Moment moment;
    private int isolation = Connection.TRANSACTION_READ_COMMITTED;

    private SqlServerSession(
            SqlServerDatabase database,
            Connection connection,
            Moment moment,
            Optional<ConnectionLoan> loan,
            Optional<SilenceWatch> watch) {
        super(connection, SQLDialect.DEFAULT, loan, watch);
        this.database = database;
        this.moment = moment;
    }

    /**
     * Connects, or borrows a connection of a data source. The silence of a borrowed connection's server is not watched.
     *
     * @param purpose the purpose of the session, visible to administrators as the program's name; a borrowed connection
     *     keeps its own name
     * @throws SnapshotException UNAVAILABLE if the server cannot be reached, refuses the login or is too old;
     *     INVALID_REQUEST if the data source's connections are not those of Microsoft's driver
     */
    public static SqlServerSession open(SqlServerDatabase database, String purpose) {
        return database instanceof SqlServerDataSource pool
                ? borrow(pool)
                : open((SqlServerSettings) database, purpose);
    }

    private static SqlServerSession borrow(SqlServerDataSource pool) {
        return CONNECTIONS.borrow(
                pool.source(),
                connection -> {
                    ConnectionLoan loan = BorrowedConnection.take(connection);
                    try {
                        Moment moment = prepare(pool, connection, session -> {});
                        return new SqlServerSession(pool, connection, moment, Optional.of(loan), Optional.empty());
                    } catch (SQLException | SnapshotException e) {
                        loan.giveBack(List.of());
                        throw e;
                    }
                },
                e -> SqlServerFaults.openingFailed(pool, e));
    }

    /**
     * Connects. If the server reports that it will be available again in a moment, the call retries for half a minute.
     * A {@link SilenceWatch} detects a server that falls silent, unless the properties limit the wait themselves
     * ({@code socketTimeout}) or name a socket factory.
     */
    private static SqlServerSession open(SqlServerSettings settings, String purpose) {
        Objects.requireNonNull(settings, "settings");
        Optional<SilenceWatch> watch = SOCKETS.watch(settings.properties(), purpose, SilenceWatch.Limits.DEFAULT);
        try {
            return open(settings, purpose, watch);
        } catch (RuntimeException e) {
            watch.ifPresent(SilenceWatch::close);
            throw e;
        }
    }

    private static SqlServerSession open(SqlServerSettings settings, String purpose, Optional<SilenceWatch> watch) {
        Properties properties = properties(settings, purpose);
        ServerProbe probe = new ServerProbe(properties, SilenceWatch.Limits.DEFAULT.patience());
        watch.ifPresent(sockets -> SOCKETS.watchBy(sockets, properties));
        boolean watching = false;
        long start = System.nanoTime();
        for (long pause = LOGIN_PAUSE_MILLIS; ; pause *= 2) {
            Connection connection = null;
            try {
                // Not through DriverManager, which would ask every driver on the class path.
                connection = new SQLServerDriver().connect("jdbc:sqlserver://", properties);
                if (connection == null) {
                    throw new SQLException("the driver does not accept the address", "08001");
                }
                if (!watching) {
                    watching = true;
                    watch.ifPresent(sockets -> sockets.start(probe));
                }
                Moment moment = prepare(settings, connection, probe::watchSession);
                return new SqlServerSession(settings, connection, moment, Optional.empty(), watch);
            } catch (SQLException e) {
                closeQuietly(connection);
                boolean late =
                        NANOSECONDS.toMillis(System.nanoTime() - start) + pause > SECONDS.toMillis(LOGIN_SECONDS);
                if (late || !SqlServerFaults.isTransient(e) || !pause(pause)) {
                    throw SqlServerFaults.openingFailed(settings, e);
                }
            } catch (SnapshotException e) {
                closeQuietly(connection);
                throw e;
            }
        }
    }

    /** The properties passed to the driver. The user's own properties come last. */
    static Properties properties(SqlServerSettings settings, String purpose) {
        Properties properties = new Properties();
        properties.setProperty("serverName", settings.host());
        if (!settings.properties().containsKey("instanceName")) {
            properties.setProperty("portNumber", String.valueOf(settings.port()));
        }
        properties.setProperty("databaseName", settings.database());
        if (!settings.user().isEmpty()) {
            properties.setProperty("user", settings.user());
            properties.setProperty("password", settings.password());
        }
        properties.setProperty("applicationName", "hybrid-snapshots " + purpose);
        properties.setProperty("encrypt", SqlServerSettings.DEFAULT_ENCRYPT);
        properties.setProperty("loginTimeout", String.valueOf(LOGIN_SECONDS));
        // A session that the driver resumed silently would have lost its application lock and its temporary tables.
        properties.setProperty("connectRetryCount", "0");
        properties.setProperty("sendTimeAsDatetime", "false");
        properties.setProperty("sendStringParametersAsUnicode", "true");
        properties.setProperty("responseBuffering", "adaptive");
        properties.setProperty("cacheBulkCopyMetadata", "true");
        settings.properties().forEach(properties::setProperty);
        return properties;
    }

    /** A session on a connection that was prepared elsewhere, for tests without a server. */
    public static SqlServerSession on(SqlServerSettings settings, Connection connection, Moment moment) {
        return new SqlServerSession(settings, connection, moment, Optional.empty(), Optional.empty());
    }

    /** A session on a connection that was borrowed elsewhere, for tests without a server. */
    static SqlServerSession lent(SqlServerDatabase database, Connection connection, BorrowedConnection borrowed) {
        return new SqlServerSession(database, connection, Moment.LOCKED, Optional.of(borrowed), Optional.empty());
    }

    private static Moment prepare(SqlServerDatabase settings, Connection connection, IntConsumer session)
            throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET XACT_ABORT ON");
            // A server may be set to count no rows; a publish counts them.
            statement.execute("SET NOCOUNT OFF");
            statement.execute("SET LOCK_TIMEOUT " + LOCK_TIMEOUT_MILLIS);
            try (ResultSet row = statement.executeQuery(ISOLATION)) {
                boolean known = row.next();
                session.accept(known ? row.getInt(4) : 0);
                int version = connection.getMetaData().getDatabaseMajorVersion();
                // Azure counts its versions on its own, and so do other servers that speak the protocol.
                boolean counts = known
                        && !AZURE_EDITIONS.contains(row.getInt(1))
                        && row.getString(3).startsWith(PRODUCT);
                if (counts && version < FIRST_VERSION) {
                    throw SnapshotException.unavailable("the SQL Server is too old")
                            .where(settings.address())
                            .actual("version " + version)
                            .expected("14 (SQL Server 2017) or later, or Azure SQL")
                            .nextStep("upgrade the server")
                            .build();
                }
                return known && row.getInt(2) == SNAPSHOT_ALLOWED ? Moment.SNAPSHOT : Moment.LOCKED;
            }
        }
    }

    /** Waits for about this long. Returns false if the thread is interrupted; the interrupt stays set. */
    private static boolean pause(long millis) {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(millis / 2, millis + 1));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The driver's own connection, for bulk copies. The caller MUST NOT close it, commit or roll back. */
    public Connection driver() throws SQLException {
        Connection connection = connection();
        return connection.isWrapperFor(SQLServerConnection.class)
                ? connection.unwrap(SQLServerConnection.class)
                : connection;
    }

    /** The session's database. */
    public SqlServerDatabase database() {
        return database;
    }

    /**
     * Lets statements wait for locks without a limit, as the server does by default: a user's query may meet a job that
     * holds its tables for long. The driver's property {@code queryTimeout} limits each statement as a whole.
     */
    public void waitForLocks() {
        run("preparing the session", () -> {
            try (Statement statement = connection().createStatement()) {
                return statement.execute("SET LOCK_TIMEOUT -1");
            }
        });
    }

    /**
     * The longest time of a statement in seconds, by the driver's property {@code queryTimeout}; 0: no limit. Bulk
     * copies do not know the property.
     */
    public int statementSeconds() throws SQLException {
        try (Statement statement = connection().createStatement()) {
            return Math.max(0, statement.getQueryTimeout());
        }
    }

    /** How {@link #inOneMoment} sees one moment in this database. */
    public Moment moment() {
        return moment;
    }

    /**
     * Runs statements in a transaction at READ COMMITTED and commits it. Any exception rolls the transaction back. If
     * the server chose the transaction as a deadlock's victim or was briefly unable to continue, it has rolled
     * everything back. The work then runs again, a few times, so it MUST NOT have effects outside the database. Once
     * the commit was sent, the work never runs again.
     *
     * @throws SnapshotException the translated error; OUTCOME_UNKNOWN if the connection broke during the commit
     */
    public <T extends @Nullable Object> T inTransaction(String task, SqlWork<T> work) {
        return repeated(task, Connection.TRANSACTION_READ_COMMITTED, work);
    }

    /** The same for statements that only read and have to see one moment. */
    public <T extends @Nullable Object> T inOneMoment(String task, MomentWork<T> work) {
        int isolation = moment == Moment.SNAPSHOT
                ? SQLServerConnection.TRANSACTION_SNAPSHOT
                : Connection.TRANSACTION_READ_COMMITTED;
        return repeated(task, isolation, () -> work.run(moment));
    }

    private <T extends @Nullable Object> T repeated(String task, int isolation, SqlWork<T> work) {
        for (int attempt = 1; ; attempt++) {
            begin(task, isolation);
            T result;
            try {
                result = run(task, work);
            } catch (RuntimeException e) {
                rollback();
                // The commit was not sent, so the server has rolled back all of the work.
                long pause = (long) attempt * MAX_PAUSE_MILLIS;
                if (attempt == ATTEMPTS || !SqlServerFaults.isRetriable(e) || !pause(pause)) {
                    throw e;
                }
                continue;
            }
            try {
                commit(task);
                return result;
            } finally {
                rollback();
            }
        }
    }

    /** Opens a transaction at READ COMMITTED; {@link #commit} or {@link #rollback} ends it. */
    public void begin(String task) {
        begin(task, Connection.TRANSACTION_READ_COMMITTED);
    }

    /** Opens a transaction. It sees one moment if the database allows that. */
    public void beginOneMoment(String task) {
        begin(
                task,
                moment == Moment.SNAPSHOT
                        ? SQLServerConnection.TRANSACTION_SNAPSHOT
                        : Connection.TRANSACTION_READ_COMMITTED);
    }

    private void begin(String task, int wanted) {
        // The driver leaves the beginning to the first statement that reads a table; an application lock of the
        // transaction's would come too early for one. BEGIN TRANSACTION would begin a second one within.
        beginTransaction(
                task,
                () -> {
                    isolate(wanted);
                    return null;
                },
                BEGINNING);
    }

    /** Each change is a call to the server. */
    private void isolate(int wanted) throws SQLException {
        if (isolation != wanted) {
            connection().setTransactionIsolation(wanted);
            isolation = wanted;
        }
    }

    /**
     * Returns to READ COMMITTED. Under SNAPSHOT, a single statement could not write rows that others have written
     * meanwhile.
     */
    @Override
    protected void transactionEnded() throws SQLException {
        isolate(Connection.TRANSACTION_READ_COMMITTED);
    }

    @Override
    public SnapshotException translate(String task, Exception failure) {
        return SqlServerFaults.translate(database, task, failure);
    }

    @Override
    protected SnapshotException commitFailed(String task, SQLException failure) {
        return SqlServerFaults.commitFailed(database, task, failure);
    }

    /** The server's error number within an error of jOOQ or the driver, or of their translation. */
    public static OptionalInt errorNumber(Throwable failure) {
        return SqlServerFaults.errorNumber(failure);
    }

    /** Whether an error, translated or not, means that the session is gone. */
    public static boolean isBroken(Exception failure) {
        return SqlServerFaults.isBroken(failure);
    }
}
