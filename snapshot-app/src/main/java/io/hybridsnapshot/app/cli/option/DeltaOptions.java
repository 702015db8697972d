package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.output.OutputFile;
import io.hybridsnapshot.app.output.ProtectedFiles;
import io.hybridsnapshot.app.report.ChangesFile;
import io.hybridsnapshot.app.report.Page;
import io.hybridsnapshot.app.report.ReportFiles;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.engine.comparison.ChangeDetails;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.comparison.DetailRequest;
import io.hybridsnapshot.engine.comparison.RowChangeListener;
import io.hybridsnapshot.engine.expectation.Expectation;
import io.hybridsnapshot.engine.expectation.Expectations;
import io.hybridsnapshot.engine.expectation.Verdict;
import io.hybridsnapshot.report.JUnitXml;
import io.hybridsnapshot.report.ReportFormat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
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

    @Option(
            names = "--report",
            paramLabel = "FILE",
            order = 42,
            description = "Write a report of the changes with whole rows to FILE: a page (.html), Markdown (.md), an "
                    + "Excel workbook (.xlsx) or CSV (.csv); repeatable. It holds plain cells. Replaces an earlier "
                    + "report; replaces another file only with --force.")
    private List<Path> reports = new ArrayList<>();

    @Option(
            names = "--hide",
            paramLabel = "COLUMN",
            order = 42,
            description = "Leave the values of this column out of the reports; repeatable.")
    private List<String> hidden = new ArrayList<>();

    @Option(
            names = "--expect",
            paramLabel = "RULE",
            order = 42,
            description = "Expect this of the changes, such as 'changed <= 5%%', 'column PRICE changed <= 1%%' or "
                    + "'new-columns none'; repeatable. A broken rule ends with exit code 7.")
    private List<String> expected = new ArrayList<>();

    @Option(
            names = "--junit",
            paramLabel = "FILE",
            order = 42,
            description = "Write the outcome of each expectation to FILE as JUnit XML. Replaces an earlier one; "
                    + "replaces another file only with --force.")
    private Path junit;

    @Mixin
    private ForceOption force;

    @Option(names = "--full", order = 42, description = "Print all columns, cells and names in full, however long.")
    private boolean full;

    @Option(names = "--exit-code", order = 43, description = "End with 1 if rows or columns differ, with 0 if none do.")
    private boolean exitCode;

    /**
     * Checks the names of the reports, before anything is read.
     *
     * @throws SnapshotException INVALID_REQUEST if a name tells no format, or columns are hidden without a report
     */
    public void requireReports() {
        reports.forEach(DeltaOptions::format);
        if (!hidden.isEmpty() && reports.isEmpty()) {
            throw SnapshotException.invalidRequest("option --hide")
                    .actual("no report")
                    .expected("a report whose columns are hidden")
                    .nextStep("add --report FILE, or leave --hide out")
                    .build();
        }
    }

    private static ReportFormat format(Path name) {
        return ReportFormat.of(name)
                .orElseThrow(() -> SnapshotException.invalidRequest("the name of a report tells no format")
                        .where("option --report")
                        .actual("'" + name + "'")
                        .expected("a name that ends in " + endings())
                        .build());
    }

    private static String endings() {
        List<String> all = ReportFormat.extensions();
        return String.join(", ", all.subList(0, all.size() - 1)) + " or " + all.get(all.size() - 1);
    }

    /**
     * Checks the files that are wanted: the file of all changes and the reports.
     *
     * @param inputs files that they must not replace
     */
    public DeltaOutputs outputs(Terminal terminal, ProtectedFiles inputs) {
        requireReports();
        Optional<OutputFile> file = changes().map(name -> terminal.output(name, force.or(ChangesFile::isOne), inputs));
        List<ReportFiles.Target> targets = new ArrayList<>();
        for (Path name : reports) {
            ReportFormat format = format(name);
            OutputFile report =
                    terminal.output(name, force.or(format::isReport), inputs).ownerOnlyUnless(format::isReport);
            Optional<OutputFile> beside = format == ReportFormat.HTML
                    ? Optional.of(terminal.output(beside(name), force.or(ReportFormat.CSV::isReport), inputs)
                            .ownerOnlyUnless(ReportFormat.CSV::isReport))
                    : Optional.empty();
            targets.add(new ReportFiles.Target(format, report, beside));
        }
        if (junit != null && junit.toString().equals(OutputFile.STDOUT)) {
            throw SnapshotException.invalidRequest("option --junit")
                    .actual("'-'")
                    .expected("a file")
                    .build();
        }
        Optional<OutputFile> outcomes = Optional.ofNullable(junit)
                .map(name ->
                        terminal.output(name, force.or(JUnitXml::isOne), inputs).ownerOnlyUnless(JUnitXml::isOne));
        requireDistinct(
                terminal, Stream.concat(file.stream(), outcomes.stream()).toList(), targets);
        return new DeltaOutputs(file, targets, outcomes);
    }

    /** Returns the name of the file of all rows beside a page: {@code page-rows.csv}. */
    private static Path beside(Path page) {
        String name = page.getFileName().toString();
        return page.resolveSibling(name.substring(0, name.lastIndexOf('.')) + "-rows.csv");
    }

    private static void requireDistinct(Terminal terminal, List<OutputFile> files, List<ReportFiles.Target> targets) {
        Set<Path> names = new HashSet<>();
        Stream.concat(
                        files.stream(),
                        targets.stream()
                                .flatMap(target -> Stream.concat(Stream.of(target.file()), target.allRows().stream())))
                .filter(file -> !names.add(place(terminal, file)))
                .map(OutputFile::named)
                .findFirst()
                .ifPresent(name -> {
                    throw SnapshotException.invalidRequest("two outputs would go to one file")
                            .where(name.toString())
                            .expected("a file for each output")
                            .nextStep("name another file")
                            .build();
                });
    }

    /** Returns where the bytes go: links of a regular file's path are resolved. */
    private static Path place(Terminal terminal, OutputFile file) {
        return file.isRegular()
                ? file.target()
                : terminal.resolve(file.named()).toAbsolutePath().normalize();
    }

    /**
     * Runs the work with the files that are wanted. If the work does not finish, regular files are removed.
     *
     * @param workDirectory where the rows of reports wait until they are written
     */
    public <T> T withOutputs(
            Terminal terminal, DeltaOutputs outputs, Path workDirectory, Function<DeltaOutputs.Open, T> work) {
        Optional<ChangesFile> file = outputs.changes().map(terminal::open).map(ChangesFile::to);
        try (DeltaOutputs.Open open = outputs.new Open(file, reports(terminal, outputs, workDirectory, file))) {
            return work.apply(open);
        }
    }

    private Optional<ReportFiles> reports(
            Terminal terminal, DeltaOutputs outputs, Path workDirectory, Optional<ChangesFile> file) {
        try {
            return outputs.reports().isEmpty()
                    ? Optional.empty()
                    : Optional.of(ReportFiles.open(outputs.reports(), hidden, workDirectory, terminal::open));
        } catch (RuntimeException e) {
            file.ifPresent(ChangesFile::close);
            throw e;
        }
    }

    /** The columns whose values stay out of the reports. */
    public List<String> hidden() {
        return List.copyOf(hidden);
    }

    /** Returns a report without the values that CHANGED rows have in common in hidden columns. */
    public DeltaReport hiding(DeltaReport report) {
        return report.withDetails(report.details()
                .map(details -> details.withConcentration(
                        details.concentration().map(found -> found.withoutValuesOf(hidden)))));
    }

    /** The page for the report. */
    public Page page(Terminal terminal) {
        return full ? terminal.page().inFull() : terminal.page();
    }

    public Optional<Path> changes() {
        return Optional.ofNullable(changes);
    }

    public Optional<DetailRequest> details(DeltaOutputs.Open files) {
        if (limit < 0) {
            throw SnapshotException.invalidRequest("option --limit")
                    .actual(limit)
                    .expected("0 or more")
                    .build();
        }
        Optional<RowChangeListener> listener = files.listener();
        if (countsOnly && listener.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new DetailRequest(countsOnly ? 0 : limit, listener));
    }

    /**
     * Returns the expectations of a dataset and those of the options, in this order.
     *
     * @param ofDataset the dataset's own
     * @throws SnapshotException INVALID_REQUEST if the rule of an option cannot be read
     */
    public Expectations expectations(List<Expectation> ofDataset) {
        List<Expectation> all = new ArrayList<>(ofDataset);
        for (String rule : expected) {
            all.add(Expectation.parse(rule));
        }
        return Expectations.of(all.stream().distinct().toList());
    }

    /** The exit code of a comparison: that of its expectations goes before that of its differences. */
    public int exitCodeAsExpected(DeltaReport delta) {
        return isUnexpected(delta) ? ExitCode.UNEXPECTED.value() : exitCode(Optional.of(delta));
    }

    /** Checks whether an expectation that does not only warn is broken or could not be checked. */
    public static boolean isUnexpected(DeltaReport delta) {
        return delta.expectations().stream().anyMatch(Verdict::refuses);
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
