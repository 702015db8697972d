package io.hybridsnapshot.app.cli;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Scripts that complete the program's commands, options and files in a shell. Stateless. */
final class CompletionScripts {
    private CompletionScripts() {}

    /** The script of each kind of shell, by its name: {@code bash}, which Zsh reads too, and {@code fish}. */
    static Map<String, String> all(CommandLine program) {
        Map<String, String> scripts = new LinkedHashMap<>();
        scripts.put("bash", AutoComplete.bash("snapshot", program));
        scripts.put("fish", fish(program));
        return scripts;
    }

    /** The script of fish, in the form of https://fishshell.com/docs/current/completions.html. */
    private static String fish(CommandLine program) {
        List<String> lines = new ArrayList<>();
        lines.add("# Completion of snapshot for fish.");
        lines.add("complete -c snapshot -f");
        Map<String, CommandLine> commands = program.getSubcommands();
        program.getCommandSpec().options().forEach(option -> lines.add(option("", option)));
        commands.forEach((name, command) -> lines.add("complete -c snapshot -n __fish_use_subcommand -a " + name
                + " -d "
                + quoted(description(command.getCommandSpec().usageMessage().description()))));
        commands.forEach((name, command) -> {
            String condition = " -n '__fish_seen_subcommand_from " + name + "'";
            command.getCommandSpec().options().stream()
                    .filter(option -> !option.hidden() && !option.inherited())
                    .forEach(option -> lines.add(option(condition, option)));
            boolean files =
                    command.getCommandSpec().positionalParameters().stream().anyMatch(CompletionScripts::isFile);
            if (files) {
                lines.add("complete -c snapshot" + condition + " -F");
            }
        });
        List<String> shells = List.of("bash", "zsh", "fish");
        lines.add("complete -c snapshot -n '__fish_seen_subcommand_from completion' -a '" + String.join(" ", shells)
                + "'");
        lines.add("complete -c snapshot -n '__fish_seen_subcommand_from help' -a '"
                + String.join(" ", commands.keySet()) + "'");
        return String.join("\n", lines) + "\n";
    }

    private static String option(String condition, OptionSpec option) {
        StringBuilder line = new StringBuilder("complete -c snapshot").append(condition);
        for (String name : option.names()) {
            line.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
        }
        if (option.arity().max() > 0) {
            line.append(" -r");
            if (isFile(option)) {
                line.append(" -F");
            }
        }
        return line.append(" -d ")
                .append(quoted(description(option.description())))
                .toString();
    }

    private static boolean isFile(ArgSpec argument) {
        // A repeatable argument is a list of files.
        Class<?> type = argument.isMultiValue() ? argument.auxiliaryTypes()[0] : argument.type();
        return type == Path.class || type == File.class;
    }

    /** The first sentence of a description. */
    private static String description(String[] texts) {
        String text = String.join(" ", texts).replace("%%", "%");
        int end = text.indexOf(". ");
        return end < 0 ? text : text.substring(0, end + 1);
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
