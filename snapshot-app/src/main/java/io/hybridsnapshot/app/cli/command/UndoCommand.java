package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.ApplyOption;
import io.hybridsnapshot.app.cli.option.PartitionOption;
import io.hybridsnapshot.app.cli.option.WaitOption;
import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.dataset.DatasetCatalogue;
import io.hybridsnapshot.app.report.Amounts;
import io.hybridsnapshot.app.report.DisplayText;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.SnapshotView;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.catalogue.KnownDatasets;
import io.hybridsnapshot.engine.recovery.UndoPlan;
import io.hybridsnapshot.engine.recovery.UndoSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code snapshot undo}. */
@Command(
        name = "undo",
        description = {
            "Shows the effects of undoing the newest snapshot of a partition, and the digest of this " + "plan.",
            "--apply DIGEST undoes it in window and archive, or refuses if the plan has changed "
                    + "since. The snapshot before it becomes current again. A tombstone of the archive "
                    + "remains, and the batch id may be saved again."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot undo orders                        what would be taken back",
            "  snapshot undo orders --apply 0f3c…          the digest that the plan shows",
            "  snapshot undo ORDERS_UNIFIED --partition GREYSON"
        })
final class UndoCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Supplier<DatasetCatalogue> datasets;
    private final Supplier<KnownDatasets> known;
    private final Supplier<UndoSnapshot> undos;

    @Parameters(paramLabel = "DATASET", description = "The dataset's name.")
    private String name;

    @Mixin
    private ApplyOption apply;

    @Mixin
    private PartitionOption partition;

    @Mixin
    private WaitOption wait;

    UndoCommand(
            Terminal terminal,
            Supplier<DatasetCatalogue> datasets,
            Supplier<KnownDatasets> known,
            Supplier<UndoSnapshot> undos) {
        this.terminal = terminal;
        this.datasets = datasets;
        this.known = known;
        this.undos = undos;
    }

    @Override
    public Integer call() {
        KnownNames.requireDataset(known.get(), name);
        Dataset dataset = datasets.get().named(name);
        Partition only = partition.partition();
        KnownNames.requirePartitions(known.get(), name, List.of(only));
        UndoSnapshot undo = undos.get();
        UndoPlan plan = apply.isGiven()
                ? undo.apply(
                        dataset,
                        only,
                        apply.digest(() -> undo.plan(dataset, only).digest()),
                        wait.patience())
                : undo.plan(dataset, only);
        print(plan);
        remarks(plan).forEach(remark -> terminal.remark("warning: " + remark));
        return ExitCode.DONE.value();
    }

    private static List<String> remarks(UndoPlan plan) {
        return plan.leavesRowsToArchive()
                ? List.of("until the next save of the partition, 'snapshot verify' finds WINDOW_ROWS_MISSING and"
                        + " ends with "
                        + ExitCode.CORRUPT.value() + ": the window has no rows of the snapshot that is current "
                        + "then, and its archive has them")
                : List.of();
    }

    private void print(UndoPlan plan) {
        boolean applied = apply.isGiven();
        if (terminal.json()) {
            terminal.print(Json.object(
                    "command", "undo",
                    "dataset", name,
                    "partition", partition.partition(),
                    "applied", applied,
                    "digest", plan.digest(),
                    "snapshot", SnapshotView.json(applied ? plan.snapshotAfterwards() : plan.snapshot()),
                    "archive", plan.archive().map(SnapshotView::json),
                    "waitingInOutbox", plan.waiting(),
                    "currentAfterwards",
                            (applied ? plan.predecessorAfterwards() : plan.predecessor()).map(SnapshotView::json),
                    "rowsInArchiveOnly", plan.leavesRowsToArchive(),
                    "remarks", remarks(plan)));
            return;
        }
        terminal.print(lines(plan, applied));
    }

    private List<String> lines(UndoPlan plan, boolean applied) {
        List<String> lines = new ArrayList<>();
        lines.add((applied ? "Taken back: " : "To be taken back: ") + name + " (partition "
                + DisplayText.escaped(partition.partition().name()) + "), snapshot of "
                + Amounts.date(plan.snapshot().date()) + ", "
                + Amounts.counted(plan.snapshot().rowCount(), "row") + ", batch "
                + plan.snapshot().id().orElseThrow()
                + plan.archive().map(archive -> ", archive " + archive.id()).orElse("")
                + (plan.waiting() ? ", with its file in the outbox" : "")
                + (applied ? "" : "; nothing was changed"));
        lines.add((applied ? "  Current now: " : "  Current afterwards: ")
                + plan.predecessor()
                        .map(earlier -> "snapshot of " + Amounts.date(earlier.date()) + ", "
                                + Amounts.counted(earlier.rowCount(), "row")
                                + earlier.archiveId()
                                        .map(id -> ", archive " + id)
                                        .orElse(""))
                        .orElse("none; the next save is the partition's first, and every row is NEW"));
        if (plan.leavesRowsToArchive()) {
            lines.add("  The window has no rows of that snapshot any more: its table shows none of the partition"
                    + " until the next save, which compares with the archive.");
        }
        if (!applied) {
            lines.add("Run it again with --apply " + plan.digest() + " to take back exactly this.");
        }
        return lines;
    }
}
