package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.app.cli.option.ProgramOptions;
import io.hybridsnapshot.app.cli.terminal.ExitCode;
import java.io.PrintStream;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ScopeType;

/** The program itself, with the options of all commands. Its subcommands are registered by {@link SnapshotProgram}. */
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
        footer = {
            "",
            "Exit codes: 0 done, 1 differs, 2 wrong input, 3 conflict, 4 corrupt, 5 unavailable, 6 unknown,",
            "            7 unexpected changes, 70 internal error or out of memory, 130 Ctrl-C, 143 SIGTERM."
        },
        sortOptions = false,
        usageHelpAutoWidth = true)
final class SnapshotCommand implements Callable<Integer> {
    private final PrintStream err;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Mixin
    private ProgramOptions options;

    /** @param err receives the help if no command is named */
    SnapshotCommand(PrintStream err) {
        this.err = Objects.requireNonNull(err, "err");
        this.options = new ProgramOptions();
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(err);
        return ExitCode.INVALID_REQUEST.value();
    }

    ProgramOptions options() {
        return options;
    }
}
