package io.hybridsnapshot.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.app.Main;
import io.hybridsnapshot.app.cli.command.Commands;
import io.hybridsnapshot.app.cli.terminal.Console;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Stored help, and commands that are made only if they are named, answer as the whole parser does. */
class StoredAnswersTest {
    @TempDir
    Path directory;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    private CommandLine program(List<String> commands) {
        Console console = TestConsole.piped(out, out, Map.of(), directory);
        return SnapshotProgram.commandLine(new SnapshotCommand(out), console, commands);
    }

    @Test
    void theStoredHelpOfEveryCommandIsThatOfTheParser() {
        Map<String, String> texts = HelpTexts.all();
        assertEquals(new HashSet<>(Commands.allNames()), subcommands(texts.keySet()));
        texts.forEach((command, text) -> {
            for (String help : List.of("-h", "--help")) {
                String[] arguments =
                        command.equals(StoredAnswers.PROGRAM) ? new String[] {help} : new String[] {command, help};
                printed.reset();
                assertTrue(StoredAnswers.print(out, arguments), command);
                String stored = printed.toString(StandardCharsets.UTF_8);
                assertEquals(text.replace("\n", System.lineSeparator()), stored, command);
                // Through the parser, which the tests' program has no way around.
                assertEquals(new TestProgram(directory).done(arguments).out(), stored, command);
            }
        });
    }

    private static Set<String> subcommands(Set<String> names) {
        Set<String> subcommands = new HashSet<>(names);
        assertTrue(subcommands.remove(StoredAnswers.PROGRAM), names.toString());
        return subcommands;
    }

    @Test
    void theStoredVersionIsThatOfTheParser() {
        for (String[] arguments : new String[][] {{"-V"}, {"--version"}, {"list", "--version"}, {"load", "-V"}}) {
            printed.reset();
            assertTrue(StoredAnswers.print(out, arguments));
            assertEquals(new TestProgram(directory).done(arguments).out(), printed.toString(StandardCharsets.UTF_8));
        }
    }

    @Test
    void everyOtherCallIsLeftToTheParser() {
        for (String[] arguments : new String[][] {
            {},
            {"list"},
            {"lst", "--help"},
            {"snapshot", "--help"},
            {"../help/list", "--help"},
            {"", "--help"},
            {"help/list.txt", "--help"},
            {"list", "--help", "--json"},
            {"list", "orders", "--help"},
            {"--help", "list"},
            {"--json", "--help"}
        }) {
            assertFalse(StoredAnswers.print(out, arguments), List.of(arguments).toString());
        }
        assertEquals("", printed.toString(StandardCharsets.UTF_8));
    }

    @Test
    void theProgramAnswersFromTheStore() {
        assertEquals(0, Main.run(new String[] {"verify", "--help"}, out, out, Map.of()));
        assertEquals(
                HelpTexts.all().get("verify").replace("\n", System.lineSeparator()),
                printed.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aCommandThatIsMadeAloneIsTheSameAsOneAmongAll() {
        CommandLine all = program(Commands.NAMES);
        assertEquals(
                Commands.NAMES,
                List.copyOf(all.getSubcommands().values()).stream()
                        .map(CommandLine::getCommandName)
                        .distinct()
                        .toList());
        for (String name : Commands.allNames()) {
            CommandLine alone = program(Commands.meantBy(name)).getSubcommands().get(name);
            CommandLine among = all.getSubcommands().get(name);
            assertEquals(among.getUsageMessage(), alone.getUsageMessage());
            assertEquals(described(among), described(alone));
        }
    }

    private static List<String> described(CommandLine command) {
        List<String> options = new ArrayList<>();
        for (OptionSpec option : command.getCommandSpec().options()) {
            options.add(String.join(" ", option.names()) + " " + option.arity() + " " + option.required() + " "
                    + option.defaultValueString());
        }
        return options;
    }

    @Test
    void argumentsThatNameACommandInPassingAreReadWithAllCommands() {
        String usage = HelpTexts.all().get(StoredAnswers.PROGRAM).replace("\n", System.lineSeparator());
        // The parser takes no command's name for an option's value, whichever commands it knows.
        for (String value : List.of("list", "save")) {
            TestProgram.Ended refused = new TestProgram(directory).run("--home", value);
            assertEquals(2, refused.code());
            assertTrue(
                    refused.err().startsWith("error: Expected parameter for option '--home' but found '" + value),
                    refused.err());
        }
        TestProgram.Ended none = new TestProgram(directory).run("--quiet");
        assertEquals(2, none.code());
        assertEquals(usage, none.err());
        assertEquals(usage, new TestProgram(directory).run().err());
        assertEquals(usage, new TestProgram(directory).done("--json", "--help").out());
        // The help of the program, although a command is named: it lists all commands.
        assertEquals(usage, new TestProgram(directory).done("--help", "list").out());
        TestProgram.Ended unknown = new TestProgram(directory).run("sve", "list");
        assertEquals(2, unknown.code());
        assertTrue(unknown.err().startsWith("error: unknown command 'sve'; did you mean 'save'?"), unknown.err());
        assertEquals(1, unknown.err().lines().count(), unknown.err());
        assertTrue(
                new TestProgram(directory).run("loadd").err().contains("did you mean 'load'?"),
                "an alias is suggested");
        TestProgram.Ended config = new TestProgram(directory).done("--quiet", "config");
        assertTrue(config.out().contains("home"), config.out());
    }
}
