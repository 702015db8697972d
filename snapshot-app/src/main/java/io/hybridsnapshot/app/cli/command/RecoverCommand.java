package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.WaitOption;
import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.dataset.DatasetCatalogue;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.SnapshotView;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.catalogue.KnownDatasets;
import io.hybridsnapshot.engine.recovery.RecoverSnapshots;
import io.hybridsnapshot.engine.recovery.Recovery;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code snapshot recover}. */
@Command(
        name = "recover",
        description = {
            "Finishes or undoes interrupted saves, and delivers archives that wait in the outbox. " + "Idempotent.",
            "Each save does the same for its partition first, so run this only if you cannot wait "
                    + "for the next save. Exit code 3: something still waits, because its writer is alive, the "
                    + "archive cannot be reached, or the archive has another snapshot in its place. The reason "
                    + "names the next step. Exit code 4: a file that waits in the outbox is damaged."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  snapshot recover orders", "  snapshot recover orders --partition GREYSON --wait 0"})
final class RecoverCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Supplier<DatasetCatalogue> datasets;
    private final Supplier<KnownDatasets> known;
    private final Supplier<RecoverSnapshots> recoveries;

    @Parameters(paramLabel = "DATASET", description = "The dataset's name.")
    private String name;

    @Option(
            names = {"-p", "--partition"},
            paramLabel = "NAME",
            order = 20,
            description = "One partition; repeatable (default: all with interrupted saves).")
    private List<String> partitions = new ArrayList<>();

    @Mixin
    private WaitOption wait;

    RecoverCommand(
            Terminal terminal,
            Supplier<DatasetCatalogue> datasets,
            Supplier<KnownDatasets> known,
            Supplier<RecoverSnapshots> recoveries) {
        this.terminal = terminal;
        this.datasets = datasets;
        this.known = known;
        this.recoveries = recoveries;
    }

    @Override
    public Integer call() {
        KnownNames.requireDataset(known.get(), name);
        KnownNames.requirePartitions(
                known.get(), name, partitions.stream().map(Partition::new).toList());
        Dataset dataset = datasets.get().named(name);
        RecoverSnapshots recovery = recoveries.get();
        List<Recovery> recoveries = partitions.isEmpty()
                ? recovery.recover(dataset, wait.patience())
                : recovery.recover(
                        dataset, partitions.stream().map(Partition::new).toList(), wait.patience());
        if (terminal.json()) {
            terminal.print(Json.object(
                    "command",
                    "recover",
                    "dataset",
                    name,
                    "recovered",
                    recoveries.stream().map(SnapshotView::json).toList()));
        } else if (recoveries.isEmpty()) {
            terminal.console().out().println("Nothing was left to recover.");
        } else {
            terminal.print(SnapshotView.recoveries(recoveries));
        }
        return exitCode(recoveries).value();
    }

    private static ExitCode exitCode(List<Recovery> recoveries) {
        if (recoveries.stream().anyMatch(each -> each.outcome() == Recovery.Outcome.DAMAGED)) {
            return ExitCode.CORRUPT;
        }
        boolean pending = recoveries.stream()
                .anyMatch(each ->
                        each.outcome() == Recovery.Outcome.PENDING || each.outcome() == Recovery.Outcome.REFUSED);
        return pending ? ExitCode.CONFLICT : ExitCode.DONE;
    }
}
