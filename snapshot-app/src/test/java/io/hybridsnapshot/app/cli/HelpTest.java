package io.hybridsnapshot.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.app.cli.terminal.ExitCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Help texts can be trusted: they fit the screen, and the program understands every example in them. */
class HelpTest {
    private static final Pattern WORD = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"|'([^']*)'|(\\S+)");

    @TempDir
    Path directory;

    @Test
    void everyCommandExplainsItselfWithinAHundredColumns() {
        for (String command : TestConsole.commandLine().getSubcommands().keySet()) {
            TestProgram.Ended help = new TestProgram(directory).done(command, "--help");
            assertTrue(help.out().startsWith("Usage: snapshot "), help.out());
            assertTrue(help.out().contains("Examples:"), command);
            assertEquals(
                    List.of(),
                    help.out().lines().filter(line -> line.length() > 100).toList(),
                    command);
        }
        TestProgram.Ended help = new TestProgram(directory).done("--help");
        assertEquals(
                List.of(),
                help.out().lines().filter(line -> line.length() > 100).toList());
        assertTrue(help.out().contains("Exit codes: 0 done"), help.out());
        assertFalse(help.out().contains("\n\n\n"), help.out());
        assertFalse(new TestProgram(directory).done("hash", "--help").out().contains("--carry"));
        assertTrue(new TestProgram(directory).done("--version").out().startsWith("snapshot "));
    }

    @Test
    void theProgramsHelpListsEveryExitCode() {
        String help = new TestProgram(directory).done("--help").out();
        String codes = help.substring(help.indexOf("Exit codes:"));
        for (ExitCode code : ExitCode.values()) {
            assertTrue(codes.contains(" " + code.value() + " "), codes);
        }
        assertTrue(codes.contains(" 130 ") && codes.contains(" 143 "), codes);
    }

    @Test
    void theHelpOfAnUnknownCommandIsAnError() {
        for (String help : List.of("--help", "-h", "--version")) {
            TestProgram.Ended ended = new TestProgram(directory).run("lst", help);
            assertEquals(2, ended.code(), ended.out());
            assertEquals("", ended.out());
            assertTrue(ended.err().startsWith("error: unknown command 'lst'; did you mean 'list'?"), ended.err());
        }
        assertEquals(2, new TestProgram(directory).run("--help", "lst").code());
        assertEquals(
                0, new TestProgram(directory).run("save", "--hlp", "--help").code());
    }

    @Test
    void everyExampleIsUnderstood() {
        CommandLine all = TestConsole.commandLine();
        List<String> examples = new ArrayList<>();
        all.getSubcommands()
                .values()
                .forEach(command -> examples.addAll(
                        List.of(command.getCommandSpec().usageMessage().footer())));
        assertTrue(examples.size() > 20, examples.toString());
        for (String example : examples) {
            String line =
                    example.strip().replaceFirst("^(?:[A-Z_]+=\\S+ )*", "").replaceFirst(" {3,}.*$", "");
            assertTrue(line.startsWith("snapshot "), example);
            String call = line.substring("snapshot ".length()).split(" \\| | && ")[0];
            Matcher words = WORD.matcher(call);
            List<String> arguments = new ArrayList<>();
            while (words.find()) {
                arguments.add(
                        words.group(1) != null
                                ? words.group(1)
                                : words.group(2) != null ? words.group(2) : words.group(3));
            }
            TestConsole.commandLine().parseArgs(arguments.toArray(String[]::new));
        }
    }
}
