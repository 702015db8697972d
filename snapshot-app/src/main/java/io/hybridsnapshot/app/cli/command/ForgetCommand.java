package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.ApplyOption;
import io.hybridsnapshot.app.cli.option.WaitOption;
import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.dataset.DatasetCatalogue;
import io.hybridsnapshot.app.report.Amounts;
import io.hybridsnapshot.app.report.DisplayText;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.SnapshotView;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SafeText;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.catalogue.KnownDatasets;
import io.hybridsnapshot.engine.retention.ForgetDataset;
import io.hybridsnapshot.engine.retention.ForgetPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code snapshot forget}. */
@Command(
        name = "forget",
        description = {
            "Shows what the stores hold of a dataset, and the digest of the plan to remove all of it.",
            "--apply DIGEST removes exactly that from window, archive and outbox, or refuses if the plan has changed "
                    + "since. A held archive prevents it. Tombstones, the ledger's entries and the configuration "
                    + "file stay."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot forget orders                        what would be removed",
            "  snapshot forget orders --apply 0f3c…          the digest that the plan shows"
        })
final class ForgetCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Configurations configurations;
    private final Supplier<DatasetCatalogue> datasets;
    private final Supplier<KnownDatasets> known;
    private final Supplier<ForgetDataset> forgets;

    @Parameters(paramLabel = "DATASET", description = "The dataset's name.")
    private String name;

    @Mixin
    private ApplyOption apply;

    @Mixin
    private WaitOption wait;

    ForgetCommand(
            Terminal terminal,
            Configurations configurations,
            Supplier<DatasetCatalogue> datasets,
            Supplier<KnownDatasets> known,
            Supplier<ForgetDataset> forgets) {
        this.terminal = terminal;
        this.configurations = configurations;
        this.datasets = datasets;
        this.known = known;
        this.forgets = forgets;
    }

    @Override
    public Integer call() {
        KnownNames.requireDataset(known.get(), name);
        Dataset dataset = datasets.get().named(name);
        ForgetDataset forget = forgets.get();
        ForgetPlan plan = apply.isGiven()
                ? forget.apply(dataset, apply.digest(() -> forget.plan(dataset).digest()), wait.patience())
                : forget.plan(dataset);
        print(plan);
        remarks(plan).forEach(remark -> terminal.remark("warning: " + remark));
        return ExitCode.DONE.value();
    }

    private List<String> remarks(ForgetPlan plan) {
        List<String> remarks = new ArrayList<>();
        for (WindowSnapshot snapshot : plan.elsewhere()) {
            remarks.add("the file of snapshot " + snapshot.id().orElseThrow() + " waits in another outbox, "
                    + SafeText.value(snapshot.archiveAwaited().orElseThrow())
                    + ": a 'snapshot recover' there would archive it again; delete it there");
        }
        return remarks;
    }

    private void print(ForgetPlan plan) {
        boolean applied = apply.isGiven();
        if (!terminal.json()) {
            terminal.print(lines(plan, applied));
            return;
        }
        Map<String, Object> document = Json.object(
                "command", "forget",
                "dataset", name,
                "applied", applied,
                "digest", plan.digest(),
                "partitions", plan.partitions(),
                "windowSnapshots",
                        plan.windowSnapshots().stream().map(SnapshotView::json).toList(),
                "unfinished", plan.unfinished().stream().map(SnapshotView::json).toList(),
                "archives", plan.archives().stream().map(SnapshotView::json).toList(),
                "archivedBytes", plan.bytes(),
                "waitingInOutbox", plan.waiting(),
                "waitingElsewhere",
                        plan.elsewhere().stream().map(SnapshotView::json).toList());
        document.put("tombstones", plan.tombstones());
        document.put(
                "obstacles",
                plan.obstacles().stream()
                        .map(obstacle -> Json.object(
                                "kind", obstacle.kind(),
                                "partition", obstacle.partition(),
                                "archive",
                                        obstacle.archive().map(archive ->
                                                (Object) archive.id().value()),
                                "text", obstacle.text()))
                        .toList());
        document.put("remarks", remarks(plan));
        terminal.print(document);
    }

    private List<String> lines(ForgetPlan plan, boolean applied) {
        List<String> lines = new ArrayList<>();
        if (!applied && plan.isEmpty() && plan.obstacles().isEmpty()) {
            lines.add("Nothing to forget: window, archive and outbox hold nothing of " + name
                    + (plan.tombstones() == 0
                            ? "."
                            : " but " + Amounts.counted(plan.tombstones(), "tombstone") + ", which stay."));
            return lines;
        }
        lines.add((applied ? "Forgotten: " : "To be forgotten: ") + name + (applied ? "" : "; nothing was changed"));
        lines.add("  partitions: " + plan.partitions().size() + partitions(plan));
        lines.add("  snapshots in the window: " + plan.windowSnapshots().size());
        lines.add("  saves under way or interrupted: " + plan.unfinished().size());
        lines.add("  archives: " + plan.archives().size() + " (" + Amounts.size(plan.bytes()) + ")");
        lines.add("  files in the outbox: " + plan.waiting().size());
        lines.add("  holds: " + of(plan, ForgetPlan.ObstacleKind.HELD));
        lines.add("  tombstones: " + plan.tombstones() + " from before, "
                + (plan.tombstones() + plan.archives().size()) + (applied ? " now" : " afterwards"));
        plan.obstacles().forEach(obstacle -> lines.add("  " + SafeText.value(obstacle.text())));
        if (applied) {
            lines.add(nextStep());
        } else if (!plan.obstacles().isEmpty()) {
            lines.add("It cannot be forgotten before "
                    + (plan.obstacles().size() == 1 ? "this obstacle is" : "these obstacles are") + " gone.");
        } else if (!plan.isEmpty()) {
            lines.add("Run it again with --apply " + plan.digest() + " to remove exactly this.");
        }
        return lines;
    }

    private static String partitions(ForgetPlan plan) {
        return plan.partitions().isEmpty()
                ? ""
                : " ("
                        + plan.partitions().stream()
                                .map(partition -> DisplayText.escaped(partition.name()))
                                .collect(Collectors.joining(", "))
                        + ")";
    }

    private static long of(ForgetPlan plan, ForgetPlan.ObstacleKind kind) {
        return plan.obstacles().stream()
                .filter(obstacle -> obstacle.kind() == kind)
                .count();
    }

    /** The program does not edit the configuration file: only the user knows whether the dataset is to begin anew. */
    private String nextStep() {
        String shown = datasets.get().shownName(name);
        return configurations.configuration().datasets().containsKey(shown)
                ? "The configuration still defines the dataset: remove 'datasets." + shown + "' from "
                        + configurations
                                .configuration()
                                .file()
                                .map(Object::toString)
                                .orElse("it")
                        + ", or save to begin anew."
                : "The next save begins anew.";
    }
}
