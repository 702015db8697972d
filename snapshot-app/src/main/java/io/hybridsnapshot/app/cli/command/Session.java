package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.terminal.Logging;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.app.report.FetchedBytes;
import io.hybridsnapshot.app.wiring.Application;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.embedded.EmbeddedPostgresServer;
import io.hybridsnapshot.embedded.EmbeddedPostgresSettings;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The application as one command uses it: assembled when a command first asks for a part of it, so neither help nor a
 * usage error assembles one. Closing leaves the servers that were used. For one thread.
 */
final class Session implements AutoCloseable {
    private final Supplier<Configuration> configuration;
    private final Terminal terminal;
    private final FetchedBytes fetched = new FetchedBytes();
    private Optional<Application> application = Optional.empty();

    Session(Supplier<Configuration> configuration, Terminal terminal) {
        this.configuration = Objects.requireNonNull(configuration, "configuration");
        this.terminal = Objects.requireNonNull(terminal, "terminal");
    }

    /** Supplies a part of the application. */
    <T> Supplier<T> part(Class<T> type) {
        return () -> application().part(type);
    }

    /**
     * Supplies a part of the application to a command on stored snapshots. The supplier refuses a home without an
     * embedded server, where such a command would make an empty one.
     */
    <T> Supplier<T> stored(Class<T> type) {
        return () -> {
            if (application.isEmpty()) {
                requireStore(configuration.get());
            }
            return application().part(type);
        };
    }

    private static void requireStore(Configuration configuration) {
        if (configuration.usesEmbeddedServer()
                && !EmbeddedPostgresServer.exists(EmbeddedPostgresSettings.in(configuration.serverDirectory()))) {
            EmbeddedPostgresServer.requireRunnable();
            throw SnapshotException.invalidRequest("there is no store here yet")
                    .where(configuration.serverDirectory().toString())
                    .expected("the embedded server that the first save makes")
                    .nextStep("check --home and the configuration file, or take a first snapshot"
                            + " ('snapshot save --help')")
                    .build();
        }
    }

    private Application application() {
        if (application.isEmpty()) {
            application = Optional.of(
                    Application.open(configuration.get(), terminal.console().clock(), fetched));
            Logging.silenceLibraries();
        }
        return application.get();
    }

    /** Reports with {@code --verbose} how much was fetched from the archive. */
    @Override
    public void close() {
        if (application.isEmpty()) {
            return;
        }
        try {
            if (terminal.verbose()) {
                fetched.lines().forEach(terminal.console().err()::println);
            }
        } finally {
            application.get().close();
            application = Optional.empty();
        }
    }
}
