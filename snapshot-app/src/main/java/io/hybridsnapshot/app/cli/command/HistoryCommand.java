package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.AnswerOptions;
import io.hybridsnapshot.app.cli.option.OnlyPartitionOption;
import io.hybridsnapshot.app.cli.option.PeriodOptions;
import io.hybridsnapshot.app.cli.option.RowOptions;
import io.hybridsnapshot.app.cli.option.TimeZoneOption;
import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Stopwatch;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.dataset.DatasetCatalogue;
import io.hybridsnapshot.app.report.Amounts;
import io.hybridsnapshot.app.report.HistoryView;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.CellChange;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.engine.catalogue.KnownDatasets;
import io.hybridsnapshot.engine.history.BuildChangeSets;
import io.hybridsnapshot.engine.history.FindHistory;
import io.hybridsnapshot.engine.history.HistoryAnswer;
import io.hybridsnapshot.engine.history.HistoryRequest;
import io.hybridsnapshot.engine.history.RowEvent;
import io.hybridsnapshot.engine.history.RowHistory;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code snapshot history}. */
@Command(
        name = "history",
        description = {
            "Shows what happened to rows: when each came, changed or went, and its cells before and after.",
            "The archived snapshots of the dataset answer. States without an archive, and archives that were "
                    + "removed or redacted, are named at the end. --build stores the changes between "
                    + "neighbouring archives, which makes later answers faster."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot history orders --key A-1042",
            "  snapshot history orders --where \"ORDER ID=1042\" --column STATUS --since 30d",
            "  snapshot history rates --key \"EUR,2026-09-27\" --time-zone Europe/Berlin",
            "  snapshot history orders --key A-1042 --format csv",
            "  snapshot history orders --build"
        })
final class HistoryCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Supplier<DatasetCatalogue> datasets;
    private final Supplier<KnownDatasets> known;
    private final Supplier<FindHistory> histories;
    private final Supplier<BuildChangeSets> changeSets;

    @Parameters(paramLabel = "DATASET", description = "The dataset's name.")
    private String name;

    @Mixin
    private RowOptions rows;

    @Option(
            names = {"-c", "--column"},
            paramLabel = "COLUMN",
            order = 3,
            description = "Show changes of this column only; repeatable (default: all).")
    private List<String> columns = new ArrayList<>();

    @Option(
            names = "--build",
            order = 4,
            description = "Make the change sets that archives lack, by comparing neighbours; shows no rows.")
    private boolean build;

    @Mixin
    private OnlyPartitionOption only;

    @Mixin
    private PeriodOptions period;

    @Mixin
    private TimeZoneOption timeZone;

    @Mixin
    private AnswerOptions answers;

    HistoryCommand(
            Terminal terminal,
            Supplier<DatasetCatalogue> datasets,
            Supplier<KnownDatasets> known,
            Supplier<FindHistory> histories,
            Supplier<BuildChangeSets> changeSets) {
        this.terminal = terminal;
        this.datasets = datasets;
        this.known = known;
        this.histories = histories;
        this.changeSets = changeSets;
    }

    @Override
    public Integer call() {
        Stopwatch stopwatch = new Stopwatch();
        requireOptions();
        ZoneId zone = timeZone.zone();
        KnownNames.requireDataset(known.get(), name);
        only.partition().ifPresent(partition -> KnownNames.requirePartitions(known.get(), name, List.of(partition)));
        Dataset dataset = rows.dataset(datasets.get(), name);
        return build ? build(dataset, stopwatch) : find(dataset, zone, stopwatch);
    }

    private void requireOptions() {
        if (!build) {
            rows.require();
        } else if (!rows.isEmpty() || !columns.isEmpty() || !period.isEmpty() || answers.isCsv()) {
            throw SnapshotException.invalidRequest("--build makes change sets and shows no rows")
                    .actual("--build with an option about rows, columns, time or format")
                    .expected("--build, with --partition and --json at most")
                    .build();
        }
        answers.require(terminal);
    }

    private int find(Dataset dataset, ZoneId zone, Stopwatch stopwatch) {
        Instant now = terminal.console().clock().instant();
        HistoryAnswer answer = histories
                .get()
                .find(new HistoryRequest(dataset, only.partition(), rows.selection(dataset))
                        .withColumns(new HashSet<>(columns))
                        .within(period.from(now), period.to(now)));
        if (terminal.json()) {
            terminal.print(Json.object(
                    "command", "history",
                    "dataset", name,
                    "keyColumns", dataset.keyColumns(),
                    "rows", answer.rows().stream().map(HistoryView::json).toList(),
                    "gaps", answer.gaps().stream().map(HistoryView::json).toList(),
                    "snapshots", answer.snapshots(),
                    "changeSets", answer.changeSets(),
                    "files", answer.files(),
                    "seconds", stopwatch.seconds()));
        } else if (answers.isCsv()) {
            csv(answer, dataset, zone).print(terminal);
        } else {
            List<String> lines = new ArrayList<>();
            if (answer.rows().isEmpty()) {
                lines.add(rows.nothing("The archive of " + name, dataset));
            } else {
                lines.add(RowLines.title("History of " + name, zone));
            }
            lines.addAll(HistoryView.lines(answer, zone, answers.page(terminal)));
            terminal.report(lines, Optional.empty());
        }
        return answers.exitCode(answer.rows().size());
    }

    private static CsvAnswer csv(HistoryAnswer answer, Dataset dataset, ZoneId zone) {
        List<String> names = RowLines.keyNames(dataset);
        names.addAll(List.of("date", "kind", "archive", "batch", "column", "drift", "before", "after"));
        CsvAnswer csv = new CsvAnswer(names);
        for (RowHistory row : answer.rows()) {
            for (RowEvent event : row.events()) {
                List<Optional<String>> start = RowLines.key(row, dataset);
                start.addAll(RowLines.place(event, zone));
                event.cells().forEach(cell -> csv.line(line(start, event, cell)));
                Set<String> told = new HashSet<>();
                event.cells().forEach(cell -> told.add(cell.column()));
                List<String> drift = new ArrayList<>(event.columnsCame());
                drift.addAll(event.columnsWent());
                drift.stream()
                        .filter(column -> !told.contains(column))
                        .map(column -> new CellChange(column, Optional.empty(), Optional.empty()))
                        .forEach(cell -> csv.line(line(start, event, cell)));
            }
        }
        return csv;
    }

    private static List<Optional<String>> line(List<Optional<String>> start, RowEvent event, CellChange cell) {
        List<Optional<String>> line = new ArrayList<>(start);
        line.add(Optional.of(cell.column()));
        line.add(drift(event, cell.column()));
        line.add(cell.before());
        line.add(cell.after());
        return line;
    }

    private static Optional<String> drift(RowEvent event, String column) {
        if (event.columnsCame().contains(column)) {
            return Optional.of("added");
        }
        return event.columnsWent().contains(column) ? Optional.of("dropped") : Optional.empty();
    }

    private int build(Dataset dataset, Stopwatch stopwatch) {
        try (Terminal.Watched watched = terminal.progress()) {
            List<BuildChangeSets.Step> steps = changeSets.get().build(dataset, only.partition(), watched.progress());
            watched.done();
            if (terminal.json()) {
                terminal.print(Json.object(
                        "command",
                        "history",
                        "dataset",
                        name,
                        "steps",
                        steps.stream().map(HistoryCommand::json).toList(),
                        "seconds",
                        stopwatch.seconds()));
            } else {
                List<String> lines = new ArrayList<>();
                lines.add("Compared " + Amounts.counted(steps.size(), "pair") + " of neighbouring archives of " + name
                        + " in " + Amounts.duration(stopwatch.elapsed()));
                for (BuildChangeSets.Outcome outcome : BuildChangeSets.Outcome.values()) {
                    long count = steps.stream()
                            .filter(step -> step.outcome() == outcome)
                            .count();
                    if (count > 0) {
                        lines.add("  " + Amounts.counted(count, "pair") + ": " + words(outcome));
                    }
                }
                terminal.print(lines);
            }
            return ExitCode.DONE.value();
        }
    }

    private static Map<String, Object> json(BuildChangeSets.Step step) {
        ArchivedSnapshot archive = step.archive();
        return Json.object(
                "partition", archive.partition(),
                "base", step.base().id().value(),
                "archive", archive.id().value(),
                "date", archive.date(),
                "outcome", step.outcome());
    }

    private static String words(BuildChangeSets.Outcome outcome) {
        return switch (outcome) {
            case BUILT -> "a change set was made";
            case THERE -> "there was a change set";
            case NO_KEY -> "no change set, as one of the two lacks a key column";
            case TOO_LARGE -> "no change set, as it would be too large; the files are compared instead";
            case REDACTED -> "no change set, as rows were erased from one of the two";
            case NOT_KEYED -> "no change set, as rows have no key or share one";
        };
    }
}
