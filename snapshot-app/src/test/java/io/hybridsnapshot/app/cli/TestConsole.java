package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.app.cli.terminal.Console;
import io.hybridsnapshot.app.report.Page;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;

/** Surroundings of the program in tests. */
final class TestConsole {
    private TestConsole() {}

    /** Surroundings whose streams are read by another program. */
    static Console piped(PrintStream out, PrintStream err, Map<String, String> environment, Path directory) {
        return on(Page.PLAIN, out, err, environment, directory);
    }

    /** Surroundings with a page on stdout. */
    static Console on(Page page, PrintStream out, PrintStream err, Map<String, String> environment, Path directory) {
        return new Console(
                out, err, environment, directory, Optional.of(directory), Clock.systemUTC(), Console.Screen.PIPE, page);
    }

    /** The parser of the program's command lines, which prints nothing. */
    static CommandLine commandLine() {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        return SnapshotProgram.commandLine(
                new SnapshotCommand(nowhere), piped(nowhere, nowhere, Map.of(), Path.of("")));
    }
}
