package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.terminal.Logging;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.app.report.FetchedBytes;
import io.hybridsnapshot.app.wiring.Application;
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
