package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.app.report.Amounts;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.SnapshotView;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.retention.RetentionPlan;
import io.hybridsnapshot.domain.retention.RetentionRule;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.usecase.CleanUpSnapshots;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code snapshot cleanup}. */
@Command(
        name = "cleanup",
        description = {
            "Shows what the retention rules let go, with the rule for each archive; --apply removes exactly that.",
            "The newest two archives of a partition stay whatever their age, and so does what the window refers to."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot cleanup orders                              what would go",
            "  snapshot cleanup orders --keep-days 30 --apply"
        })
final class CleanupCommand implements Callable<Integer> {
    @ParentCommand
    private SnapshotCommand program;

    @Parameters(paramLabel = "DATASET", description = "The dataset's name.")
    private String name;

    @Option(names = "--apply", order = 1, description = "Remove it; without this nothing is changed.")
    private boolean apply;

    @Option(
            names = "--keep-count",
            paramLabel = "N",
            order = 2,
            description =
                    "Snapshots of each partition that the window keeps (default: the dataset's, else retention.keep-count).")
    private Integer keepCount;

    @Option(
            names = "--keep-days",
            paramLabel = "N",
            order = 3,
            description = "Days for which an archive is kept (default: retention.keep-days).")
    private Integer keepDays;

    @Option(
            names = {"-p", "--partition"},
            paramLabel = "NAME",
            order = 20,
            description = "One partition only (default: all).")
    private String partition;

    @Override
    public Integer call() {
        try (Session session = program.open()) {
            KnownDatasets.require(session, name);
            Dataset dataset = session.datasets().named(name);
            RetentionRule rule = new RetentionRule(
                    Optional.ofNullable(keepCount).orElse(dataset.keepCount()),
                    Optional.ofNullable(keepDays)
                            .orElse(session.configuration().retention().keepDays()));
            Optional<Partition> only = Optional.ofNullable(partition).map(Partition::new);
            CleanUpSnapshots cleanUp = new CleanUpSnapshots(session.environment());
            RetentionPlan plan = apply ? cleanUp.apply(dataset, only, rule) : cleanUp.plan(dataset, only, rule);
            long bytes =
                    plan.removals().stream().mapToLong(ArchivedSnapshot::size).sum();
            if (program.json()) {
                program.print(Json.object(
                        "command",
                        "cleanup",
                        "dataset",
                        name,
                        "applied",
                        apply,
                        "keepCount",
                        rule.keepCount(),
                        "keepDays",
                        rule.keepDays(),
                        "removedArchives",
                        plan.removals().size(),
                        "removedBytes",
                        bytes,
                        "plan",
                        SnapshotView.json(plan)));
            } else {
                program.print(SnapshotView.plan(plan));
                program.console()
                        .out()
                        .println((apply ? "Removed " : "To be removed: ")
                                + Amounts.counted(plan.windowSnapshots().size(), "snapshot") + " of the window, "
                                + Amounts.counted(plan.removals().size(), "archive") + " (" + Amounts.size(bytes) + ")"
                                + (apply ? "" : "; nothing was changed, --apply does it"));
            }
            return ExitCode.DONE.value();
        }
    }
}
