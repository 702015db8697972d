package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.backup.BackUpStores;
import io.hybridsnapshot.app.backup.RestoreStores;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.config.ConfigurationRequest;
import io.hybridsnapshot.app.dataset.DatasetCatalogue;
import io.hybridsnapshot.app.dataset.RowSources;
import io.hybridsnapshot.app.encryption.PlainFiles;
import io.hybridsnapshot.engine.catalogue.KnownDatasets;
import io.hybridsnapshot.engine.catalogue.LoadSnapshot;
import io.hybridsnapshot.engine.catalogue.NewestSchema;
import io.hybridsnapshot.engine.catalogue.PartitionPlace;
import io.hybridsnapshot.engine.catalogue.SnapshotList;
import io.hybridsnapshot.engine.catalogue.TagArchives;
import io.hybridsnapshot.engine.comparison.CompareSnapshots;
import io.hybridsnapshot.engine.comparison.DetectChanges;
import io.hybridsnapshot.engine.history.BuildChangeSets;
import io.hybridsnapshot.engine.history.FindHistory;
import io.hybridsnapshot.engine.history.ShowRows;
import io.hybridsnapshot.engine.recovery.RecoverSnapshots;
import io.hybridsnapshot.engine.recovery.UndoSnapshot;
import io.hybridsnapshot.engine.redaction.RedactArchives;
import io.hybridsnapshot.engine.retention.CleanUpSnapshots;
import io.hybridsnapshot.engine.retention.ForgetDataset;
import io.hybridsnapshot.engine.retention.HoldArchives;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.engine.verification.VerifyDatasets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * The commands of the program, in the order of its help, and how each is made. Only the commands that a command line
 * may mean are made: reading the options of all of them takes longer than many a command. A command gets its use cases
 * as suppliers: the application is assembled when a command asks for the first. {@code docs/adr/0015} gives the reason
 * for the switch. For one command line.
 */
public final class Commands implements AutoCloseable {
    /** All commands, in the order of the help. */
    public static final List<String> NAMES = List.of(
            "init",
            "save",
            "detect",
            "compare",
            "diff",
            "inspect",
            "export",
            "history",
            "blame",
            "show",
            "list",
            "stats",
            "report",
            "hash",
            "make-orders",
            "make-key",
            "cleanup",
            "hold",
            "release",
            "tag",
            "redact",
            "recover",
            "undo",
            "forget",
            "verify",
            "backup",
            "restore",
            "server",
            "config",
            "doctor",
            "completion",
            "demo",
            "help");

    /** Further names of commands. */
    private static final Map<String, String> ALIASES = Map.of("load", "export");

    private final Terminal terminal;
    private final Configurations configurations;
    private final Session session;

    /**
     * Makes commands for one command line.
     *
     * @param request tells where the configuration is; known once the arguments are parsed
     */
    public Commands(Terminal terminal, Supplier<ConfigurationRequest> request) {
        this.terminal = Objects.requireNonNull(terminal, "terminal");
        this.configurations = new Configurations(terminal, request);
        this.session = new Session(configurations::configuration, terminal);
    }

    /** The names and further names of all commands. */
    public static List<String> allNames() {
        return Stream.concat(NAMES.stream(), ALIASES.keySet().stream()).toList();
    }

    /**
     * The commands that arguments may mean: those whose names occur among them, and all if an argument stands for the
     * arguments of a file. A name may also be the value of an option before the command, so the first is not always the
     * command.
     */
    public static List<String> meantBy(String... arguments) {
        List<String> meant = new ArrayList<>();
        for (String argument : arguments) {
            if (argument.startsWith("@")) {
                return NAMES;
            }
            String name = ALIASES.getOrDefault(argument, argument);
            if (NAMES.contains(name) && !meant.contains(name)) {
                meant.add(name);
            }
        }
        return meant;
    }

    /** Registers commands below the program. */
    public CommandLine register(CommandLine program, List<String> names) {
        // A command line of its own: picocli transforms the model of such a one only.
        for (String name : names) {
            program.addSubcommand(new CommandLine(command(name)));
        }
        return program;
    }

    private Object command(String name) {
        return switch (name) {
            case "init" -> new InitCommand(terminal, configurations);
            case "save" ->
                new SaveCommand(
                        terminal,
                        configurations,
                        part(DatasetCatalogue.class),
                        part(RowSources.class),
                        part(PartitionPlace.class),
                        part(SaveSnapshot.class));
            case "detect" ->
                new DetectCommand(
                        terminal,
                        configurations,
                        part(DatasetCatalogue.class),
                        part(RowSources.class),
                        part(PartitionPlace.class),
                        part(DetectChanges.class));
            case "compare" ->
                new CompareCommand(
                        terminal,
                        configurations,
                        stored(DatasetCatalogue.class),
                        stored(RowSources.class),
                        stored(CompareSnapshots.class));
            case "diff" -> new DiffCommand(terminal);
            case "inspect" -> new InspectCommand(terminal);
            case "export" ->
                new ExportCommand(
                        terminal,
                        configurations,
                        stored(DatasetCatalogue.class),
                        stored(LoadSnapshot.class),
                        stored(PlainFiles.class));
            case "history" ->
                new HistoryCommand(
                        terminal,
                        stored(DatasetCatalogue.class),
                        stored(KnownDatasets.class),
                        stored(FindHistory.class),
                        stored(BuildChangeSets.class));
            case "blame" ->
                new BlameCommand(
                        terminal,
                        stored(DatasetCatalogue.class),
                        stored(KnownDatasets.class),
                        stored(FindHistory.class));
            case "show" ->
                new ShowCommand(
                        terminal, stored(DatasetCatalogue.class), stored(KnownDatasets.class), stored(ShowRows.class));
            case "report" -> new ReportCommand(terminal, configurations, stored(KnownDatasets.class));
            case "list" ->
                new ListCommand(
                        terminal,
                        stored(DatasetCatalogue.class),
                        stored(KnownDatasets.class),
                        stored(SnapshotList.class));
            case "stats" -> new StatsCommand(terminal, stored(DatasetCatalogue.class), stored(KnownDatasets.class));
            case "hash" -> new HashCommand(terminal, configurations);
            case "make-orders" -> new MakeOrdersCommand(terminal, configurations);
            case "make-key" -> new MakeKeyCommand(terminal, configurations);
            case "cleanup" ->
                new CleanupCommand(
                        terminal,
                        configurations,
                        stored(DatasetCatalogue.class),
                        stored(KnownDatasets.class),
                        stored(CleanUpSnapshots.class));
            case "hold" ->
                new HoldCommand(
                        terminal,
                        stored(DatasetCatalogue.class),
                        stored(KnownDatasets.class),
                        stored(HoldArchives.class));
            case "release" ->
                new ReleaseCommand(
                        terminal,
                        stored(DatasetCatalogue.class),
                        stored(KnownDatasets.class),
                        stored(HoldArchives.class));
            case "tag" ->
                new TagCommand(
                        terminal,
                        stored(DatasetCatalogue.class),
                        stored(KnownDatasets.class),
                        stored(TagArchives.class));
            case "redact" ->
                new RedactCommand(
                        terminal,
                        stored(DatasetCatalogue.class),
                        stored(KnownDatasets.class),
                        stored(RedactArchives.class));
            case "recover" ->
                new RecoverCommand(
                        terminal,
                        stored(DatasetCatalogue.class),
                        stored(KnownDatasets.class),
                        stored(RecoverSnapshots.class));
            case "undo" ->
                new UndoCommand(
                        terminal,
                        stored(DatasetCatalogue.class),
                        stored(KnownDatasets.class),
                        stored(UndoSnapshot.class));
            case "forget" ->
                new ForgetCommand(
                        terminal,
                        configurations,
                        stored(DatasetCatalogue.class),
                        stored(KnownDatasets.class),
                        stored(ForgetDataset.class));
            case "verify" ->
                new VerifyCommand(
                        terminal,
                        configurations,
                        stored(DatasetCatalogue.class),
                        stored(KnownDatasets.class),
                        stored(NewestSchema.class),
                        stored(VerifyDatasets.class));
            case "backup" -> new BackupCommand(terminal, configurations, stored(BackUpStores.class));
            case "restore" -> new RestoreCommand(terminal, part(RestoreStores.class));
            case "server" -> new ServerCommand(terminal, configurations);
            case "config" -> new ConfigCommand(terminal, configurations);
            case "doctor" -> new DoctorCommand(terminal, configurations);
            case "completion" -> new CompletionCommand(terminal);
            case "help" -> new HelpCommand(terminal);
            case "demo" ->
                new DemoCommand(terminal, configurations, configuration -> new Session(() -> configuration, terminal));
            default -> throw new IllegalArgumentException("no command " + name);
        };
    }

    private <T> Supplier<T> part(Class<T> type) {
        return session.part(type);
    }

    /** Supplies a part to a command that makes no store. */
    private <T> Supplier<T> stored(Class<T> type) {
        return session.stored(type);
    }

    /** Leaves the servers that a command used. */
    @Override
    public void close() {
        session.close();
    }
}
