package io.hybridsnapshot.app.wiring;

import io.hybridsnapshot.embedded.EmbeddedPostgresServer;
import io.hybridsnapshot.embedded.EmbeddedPostgresSettings;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The embedded server of a home. It starts with the first request for a database on it, and closing ends this use.
 * Thread-safe.
 */
final class EmbeddedServer implements AutoCloseable {
    /**
     * The server speaks neither TLS nor GSSAPI, and its version is known. Asking it for them and setting up a session
     * would take three round trips of each login.
     */
    private static final Map<String, String> PROPERTIES =
            Map.of("sslmode", "disable", "gssEncMode", "disable", "assumeMinServerVersion", "16");

    private final Path directory;
    private Optional<EmbeddedPostgresServer> server = Optional.empty();

    EmbeddedServer(Path directory) {
        this.directory = Objects.requireNonNull(directory, "directory");
    }

    /** The connection settings of a database of the server. The database may be missing. */
    PostgresSettings database(String name) {
        EmbeddedPostgresServer running = running();
        return new PostgresSettings(
                running.host(),
                running.port(),
                name,
                running.user(),
                running.password(),
                PROPERTIES,
                running.storage());
    }

    /** Creates a database, unless one of that name exists. */
    void ensureDatabase(String name) {
        running().ensureDatabase(name);
    }

    private synchronized EmbeddedPostgresServer running() {
        if (server.isEmpty()) {
            server = Optional.of(EmbeddedPostgresServer.open(EmbeddedPostgresSettings.in(directory)));
        }
        return server.get();
    }

    @Override
    public synchronized void close() {
        server.ifPresent(EmbeddedPostgresServer::close);
        server = Optional.empty();
    }
}
