package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.ComparisonRulesOptions;
import io.hybridsnapshot.app.cli.option.DatasetOptions;
import io.hybridsnapshot.app.cli.option.DeltaOptions;
import io.hybridsnapshot.app.cli.option.DeltaOutputs;
import io.hybridsnapshot.app.cli.option.ForeignHashesOption;
import io.hybridsnapshot.app.cli.option.ParallelOption;
import io.hybridsnapshot.app.cli.option.PartitionOption;
import io.hybridsnapshot.app.cli.terminal.Stopwatch;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.config.Choices;
import io.hybridsnapshot.app.dataset.DatasetCatalogue;
import io.hybridsnapshot.app.dataset.DefinedDataset;
import io.hybridsnapshot.app.dataset.RowSources;
import io.hybridsnapshot.app.report.ReportHeads;
import io.hybridsnapshot.app.report.StepTimes;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.catalogue.PartitionPlace;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.comparison.DetectChanges;
import io.hybridsnapshot.engine.comparison.DetectRequest;
import io.hybridsnapshot.engine.comparison.RowJoin;
import io.hybridsnapshot.engine.expectation.Expectations;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code snapshot detect}. */
@Command(
        name = "detect",
        description = {
            "Compares the source with the current snapshot and reports the changes. Takes no " + "snapshot.",
            "Rows are NEW, CHANGED, UNCHANGED or DELETED. For CHANGED rows it names the columns, "
                    + "with the values before and after."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot detect orders --source orders.csv --key \"ORDER NO\"",
            "  snapshot detect orders --exit-code --no-details && echo nothing changed",
            "  snapshot detect orders --changes changes.jsonl --json",
            "  snapshot detect ORDERS_UNIFIED --source orders.parquet --hash-spec legacy-py-b"
        })
final class DetectCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Configurations configurations;
    private final Supplier<DatasetCatalogue> datasets;
    private final Supplier<RowSources> sources;
    private final Supplier<PartitionPlace> place;
    private final Supplier<DetectChanges> detect;

    @Parameters(paramLabel = "DATASET", description = "The dataset's name.")
    private String name;

    @Mixin
    private DatasetOptions dataset;

    @Mixin
    private ParallelOption parallel;

    @Mixin
    private PartitionOption partition;

    @Option(
            names = "--new-partition",
            order = 20,
            description = "The source holds rows of --partition alone, and the partition has no snapshot yet; as "
                    + "for save.")
    private boolean newPartition;

    @Option(
            names = "--join",
            paramLabel = "PLACE",
            order = 25,
            description = "Where the rows are joined with the current snapshot: stream (here, with the snapshot's "
                    + "hashes read from the window) or database (there, with the source's hashes sent to a temporary "
                    + "table). Default: detect.join.")
    private String join;

    @Mixin
    private ForeignHashesOption foreignHashes;

    @Mixin
    private ComparisonRulesOptions rules;

    @Mixin
    private DeltaOptions delta;

    DetectCommand(
            Terminal terminal,
            Configurations configurations,
            Supplier<DatasetCatalogue> datasets,
            Supplier<RowSources> sources,
            Supplier<PartitionPlace> place,
            Supplier<DetectChanges> detect) {
        this.terminal = terminal;
        this.configurations = configurations;
        this.datasets = datasets;
        this.sources = sources;
        this.place = place;
        this.detect = detect;
    }

    @Override
    public Integer call() {
        Stopwatch stopwatch = new Stopwatch();
        delta.requireReports();
        RowJoin joined = join();
        try (Terminal.Watched watched = terminal.progress()) {
            StepTimes steps = new StepTimes(watched.progress(), System::nanoTime);
            Path directory = terminal.console().directory();
            DefinedDataset defined = parallel.appliedTo(datasets.get().defined(name, dataset.section(directory)));
            DeltaOutputs outputs =
                    delta.outputs(terminal, DatasetOptions.inputs(configurations.configuredFiles(), defined));
            Expectations expectations = delta.expectations(defined.section().expectations());
            Partition into = partition.partition();
            if (!newPartition) {
                KnownNames.requirePlace(place.get(), defined.dataset(), into, PartitionPlace.ArchiveOut.GO_ON);
            }
            DeltaReport report = delta.hiding(delta.withOutputs(
                    terminal, outputs, configurations.configuration().workDirectory(), files -> {
                        DetectRequest request = new DetectRequest(
                                        defined.dataset(), into, rules.applyTo(delta.details(files)), steps)
                                .withJoin(joined)
                                .withExpectations(expectations);
                        DeltaReport found = foreignHashes
                                .zone()
                                .map(detect.get()::withForeignZone)
                                .orElseGet(detect)
                                .detect(
                                        foreignHashes
                                                .spec()
                                                .map(request::withForeignHashes)
                                                .orElse(request),
                                        sources.get().of(name, defined.section(), dataset.section(directory)));
                        files.finish(() -> ReportHeads.ofDataset(
                                found,
                                terminal.console().clock().instant(),
                                name,
                                ReportHeads.partition(
                                        into.name(), defined.section().partitionColumn(), delta.hidden()),
                                configurations.configuration().encryption()));
                        return found;
                    }));
            watched.done();
            Comparison comparison = new Comparison(
                    "detect",
                    name,
                    into.name(),
                    report,
                    outputs,
                    configurations.configuration().encryption());
            comparison.writeVerdicts(terminal);
            comparison.print(terminal, delta.page(terminal), steps, stopwatch);
            return delta.exitCodeAsExpected(report);
        }
    }

    private RowJoin join() {
        return join == null
                ? configurations.configuration().detectJoin()
                : Choices.ofOption("--join", RowJoin.class, join);
    }
}
