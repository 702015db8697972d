package io.hybridsnapshot.app.wiring;

import io.hybridsnapshot.embedded.EmbeddedPostgresServer;
import io.hybridsnapshot.embedded.EmbeddedPostgresSettings;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The embedded server of a home. It starts with the first request for a database on it, and closing ends this use.
 * Thread-safe.
 */
final class EmbeddedServer implements AutoCloseable {
    private final Path directory;
    private Optional<EmbeddedPostgresServer> server = Optional.empty();

    EmbeddedServer(Path directory) {
        this.directory = Objects.requireNonNull(directory, "directory");
    }

    /** The connection settings of a database of the server. A missing database is created. */
    synchronized PostgresSettings database(String name) {
        if (server.isEmpty()) {
            server = Optional.of(EmbeddedPostgresServer.open(EmbeddedPostgresSettings.in(directory)));
        }
        EmbeddedPostgresServer running = server.get();
        running.ensureDatabase(name);
        return PostgresSettings.of(running.host(), running.port(), name, running.user(), running.password())
                .withStorage(running.storage());
    }

    @Override
    public synchronized void close() {
        server.ifPresent(EmbeddedPostgresServer::close);
        server = Optional.empty();
    }
}
