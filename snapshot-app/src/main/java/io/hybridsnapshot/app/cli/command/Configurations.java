package io.hybridsnapshot.app.cli.command;

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

/** Loads the configuration of one command, once. */
final class Configurations {
    private final Terminal terminal;
    private final Supplier<ConfigurationRequest> request;
    private Optional<Configuration> loaded = Optional.empty();

    Configurations(Terminal terminal, Supplier<ConfigurationRequest> request) {
        this.terminal = Objects.requireNonNull(terminal, "terminal");
        this.request = Objects.requireNonNull(request, "request");
    }

    /** The configuration file, which no output may replace. */
    ProtectedFiles configurationFile() {
        return ProtectedFiles.NONE.with(ConfigurationLoader.file(request()), "the configuration file");
    }

    /** The configuration file and the files that it names. No output may replace any of them. */
    ProtectedFiles configuredFiles() {
        return configuredFiles(configuration());
    }

    /** The files that a configuration names, and the configuration file. */
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

    ConfigurationRequest request() {
        return request.get();
    }

    /** The configuration; with {@code --verbose} its settings are shown on stderr when it is loaded. */
    Configuration configuration() {
        if (loaded.isEmpty()) {
            Configuration configuration = ConfigurationLoader.load(request());
            if (terminal.verbose()) {
                ConfigurationView.lines(configuration)
                        .forEach(terminal.console().err()::println);
            }
            loaded = Optional.of(configuration);
        }
        return loaded.get();
    }
}
