package io.hybridsnapshot.app.cli;

import java.util.List;
import picocli.CommandLine;

/** What the program says when it is stopped: what the command leaves, and how that is tidied. Stateless. */
final class Farewell {
    private Farewell() {}

    /** Returns the words for a command line that is being run. */
    static String to(CommandLine.ParseResult parsed) {
        CommandLine.ParseResult command = parsed.hasSubcommand() ? parsed.subcommand() : parsed;
        String name = command.commandSpec().name();
        return "stopped: " + left(name, isMatched(command, "--apply"), dataset(command));
    }

    private static String left(String command, boolean applied, String dataset) {
        return switch (command) {
            case "save" ->
                "the stores are consistent; the next save of '" + dataset
                        + "' finishes or removes what this one left, and" + " 'snapshot recover " + dataset
                        + "' does so now";
            case "recover", "undo", "hold", "release", "tag" ->
                "each change is applied as a whole or not at all; 'snapshot list " + dataset
                        + "' shows the present state, and the same command goes on";
            case "cleanup", "redact", "forget" ->
                applied
                        ? "each archive is done as a whole or not at all; run the same command without --apply to see"
                                + " what is left"
                        : "nothing was changed";
            case "server", "demo", "init", "restore" -> "run the same command again";
            default -> "nothing was changed, and no unfinished output file is left";
        };
    }

    private static boolean isMatched(CommandLine.ParseResult command, String option) {
        return command.hasMatchedOption(option);
    }

    private static String dataset(CommandLine.ParseResult command) {
        List<CommandLine.Model.PositionalParamSpec> all = command.matchedPositionals();
        return all.isEmpty() || all.get(0).stringValues().isEmpty()
                ? "DATASET"
                : all.get(0).stringValues().get(0);
    }
}
