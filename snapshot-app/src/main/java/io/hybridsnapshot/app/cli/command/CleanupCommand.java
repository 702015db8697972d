package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.ApplyOption;
import io.hybridsnapshot.app.cli.option.OnlyPartitionOption;
import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.config.RetentionSection;
import io.hybridsnapshot.app.config.TimeZones;
import io.hybridsnapshot.app.dataset.DatasetCatalogue;
import io.hybridsnapshot.app.report.Amounts;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.SnapshotView;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.retention.CalendarRule;
import io.hybridsnapshot.domain.retention.RetentionPlan;
import io.hybridsnapshot.domain.retention.RetentionRule;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.catalogue.KnownDatasets;
import io.hybridsnapshot.engine.retention.CleanUpSnapshots;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code snapshot cleanup}. */
@Command(
        name = "cleanup",
        description = {
            "Shows what the retention rules would remove, which rules keep each archive, and the "
                    + "digest of this plan.",
            "--apply DIGEST removes exactly that, or refuses if the plan has changed since. An "
                    + "archive stays if any rule keeps it. These always stay: the newest two of a partition, "
                    + "held archives, and archives that the window refers to. A removed archive leaves its "
                    + "record as a tombstone."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot cleanup orders                              what would go",
            "  snapshot cleanup orders --keep-days 7 --keep-daily 30 --keep-monthly 12 --time-zone Europe/Berlin",
            "  snapshot cleanup orders --keep-days 30 --apply 0f3c…    the digest that the plan shows"
        })
final class CleanupCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Configurations configurations;
    private final Supplier<DatasetCatalogue> datasets;
    private final Supplier<KnownDatasets> known;
    private final Supplier<CleanUpSnapshots> cleanUps;

    @Parameters(paramLabel = "DATASET", description = "The dataset's name.")
    private String name;

    @Mixin
    private ApplyOption apply;

    @Option(
            names = "--keep-count",
            paramLabel = "N",
            order = 2,
            description = "Number of snapshots of each partition that the window keeps (default: the dataset's, "
                    + "else retention.keep-count).")
    private Integer keepCount;

    @Option(
            names = "--keep-days",
            paramLabel = "N",
            order = 3,
            description = "Number of days for which an archive is kept (default: retention.keep-days).")
    private Integer keepDays;

    @Option(
            names = "--keep-last",
            paramLabel = "N",
            order = 4,
            description =
                    "Number of newest archives of each partition that are kept (default: " + "retention.keep-last).")
    private Integer keepLast;

    @Option(
            names = "--keep-daily",
            paramLabel = "N",
            order = 5,
            description = "Number of days with archives; the newest archive of each is kept (default: "
                    + "retention.keep-daily).")
    private Integer keepDaily;

    @Option(
            names = "--keep-weekly",
            paramLabel = "N",
            order = 6,
            description = "The same for weeks, which start on Monday (default: retention.keep-weekly).")
    private Integer keepWeekly;

    @Option(
            names = "--keep-monthly",
            paramLabel = "N",
            order = 7,
            description = "The same for months (default: retention.keep-monthly).")
    private Integer keepMonthly;

    @Option(
            names = "--keep-yearly",
            paramLabel = "N",
            order = 8,
            description = "The same for years (default: retention.keep-yearly).")
    private Integer keepYearly;

    @Option(
            names = "--time-zone",
            paramLabel = "ZONE",
            order = 9,
            description = "Time zone of the days, weeks, months and years (default: retention.time-zone, else UTC).")
    private String timeZone;

    @Mixin
    private OnlyPartitionOption only;

    CleanupCommand(
            Terminal terminal,
            Configurations configurations,
            Supplier<DatasetCatalogue> datasets,
            Supplier<KnownDatasets> known,
            Supplier<CleanUpSnapshots> cleanUps) {
        this.terminal = terminal;
        this.configurations = configurations;
        this.datasets = datasets;
        this.known = known;
        this.cleanUps = cleanUps;
    }

    @Override
    public Integer call() {
        KnownNames.requireDataset(known.get(), name);
        Dataset dataset = datasets.get().named(name);
        only.partition().ifPresent(partition -> KnownNames.requirePartitions(known.get(), name, List.of(partition)));
        RetentionRule rule = rule(configurations.configuration().retention(), dataset);
        Optional<Partition> within = only.partition();
        CleanUpSnapshots cleanUp = cleanUps.get();
        RetentionPlan plan;
        if (apply.isGiven()) {
            plan = cleanUp.apply(
                    dataset,
                    within,
                    rule,
                    apply.digest(() -> cleanUp.plan(dataset, within, rule).digest()));
        } else {
            plan = cleanUp.plan(dataset, within, rule);
        }
        print(plan);
        return ExitCode.DONE.value();
    }

    private RetentionRule rule(RetentionSection retention, Dataset dataset) {
        CalendarRule calendar = retention.calendar();
        return new RetentionRule(
                or(keepCount, dataset.keepCount()),
                or(keepDays, retention.keepDays()),
                new CalendarRule(
                        or(keepLast, calendar.last()),
                        or(keepDaily, calendar.daily()),
                        or(keepWeekly, calendar.weekly()),
                        or(keepMonthly, calendar.monthly()),
                        or(keepYearly, calendar.yearly()),
                        timeZone == null ? calendar.zone() : zone()));
    }

    private static int or(Integer given, int otherwise) {
        return given == null ? otherwise : given;
    }

    private ZoneId zone() {
        return TimeZones.find(timeZone)
                .orElseThrow(() -> SnapshotException.invalidRequest(TimeZones.unknown(timeZone))
                        .where("option --time-zone")
                        .build());
    }

    private void print(RetentionPlan plan) {
        boolean applied = apply.isGiven();
        long bytes = plan.removals().stream().mapToLong(ArchivedSnapshot::size).sum();
        if (terminal.json()) {
            terminal.print(Json.object(
                    "command",
                    "cleanup",
                    "dataset",
                    name,
                    "partition",
                    plan.scope().partition(),
                    "applied",
                    applied,
                    "digest",
                    plan.digest(),
                    "rule",
                    SnapshotView.json(plan.scope().rule()),
                    "removedArchives",
                    plan.removals().size(),
                    "removedBytes",
                    bytes,
                    "plan",
                    SnapshotView.json(plan)));
            return;
        }
        terminal.print(SnapshotView.plan(plan));
        terminal.console()
                .out()
                .println((applied ? "Removed " : "To be removed: ")
                        + Amounts.counted(plan.windowSnapshots().size(), "snapshot") + " of the window, "
                        + Amounts.counted(plan.removals().size(), "archive") + " (" + Amounts.size(bytes) + ")"
                        + (applied ? "" : "; nothing was changed"));
        if (!applied && !plan.isEmpty()) {
            terminal.console().out().println("The same again with --apply " + plan.digest() + " removes exactly that.");
        }
    }
}
