package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.PeriodOptions;
import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.SnapshotView;
import io.hybridsnapshot.app.report.TrendView;
import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.catalogue.PartitionStatistics;
import io.hybridsnapshot.engine.catalogue.SnapshotCatalogue;
import io.hybridsnapshot.engine.catalogue.SnapshotTrends;
import io.hybridsnapshot.engine.catalogue.TrendPeriod;
import io.hybridsnapshot.engine.catalogue.TrendStep;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code snapshot stats}. */
@Command(
        name = "stats",
        description = {
            "Shows how many snapshots, rows and bytes each partition has in the window and in the archive.",
            "--trend shows instead what was archived in each day, week or month (UTC), be it still there or removed since."
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
    private final Sessions sessions;

    @Parameters(arity = "0..1", paramLabel = "DATASET", description = "The dataset's name (default: all).")
    private String name;

    @Option(
            names = {"-p", "--partition"},
            paramLabel = "NAME",
            order = 20,
            description = "One partition only (default: all).")
    private String partition;

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

    StatsCommand(Terminal terminal, Sessions sessions) {
        this.terminal = terminal;
        this.sessions = sessions;
    }

    @Override
    public Integer call() {
        requireTrendOptions();
        try (Session session = sessions.open()) {
            Optional<Partition> only = Optional.ofNullable(partition).map(Partition::new);
            List<String> datasets = KnownDatasets.names(session, Optional.ofNullable(name));
            only.ifPresent(wanted -> KnownPartitions.require(session, datasets, wanted, List.of()));
            if (trend) {
                trend(session, datasets, only);
            } else {
                statistics(session, datasets, only);
            }
            return ExitCode.DONE.value();
        }
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
        return terminal.json() ? Format.JSON : choice("--format", format, Format.values(), Format.TABLE);
    }

    private TrendStep step() {
        return choice("--by", step, TrendStep.values(), TrendStep.DAY);
    }

    private static <T extends Enum<T>> T choice(String option, String text, T[] values, T standard) {
        if (text == null) {
            return standard;
        }
        for (T value : values) {
            if (value.name().equalsIgnoreCase(text)) {
                return value;
            }
        }
        throw SnapshotException.invalidRequest("option " + option)
                .actual("'" + text + "'")
                .expected(Arrays.stream(values)
                        .map(value -> value.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", ")))
                .build();
    }

    private void trend(Session session, List<String> datasets, Optional<Partition> only) {
        TrendStep by = step();
        Format printed = format();
        Instant now = terminal.console().clock().instant();
        SnapshotTrends trends = new SnapshotTrends(session.environment());
        Map<String, List<TrendPeriod>> periods = new LinkedHashMap<>();
        for (String dataset : datasets) {
            ArchiveQuery all = ArchiveQuery.of(dataset);
            ArchiveQuery query = period.narrow(only.map(all::in).orElse(all), now);
            periods.put(dataset, trends.periods(query, by, KnownDatasets.orphans(session, dataset, only)));
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
                                    "dataset", entry.getKey(),
                                    "periods",
                                            entry.getValue().stream()
                                                    .map(each -> TrendView.json(each, by))
                                                    .toList()))
                            .toList()));
        } else if (printed == Format.CSV) {
            TrendView.csv(terminal.console().out(), periods, by);
        } else if (periods.isEmpty()) {
            printNothingYet();
        } else {
            periods.forEach((dataset, each) -> {
                terminal.console().out().println(KnownDatasets.heading(dataset));
                terminal.print(each.isEmpty() ? List.of("  no archives match") : TrendView.lines(each, by));
            });
        }
    }

    private void statistics(Session session, List<String> datasets, Optional<Partition> only) {
        SnapshotCatalogue catalogue = new SnapshotCatalogue(session.environment());
        Map<String, List<PartitionStatistics>> statistics = new LinkedHashMap<>();
        for (String dataset : datasets) {
            statistics.put(dataset, statistics(session, catalogue, dataset, only));
        }
        if (terminal.json()) {
            terminal.print(Json.object(
                    "command",
                    "stats",
                    "datasets",
                    statistics.entrySet().stream()
                            .map(entry -> Json.object(
                                    "dataset", entry.getKey(),
                                    "partitions",
                                            entry.getValue().stream()
                                                    .map(SnapshotView::json)
                                                    .toList()))
                            .toList()));
        } else if (statistics.isEmpty()) {
            printNothingYet();
        } else {
            statistics.forEach((dataset, partitions) -> {
                terminal.console().out().println(KnownDatasets.heading(dataset));
                terminal.print(
                        partitions.isEmpty() ? List.of("  no snapshots yet") : SnapshotView.statistics(partitions));
            });
        }
    }

    private static List<PartitionStatistics> statistics(
            Session session, SnapshotCatalogue catalogue, String dataset, Optional<Partition> only) {
        if (!Dataset.isName(dataset)) {
            return catalogue.archiveStatistics(dataset, only);
        }
        try {
            return catalogue.statistics(session.datasets().named(dataset), only);
        } catch (SnapshotException e) {
            if (!KnownDatasets.isRefusedByWindow(e)) {
                throw e;
            }
            return catalogue.archiveStatistics(dataset, only);
        }
    }

    private void printNothingYet() {
        terminal.console().out().println("No snapshots yet; 'snapshot save --help' shows how to take the first.");
    }
}
