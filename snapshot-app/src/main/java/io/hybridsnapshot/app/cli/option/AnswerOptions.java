package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.report.Page;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.Locale;
import picocli.CommandLine.Option;

/** The form of an answer about single rows, and the exit code of an answer without a row. */
public final class AnswerOptions {
    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            order = 40,
            description = "text (default) or csv; csv goes to stdout.")
    private String format = "text";

    @Option(names = "--full", order = 41, description = "Print all rows, columns and cells in full, however long.")
    private boolean full;

    @Option(names = "--exit-code", order = 42, description = "End with 1 if there is no such row, with 0 if there is.")
    private boolean exitCode;

    /**
     * Checks the format.
     *
     * @throws SnapshotException INVALID_REQUEST if there is no such format, or CSV and JSON are both wanted
     */
    public void require(Terminal terminal) {
        if (isCsv() && terminal.json()) {
            throw SnapshotException.invalidRequest("the answer has two formats")
                    .actual("--format csv and --json")
                    .expected("one of them")
                    .build();
        }
    }

    /** Whether the answer is CSV. */
    public boolean isCsv() {
        return switch (format.toLowerCase(Locale.ROOT)) {
            case "csv" -> true;
            case "text" -> false;
            default ->
                throw SnapshotException.invalidRequest("option --format")
                        .actual("'" + format + "'")
                        .expected("text or csv")
                        .build();
        };
    }

    /** The page for the answer. */
    public Page page(Terminal terminal) {
        return full ? terminal.page().inFull() : terminal.page();
    }

    /**
     * Returns the exit code.
     *
     * @param rows the number of rows found
     */
    public int exitCode(int rows) {
        return (exitCode && rows == 0 ? ExitCode.DIFFERENCES : ExitCode.DONE).value();
    }
}
