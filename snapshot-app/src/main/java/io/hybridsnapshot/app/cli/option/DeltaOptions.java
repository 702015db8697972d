package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.output.OutputFile;
import io.hybridsnapshot.app.output.ProtectedFiles;
import io.hybridsnapshot.app.report.ChangesFile;
import io.hybridsnapshot.app.report.Page;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.engine.comparison.ChangeDetails;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.comparison.DetailRequest;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The requested details of a delta. */
public final class DeltaOptions {
    @Option(
            names = "--limit",
            paramLabel = "N",
            order = 40,
            defaultValue = "3",
            description = "Show up to N rows of each kind (default: ${DEFAULT-VALUE}).")
    private int limit;

    @Option(
            names = "--no-details",
            order = 41,
            description = "Count only: show no changed columns, no rows and no suggested renames. Faster, because "
                    + "earlier cells are not read.")
    private boolean countsOnly;

    @Option(
            names = "--changes",
            paramLabel = "FILE",
            order = 42,
            description = "Write every row that differs to FILE, one JSON document a line; - is stdout. Replaces "
                    + "an earlier file of changes; replaces another file only with --force.")
    private Path changes;

    @Mixin
    private ForceOption force;

    @Option(names = "--full", order = 42, description = "Print all columns, cells and names in full, however long.")
    private boolean full;

    @Option(names = "--exit-code", order = 43, description = "End with 1 if rows or columns differ, with 0 if none do.")
    private boolean exitCode;

    /**
     * Checks the file of all changes, if one is wanted.
     *
     * @param inputs files that it must not replace
     */
    public Optional<OutputFile> output(Terminal terminal, ProtectedFiles inputs) {
        return changes().map(name -> terminal.output(name, force.or(ChangesFile::isOne), inputs));
    }

    /**
     * Runs the work with the file of all changes, if one is requested. If the work does not finish, a regular file is
     * removed.
     */
    public <T> T withChanges(Terminal terminal, Optional<OutputFile> output, Function<Optional<ChangesFile>, T> work) {
        Optional<ChangesFile> file = output.map(terminal::open).map(ChangesFile::to);
        try {
            return work.apply(file);
        } finally {
            file.ifPresent(ChangesFile::close);
        }
    }

    /** The page for the report. */
    public Page page(Terminal terminal) {
        return full ? terminal.page().inFull() : terminal.page();
    }

    public Optional<Path> changes() {
        return Optional.ofNullable(changes);
    }

    public Optional<DetailRequest> details(Optional<ChangesFile> file) {
        if (limit < 0) {
            throw SnapshotException.invalidRequest("option --limit")
                    .actual(limit)
                    .expected("0 or more")
                    .build();
        }
        if (countsOnly && file.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new DetailRequest(countsOnly ? 0 : limit, file.map(listener -> listener)));
    }

    public int exitCode(Optional<DeltaReport> delta) {
        boolean differs = delta.filter(
                        report -> rowsDiffer(report) || !report.drift().isEmpty())
                .isPresent();
        return exitCode(differs);
    }

    /** The exit code of a comparison that found differences, or found none. */
    public int exitCode(boolean differs) {
        return (exitCode && differs ? ExitCode.DIFFERENCES : ExitCode.DONE).value();
    }

    private static boolean rowsDiffer(DeltaReport report) {
        DeltaSummary counts = report.counts();
        long forgiven = report.details().map(ChangeDetails::forgiven).orElse(0L);
        return counts.added() > 0 || counts.deleted() > 0 || counts.changed() > forgiven;
    }
}
