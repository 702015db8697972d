package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.AnswerOptions;
import io.hybridsnapshot.app.cli.option.References;
import io.hybridsnapshot.app.cli.option.RowOptions;
import io.hybridsnapshot.app.cli.option.TimeZoneOption;
import io.hybridsnapshot.app.cli.terminal.Stopwatch;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.dataset.DatasetCatalogue;
import io.hybridsnapshot.app.report.Amounts;
import io.hybridsnapshot.app.report.HistoryView;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.SnapshotView;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.catalogue.KnownDatasets;
import io.hybridsnapshot.engine.history.ShowRows;
import io.hybridsnapshot.engine.history.ShownRows;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code snapshot show}. */
@Command(
        name = "show",
        description = "Shows a row of an archived snapshot: its columns and values.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot show orders --key A-1042",
            "  snapshot show orders --key A-1042 --at 2026-09-27",
            "  snapshot show orders --where \"ORDER ID=1042\" --at archive:12 --format csv"
        })
final class ShowCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Supplier<DatasetCatalogue> datasets;
    private final Supplier<KnownDatasets> known;
    private final Supplier<ShowRows> show;

    @Parameters(paramLabel = "DATASET", description = "The dataset's name.")
    private String name;

    @Mixin
    private RowOptions rows;

    @Option(
            names = "--at",
            paramLabel = "SNAPSHOT",
            order = 3,
            defaultValue = "current",
            description = "current (default), previous, archive:N, id:UUID, tag:NAME=VALUE (the newest archive "
                    + "with this tag), a date or moment (the newest archive until then), or 7d.")
    private String reference;

    @Option(
            names = {"-p", "--partition"},
            paramLabel = "NAME",
            order = 20,
            description = "The part of the dataset (default: ALL, the whole table; for archive:N and id:UUID the part"
                    + " that it is of).")
    private String partition;

    @Mixin
    private TimeZoneOption timeZone;

    @Mixin
    private AnswerOptions answers;

    ShowCommand(
            Terminal terminal,
            Supplier<DatasetCatalogue> datasets,
            Supplier<KnownDatasets> known,
            Supplier<ShowRows> show) {
        this.terminal = terminal;
        this.datasets = datasets;
        this.known = known;
        this.show = show;
    }

    @Override
    public Integer call() {
        Stopwatch stopwatch = new Stopwatch();
        rows.require();
        answers.require(terminal);
        ZoneId zone = timeZone.zone();
        KnownNames.requireDataset(known.get(), name);
        Dataset dataset = rows.dataset(datasets.get(), name);
        ShownRows answer = show.get()
                .show(
                        dataset,
                        Optional.ofNullable(partition).map(Partition::new),
                        References.stored(reference),
                        rows.selection(dataset));
        if (terminal.json()) {
            terminal.print(Json.object(
                    "command", "show",
                    "dataset", name,
                    "keyColumns", dataset.keyColumns(),
                    "archive", SnapshotView.json(answer.archive()),
                    "rows",
                            answer.rows().stream()
                                    .map(row -> HistoryView.json(answer, row))
                                    .toList(),
                    "seconds", stopwatch.seconds()));
        } else if (answers.isCsv()) {
            CsvAnswer csv = new CsvAnswer(answer.schema().names());
            answer.rows().forEach(row -> csv.line(List.copyOf(row.values())));
            csv.print(terminal);
        } else {
            List<String> lines = new ArrayList<>();
            if (answer.rows().isEmpty()) {
                lines.add(rows.nothing(
                        "Archive " + answer.archive().id() + " of " + name + " ("
                                + Amounts.date(answer.archive().date(), zone) + ")",
                        dataset));
            } else {
                lines.add(RowLines.title(
                        "Archive " + answer.archive().id() + " of " + name + ", "
                                + Amounts.date(answer.archive().date(), zone),
                        zone));
                lines.addAll(HistoryView.lines(answer, answers.page(terminal)));
            }
            terminal.report(lines, Optional.empty());
        }
        return answers.exitCode(answer.rows().size());
    }
}
