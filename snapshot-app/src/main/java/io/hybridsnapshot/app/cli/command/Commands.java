package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.config.ConfigurationRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine;

/** The commands of the program, in the order of its help, and how each is made. For one command line. */
public final class Commands implements CommandLine.IFactory {
    private final Map<Class<?>, Supplier<?>> makers = new LinkedHashMap<>();
    private final CommandLine.IFactory others = CommandLine.defaultFactory();

    /**
     * Makes the commands when the arguments name them.
     *
     * @param request tells where the configuration is; known once the arguments are parsed
     */
    public Commands(Terminal terminal, Supplier<ConfigurationRequest> request) {
        Sessions sessions = new Sessions(terminal, request);
        add(InitCommand.class, () -> new InitCommand(terminal, sessions));
        add(SaveCommand.class, () -> new SaveCommand(terminal, sessions));
        add(DetectCommand.class, () -> new DetectCommand(terminal, sessions));
        add(CompareCommand.class, () -> new CompareCommand(terminal, sessions));
        add(ExportCommand.class, () -> new ExportCommand(terminal, sessions));
        add(ListCommand.class, () -> new ListCommand(terminal, sessions));
        add(StatsCommand.class, () -> new StatsCommand(terminal, sessions));
        add(HashCommand.class, () -> new HashCommand(terminal, sessions));
        add(MakeOrdersCommand.class, () -> new MakeOrdersCommand(terminal, sessions));
        add(MakeKeyCommand.class, () -> new MakeKeyCommand(terminal, sessions));
        add(CleanupCommand.class, () -> new CleanupCommand(terminal, sessions));
        add(HoldCommand.class, () -> new HoldCommand(terminal, sessions));
        add(ReleaseCommand.class, () -> new ReleaseCommand(terminal, sessions));
        add(RedactCommand.class, () -> new RedactCommand(terminal, sessions));
        add(RecoverCommand.class, () -> new RecoverCommand(terminal, sessions));
        add(UndoCommand.class, () -> new UndoCommand(terminal, sessions));
        add(VerifyCommand.class, () -> new VerifyCommand(terminal, sessions));
        add(ConfigCommand.class, () -> new ConfigCommand(terminal, sessions));
        add(DemoCommand.class, () -> new DemoCommand(terminal, sessions));
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
}
