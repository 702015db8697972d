package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.AnswerOptions;
import io.hybridsnapshot.app.cli.option.OnlyPartitionOption;
import io.hybridsnapshot.app.cli.option.RowOptions;
import io.hybridsnapshot.app.cli.option.TimeZoneOption;
import io.hybridsnapshot.app.cli.terminal.Stopwatch;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.dataset.DatasetCatalogue;
import io.hybridsnapshot.app.report.HistoryView;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.engine.catalogue.KnownDatasets;
import io.hybridsnapshot.engine.history.BlameAnswer;
import io.hybridsnapshot.engine.history.FindHistory;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code snapshot blame}. */
@Command(
        name = "blame",
        description = {
            "Shows since when each cell of a row has its value, and which save brought it.",
            "A value of the first archived state may be older. Columns that are left out of the comparison "
                    + "are not shown."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot blame orders --key A-1042",
            "  snapshot blame orders --where \"ORDER ID=1042\" --time-zone Europe/Berlin",
            "  snapshot blame orders --key A-1042 --json"
        })
final class BlameCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Supplier<DatasetCatalogue> datasets;
    private final Supplier<KnownDatasets> known;
    private final Supplier<FindHistory> histories;

    @Parameters(paramLabel = "DATASET", description = "The dataset's name.")
    private String name;

    @Mixin
    private RowOptions rows;

    @Mixin
    private OnlyPartitionOption only;

    @Mixin
    private TimeZoneOption timeZone;

    @Mixin
    private AnswerOptions answers;

    BlameCommand(
            Terminal terminal,
            Supplier<DatasetCatalogue> datasets,
            Supplier<KnownDatasets> known,
            Supplier<FindHistory> histories) {
        this.terminal = terminal;
        this.datasets = datasets;
        this.known = known;
        this.histories = histories;
    }

    @Override
    public Integer call() {
        Stopwatch stopwatch = new Stopwatch();
        rows.require();
        answers.require(terminal);
        ZoneId zone = timeZone.zone();
        KnownNames.requireDataset(known.get(), name);
        only.partition().ifPresent(partition -> KnownNames.requirePartitions(known.get(), name, List.of(partition)));
        Dataset dataset = rows.dataset(datasets.get(), name);
        BlameAnswer answer = histories.get().blame(dataset, only.partition(), rows.selection(dataset));
        if (terminal.json()) {
            terminal.print(Json.object(
                    "command",
                    "blame",
                    "dataset",
                    name,
                    "keyColumns",
                    dataset.keyColumns(),
                    "rows",
                    answer.rows().stream().map(HistoryView::json).toList(),
                    "gaps",
                    answer.history().gaps().stream().map(HistoryView::json).toList(),
                    "seconds",
                    stopwatch.seconds()));
        } else if (answers.isCsv()) {
            csv(answer, dataset, zone).print(terminal);
        } else {
            List<String> lines = new ArrayList<>();
            if (answer.rows().isEmpty()) {
                lines.add(rows.nothing("The archive of " + name, dataset));
            } else {
                lines.add(RowLines.title("Cells of " + name + " and their beginnings", zone));
            }
            lines.addAll(HistoryView.lines(answer, zone, answers.page(terminal)));
            terminal.report(lines, Optional.empty());
        }
        return answers.exitCode(answer.rows().size());
    }

    private static CsvAnswer csv(BlameAnswer answer, Dataset dataset, ZoneId zone) {
        List<String> names = RowLines.keyNames(dataset);
        names.addAll(List.of("column", "value", "date", "kind", "archive", "batch"));
        CsvAnswer csv = new CsvAnswer(names);
        answer.rows()
                .forEach(blame -> blame.cells().forEach((column, since) -> {
                    List<Optional<String>> line = RowLines.key(blame.row(), dataset);
                    line.add(Optional.of(column));
                    line.add(since.value());
                    line.addAll(RowLines.place(since.event(), zone));
                    csv.line(line);
                }));
        return csv;
    }
}
