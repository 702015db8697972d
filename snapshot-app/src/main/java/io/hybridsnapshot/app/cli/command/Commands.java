package io.hybridsnapshot.app.cli.command;

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
import io.hybridsnapshot.engine.comparison.CompareSnapshots;
import io.hybridsnapshot.engine.comparison.DetectChanges;
import io.hybridsnapshot.engine.recovery.RecoverSnapshots;
import io.hybridsnapshot.engine.recovery.UndoSnapshot;
import io.hybridsnapshot.engine.redaction.RedactArchives;
import io.hybridsnapshot.engine.retention.CleanUpSnapshots;
import io.hybridsnapshot.engine.retention.HoldArchives;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.engine.verification.VerifyDatasets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine;

/**
 * The commands of the program, in the order of its help, and how each is made. A command gets its use cases as
 * providers: the application is assembled when a command asks for the first. For one command line.
 */
public final class Commands implements CommandLine.IFactory, AutoCloseable {
    private final Map<Class<?>, Supplier<?>> makers = new LinkedHashMap<>();
    private final Session session;
    private final CommandLine.IFactory others = CommandLine.defaultFactory();

    /**
     * Makes the commands when the arguments name them.
     *
     * @param request tells where the configuration is; known once the arguments are parsed
     */
    public Commands(Terminal terminal, Supplier<ConfigurationRequest> request) {
        Configurations configurations = new Configurations(terminal, request);
        session = new Session(configurations::configuration, terminal);
        add(InitCommand.class, () -> new InitCommand(terminal, configurations));
        add(
                SaveCommand.class,
                () -> new SaveCommand(
                        terminal,
                        configurations,
                        session.provider(DatasetCatalogue.class),
                        session.provider(RowSources.class),
                        session.provider(PartitionPlace.class),
                        session.provider(SaveSnapshot.class)));
        add(
                DetectCommand.class,
                () -> new DetectCommand(
                        terminal,
                        configurations,
                        session.provider(DatasetCatalogue.class),
                        session.provider(RowSources.class),
                        session.provider(PartitionPlace.class),
                        session.provider(DetectChanges.class)));
        add(
                CompareCommand.class,
                () -> new CompareCommand(
                        terminal,
                        configurations,
                        session.provider(DatasetCatalogue.class),
                        session.provider(RowSources.class),
                        session.provider(CompareSnapshots.class)));
        add(
                ExportCommand.class,
                () -> new ExportCommand(
                        terminal,
                        configurations,
                        session.provider(DatasetCatalogue.class),
                        session.provider(LoadSnapshot.class),
                        session.provider(PlainFiles.class)));
        add(
                ListCommand.class,
                () -> new ListCommand(
                        terminal, session.provider(KnownDatasets.class), session.provider(SnapshotList.class)));
        add(StatsCommand.class, () -> new StatsCommand(terminal, session.provider(KnownDatasets.class)));
        add(HashCommand.class, () -> new HashCommand(terminal, configurations));
        add(MakeOrdersCommand.class, () -> new MakeOrdersCommand(terminal, configurations));
        add(MakeKeyCommand.class, () -> new MakeKeyCommand(terminal, configurations));
        add(
                CleanupCommand.class,
                () -> new CleanupCommand(
                        terminal,
                        configurations,
                        session.provider(DatasetCatalogue.class),
                        session.provider(KnownDatasets.class),
                        session.provider(CleanUpSnapshots.class)));
        add(
                HoldCommand.class,
                () -> new HoldCommand(
                        terminal,
                        session.provider(DatasetCatalogue.class),
                        session.provider(KnownDatasets.class),
                        session.provider(HoldArchives.class)));
        add(
                ReleaseCommand.class,
                () -> new ReleaseCommand(
                        terminal,
                        session.provider(DatasetCatalogue.class),
                        session.provider(KnownDatasets.class),
                        session.provider(HoldArchives.class)));
        add(
                RedactCommand.class,
                () -> new RedactCommand(
                        terminal,
                        session.provider(DatasetCatalogue.class),
                        session.provider(KnownDatasets.class),
                        session.provider(RedactArchives.class)));
        add(
                RecoverCommand.class,
                () -> new RecoverCommand(
                        terminal,
                        session.provider(DatasetCatalogue.class),
                        session.provider(KnownDatasets.class),
                        session.provider(RecoverSnapshots.class)));
        add(
                UndoCommand.class,
                () -> new UndoCommand(
                        terminal,
                        session.provider(DatasetCatalogue.class),
                        session.provider(KnownDatasets.class),
                        session.provider(UndoSnapshot.class)));
        add(
                VerifyCommand.class,
                () -> new VerifyCommand(
                        terminal,
                        configurations,
                        session.provider(DatasetCatalogue.class),
                        session.provider(KnownDatasets.class),
                        session.provider(NewestSchema.class),
                        session.provider(VerifyDatasets.class)));
        add(ConfigCommand.class, () -> new ConfigCommand(terminal, configurations));
        add(
                DemoCommand.class,
                () -> new DemoCommand(
                        terminal, configurations, configuration -> new Session(() -> configuration, terminal)));
    }

    private <T> void add(Class<T> command, Supplier<T> maker) {
        makers.put(command, maker);
    }

    /** Registers every command below the program. */
    public CommandLine register(CommandLine program) {
        // A command line of its own: picocli transforms the model of such a one only.
        makers.keySet().forEach(type -> program.addSubcommand(new CommandLine(type, this)));
        return program;
    }

    @Override
    public <K> K create(Class<K> type) throws Exception {
        Optional<Supplier<?>> maker = Optional.ofNullable(makers.get(type));
        return maker.isPresent() ? type.cast(maker.get().get()) : others.create(type);
    }

    /** Leaves the servers that a command used. */
    @Override
    public void close() {
        session.close();
    }
}
