package io.hybridsnapshot.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.app.cli.command.Commands;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts of completion in real shells, and the command {@code help}. */
class CompletionTest {
    @TempDir
    Path directory;

    private String script(String shell) throws IOException {
        Path file = directory.resolve("completion." + shell);
        Files.writeString(
                file, new TestProgram(directory).done("completion", shell).out());
        return file.toString();
    }

    private static void requireShell(String shell) {
        boolean installed =
                Stream.of(System.getenv("PATH").split(":")).anyMatch(path -> Files.isExecutable(Path.of(path, shell)));
        Assumptions.assumeTrue(installed, shell + " is not installed");
    }

    private List<String> lines(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String out;
        try (InputStream in = process.getInputStream()) {
            out = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), out);
        return out.lines().toList();
    }

    /** What Bash offers for the last of some words. */
    private List<String> bash(String... words) throws IOException, InterruptedException {
        String call = "source " + script("bash") + "; COMP_WORDS=(" + String.join(" ", words) + "); COMP_CWORD="
                + (words.length - 1) + "; COMP_LINE=\"${COMP_WORDS[*]}\"; COMP_POINT=${#COMP_LINE};"
                + " _complete_snapshot 2>/dev/null; printf '%s\\n' \"${COMPREPLY[@]}\"";
        return lines("bash", "-c", call).stream().map(String::strip).toList();
    }

    @Test
    void bashCompletesCommandsAndOptions() throws IOException, InterruptedException {
        requireShell("bash");
        assertTrue(bash("snapshot", "det").contains("detect"), () -> "detect");
        List<String> options = bash("snapshot", "diff", "--ign");
        assertTrue(options.containsAll(List.of("--ignore", "--ignore-case", "--ignore-space")), options.toString());
    }

    @Test
    void fishCompletesCommandsAndOptions() throws IOException, InterruptedException {
        requireShell("fish");
        String file = script("fish");
        List<String> commands = lines("fish", "--no-config", "-c", "source " + file + "; complete -C 'snapshot det'");
        assertTrue(commands.stream().anyMatch(line -> line.startsWith("detect")), commands.toString());
        List<String> options =
                lines("fish", "--no-config", "-c", "source " + file + "; complete -C 'snapshot diff --ignore-'");
        assertTrue(options.stream().anyMatch(line -> line.startsWith("--ignore-case")), options.toString());
    }

    @Test
    void zshReadsTheScriptOfBash() throws IOException, InterruptedException {
        requireShell("zsh");
        String call = "autoload -U compinit && compinit -u -D; source " + script("zsh") + "; print ${_comps[snapshot]}";
        List<String> registered = lines("zsh", "-f", "-c", call);
        assertTrue(registered.toString().contains("-F _complete_snapshot"), registered.toString());
    }

    @Test
    void everyCommandAndItsOptionsAreInTheScriptOfFish() throws IOException {
        String script = Files.readString(Path.of(script("fish")));
        for (String command : Commands.allNames()) {
            assertTrue(script.contains("-n __fish_use_subcommand -a " + command + " -d "), command);
        }
        assertTrue(script.contains("'__fish_seen_subcommand_from diff' -l where -r -d "), script);
        assertTrue(script.contains("'__fish_seen_subcommand_from diff' -l report -r -F -d "), script);
    }

    @Test
    void aShellThatIsNotKnownIsAnError() {
        TestProgram.Ended ended = new TestProgram(directory).run("completion", "ksh");
        assertEquals(2, ended.code());
        assertTrue(ended.err().contains("ksh"), ended.err());
    }

    @Test
    void helpShowsWhatTheOptionShows() {
        TestProgram program = new TestProgram(directory);
        assertEquals(program.done("--help").out(), program.done("help").out());
        assertEquals(
                program.done("save", "--help").out(),
                program.done("help", "save").out());
        assertEquals(
                program.done("help", "--help").out(),
                program.done("help", "help").out());
        TestProgram.Ended unknown = program.run("help", "sav");
        assertEquals(2, unknown.code());
        assertTrue(unknown.err().contains("did you mean 'save'?"), unknown.err());
    }
}
