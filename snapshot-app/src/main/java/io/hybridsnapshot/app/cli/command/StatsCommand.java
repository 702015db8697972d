package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.OnlyPartitionOption;
import io.hybridsnapshot.app.cli.option.PeriodOptions;
import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.config.Choices;
import io.hybridsnapshot.app.dataset.DatasetCatalogue;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.SnapshotView;
import io.hybridsnapshot.app.report.TrendView;
import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.catalogue.KnownDatasets;
import io.hybridsnapshot.engine.catalogue.PartitionStatistics;
import io.hybridsnapshot.engine.catalogue.TrendPeriod;
import io.hybridsnapshot.engine.catalogue.TrendStep;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code snapshot stats}. */
@Command(
        name = "stats",
        description = {
            "Shows how many snapshots, rows and bytes each partition has in the window and in the " + "archive.",
            "--trend shows instead what was archived in each day, week or month (UTC), removed " + "archives included."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot stats",
            "  snapshot stats orders --json",
            "  snapshot stats orders --trend --by week --since 90d",
            "  snapshot stats --trend --format csv"
        })
final class StatsCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Supplier<DatasetCatalogue> defined;
    private final Supplier<KnownDatasets> known;

    @Parameters(arity = "0..1", paramLabel = "DATASET", description = "The dataset's name (default: all).")
    private String name;

    @Mixin
    private OnlyPartitionOption only;

    @Option(names = "--trend", order = 21, description = "Show sizes, ratios, rows and changes over time.")
    private boolean trend;

    @Option(
            names = "--by",
            paramLabel = "STEP",
            order = 22,
            description = "With --trend: day (default), week (from Monday on) or month.")
    private String step;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            order = 23,
            description = "With --trend: table (default), json (as --json) or csv.")
    private String format;

    @Mixin
    private PeriodOptions period;

    /** How a trend is printed. */
    enum Format {
        TABLE,
        JSON,
        CSV
    }

    StatsCommand(Terminal terminal, Supplier<DatasetCatalogue> defined, Supplier<KnownDatasets> known) {
        this.terminal = terminal;
        this.defined = defined;
        this.known = known;
    }

    @Override
    public Integer call() {
        requireTrendOptions();
        KnownDatasets all = known.get();
        Optional<Partition> within = only.partition();
        List<String> datasets = KnownNames.datasets(all, Optional.ofNullable(name));
        within.ifPresent(wanted -> KnownNames.requirePartition(all, datasets, wanted, List.of()));
        if (trend) {
            trend(all, datasets, within);
        } else {
            statistics(all, datasets, within);
        }
        return ExitCode.DONE.value();
    }

    private void requireTrendOptions() {
        if (!trend && (step != null || format != null || !period.isEmpty())) {
            throw SnapshotException.invalidRequest("an option that is for trends alone")
                    .actual("--by, --format, --since or --until without --trend")
                    .expected("--trend")
                    .nextStep("add --trend")
                    .build();
        }
        if (terminal.json() && format != null && !format.equalsIgnoreCase(Format.JSON.name())) {
            throw SnapshotException.invalidRequest("two formats are asked for")
                    .actual("--json and --format " + format)
                    .expected("one of them")
                    .build();
        }
    }

    private Format format() {
        return terminal.json() ? Format.JSON : choice("--format", Format.class, format, Format.TABLE);
    }

    private TrendStep step() {
        return choice("--by", TrendStep.class, step, TrendStep.DAY);
    }

    private static <E extends Enum<E>> E choice(String option, Class<E> type, String text, E standard) {
        return text == null ? standard : Choices.ofOption(option, type, text.toLowerCase(Locale.ROOT));
    }

    private void trend(KnownDatasets all, List<String> datasets, Optional<Partition> only) {
        TrendStep by = step();
        Format printed = format();
        Instant now = terminal.console().clock().instant();
        Map<String, List<TrendPeriod>> periods = new LinkedHashMap<>();
        for (String dataset : datasets) {
            ArchiveQuery whole = ArchiveQuery.of(dataset);
            ArchiveQuery query = period.narrow(only.map(whole::in).orElse(whole), now);
            periods.put(dataset, all.trend(dataset, query, by));
        }
        if (printed == Format.JSON) {
            terminal.print(Json.object(
                    "command",
                    "stats",
                    "by",
                    by.name().toLowerCase(Locale.ROOT),
                    "datasets",
                    periods.entrySet().stream()
                            .map(entry -> Json.object(
                                    "dataset", defined.get().shownName(entry.getKey()),
                                    "storedAs", entry.getKey(),
                                    "periods",
                                            entry.getValue().stream()
                                                    .map(each -> TrendView.json(each, by))
                                                    .toList()))
                            .toList()));
        } else if (printed == Format.CSV) {
            Map<String, List<TrendPeriod>> shown = new LinkedHashMap<>();
            periods.forEach((dataset, each) -> shown.put(defined.get().shownName(dataset), each));
            TrendView.csv(terminal.console().out(), shown, by);
        } else if (periods.isEmpty()) {
            printNothingYet();
        } else {
            periods.forEach((dataset, each) -> {
                terminal.console().out().println(KnownNames.heading(defined.get(), dataset));
                terminal.print(each.isEmpty() ? List.of("  no archives match") : TrendView.lines(each, by));
            });
        }
    }

    private void statistics(KnownDatasets all, List<String> datasets, Optional<Partition> only) {
        Map<String, List<PartitionStatistics>> statistics = new LinkedHashMap<>();
        for (String dataset : datasets) {
            statistics.put(dataset, all.statistics(dataset, only));
        }
        if (terminal.json()) {
            terminal.print(Json.object(
                    "command",
                    "stats",
                    "datasets",
                    statistics.entrySet().stream()
                            .map(entry -> Json.object(
                                    "dataset", defined.get().shownName(entry.getKey()),
                                    "storedAs", entry.getKey(),
                                    "partitions",
                                            entry.getValue().stream()
                                                    .map(SnapshotView::json)
                                                    .toList()))
                            .toList()));
        } else if (statistics.isEmpty()) {
            printNothingYet();
        } else {
            statistics.forEach((dataset, partitions) -> {
                terminal.console().out().println(KnownNames.heading(defined.get(), dataset));
                terminal.print(
                        partitions.isEmpty() ? List.of("  no snapshots yet") : SnapshotView.statistics(partitions));
            });
        }
    }

    private void printNothingYet() {
        terminal.console().out().println("No snapshots yet; 'snapshot save --help' shows how to take the first.");
    }
}
