package io.hybridsnapshot.benchmarks;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.embedded.EmbeddedPostgresServer;
import io.hybridsnapshot.embedded.EmbeddedPostgresSettings;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import io.hybridsnapshot.postgres.archive.PostgresArchiveSettings;
import io.hybridsnapshot.postgres.archive.PostgresArchiveStore;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import io.hybridsnapshot.postgres.window.PostgresWindowSettings;
import io.hybridsnapshot.postgres.window.PostgresWindowStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Window and archive as they are where nothing is configured: an embedded PostgreSQL of its own that writes durably.
 * The caller that opened them closes them, which stops the server.
 */
final class MeasuredStores implements AutoCloseable {
    private static final String DATABASE = "snapshots";
    private static final List<String> SCRIPTS = List.of(
            "/sql/ddl/tables/window/snapshot_window_postgresql.sql",
            "/sql/ddl/tables/kestra/snapshot_archive_postgresql.sql");

    private final EmbeddedPostgresServer server;
    private final PostgresSettings settings;
    private final SnapshotEnvironment environment;
    private final Optional<ServerCpu> cpu;

    private MeasuredStores(EmbeddedPostgresServer server, Path workDirectory) {
        this.server = server;
        this.settings = PostgresSettings.of(server.host(), server.port(), DATABASE, server.user(), server.password());
        this.environment = SnapshotEnvironment.of(
                new PostgresWindowStore(PostgresWindowSettings.of(settings)),
                new PostgresArchiveStore(PostgresArchiveSettings.of(settings)),
                new ParquetSnapshotCodec(),
                workDirectory);
        this.cpu = serverCpu(settings);
    }

    /** Starts a server with empty stores below a directory. */
    static MeasuredStores open(Path directory) {
        EmbeddedPostgresServer server =
                EmbeddedPostgresServer.open(EmbeddedPostgresSettings.in(directory.resolve("postgresql")));
        try {
            server.ensureDatabase(DATABASE);
            MeasuredStores stores = new MeasuredStores(server, directory.resolve("work"));
            SCRIPTS.forEach(stores::execute);
            return stores;
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** What the use cases work with. */
    SnapshotEnvironment environment() {
        return environment;
    }

    /** The server's address and login. */
    PostgresSettings settings() {
        return settings;
    }

    /** What the server has taken of the processor so far; empty where the system does not tell. */
    OptionalDouble serverCpuSeconds() {
        return cpu.map(server -> OptionalDouble.of(server.seconds())).orElse(OptionalDouble.empty());
    }

    /** The server's version and how durably it writes. */
    String description() {
        return "PostgreSQL " + ask("show server_version") + " (fsync " + ask("show fsync") + ", synchronous_commit "
                + ask("show synchronous_commit") + ")";
    }

    private void execute(String script) {
        try (InputStream text = MeasuredStores.class.getResourceAsStream(script);
                PostgresSession session = PostgresSession.open(settings, "benchmark")) {
            if (text == null) {
                throw SnapshotException.invalidRequest("a script is not on the class path")
                        .where(script)
                        .nextStep("build snapshot-app anew")
                        .build();
            }
            String sql = new String(text.readAllBytes(), StandardCharsets.UTF_8);
            session.run("making tables", () -> {
                try (Statement statement = session.connection().createStatement()) {
                    return statement.execute(sql);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<ServerCpu> serverCpu(PostgresSettings settings) {
        try (PostgresSession session = PostgresSession.open(settings, "benchmark")) {
            // The session stays open meanwhile: a backend that has ended has no parent any more.
            return ServerCpu.ofBackend(Long.parseLong(ask(session, "select pg_backend_pid()")));
        }
    }

    private String ask(String sql) {
        try (PostgresSession session = PostgresSession.open(settings, "benchmark")) {
            return ask(session, sql);
        }
    }

    private static String ask(PostgresSession session, String sql) {
        return session.run("asking for a setting", () -> {
            try (Statement statement = session.connection().createStatement();
                    ResultSet rows = statement.executeQuery(sql)) {
                rows.next();
                return rows.getString(1);
            }
        });
    }

    @Override
    public void close() {
        server.close();
    }
}
