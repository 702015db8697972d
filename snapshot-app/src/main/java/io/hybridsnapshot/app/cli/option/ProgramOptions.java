package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.app.cli.terminal.Console;
import io.hybridsnapshot.app.cli.terminal.OutputMode;
import io.hybridsnapshot.app.config.ConfigurationRequest;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that every command accepts. Filled while the arguments are parsed. */
public final class ProgramOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            order = 90,
            description = "The configuration file. Without it: SNAPSHOT_CONFIG, else ./snapshot.yaml if it is there.")
    private Path config;

    @Option(
            names = "--home",
            paramLabel = "DIRECTORY",
            scope = ScopeType.INHERIT,
            order = 91,
            description = "Directory of the embedded PostgreSQL's data. Without it: SNAPSHOT_HOME, else "
                    + "~/.hybrid-snapshots; for demo a temporary directory.")
    private Path home;

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            order = 92,
            description = "Print one JSON document on stdout, and errors as JSON on stderr.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            order = 93,
            description = "Print no progress and no remarks on stderr; errors are still printed.")
    private boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            order = 94,
            description = "Show the settings that take effect, log messages, the bytes fetched from the archive, and"
                    + " stack traces of errors.")
    private boolean verbose;

    /** Returns how the user wants the output. */
    public OutputMode outputMode() {
        return new OutputMode(json, quiet, verbose);
    }

    /** Returns where the configuration comes from. */
    public ConfigurationRequest configurationRequest(Console console) {
        return new ConfigurationRequest(
                Optional.ofNullable(config),
                Optional.ofNullable(home),
                console.directory(),
                console.userHome(),
                console.environment());
    }
}
