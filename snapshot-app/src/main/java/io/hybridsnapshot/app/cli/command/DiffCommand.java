package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.ComparisonRulesOptions;
import io.hybridsnapshot.app.cli.option.CsvOptions;
import io.hybridsnapshot.app.cli.option.DeltaOptions;
import io.hybridsnapshot.app.cli.option.DeltaOutputs;
import io.hybridsnapshot.app.cli.option.SelectionOptions;
import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Stopwatch;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.config.EncryptionSection;
import io.hybridsnapshot.app.dataset.FileTable;
import io.hybridsnapshot.app.dataset.NamedFile;
import io.hybridsnapshot.app.output.OutputFile;
import io.hybridsnapshot.app.output.ProtectedFiles;
import io.hybridsnapshot.app.report.Amounts;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.ReportHeads;
import io.hybridsnapshot.app.report.StepTimes;
import io.hybridsnapshot.app.report.TablesView;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.source.ColumnRenames;
import io.hybridsnapshot.engine.expectation.Expectations;
import io.hybridsnapshot.engine.selection.RowCondition;
import io.hybridsnapshot.engine.tables.CompareTables;
import io.hybridsnapshot.engine.tables.TablesReport;
import io.hybridsnapshot.engine.tables.TablesRequest;
import io.hybridsnapshot.report.JUnitXml;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code snapshot diff}. */
@Command(
        name = "diff",
        description = {
            "Compares two files, without a dataset and without a database.",
            "The key, the separator and the types are found in the files."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot diff monday.csv tuesday.csv",
            "  snapshot diff old.csv new.parquet --key \"ORDER NO\" --ignore \"LOADED AT\"",
            "  snapshot diff a.csv b.csv --where STATUS=OPEN --map CLIENT=CUSTOMER",
            "  snapshot diff a.csv b.csv --encoding windows-1252 --exit-code",
            "  snapshot diff monday.csv tuesday.csv --report changes.html --hide SALARY"
        })
final class DiffCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(
            index = "0",
            paramLabel = "BEFORE",
            description = "The earlier file: CSV, JSON lines, Excel or Parquet; - is standard input.")
    private Path before;

    @Parameters(index = "1", paramLabel = "AFTER", description = "The later file; - is standard input.")
    private Path after;

    @Option(
            names = {"-k", "--key"},
            paramLabel = "COLUMN",
            order = 11,
            description = "A column that identifies a row; repeat it for a key of several columns (default: a column,"
                    + " or two, with another value in every row).")
    private List<String> key = new ArrayList<>();

    @Mixin
    private SelectionOptions selection;

    @Mixin
    private CsvOptions csv;

    @Mixin
    private ComparisonRulesOptions rules;

    @Mixin
    private DeltaOptions delta;

    DiffCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Stopwatch stopwatch = new Stopwatch();
        requireOneStream();
        delta.requireReports();
        try (WorkFiles work = WorkFiles.make(terminal.console());
                Terminal.Watched watched = terminal.progress()) {
            StepTimes steps = new StepTimes(watched.progress(), System::nanoTime);
            Expectations expectations = delta.expectations(List.of());
            ColumnRenames renames = selection.renames();
            List<RowCondition> conditions = selection.conditions();
            NamedFile beforeFile = work.repeatable(before, terminal.resolve(before));
            NamedFile afterFile = work.repeatable(after, terminal.resolve(after));
            FileTable.Given given = csv.given(renames);
            List<FileTable> tables = FileTable.pair(beforeFile, afterFile, given);
            FileTable earlier = tables.get(0);
            FileTable later = tables.get(1);
            csv.requireUse(earlier, later);
            Optional<String> hint = FileTable.hint(beforeFile, given).or(() -> FileTable.hint(afterFile, given));
            ProtectedFiles inputs = ProtectedFiles.NONE
                    .with(terminal.resolve(before), "the earlier file")
                    .with(terminal.resolve(after), "the later file");
            DeltaOutputs outputs = delta.outputs(terminal, inputs);
            TablesReport report = delta.withOutputs(terminal, outputs, work.directory(), files -> {
                TablesReport found = new CompareTables(work.environment())
                        .compare(TablesRequest.of(earlier.rows(), later.rows())
                                .withRenames(renames)
                                .withConditions(conditions)
                                .withKey(key)
                                .withDetails(rules.applyTo(delta.details(files)))
                                .withProgress(steps)
                                .withExpectations(expectations));
                files.finish(() -> ReportHeads.selecting(
                        ReportHeads.ofTables(
                                found,
                                terminal.console().clock().instant(),
                                before,
                                earlier.form(),
                                after,
                                later.form()),
                        conditions,
                        renames,
                        delta.hidden()));
                return found;
            });
            watched.done();
            outputs.writeVerdicts(
                    terminal,
                    new JUnitXml(
                            "snapshot diff " + before + " " + after,
                            terminal.console().clock().instant(),
                            report.delta().expectations(),
                            JUnitXml.Consequence.FAIL));
            print(report.withDelta(delta.hiding(report.delta())), earlier, later, hint, outputs, steps, stopwatch);
            if (DeltaOptions.isUnexpected(report.delta())) {
                return ExitCode.UNEXPECTED.value();
            }
            return TablesView.differs(report) ? delta.exitCode(true) : delta.exitCode(Optional.of(report.delta()));
        }
    }

    private void requireOneStream() {
        if (before.toString().equals("-") && after.toString().equals("-")) {
            throw SnapshotException.invalidRequest("both files are standard input")
                    .expected("- for one of them")
                    .build();
        }
    }

    private void print(
            TablesReport report,
            FileTable earlier,
            FileTable later,
            Optional<String> hint,
            DeltaOutputs outputs,
            StepTimes steps,
            Stopwatch stopwatch) {
        if (terminal.json()) {
            terminal.print(Json.object(
                    "command",
                    "diff",
                    "before",
                    before.toString(),
                    "after",
                    after.toString(),
                    "readAs",
                    Json.object("before", earlier.form(), "after", later.form()),
                    "conditions",
                    selection.conditions().stream().map(RowCondition::toString).toList(),
                    "renamed",
                    selection.renames().names(),
                    "hint",
                    hint,
                    "key",
                    TablesView.keyJson(report),
                    "setApart",
                    TablesView.apartJson(report),
                    "delta",
                    TablesView.deltaJson(report, before.toString(), after.toString()),
                    "changesFile",
                    outputs.changes().map(OutputFile::named),
                    "reportFiles",
                    outputs.reportFiles(),
                    "junitFile",
                    outputs.junitFile(),
                    "steps",
                    steps.json(),
                    "seconds",
                    stopwatch.seconds()));
            return;
        }
        List<String> lines = new ArrayList<>();
        lines.add("Compared two files in " + Amounts.duration(stopwatch.elapsed()));
        earlier.note().ifPresent(note -> lines.add("  before: " + note));
        later.note().ifPresent(note -> lines.add("  after:  " + note));
        hint.ifPresent(text -> lines.addAll(TablesView.hint(text, delta.page(terminal))));
        lines.addAll(TablesView.lines(
                report,
                selection.conditions(),
                TablesView.file(before.toString(), earlier.form()),
                TablesView.file(after.toString(), later.form()),
                delta.page(terminal)));
        lines.addAll(outputs.lines(new EncryptionSection.Off()));
        terminal.report(lines, outputs.changes());
    }
}
