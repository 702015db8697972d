package io.hybridsnapshot.embedded;

import io.hybridsnapshot.domain.error.FullDisk;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.postgres.connection.StorageCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

/**
 * A use of the embedded PostgreSQL server. Every user of the server opens one and closes it when done. The first use of
 * a directory starts the server, further ones, in this process or in others, join it, and the last one to close stops
 * it. A server left running by a killed process is adopted if it answers, and replaced otherwise.
 *
 * <p>Data is durable: a committed transaction survives a crash of the program, of the server and of the machine. The
 * server listens on the loopback interface alone, on no Unix socket, and asks for a random password that only the
 * directory's owner can read. If a process ends without closing, by SIGTERM or SIGINT too, a shutdown hook closes its
 * uses.
 *
 * <p>Instances are safe for use by several threads. Connections must be closed before the use that they rest on.
 */
public final class EmbeddedPostgresServer implements AutoCloseable {
    /** Plain lower-case identifiers: the same name with and without quotes, in PostgreSQL's 63 bytes. */
    private static final Pattern DATABASE_NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

    private final SharedServer server;
    private final Endpoint endpoint;
    private final ServerDisk disk;
    private final long logBegin;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EmbeddedPostgresServer(SharedServer server, Endpoint endpoint, ServerDisk disk) {
        this.server = server;
        this.endpoint = endpoint;
        this.disk = disk;
        this.logBegin = disk.logEnd();
    }

    /**
     * Checks whether a server could run here, and writes nothing: whether its files for this platform are on the class
     * path, and whether this user may run it.
     *
     * @throws SnapshotException UNAVAILABLE if it could not
     */
    public static void requireRunnable() {
        ServerPrograms.requireRunnable();
    }

    /**
     * Returns whether the directory holds a server's data, and writes nothing. Also true if this user cannot find out:
     * {@link #open} then reports the reason.
     */
    public static boolean exists(EmbeddedPostgresSettings settings) {
        return !Files.notExists(new ServerDirectory(settings.directory()).data());
    }

    /**
     * Joins the server of the directory and starts it if it does not run. The first start in a directory also unpacks
     * the server's files and creates an empty cluster, some 100 MB. The server accepts connections when this method
     * returns. The caller closes the result.
     *
     * @throws SnapshotException INVALID_REQUEST for a directory that cannot be used: foreign files, another major
     *     version's data, another owner, no permission. CONFLICT for a taken port, and for a server that is in use from
     *     another machine or does not fit the settings. CORRUPT for a damaged data directory. UNAVAILABLE if the server
     *     does not start or the disk is full
     */
    public static EmbeddedPostgresServer open(EmbeddedPostgresSettings settings) {
        Objects.requireNonNull(settings, "settings");
        try {
            ServerDirectory directory = ServerDirectory.prepare(settings.directory());
            SharedServer server = SharedServer.of(directory);
            return new EmbeddedPostgresServer(server, server.join(settings), new ServerDisk(directory));
        } catch (IOException e) {
            throw Failures.of("the embedded PostgreSQL could not be started", settings.directory(), e);
        }
    }

    /** The loopback address that the server listens on. */
    public String host() {
        return endpoint.host();
    }

    /** The TCP port; it may be another one after the next start, unless the settings fix it. */
    public int port() {
        return endpoint.port();
    }

    /** The superuser that owns all databases. */
    public String user() {
        return endpoint.user();
    }

    /** The password of {@link #user()}; not to be printed. */
    public String password() {
        return endpoint.password();
    }

    /** Reports on the disk of this server. Never throws, and may be called after the server has gone. */
    public StorageCheck storage() {
        return new StorageCheck() {
            @Override
            public Optional<Shortage> afterFailure() {
                return disk.explanation(logBegin).map(EmbeddedPostgresServer.this::shortage);
            }

            @Override
            public Optional<Shortage> beforeWriting() {
                return disk.isShort() ? Optional.of(shortage(disk.room())) : Optional.empty();
            }
        };
    }

    private StorageCheck.Shortage shortage(String found) {
        return new StorageCheck.Shortage(disk.directory().root().toString(), found, disk.remedy());
    }

    /** The JDBC address of a database, without user and password. */
    public String jdbcUrl(String database) {
        return endpoint.jdbcUrl(checked(database));
    }

    /**
     * Creates an empty database in UTF-8, unless one of that name exists. Safe when several processes ask for the same
     * name at the same time.
     *
     * @throws SnapshotException INVALID_REQUEST for a name that is no plain lower-case identifier; UNAVAILABLE when the
     *     server does not answer
     */
    public void ensureDatabase(String name) {
        checked(name);
        try {
            endpoint.ensureDatabase(name);
        } catch (SQLException e) {
            if (FullDisk.isIn(e.getMessage()) || disk.explanation(logBegin).isPresent()) {
                throw Failures.diskFull(
                        "the embedded PostgreSQL could not make a database",
                        disk.directory().root(),
                        "");
            }
            throw SnapshotException.unavailable("the embedded PostgreSQL could not make a database")
                    .where(name)
                    .actual(e)
                    .nextStep("see server.log in the directory of the embedded PostgreSQL")
                    .cause(e)
                    .build();
        }
    }

    /**
     * Ends this use; the last one of all processes stops the server and waits for it. Idempotent.
     *
     * @throws SnapshotException UNAVAILABLE when the server cannot be stopped
     */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            server.leave();
        }
    }

    private static String checked(String database) {
        if (!DATABASE_NAME.matcher(database).matches()) {
            throw SnapshotException.invalidRequest("this is no name for a database")
                    .actual(database)
                    .expected("a lower-case letter or _, then up to 62 lower-case letters, digits or _")
                    .build();
        }
        return database;
    }
}
