package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.NearestName;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code snapshot help}. */
@Command(
        name = "help",
        description = "Shows the commands, or the help of one command.",
        footerHeading = "%nExamples:%n",
        footer = {"  snapshot help", "  snapshot help save"})
final class HelpCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "COMMAND", description = "The command (default: all).")
    private Optional<String> command = Optional.empty();

    HelpCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        CommandLine program = spec.commandLine().getParent();
        CommandLine asked = command.map(name -> named(program, name)).orElse(program);
        terminal.console().out().print(asked.getUsageMessage());
        return ExitCode.DONE.value();
    }

    private static CommandLine named(CommandLine program, String name) {
        CommandLine found = program.getSubcommands().get(name);
        if (found == null) {
            List<String> known = Commands.allNames();
            throw SnapshotException.invalidRequest("no such command")
                    .actual("'" + name + "'")
                    .expected(NearestName.among(known, name)
                            .map(nearest -> "one of the commands (did you mean '" + nearest + "'?)")
                            .orElse("one of the commands"))
                    .nextStep("'snapshot help' shows them")
                    .build();
        }
        return found;
    }
}
