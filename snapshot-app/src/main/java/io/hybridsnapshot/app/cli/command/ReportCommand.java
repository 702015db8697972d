package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.ForceOption;
import io.hybridsnapshot.app.cli.option.OnlyPartitionOption;
import io.hybridsnapshot.app.cli.option.PeriodOptions;
import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.config.Choices;
import io.hybridsnapshot.app.output.OutputFile;
import io.hybridsnapshot.app.output.PendingOutput;
import io.hybridsnapshot.app.report.Amounts;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.error.FullDisk;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.catalogue.KnownDatasets;
import io.hybridsnapshot.engine.catalogue.TrendPeriod;
import io.hybridsnapshot.engine.catalogue.TrendStep;
import io.hybridsnapshot.report.ReportFormat;
import io.hybridsnapshot.report.TrendReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code snapshot report}. */
@Command(
        name = "report",
        description = {
            "Writes a page with plots of a dataset's rows, changes and storage over time.",
            "Archives that were removed count as well. The page needs no other file."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot report trends orders --to trends.html",
            "  snapshot report trends orders --to trends.html --by week --since 90d"
        })
final class ReportCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Configurations configurations;
    private final Supplier<KnownDatasets> known;

    @Parameters(index = "0", paramLabel = "KIND", description = "What the page shows: trends.")
    private String kind;

    @Parameters(index = "1", paramLabel = "DATASET", description = "The dataset's name.")
    private String name;

    @Option(
            names = {"-o", "--to"},
            paramLabel = "FILE",
            order = 1,
            required = true,
            description = "The page, a name that ends in .html.")
    private Path to;

    @Mixin
    private OnlyPartitionOption only;

    @Option(
            names = "--by",
            paramLabel = "STEP",
            order = 22,
            description = "The length of a period: day (default), week (from Monday on) or month.")
    private String step;

    @Mixin
    private PeriodOptions period;

    @Mixin
    private ForceOption force;

    ReportCommand(Terminal terminal, Configurations configurations, Supplier<KnownDatasets> known) {
        this.terminal = terminal;
        this.configurations = configurations;
        this.known = known;
    }

    @Override
    public Integer call() {
        requireTrends();
        requirePage();
        TrendStep by =
                step == null ? TrendStep.DAY : Choices.ofOption("--by", TrendStep.class, step.toLowerCase(Locale.ROOT));
        OutputFile output = terminal.output(to, force.or(ReportFormat.HTML::isReport), configurations.configuredFiles())
                .ownerOnlyUnless(ReportFormat.HTML::isReport);
        KnownDatasets all = known.get();
        String stored = KnownNames.datasets(all, Optional.of(name)).get(0);
        Optional<Partition> within = only.partition();
        within.ifPresent(wanted -> KnownNames.requirePartition(all, List.of(stored), wanted, List.of()));
        Instant now = terminal.console().clock().instant();
        ArchiveQuery whole = ArchiveQuery.of(stored);
        List<TrendPeriod> periods =
                all.trend(stored, period.narrow(within.map(whole::in).orElse(whole), now), by);
        write(new TrendReport(name, by, periods, now), output);
        int archives = periods.stream().mapToInt(TrendPeriod::archives).sum();
        if (terminal.json()) {
            terminal.print(Json.object(
                    "command",
                    "report",
                    "kind",
                    "trends",
                    "dataset",
                    name,
                    "by",
                    by.name().toLowerCase(Locale.ROOT),
                    "archives",
                    archives,
                    "reportFiles",
                    List.of(to.toString())));
        } else {
            terminal.print(List.of("Trends of " + name + " by " + by.name().toLowerCase(Locale.ROOT) + " ("
                    + Amounts.counted(archives, "archive") + ") in " + to));
        }
        return ExitCode.DONE.value();
    }

    private void write(TrendReport report, OutputFile output) {
        try (PendingOutput pending = terminal.open(output)) {
            report.write(pending.stream());
            pending.complete();
            pending.finish();
        } catch (IOException e) {
            throw FullDisk.unwritable("the report cannot be written", to, e).build();
        }
    }

    private void requireTrends() {
        if (!kind.equals("trends")) {
            throw SnapshotException.invalidRequest("unknown kind of report")
                    .actual("'" + kind + "'")
                    .expected("trends")
                    .nextStep("for a report of changes, use --report of diff, detect, compare or save")
                    .build();
        }
    }

    private void requirePage() {
        if (ReportFormat.of(to).filter(ReportFormat.HTML::equals).isEmpty()) {
            throw SnapshotException.invalidRequest("the name of the page has another ending")
                    .where("option --to")
                    .actual("'" + to + "'")
                    .expected("a name that ends in .html")
                    .nextStep("for CSV, use 'snapshot stats --trend --format csv'")
                    .build();
        }
    }
}
