package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code snapshot completion}. */
@Command(
        name = "completion",
        description = {
            "Prints a script that completes commands, options and files in a shell.",
            "In Bash and Zsh, this line loads it: source <(snapshot completion bash)"
        },
        footerHeading = "%nExamples:%n",
        footer = {"  snapshot completion bash", "  snapshot completion fish"})
final class CompletionCommand implements Callable<Integer> {
    /** A shell. Zsh reads the script of Bash. */
    enum Shell {
        BASH,
        ZSH,
        FISH;

        String file() {
            return (this == FISH ? FISH : BASH).name().toLowerCase(Locale.ROOT);
        }
    }

    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "SHELL", description = "The shell: ${COMPLETION-CANDIDATES}.")
    private Shell shell;

    CompletionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        // The build makes the scripts from the model of all commands.
        try (InputStream script = CompletionCommand.class.getResourceAsStream("completion." + shell.file())) {
            if (script == null) {
                throw new IllegalStateException("the build left no script for " + shell);
            }
            terminal.console().out().print(new String(script.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ExitCode.DONE.value();
    }
}
