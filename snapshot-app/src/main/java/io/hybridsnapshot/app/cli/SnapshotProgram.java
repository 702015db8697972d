package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.app.adapter.AdapterFault;
import io.hybridsnapshot.app.cli.command.Commands;
import io.hybridsnapshot.app.cli.option.Arguments;
import io.hybridsnapshot.app.cli.option.ProgramOptions;
import io.hybridsnapshot.app.cli.terminal.Console;
import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Logging;
import io.hybridsnapshot.app.cli.terminal.OutputMode;
import io.hybridsnapshot.app.cli.terminal.Screens;
import io.hybridsnapshot.app.cli.terminal.Shutdown;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.cli.terminal.UnexpectedChanges;
import io.hybridsnapshot.app.config.DecodedText;
import io.hybridsnapshot.app.config.UserHome;
import io.hybridsnapshot.app.report.ExpectationsView;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.wording.CommandWording;
import io.hybridsnapshot.domain.error.CauseText;
import io.hybridsnapshot.domain.error.SafeText;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.NearestName;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import picocli.CommandLine;

/** Reads the arguments, runs the command, turns errors into one line and an exit code. */
public final class SnapshotProgram {
    private static final String OUT_OF_MEMORY =
            "the program ran out of memory; give it more with SNAPSHOT_JAVA_OPTS=-Xmx2g";

    private static final int LONGEST_USAGE = 500;

    /** No exit code: the arguments concern the program itself, so they are read again with all commands. */
    private static final int READ_AGAIN = -1;

    private final Console console;

    SnapshotProgram(Console console) {
        this.console = Objects.requireNonNull(console, "console");
    }

    /**
     * Runs one command line in the current directory, as a separate process would.
     *
     * @return the exit code
     */
    public static int run(String[] arguments, PrintStream out, PrintStream err, Map<String, String> environment) {
        Path directory = Path.of("");
        return new SnapshotProgram(new Console(
                        out,
                        err,
                        environment,
                        directory,
                        UserHome.find(environment, System.getProperty("user.home", "")),
                        Clock.systemUTC(),
                        Screens.ofStderr(environment),
                        Screens.ofStdout(environment)))
                .run(arguments);
    }

    /** Runs one command line and returns the exit code; never throws, never ends the process. */
    int run(String... arguments) {
        return run(Commands.meantBy(arguments), arguments);
    }

    private int run(List<String> commands, String... arguments) {
        SnapshotCommand program = new SnapshotCommand(console.err());
        ProgramOptions options = program.options();
        CommandLine commandLine = commandLine(program, console, commands)
                .setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler((failure, given) ->
                        failure.getCommandLine().getParent() == null && !commands.isEmpty() && isPartOfAll(commands)
                                ? run(Commands.NAMES, given)
                                : usageError(failure, given))
                .setExecutionExceptionHandler(
                        (failure, failed, parsed) -> executionError(options.outputMode(), failure));
        int code;
        try {
            requireDecoded(arguments);
            code = commandLine.execute(arguments);
            if (code == READ_AGAIN) {
                return run(Commands.NAMES, arguments);
            }
        } catch (SnapshotException e) {
            code = failed(e, Arrays.asList(arguments).contains("--json"));
        } catch (OutOfMemoryError e) {
            code = fail(
                    ExitCode.INTERNAL,
                    Json.object("kind", "INTERNAL", "message", OUT_OF_MEMORY),
                    options.outputMode().json());
        } catch (Error e) {
            code = internal(options.outputMode(), e);
        }
        console.out().flush();
        console.err().flush();
        return code;
    }

    /** The program with all its commands. */
    static CommandLine commandLine(SnapshotCommand program, Console console) {
        return commandLine(program, console, Commands.NAMES);
    }

    /** The program with some of its commands. */
    static CommandLine commandLine(SnapshotCommand program, Console console, List<String> names) {
        ProgramOptions options = program.options();
        Terminal terminal = new Terminal(console, options::outputMode);
        Commands commands = new Commands(terminal, () -> options.configurationRequest(console));
        return Arguments.register(commands.register(new CommandLine(program), names))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(100)
                .setUsageHelpAutoWidth(false)
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .setExecutionStrategy(parsed -> {
                    boolean help = parsed.subcommand() == null
                            || parsed.isUsageHelpRequested()
                            || parsed.subcommand().commandSpec().name().equals("help");
                    if (isPartOfAll(names) && help) {
                        // The help of the program lists all commands.
                        return READ_AGAIN;
                    }
                    Logging.hear(options.outputMode().heard());
                    try (commands) {
                        return Shutdown.during(
                                () -> terminal.interrupt(Farewell.to(parsed)), () -> runKnownCommand(parsed));
                    }
                });
    }

    private static boolean isPartOfAll(List<String> names) {
        return names.size() < Commands.NAMES.size();
    }

    private static void requireDecoded(String... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            DecodedText.require("an argument", "argument " + (i + 1), arguments[i]);
        }
        // Every relative path starts there.
        DecodedText.require("a path", "the current directory", System.getProperty("user.dir", ""));
    }

    /** Runs the command, or prints its help; the help of a command that does not exist is an error. */
    private static int runKnownCommand(CommandLine.ParseResult parsed) {
        if (!parsed.unmatched().isEmpty()) {
            throw new CommandLine.UnmatchedArgumentException(
                    parsed.commandSpec().commandLine(), parsed.unmatched());
        }
        Arguments.require(parsed);
        return new CommandLine.RunLast().execute(parsed);
    }

    private int usageError(CommandLine.ParameterException failure, String[] arguments) {
        CommandLine failed = failure.getCommandLine();
        StringBuilder message = new StringBuilder(
                failure instanceof CommandLine.UnmatchedArgumentException unmatched
                        ? unmatched(failed, unmatched.getUnmatched().get(0))
                        : firstLine(failure.getMessage()));
        String command = failed.getCommandSpec().qualifiedName();
        message.append("; '").append(command).append(" --help' shows how to use it");
        Map<String, Object> error = Json.object("kind", "INVALID_REQUEST", "message", message.toString());
        return fail(ExitCode.INVALID_REQUEST, error, Arrays.asList(arguments).contains("--json"));
    }

    private static String unmatched(CommandLine failed, String argument) {
        boolean option = argument.startsWith("-");
        Collection<String> known = option
                ? failed.getCommandSpec().optionsMap().keySet()
                : failed.getParent() == null
                        ? Commands.allNames()
                        : failed.getSubcommands().keySet();
        String what = option ? "unknown option '" : known.isEmpty() ? "one argument too many: '" : "unknown command '";
        return what + SafeText.value(argument) + "'"
                + NearestName.among(known, argument)
                        .map(nearest -> "; did you mean '" + nearest + "'?")
                        .orElse("");
    }

    /**
     * Reports that a command's output could not be written.
     *
     * @param code the command's exit code
     * @return the exit code of the process: that of the command's own failure, or else that of an incomplete output
     */
    public static int unwritten(int code, IOException cause, PrintStream err) {
        err.println("error: stdout cannot be written: found '" + CauseText.of(cause)
                + "', expected room for all of the output; what was written is not whole");
        return code <= ExitCode.DIFFERENCES.value() ? ExitCode.UNAVAILABLE.value() : code;
    }

    private int executionError(OutputMode mode, Exception failure) {
        SnapshotException error = null;
        if (failure instanceof UnexpectedChanges unexpected) {
            if (mode.verbose()) {
                unexpected.refusal().in(CommandWording.WORDS).printStackTrace(console.err());
            }
            Map<String, Object> document = document(unexpected.refusal());
            document.put("expectations", ExpectationsView.json(unexpected.verdicts()));
            return fail(ExitCode.UNEXPECTED, document, mode.json());
        }
        if (failure instanceof SnapshotException known) {
            error = known;
        } else if (failure instanceof InvalidPathException path) {
            error = DecodedText.refused(path);
        }
        if (error == null) {
            return internal(mode, failure);
        }
        if (mode.verbose()) {
            error.in(CommandWording.WORDS).printStackTrace(console.err());
        }
        return failed(error, mode.json());
    }

    private int failed(SnapshotException failure, boolean json) {
        return fail(ExitCode.of(failure.kind()), document(failure), json);
    }

    private static Map<String, Object> document(SnapshotException failure) {
        SnapshotException error = failure.in(CommandWording.WORDS);
        return Json.object(
                "kind", error.kind(),
                "message", error.getMessage(),
                "problem", error.problem(),
                "where", error.where(),
                "actual", error.actual(),
                "expected", error.expected(),
                "nextStep", error.nextStep());
    }

    private int internal(OutputMode mode, Throwable failure) {
        if (mode.verbose()) {
            failure.printStackTrace(console.err());
        }
        Optional<SnapshotException> adapters = AdapterFault.of(failure);
        if (adapters.isPresent()) {
            return failed(adapters.get(), mode.json());
        }
        String message = "an error of the program itself: " + SafeText.cut(failure.toString(), LONGEST_USAGE)
                + (mode.verbose() ? "" : "; run it again with --verbose and report what it prints");
        return fail(ExitCode.INTERNAL, Json.object("kind", "INTERNAL", "message", message), mode.json());
    }

    private int fail(ExitCode code, Map<String, Object> error, boolean json) {
        // While the process is being stopped, errors come from connections that were closed for that reason.
        if (Shutdown.isUnderWay()) {
            return code.value();
        }
        console.out().flush();
        if (json) {
            error.put("exitCode", code.value());
            Json.print(console.err(), Json.object("error", error));
        } else {
            console.err().println("error: " + error.get("message"));
        }
        return code.value();
    }

    private static String firstLine(String message) {
        return SafeText.cut(message.lines().findFirst().orElse(message), LONGEST_USAGE);
    }
}
