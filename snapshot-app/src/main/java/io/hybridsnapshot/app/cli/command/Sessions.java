package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.terminal.Logging;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.app.config.ConfigurationLoader;
import io.hybridsnapshot.app.config.ConfigurationRequest;
import io.hybridsnapshot.app.config.DatasetSection;
import io.hybridsnapshot.app.config.EncryptionSection;
import io.hybridsnapshot.app.config.SourceSection;
import io.hybridsnapshot.app.output.ProtectedFiles;
import io.hybridsnapshot.app.report.ConfigurationView;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/** Opens the program for one command. */
final class Sessions {
    private final Terminal terminal;
    private final Supplier<ConfigurationRequest> request;

    Sessions(Terminal terminal, Supplier<ConfigurationRequest> request) {
        this.terminal = Objects.requireNonNull(terminal, "terminal");
        this.request = Objects.requireNonNull(request, "request");
    }

    /** The configuration file, which no output may replace. */
    ProtectedFiles configurationFile() {
        return ProtectedFiles.NONE.with(ConfigurationLoader.file(configurationRequest()), "the configuration file");
    }

    /** The files that a configuration names, and the configuration file. No output may replace any of them. */
    ProtectedFiles configuredFiles(Configuration configuration) {
        return withNamedFiles(configurationFile(), configuration);
    }

    /** More files: the key file and the sources that a configuration names. */
    static ProtectedFiles withNamedFiles(ProtectedFiles listed, Configuration configuration) {
        ProtectedFiles files = listed;
        if (configuration.encryption() instanceof EncryptionSection.KeyFile key) {
            files = files.with(key.file(), "the key file of archives");
        }
        for (Map.Entry<String, DatasetSection> dataset :
                configuration.datasets().entrySet()) {
            Optional<Path> source = dataset.getValue().source().flatMap(SourceSection::path);
            if (source.isPresent()) {
                files = files.with(source.get(), "the source of dataset '" + dataset.getKey() + "'");
            }
        }
        return files;
    }

    ConfigurationRequest configurationRequest() {
        return request.get();
    }

    Configuration configuration() {
        Configuration configuration = ConfigurationLoader.load(configurationRequest());
        if (terminal.verbose()) {
            ConfigurationView.lines(configuration).forEach(terminal.console().err()::println);
        }
        return configuration;
    }

    Session open() {
        Session session = session(configuration());
        Logging.silenceLibraries();
        return session;
    }

    /**
     * The program for a configuration. With {@code --verbose} the session reports at the end how much it fetched from
     * the archive.
     */
    Session session(Configuration configuration) {
        return new Session(
                configuration,
                terminal.console(),
                terminal.verbose() ? terminal.console().err()::println : line -> {});
    }
}
