package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.app.config.ConfigurationLoader;
import io.hybridsnapshot.app.config.ConfigurationRequest;
import io.hybridsnapshot.app.config.DatasetSection;
import io.hybridsnapshot.app.config.EncryptionSection;
import io.hybridsnapshot.app.config.SourceSection;
import io.hybridsnapshot.app.output.OutputFile;
import io.hybridsnapshot.app.output.PendingOutput;
import io.hybridsnapshot.app.output.ProtectedFiles;
import io.hybridsnapshot.app.output.Replacement;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.ProgressLine;
import io.hybridsnapshot.domain.error.SafeText;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.engine.pass.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The program itself: the parts common to all commands. */
@Command(
        name = "snapshot",
        description = "Takes hashed snapshots of wide tables, says what changed, and keeps every state.",
        versionProvider = ProgramVersion.class,
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        parameterListHeading = "%nParameters:%n",
        footer = {"", "Exit codes: 0 done, 1 differs, 2 wrong input, 3 conflict, 4 corrupt, 5 unavailable, 6 unknown."},
        sortOptions = false,
        usageHelpAutoWidth = true,
        subcommands = {
            InitCommand.class,
            SaveCommand.class,
            DetectCommand.class,
            CompareCommand.class,
            ExportCommand.class,
            ListCommand.class,
            StatsCommand.class,
            HashCommand.class,
            MakeOrdersCommand.class,
            MakeKeyCommand.class,
            CleanupCommand.class,
            HoldCommand.class,
            ReleaseCommand.class,
            RedactCommand.class,
            RecoverCommand.class,
            UndoCommand.class,
            VerifyCommand.class,
            ConfigCommand.class,
            DemoCommand.class
        })
final class SnapshotCommand implements Callable<Integer> {
    private final Console console;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

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
            description =
                    "Where the embedded PostgreSQL keeps its data. Without it: SNAPSHOT_HOME, else ~/.hybrid-snapshots; for demo a "
                            + "temporary directory.")
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
            description = "No progress and no remarks on stderr; errors stay.")
    private boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            order = 94,
            description =
                    "Show the settings that take effect, log messages, the bytes fetched from the archive, and stack traces of "
                            + "errors.")
    private boolean verbose;

    SnapshotCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(console.err());
        return ExitCode.INVALID_REQUEST.value();
    }

    Console console() {
        return console;
    }

    boolean json() {
        return json;
    }

    boolean verbose() {
        return verbose;
    }

    Optional<Path> home() {
        return Optional.ofNullable(home);
    }

    /** A path as the user means it. */
    Path resolve(Path path) {
        return console.directory().resolve(path);
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

    /**
     * Checks an output file.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if it may not be written, or if it is
     *     stdout and the JSON document goes there
     */
    OutputFile output(Path named, Replacement replacement, ProtectedFiles inputs) {
        OutputFile output = OutputFile.check(console.directory().toAbsolutePath(), named, replacement, inputs);
        if (output.isStdout() && json) {
            throw SnapshotException.invalidRequest("both the output and the JSON document would go to stdout")
                    .actual("'" + named + "' and --json")
                    .expected("one of them")
                    .build();
        }
        return output;
    }

    /** Starts to write an output file. */
    PendingOutput open(OutputFile output) {
        return output.open(console.out());
    }

    /** Prints a report on stdout, or on stderr where stdout has the output that it is about. */
    void report(List<String> lines, Optional<OutputFile> output) {
        if (output.filter(OutputFile::isStdout).isPresent()) {
            console.out().flush();
            lines.forEach(this::remark);
        } else {
            print(lines);
        }
    }

    ConfigurationRequest configurationRequest() {
        return new ConfigurationRequest(
                Optional.ofNullable(config), home(), console.directory(), console.userHome(), console.environment());
    }

    Configuration configuration() {
        Configuration configuration = ConfigurationLoader.load(configurationRequest());
        if (verbose) {
            ConfigCommand.lines(configuration).forEach(console.err()::println);
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
        return new Session(configuration, console, verbose ? console.err()::println : line -> {});
    }

    /** Shows progress if a user watches. Closed by the caller. */
    Watched progress() {
        boolean watched = console.screen() == Console.Screen.TERMINAL && !quiet && !json;
        return new Watched(watched ? Optional.of(new ProgressLine(console.err(), System::nanoTime)) : Optional.empty());
    }

    /** Which log messages may stand beside the command's own output on stderr. */
    Logging.Heard heard() {
        if (verbose) {
            return Logging.Heard.EVERYTHING;
        }
        return json || quiet ? Logging.Heard.NOTHING : Logging.Heard.OWN_WARNINGS;
    }

    /** Prints a remark for people, unless they do not want to hear it. */
    void remark(String text) {
        if (!quiet && !json) {
            console.err().println(SafeText.escaped(text));
        }
    }

    /** Prints lines and escapes the control characters left in them. */
    void print(List<String> lines) {
        lines.stream().map(SafeText::escaped).forEach(console.out()::println);
    }

    void print(Map<String, Object> document) {
        Json.print(console.out(), document);
    }

    /** Progress on a terminal, or no progress at all. */
    record Watched(Optional<ProgressLine> line) implements AutoCloseable {
        Progress progress() {
            return line.map(Progress.class::cast).orElse(Progress.NONE);
        }

        /** Wipes the line before the result is printed. */
        void done() {
            line.ifPresent(ProgressLine::close);
        }

        @Override
        public void close() {
            line.ifPresent(ProgressLine::close);
        }
    }
}
