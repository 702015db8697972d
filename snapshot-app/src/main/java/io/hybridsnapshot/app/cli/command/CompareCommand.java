package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.ComparisonRulesOptions;
import io.hybridsnapshot.app.cli.option.DatasetOptions;
import io.hybridsnapshot.app.cli.option.DeltaOptions;
import io.hybridsnapshot.app.cli.option.DeltaOutputs;
import io.hybridsnapshot.app.cli.option.ParallelOption;
import io.hybridsnapshot.app.cli.option.PartitionOption;
import io.hybridsnapshot.app.cli.option.References;
import io.hybridsnapshot.app.cli.terminal.Stopwatch;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.config.DatasetSection;
import io.hybridsnapshot.app.dataset.DatasetCatalogue;
import io.hybridsnapshot.app.dataset.DefinedDataset;
import io.hybridsnapshot.app.dataset.RowSources;
import io.hybridsnapshot.app.output.ProtectedFiles;
import io.hybridsnapshot.app.report.ReportHeads;
import io.hybridsnapshot.app.report.StepTimes;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.comparison.CompareRequest;
import io.hybridsnapshot.engine.comparison.CompareSnapshots;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.expectation.Expectations;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code snapshot compare}. */
@Command(
        name = "compare",
        description = {
            "Compares any two states: of the window, of the archive, or of a source.",
            "A state is " + References.FORMS + "."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot compare orders                              the previous snapshot and the current one",
            "  snapshot compare orders --days-back 7                a week ago and now",
            "  snapshot compare orders 2026-09-27 archive:12",
            "  snapshot compare orders current source:orders.csv --key \"ORDER NO\"",
            "  snapshot compare orders --ignore \"LOADED AT\" --tolerance PRICE=0.01 --tolerance WEIGHT=1%%"
        })
final class CompareCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Configurations configurations;
    private final Supplier<DatasetCatalogue> datasets;
    private final Supplier<RowSources> sources;
    private final Supplier<CompareSnapshots> compare;

    @Parameters(index = "0", paramLabel = "DATASET", description = "The dataset's name.")
    private String name;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "BEFORE",
            description = "The earlier state (default: previous).")
    private String before;

    @Parameters(index = "2", arity = "0..1", paramLabel = "AFTER", description = "The later state (default: current).")
    private String after;

    @Option(
            names = "--days-back",
            paramLabel = "N",
            order = 5,
            description = "The earlier state is the newest archive that is at least N days old.")
    private Integer daysBack;

    @Mixin
    private DatasetOptions dataset;

    @Mixin
    private ParallelOption parallel;

    @Mixin
    private PartitionOption partition;

    @Mixin
    private ComparisonRulesOptions rules;

    @Mixin
    private DeltaOptions delta;

    CompareCommand(
            Terminal terminal,
            Configurations configurations,
            Supplier<DatasetCatalogue> datasets,
            Supplier<RowSources> sources,
            Supplier<CompareSnapshots> compare) {
        this.terminal = terminal;
        this.configurations = configurations;
        this.datasets = datasets;
        this.sources = sources;
        this.compare = compare;
    }

    @Override
    public Integer call() {
        Stopwatch stopwatch = new Stopwatch();
        delta.requireReports();
        try (Terminal.Watched watched = terminal.progress()) {
            StepTimes steps = new StepTimes(watched.progress(), System::nanoTime);
            Path directory = terminal.console().directory();
            DatasetCatalogue catalogue = datasets.get();
            DatasetSection given = dataset.section(directory);
            DefinedDataset defined = parallel.appliedTo(catalogue.defined(name, given));
            Expectations expectations = delta.expectations(defined.section().expectations());
            RowSources rows = sources.get();
            SnapshotReference earlier = References.any(before(), () -> defined, rows, directory);
            SnapshotReference later =
                    References.any(Optional.ofNullable(after).orElse("current"), () -> defined, rows, directory);
            ProtectedFiles inputs = DatasetOptions.inputs(configurations.configuredFiles(), defined);
            for (String state : List.of(before(), Optional.ofNullable(after).orElse("current"))) {
                Optional<Path> file = References.sourceFile(state, directory);
                inputs = file.isPresent() ? inputs.with(file.get(), "a source of this comparison") : inputs;
            }
            DeltaOutputs outputs = delta.outputs(terminal, inputs);
            DeltaReport report = delta.hiding(delta.withOutputs(
                    terminal, outputs, configurations.configuration().workDirectory(), files -> {
                        DeltaReport found = compare.get()
                                .compare(new CompareRequest(
                                        defined.dataset(),
                                        partition.partition(),
                                        earlier,
                                        later,
                                        rules.applyTo(delta.details(files)),
                                        steps,
                                        expectations));
                        files.finish(() -> ReportHeads.ofDataset(
                                found,
                                terminal.console().clock().instant(),
                                name,
                                ReportHeads.partition(
                                        partition.partition().name(),
                                        defined.section().partitionColumn(),
                                        delta.hidden()),
                                configurations.configuration().encryption()));
                        return found;
                    }));
            watched.done();
            Comparison comparison = new Comparison(
                    "compare",
                    name,
                    partition.partition().name(),
                    report,
                    outputs,
                    configurations.configuration().encryption());
            comparison.writeVerdicts(terminal);
            comparison.print(terminal, delta.page(terminal), steps, stopwatch);
            return delta.exitCodeAsExpected(report);
        }
    }

    private String before() {
        if (daysBack == null) {
            return Optional.ofNullable(before).orElse("previous");
        }
        if (before != null) {
            throw SnapshotException.invalidRequest("the earlier state is named twice")
                    .actual("'" + before + "' and --days-back " + daysBack)
                    .expected("one of them")
                    .build();
        }
        if (daysBack < 0) {
            throw SnapshotException.invalidRequest("option --days-back")
                    .actual(daysBack)
                    .expected("0 or more")
                    .build();
        }
        return daysBack + "d";
    }
}
