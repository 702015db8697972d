package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.KeyRows;
import io.hybridsnapshot.app.cli.option.OnlyPartitionOption;
import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Stopwatch;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.config.DatasetSection;
import io.hybridsnapshot.app.dataset.DatasetCatalogue;
import io.hybridsnapshot.app.report.Amounts;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.RedactionView;
import io.hybridsnapshot.app.wording.CommandWording;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.engine.catalogue.KnownDatasets;
import io.hybridsnapshot.engine.redaction.KeyTexts;
import io.hybridsnapshot.engine.redaction.RedactArchives;
import io.hybridsnapshot.engine.redaction.RedactionPlan;
import io.hybridsnapshot.engine.redaction.RedactionRequest;
import io.hybridsnapshot.engine.redaction.RedactionResult;
import io.hybridsnapshot.engine.redaction.RowKeys;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code snapshot redact}. */
@Command(
        name = "redact",
        description = {
            "Erases rows from archives by their keys. Without --apply, shows which archives have " + "such rows.",
            "--apply rewrites these archives without the rows. It refuses, and changes nothing, if "
                    + "such an archive is held or its snapshot is still in the window."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot redact orders --keys-file request-114.csv",
            "  snapshot redact orders --keys-file request-114.csv --reason \"request 2026-114\" --apply",
            "  snapshot redact rates --key EUR --key USD --partition ECB --json"
        })
final class RedactCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Supplier<DatasetCatalogue> datasets;
    private final Supplier<KnownDatasets> known;
    private final Supplier<RedactArchives> redactions;

    @Parameters(paramLabel = "DATASET", description = "The dataset's name.")
    private String name;

    @Option(
            names = "--key",
            paramLabel = "VALUE[,VALUE]",
            order = 1,
            description = "The key of a row, for several key columns one value each, separated by commas; "
                    + "repeatable. The list of processes shows it to other users, so prefer --keys-file.")
    private List<String> keys = new ArrayList<>();

    @Option(
            names = "--keys-file",
            paramLabel = "FILE",
            order = 2,
            description = "A .csv, .tsv or .parquet file with the key columns, or any other file with one key a line.")
    private Path keysFile;

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            order = 3,
            description = "Reason, for the audit record, which is kept for good; it must not contain a key.")
    private String reason;

    @Option(names = "--apply", order = 4, description = "Erase the rows; without this nothing is changed.")
    private boolean apply;

    @Option(
            names = "--archive",
            paramLabel = "N",
            order = 5,
            description = "Search only this archive; repeatable (default: all).")
    private List<Long> archives = new ArrayList<>();

    @Option(
            names = "--key-column",
            paramLabel = "COLUMN",
            order = 6,
            description = "A key column, if the dataset is not defined or had another key; repeatable.")
    private List<String> keyColumns = new ArrayList<>();

    @Option(
            names = "--accept-unfinished",
            order = 7,
            description = "Erase although unfinished saves may have read the rows.")
    private boolean acceptUnfinished;

    @Mixin
    private OnlyPartitionOption only;

    RedactCommand(
            Terminal terminal,
            Supplier<DatasetCatalogue> datasets,
            Supplier<KnownDatasets> known,
            Supplier<RedactArchives> redactions) {
        this.terminal = terminal;
        this.datasets = datasets;
        this.known = known;
        this.redactions = redactions;
    }

    @Override
    public Integer call() {
        Stopwatch stopwatch = new Stopwatch();
        requireOptions();
        try (Terminal.Watched watched = terminal.progress()) {
            KnownNames.requireDataset(known.get(), name);
            only.partition()
                    .ifPresent(partition -> KnownNames.requirePartitions(known.get(), name, List.of(partition)));
            Dataset dataset = dataset();
            RedactionRequest request = new RedactionRequest(
                    dataset,
                    keys(dataset.keyColumns()),
                    only.partition(),
                    archives.stream().map(ArchiveId::new).collect(Collectors.toSet()),
                    acceptUnfinished ? RedactionRequest.Unfinished.ACCEPT : RedactionRequest.Unfinished.REFUSE,
                    watched.progress());
            RedactArchives redaction = redactions.get();
            RedactionResult result =
                    apply ? redaction.apply(request, reason) : new RedactionResult(redaction.plan(request), List.of());
            watched.done();
            if (terminal.json()) {
                terminal.print(json(result, stopwatch));
            } else {
                terminal.print(lines(result, stopwatch));
            }
            return ExitCode.DONE.value();
        }
    }

    private void requireOptions() {
        if (keys.isEmpty() == (keysFile == null)) {
            throw SnapshotException.invalidRequest("the keys of the rows to erase are given in no way or in two ways")
                    .actual(keysFile == null ? "no keys" : "both --key and --keys-file")
                    .expected("--key VALUE or --keys-file FILE")
                    .build();
        }
        if (apply && (reason == null || reason.isBlank())) {
            throw SnapshotException.invalidRequest("a redaction needs a reason")
                    .actual("--apply without --reason")
                    .expected("--reason TEXT, for example the number of the erasure request")
                    .build();
        }
    }

    private Dataset dataset() {
        if (keyColumns.isEmpty() && !datasets.get().isDefined(name)) {
            throw SnapshotException.invalidRequest("the dataset has no key")
                    .where("dataset '" + name + "'")
                    .expected("its key columns")
                    .nextStep("add --key-column COLUMN, or define the dataset in the configuration file")
                    .build();
        }
        DatasetSection given = DatasetSection.builder().key(keyColumns).build();
        return datasets.get().defined(name, given).dataset();
    }

    private RowKeys keys(List<String> columns) {
        List<List<Optional<String>>> texts = keysFile == null
                ? keys.stream().map(key -> KeyTexts.ofText(key, columns.size())).toList()
                : KeyRows.read(terminal.resolve(keysFile), columns);
        return RowKeys.of(columns.size(), texts);
    }

    private List<String> lines(RedactionResult result, Stopwatch stopwatch) {
        RedactionPlan plan = result.plan();
        List<String> lines = new ArrayList<>(RedactionView.lines(plan));
        if (!archives.isEmpty()) {
            lines.add("Not searched: other archives, files that wait in the outbox, the window and saves under way");
        }
        if (apply) {
            lines.add("Erased " + Amounts.counted(result.erasedRows(), "row") + " from "
                    + Amounts.counted(result.rewritten().size(), "archive") + " in "
                    + Amounts.duration(stopwatch.elapsed()));
            if (!result.rewritten().isEmpty()) {
                lines.add("  The database still has the old bytes until it is vacuumed, and so have its backups.");
            }
        } else if (plan.refusal().isPresent()) {
            lines.add("With --apply: " + CommandWording.message(plan.refusal().get()));
        } else {
            lines.add("To be erased: " + Amounts.counted(plan.erasableRows(), "row") + " from "
                    + Amounts.counted(plan.erasable().size(), "archive")
                    + "; nothing was changed, --apply --reason TEXT does it");
        }
        return lines;
    }

    private Map<String, Object> json(RedactionResult result, Stopwatch stopwatch) {
        return Json.object(
                "command",
                "redact",
                "dataset",
                name,
                "applied",
                apply,
                "plan",
                RedactionView.json(result.plan()),
                "erasedRows",
                result.erasedRows(),
                "rewritten",
                result.rewritten().stream().map(RedactionView::json).toList(),
                "seconds",
                stopwatch.seconds());
    }
}
