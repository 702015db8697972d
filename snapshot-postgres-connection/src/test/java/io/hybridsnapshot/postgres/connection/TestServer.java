package io.hybridsnapshot.postgres.connection;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** A real PostgreSQL server for tests, on a free port of this machine. Closing it stops it and deletes its data. */
public final class TestServer implements AutoCloseable {
    private final EmbeddedPostgres postgres;

    private TestServer(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    /** Starts a separate server, for tests that break it. */
    public static TestServer start() {
        return start(Map.of());
    }

    /** Starts a separate server with further settings of {@code postgresql.conf}. */
    public static TestServer start(Map<String, String> configuration) {
        try {
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder();
            configuration.forEach(builder::setServerConfig);
            return new TestServer(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How the superuser connects to a database of this server. */
    public PostgresSettings settings(String database) {
        return PostgresSettings.of("localhost", postgres.getPort(), database, "postgres", "postgres");
    }

    @Override
    public void close() {
        try {
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
