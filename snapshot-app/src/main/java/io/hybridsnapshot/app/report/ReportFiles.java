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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The report files of one comparison. {@link #complete} writes them, {@link #finish} gives them their names; closing
 * before that leaves none. A page that cannot
 * hold all rows has a file of all rows beside it. For one thread.
 */
public final class ReportFiles implements AutoCloseable {
    private final List<Target> targets;
    private final TemporaryFile spool;
    private final ChangeReport rows;
    private final List<PendingOutput> pending = new ArrayList<>();
    private final List<Written> written = new ArrayList<>();
    private final List<Target> unneeded = new ArrayList<>();
    private final List<String> outdated = new ArrayList<>();

    /**
     * A report to write.
     *
     * @param file its file
     * @param allRows the file beside it, if rows do not fit; a page has one
     */
    public record Target(ReportFormat format, OutputFile file, Optional<OutputFile> allRows) {}

    /** A file whose bytes are written, and which waits for its name. */
    private record Written(OutputFile file, PendingOutput output) {}

    private ReportFiles(List<Target> targets, TemporaryFile spool, ChangeReport rows) {
        this.targets = List.copyOf(targets);
        this.spool = spool;
        this.rows = rows;
    }

    /**
     * Starts the reports, whose files are made now, so that a directory without rights ends a command before its work.
     *
     * @param hidden the columns whose values stay out of the reports
     * @param workDirectory where the rows wait until the reports are written
     * @throws io.hybridsnapshot.domain.error.SnapshotException UNAVAILABLE if a file cannot be made
     */
    public static ReportFiles open(
            List<Target> targets,
            List<String> hidden,
            Path workDirectory,
            Function<OutputFile, PendingOutput> opening) {
        TemporaryFile spool = TemporaryFile.in(workDirectory);
        ReportFiles files;
        try {
            files = new ReportFiles(targets, spool, ChangeReport.spoolingTo(spool.path(), hidden));
        } catch (RuntimeException e) {
            spool.close();
            throw e;
        }
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
     * Writes the reports. They do not have their names yet, so earlier files are as they were.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException UNAVAILABLE if a file cannot be written
     */
    public void complete(ReportSummary summary) {
        int at = 0;
        for (Target target : targets) {
            PendingOutput report = pending.get(at++);
            ReportSummary head = summary;
            if (target.allRows().isPresent()) {
                PendingOutput beside = pending.get(at++);
                if (rowsDoNotFit()) {
                    OutputFile file = target.allRows().get();
                    write(ReportFormat.CSV, summary, beside);
                    written.add(new Written(file, beside));
                    head = summary.withAllRowsIn(String.valueOf(file.named().getFileName()));
                } else {
                    unneeded.add(target);
                }
            }
            write(target.format(), head, report);
            written.add(new Written(target.file(), report));
        }
    }

    /**
     * Gives the written reports their names; they replace files of those names. The file beside a page comes before the
     * page. An earlier file beside a page that needs none is deleted, because it may hold values that are left out of
     * the page. A file that is no report of all rows stays.
     *
     * @return the files, in the order in which they were requested, each with the one beside it
     */
    public List<Path> finish() {
        written.forEach(each -> each.output.finish());
        unneeded.forEach(this::removeBeside);
        return written.stream().map(each -> each.file.named()).toList();
    }

    private void removeBeside(Target target) {
        OutputFile beside = target.allRows().orElseThrow();
        if (!beside.isRegular() || !Files.exists(beside.target())) {
            return;
        }
        String page = target.file().named() + " holds all rows";
        if (!ReportFormat.CSV.isReport(beside.target())) {
            outdated.add(page + "; " + beside.named() + " beside it is another file and stays as it is");
            return;
        }
        try {
            Files.delete(beside.target());
            outdated.add(page + "; " + beside.named() + " of an earlier report is deleted");
        } catch (IOException e) {
            outdated.add(page + "; " + beside.named() + " of an earlier report cannot be deleted: " + e.getMessage());
        }
    }

    /** Returns sentences on files that stood beside pages that need none. */
    public List<String> outdated() {
        return List.copyOf(outdated);
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

    private void write(ReportFormat format, ReportSummary summary, PendingOutput output) {
        try {
            rows.write(format, summary, output.stream());
        } catch (IOException e) {
            throw FullDisk.unwritable("the report cannot be written", Path.of(output.name()), e)
                    .build();
        }
        output.complete();
    }

    @Override
    public void close() {
        pending.forEach(PendingOutput::close);
        try {
            rows.close();
        } finally {
            spool.close();
        }
    }
}
