package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.app.cli.terminal.Console;
import io.hybridsnapshot.app.report.Page;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;

/**
 * Writes the help of the program and of each command into files, for {@link StoredAnswers}, and the scripts of
 * completion. The build calls it.
 */
public final class HelpTexts {
    private HelpTexts() {}

    /**
     * Writes the files.
     *
     * @param arguments the directory of the compiled classes
     */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0], HelpTexts.class.getPackageName().split("\\."));
        for (Map.Entry<String, String> text : all().entrySet()) {
            Path file = directory.resolve(StoredAnswers.file(text.getKey()));
            Files.createDirectories(file.getParent());
            Files.writeString(file, text.getValue());
        }
        Path commands = directory.resolve("command");
        for (Map.Entry<String, String> script : CompletionScripts.all(program()).entrySet()) {
            Files.writeString(commands.resolve("completion." + script.getKey()), script.getValue());
        }
    }

    /** The help of each command and alias, and of the program itself, with line breaks of one character. */
    static Map<String, String> all() {
        CommandLine program = program();
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put(StoredAnswers.PROGRAM, text(program));
        program.getSubcommands().forEach((name, command) -> texts.put(name, text(command)));
        return texts;
    }

    /** The parser of the program, for texts that the build makes. */
    static CommandLine program() {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Console console = new Console(
                nowhere,
                nowhere,
                Map.of(),
                Path.of(""),
                Optional.empty(),
                Clock.systemUTC(),
                Console.Screen.PIPE,
                Page.PLAIN);
        return SnapshotProgram.commandLine(new SnapshotCommand(nowhere), console);
    }

    private static String text(CommandLine command) {
        return command.getUsageMessage().replace(System.lineSeparator(), "\n");
    }
}
