package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.config.EncryptionSection;
import io.hybridsnapshot.app.output.OutputFile;
import io.hybridsnapshot.app.output.PendingOutput;
import io.hybridsnapshot.app.report.ChangesFile;
import io.hybridsnapshot.app.report.DisplayText;
import io.hybridsnapshot.app.report.ReportFiles;
import io.hybridsnapshot.domain.delta.RowChange;
import io.hybridsnapshot.domain.error.FullDisk;
import io.hybridsnapshot.engine.comparison.ComparedColumns;
import io.hybridsnapshot.engine.comparison.RowChangeListener;
import io.hybridsnapshot.report.JUnitXml;
import io.hybridsnapshot.report.ReportSummary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The files of one comparison: the file of all changes and the reports. For one thread. */
public final class DeltaOutputs {
    private final Optional<OutputFile> changes;
    private final List<ReportFiles.Target> reports;
    private List<Path> reportFiles = List.of();
    private Optional<Path> changesFile = Optional.empty();
    private List<String> outdated = List.of();
    private final Optional<OutputFile> junit;
    private Optional<Path> junitFile = Optional.empty();

    DeltaOutputs(Optional<OutputFile> changes, List<ReportFiles.Target> reports, Optional<OutputFile> junit) {
        this.changes = changes;
        this.reports = List.copyOf(reports);
        this.junit = junit;
    }

    /** Returns the file of all changes, if one is wanted. */
    public Optional<OutputFile> changes() {
        return changes;
    }

    List<ReportFiles.Target> reports() {
        return reports;
    }

    /** Checks whether any file is wanted. */
    public boolean areWanted() {
        return changes.isPresent() || !reports.isEmpty() || junit.isPresent();
    }

    /** Returns what the files are called in messages: the reports, or the file of changes if it is wanted alone. */
    public String noun() {
        return !reports.isEmpty() ? "report" : changes.isPresent() ? "file of changes" : "JUnit XML";
    }

    /** Returns the option that asks for what {@link #noun} names. */
    public String option() {
        return !reports.isEmpty() ? "--report" : changes.isPresent() ? "--changes" : "--junit";
    }

    /** Returns the file of all changes as the user named it, once it is written. */
    public Optional<Path> changesFile() {
        return changesFile;
    }

    /** Returns the file of JUnit XML as the user named it, once it is written. */
    public Optional<Path> junitFile() {
        return junitFile;
    }

    /**
     * Writes the verdicts on the expectations, if their file is wanted.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException UNAVAILABLE if it cannot be written
     */
    public void writeVerdicts(Terminal terminal, JUnitXml verdicts) {
        if (junit.isEmpty()) {
            return;
        }
        try (PendingOutput output = terminal.open(junit.get())) {
            try {
                verdicts.write(output.stream());
            } catch (IOException e) {
                throw FullDisk.unwritable("the JUnit XML cannot be written", Path.of(output.name()), e)
                        .build();
            }
            output.finish();
        }
        junitFile = junit.map(OutputFile::named);
    }

    /** Returns the report files that were written, once they are. */
    public List<Path> reportFiles() {
        return reportFiles;
    }

    /**
     * Returns lines that name the report files and the file of JUnit XML; none without them.
     *
     * @param encryption of the archives, which the reports do not have
     */
    public List<String> lines(EncryptionSection encryption) {
        List<String> lines = new ArrayList<>();
        junitFile.ifPresent(file -> lines.add("JUnit XML: " + DisplayText.escaped(file.toString())));
        if (reportFiles.isEmpty()) {
            return lines;
        }
        lines.add("Report: "
                + DisplayText.escaped(String.join(
                        ", ", reportFiles.stream().map(Path::toString).toList())));
        if (!(encryption instanceof EncryptionSection.Off)) {
            lines.add("  It holds plain cells, although the archives are encrypted.");
        }
        outdated.forEach(remark -> lines.add("  " + DisplayText.escaped(remark)));
        return lines;
    }

    /** The open files of a comparison. */
    public final class Open implements AutoCloseable {
        private final Optional<ChangesFile> changesFile;
        private final Optional<ReportFiles> files;

        Open(Optional<ChangesFile> changesFile, Optional<ReportFiles> files) {
            this.changesFile = changesFile;
            this.files = files;
        }

        /** Returns the receiver of every row that differs; empty if no file is wanted. */
        Optional<RowChangeListener> listener() {
            List<RowChangeListener> listeners = new ArrayList<>();
            changesFile.ifPresent(listeners::add);
            files.map(ReportFiles::listener).ifPresent(listeners::add);
            return listeners.size() < 2
                    ? listeners.stream().findFirst()
                    : Optional.of(new Both(listeners.get(0), listeners.get(1)));
        }

        /**
         * Writes the files, and then gives them their names: a failure to write leaves earlier files as they were.
         *
         * @param summary makes the head of the reports, if there are any
         */
        public void finish(Supplier<ReportSummary> summary) {
            changesFile.ifPresent(ChangesFile::complete);
            files.ifPresent(reporting -> reporting.complete(summary.get()));
            changesFile.ifPresent(ChangesFile::finish);
            DeltaOutputs.this.changesFile = changes.map(OutputFile::named);
            if (files.isPresent()) {
                reportFiles = files.get().finish();
                outdated = files.get().outdated();
            }
        }

        @Override
        public void close() {
            try {
                changesFile.ifPresent(ChangesFile::close);
            } finally {
                files.ifPresent(ReportFiles::close);
            }
        }
    }

    /** Two receivers of the same rows. */
    private record Both(RowChangeListener first, RowChangeListener second) implements RowChangeListener {
        @Override
        public void onColumns(ComparedColumns columns) {
            first.onColumns(columns);
            second.onColumns(columns);
        }

        @Override
        public void onChange(RowChange change) {
            first.onChange(change);
            second.onChange(change);
        }

        @Override
        public boolean wantsWholeRows() {
            return Stream.of(first, second).anyMatch(RowChangeListener::wantsWholeRows);
        }
    }
}
