package io.hybridsnapshot.app.report;

import io.hybridsnapshot.app.output.OutputFile;
import io.hybridsnapshot.app.output.PendingOutput;
import io.hybridsnapshot.app.output.TemporaryFile;
import io.hybridsnapshot.domain.error.FullDisk;
import io.hybridsnapshot.engine.comparison.RowChangeListener;
import io.hybridsnapshot.report.ChangeReport;
import io.hybridsnapshot.report.ReportFormat;
import io.hybridsnapshot.report.ReportSummary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The report files of one comparison. {@link #finish} writes them; closing before that leaves none. A page that cannot
 * hold all rows has a file of all rows beside it. For one thread.
 */
public final class ReportFiles implements AutoCloseable {
    private final List<Target> targets;
    private final TemporaryFile spool;
    private final ChangeReport rows;
    private final List<PendingOutput> pending = new ArrayList<>();

    /**
     * A report to write.
     *
     * @param file its file
     * @param allRows the file beside it, if rows do not fit; a page has one
     */
    public record Target(ReportFormat format, OutputFile file, Optional<OutputFile> allRows) {}

    private ReportFiles(List<Target> targets, TemporaryFile spool, ChangeReport rows) {
        this.targets = List.copyOf(targets);
        this.spool = spool;
        this.rows = rows;
    }

    /**
     * Starts the reports, whose files are made now, so that a directory without rights ends a command before its work.
     *
     * @param hidden the columns whose values stay out of the reports
     * @throws io.hybridsnapshot.domain.error.SnapshotException UNAVAILABLE if a file cannot be made
     */
    public static ReportFiles open(
            List<Target> targets, List<String> hidden, Function<OutputFile, PendingOutput> opening) {
        TemporaryFile spool = TemporaryFile.make();
        ReportFiles files = new ReportFiles(targets, spool, ChangeReport.spoolingTo(spool.path(), hidden));
        try {
            for (Target target : targets) {
                files.start(opening.apply(target.file()));
                target.allRows().ifPresent(file -> files.start(opening.apply(file)));
            }
            return files;
        } catch (RuntimeException e) {
            files.close();
            throw e;
        }
    }

    private void start(PendingOutput output) {
        pending.add(output);
        output.stream();
    }

    /** Returns the receiver of the rows. */
    public RowChangeListener listener() {
        return rows;
    }

    /**
     * Writes the reports, which get their names and replace files of those names.
     *
     * @return the files, in the order in which they were requested, each with the one beside it
     */
    public List<Path> finish(ReportSummary summary) {
        List<Path> written = new ArrayList<>();
        int at = 0;
        for (Target target : targets) {
            PendingOutput report = pending.get(at++);
            ReportSummary head = summary;
            if (target.allRows().isPresent()) {
                Path beside = target.allRows().get().named();
                if (write(ReportFormat.CSV, summary, pending.get(at++), rowsDoNotFit())) {
                    head = summary.withAllRowsIn(String.valueOf(beside.getFileName()));
                    written.add(beside);
                }
            }
            write(target.format(), head, report, true);
            written.add(target.file().named());
        }
        return written;
    }

    private boolean rowsDoNotFit() {
        try {
            return rows.rowsNotOnPage() > 0;
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private RuntimeException unreadable(IOException cause) {
        return FullDisk.unwritable("the rows of the report cannot be read again", spool.path(), cause)
                .build();
    }

    private boolean write(ReportFormat format, ReportSummary summary, PendingOutput output, boolean isNeeded) {
        if (!isNeeded) {
            return false;
        }
        try {
            rows.write(format, summary, output.stream());
        } catch (IOException e) {
            throw FullDisk.unwritable("the report cannot be written", Path.of(output.name()), e)
                    .build();
        }
        output.finish();
        return true;
    }

    @Override
    public void close() {
        pending.forEach(PendingOutput::close);
        rows.close();
        spool.close();
    }
}
