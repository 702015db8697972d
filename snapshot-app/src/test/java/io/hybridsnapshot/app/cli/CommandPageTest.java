package io.hybridsnapshot.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The page of the command line says what the program accepts: its commands and their options. */
class CommandPageTest {
    private static final String EVERY_COMMAND = "Options of every command";

    /** The section of the options that several commands take: those of a dataset, and the partition. */
    private static final String DATASETS = "Datasets on the command line";

    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    private static final Pattern NAME = Pattern.compile("(?<![\\w-])--[a-z][a-z-]*");
    private static final Pattern TABLE =
            Pattern.compile("(?m)^\\| option(?: of `([a-z-]+)`)? \\|.*\n\\|.*\n((?:\\|.*\n)+)");
    private static final Pattern OTHERS_OPTIONS = Pattern.compile("Options[\\w ]* are those of `([a-z-]+)`");

    @TempDir
    Path directory;

    private CommandLine program;
    private Map<String, String> sections;

    @BeforeEach
    void read() throws IOException {
        program = TestConsole.commandLine();
        sections = new LinkedHashMap<>();
        String page = Files.readString(Path.of("../docs/cli.md"));
        for (String section : page.split("(?m)^## ")) {
            String[] parts = section.split("\n", 2);
            sections.put(parts[0].strip(), parts[1]);
        }
    }

    @Test
    void everyCommandIsInTheTableOfCommandsAndHasASection() {
        Set<String> listed = new TreeSet<>();
        Matcher row = Pattern.compile("(?m)^\\| ((?:\\[`[^|]+)) \\|").matcher(sections.get("# The command line"));
        while (row.find()) {
            matches(CODE, row.group(1)).forEach(name -> listed.add(name.group(1)));
        }
        assertEquals(new TreeSet<>(program.getSubcommands().keySet()), listed);
        commands().keySet().forEach(this::section);
    }

    @Test
    void everyOptionInATableIsOneOfItsCommandAndTakesAValueIfTheTableSaysSo() {
        List<String> wrong = new ArrayList<>();
        int[] rows = new int[1];
        sections.forEach((title, text) -> {
            Matcher table = TABLE.matcher(text);
            while (table.find()) {
                String command = table.group(1);
                for (String row : table.group(2).split("\n")) {
                    rows[0]++;
                    matches(CODE, row.split(" \\| ", 2)[0])
                            .map(code -> code.group(1))
                            .filter(code -> code.startsWith("-"))
                            .filter(code -> !agrees(code, options(title, command)))
                            .forEach(code -> wrong.add(title + ": " + code));
                }
            }
        });
        assertTrue(rows[0] > 50, "only " + rows[0] + " rows were found");
        assertEquals(List.of(), wrong);
    }

    /** The options of a command, or of the commands of a section; those of every command are on the root. */
    private List<OptionSpec> options(String title, String command) {
        if (title.equals(EVERY_COMMAND)) {
            return program.getCommandSpec().options();
        }
        return commands().entrySet().stream()
                .filter(each -> command == null
                        ? names(title).contains(each.getKey())
                        : each.getKey().equals(command))
                .flatMap(each -> each.getValue().options().stream())
                .toList();
    }

    private static boolean agrees(String code, List<OptionSpec> options) {
        String[] words = code.split(" ", 2);
        List<OptionSpec> named = options.stream()
                .filter(option -> Arrays.asList(option.names()).contains(words[0]))
                .toList();
        // Of two names, the documents give the value behind the second alone.
        boolean shortName = !words[0].startsWith("--");
        return !named.isEmpty()
                && named.stream().allMatch(option -> shortName || takesValue(option) == (words.length == 2));
    }

    private static boolean takesValue(OptionSpec option) {
        return option.arity().max() > 0;
    }

    @Test
    void everyVisibleOptionIsInTheSectionOfItsCommand() {
        Map<String, Set<String>> missing = new TreeMap<>();
        commands().forEach((name, command) -> {
            Set<String> documented = documented(section(name));
            Matcher others = OTHERS_OPTIONS.matcher(section(name));
            while (others.find()) {
                documented.addAll(documented(section(others.group(1))));
            }
            documented.addAll(documented(sections.get(DATASETS)));
            Set<String> undocumented = command.options().stream()
                    .filter(option -> !option.hidden() && !option.inherited())
                    .filter(option -> !option.usageHelp() && !option.versionHelp())
                    .map(OptionSpec::longestName)
                    .filter(option -> !documented.contains(option))
                    .collect(Collectors.toCollection(TreeSet::new));
            if (!undocumented.isEmpty()) {
                missing.put(name, undocumented);
            }
        });
        assertEquals(Map.of(), missing);
        Set<String> ofEvery = documented(sections.get(EVERY_COMMAND));
        program.getCommandSpec()
                .options()
                .forEach(option -> assertTrue(ofEvery.contains(option.longestName()), option.longestName()));
    }

    @Test
    void thePageNamesNoOptionThatNoCommandHas() {
        Set<String> known = Stream.concat(Stream.of(program.getCommandSpec()), commands().values().stream())
                .flatMap(command -> command.options().stream())
                .flatMap(option -> Arrays.stream(option.names()))
                .collect(Collectors.toSet());
        sections.forEach((title, text) -> matches(NAME, text)
                .forEach(name -> assertTrue(known.contains(name.group()), title + ": " + name.group())));
    }

    /** The commands by their names, without aliases. */
    private Map<String, CommandSpec> commands() {
        Map<String, CommandSpec> commands = new TreeMap<>();
        program.getSubcommands()
                .values()
                .forEach(command -> commands.put(command.getCommandName(), command.getCommandSpec()));
        return commands;
    }

    /** The text of a command's section. */
    private String section(String command) {
        return sections.entrySet().stream()
                .filter(section -> names(section.getKey()).contains(command))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no section of the command " + command));
    }

    /** The commands in the title of a section: {@code hold, release}. */
    private static List<String> names(String title) {
        return List.of(title.split(", | and "));
    }

    /** The options that a text names as code. */
    private static Set<String> documented(String text) {
        return matches(CODE, text)
                .flatMap(code -> matches(NAME, code.group(1)))
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<MatchResult> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results();
    }
}
