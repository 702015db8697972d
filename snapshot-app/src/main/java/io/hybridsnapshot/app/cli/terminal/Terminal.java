package io.hybridsnapshot.app.cli.terminal;

import io.hybridsnapshot.app.output.OutputFile;
import io.hybridsnapshot.app.output.PendingOutput;
import io.hybridsnapshot.app.output.ProtectedFiles;
import io.hybridsnapshot.app.output.Replacement;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.Page;
import io.hybridsnapshot.app.report.ProgressLine;
import io.hybridsnapshot.domain.error.SafeText;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.engine.pass.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** Prints results, remarks and progress as the user wants them. For one thread, but for {@link #interrupt}. */
public final class Terminal {
    private final Console console;
    private final Supplier<OutputMode> mode;
    private final AtomicReference<Optional<ProgressLine>> current = new AtomicReference<>(Optional.empty());

    /**
     * Prints to a console.
     *
     * @param mode the kind of output; known once the arguments are parsed
     */
    public Terminal(Console console, Supplier<OutputMode> mode) {
        this.console = Objects.requireNonNull(console, "console");
        this.mode = Objects.requireNonNull(mode, "mode");
    }

    /** Returns the program's surroundings. */
    public Console console() {
        return console;
    }

    /** Returns whether the result is a JSON document. */
    public boolean json() {
        return mode.get().json();
    }

    /** Returns whether settings, log messages and stack traces are shown. */
    public boolean verbose() {
        return mode.get().verbose();
    }

    private boolean isQuiet() {
        return mode.get().quiet();
    }

    /** A path as the user means it. */
    public Path resolve(Path path) {
        return console.directory().resolve(path);
    }

    /**
     * Checks an output file.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if it may not be written, or if it is
     *     stdout and the JSON document goes there
     */
    public OutputFile output(Path named, Replacement replacement, ProtectedFiles inputs) {
        OutputFile output = OutputFile.check(console.directory().toAbsolutePath(), named, replacement, inputs);
        if (output.isStdout() && json()) {
            throw SnapshotException.invalidRequest("both the output and the JSON document would go to stdout")
                    .actual("'" + named + "' and --json")
                    .expected("one of them")
                    .build();
        }
        return output;
    }

    /** Starts to write an output file. */
    public PendingOutput open(OutputFile output) {
        return output.open(console.out());
    }

    /**
     * Prints a report on stdout, or on stderr where stdout has the output that it is about. Control characters are
     * escaped, except the marks of a page on stdout.
     */
    public void report(List<String> lines, Optional<OutputFile> output) {
        if (output.filter(OutputFile::isStdout).isPresent()) {
            console.out().flush();
            lines.forEach(this::remark);
        } else {
            lines.stream()
                    .map(page().coloured() ? Page::escaped : SafeText::escaped)
                    .forEach(console.out()::println);
        }
    }

    /** Shows progress if a user watches. Closed by the caller. */
    public Watched progress() {
        boolean watched = console.screen() == Console.Screen.TERMINAL && !isQuiet() && !json();
        Optional<ProgressLine> line = watched
                ? Optional.of(new ProgressLine(console.err(), Screens.width(console.environment()), System::nanoTime)
                        .ticking())
                : Optional.empty();
        current.set(line);
        return new Watched(line);
    }

    /** Shows progress unless the output itself goes to stdout, which a pager may show on the same terminal. */
    public Watched progress(OutputFile output) {
        return output.isStdout() ? new Watched(Optional.empty()) : progress();
    }

    /** Wipes the progress and prints a remark for people while another thread still works for the command. */
    public void interrupt(String text) {
        current.get().ifPresent(ProgressLine::close);
        remark(text);
    }

    /** Prints a remark for people, unless they do not want to hear it. */
    public void remark(String text) {
        if (!isQuiet() && !json()) {
            console.err().println(SafeText.escaped(text));
        }
    }

    /** Prints lines and escapes the control characters left in them. */
    public void print(List<String> lines) {
        lines.stream().map(SafeText::escaped).forEach(console.out()::println);
    }

    /** The page that results are printed on. */
    public Page page() {
        return console.page();
    }

    /** Prints a JSON document. */
    public void print(Map<String, Object> document) {
        Json.print(console.out(), document);
    }

    /** Progress on a terminal, or no progress at all. */
    public record Watched(Optional<ProgressLine> line) implements AutoCloseable {
        /** Returns the receiver of the progress. */
        public Progress progress() {
            return line.map(Progress.class::cast).orElse(Progress.NONE);
        }

        /** Wipes the line before the result is printed. */
        public void done() {
            line.ifPresent(ProgressLine::close);
        }

        @Override
        public void close() {
            line.ifPresent(ProgressLine::close);
        }
    }
}
