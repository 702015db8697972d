package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.DatasetOptions;
import io.hybridsnapshot.app.cli.option.DeltaOptions;
import io.hybridsnapshot.app.cli.option.DeltaOutputs;
import io.hybridsnapshot.app.cli.option.ForeignHashesOption;
import io.hybridsnapshot.app.cli.option.ParallelOption;
import io.hybridsnapshot.app.cli.option.PartitionOption;
import io.hybridsnapshot.app.cli.option.References;
import io.hybridsnapshot.app.cli.option.TagFilter;
import io.hybridsnapshot.app.cli.option.WaitOption;
import io.hybridsnapshot.app.cli.terminal.Stopwatch;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.cli.terminal.UnexpectedChanges;
import io.hybridsnapshot.app.config.Choices;
import io.hybridsnapshot.app.dataset.DatasetCatalogue;
import io.hybridsnapshot.app.dataset.DefinedDataset;
import io.hybridsnapshot.app.dataset.RowSources;
import io.hybridsnapshot.app.report.Amounts;
import io.hybridsnapshot.app.report.DeltaView;
import io.hybridsnapshot.app.report.DisplayText;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.ReportHeads;
import io.hybridsnapshot.app.report.SnapshotView;
import io.hybridsnapshot.app.report.StepTimes;
import io.hybridsnapshot.app.wording.CommandWording;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.engine.catalogue.PartitionPlace;
import io.hybridsnapshot.engine.comparison.DeltaBasis;
import io.hybridsnapshot.engine.expectation.Expectations;
import io.hybridsnapshot.engine.expectation.Verdict;
import io.hybridsnapshot.engine.recovery.Recovery;
import io.hybridsnapshot.engine.save.ArchiveMode;
import io.hybridsnapshot.engine.save.Consent;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveResult;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.report.JUnitXml;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code snapshot save}. */
@Command(
        name = "save",
        description = {
            "Takes a snapshot: the row hashes go into the window, the whole table into the archive.",
            "Either the whole snapshot becomes visible or nothing does. Shows the changes since the "
                    + "snapshot before."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot save orders --source orders.csv --key \"ORDER NO\"",
            "  snapshot save orders --tag run=nightly --changes changes.jsonl",
            "  snapshot save ORDERS_UNIFIED --source orders.parquet --partition GREYSON --json",
            "  snapshot save ORDERS_UNIFIED --source orders.parquet --hash-spec legacy-py-b"
        })
final class SaveCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Configurations configurations;
    private final Supplier<DatasetCatalogue> datasets;
    private final Supplier<RowSources> sources;
    private final Supplier<PartitionPlace> place;
    private final Supplier<SaveSnapshot> save;

    @Parameters(paramLabel = "DATASET", description = "The dataset's name.")
    private String name;

    @Mixin
    private DatasetOptions dataset;

    @Mixin
    private ParallelOption parallel;

    @Mixin
    private PartitionOption partition;

    @Option(
            names = "--new-partition",
            order = 20,
            description = "The source holds rows of --partition alone, and the partition is new. Needed once for "
                    + "each partition of a dataset without a partition column.")
    private boolean newPartition;

    @Option(
            names = "--batch-id",
            paramLabel = "UUID",
            order = 21,
            description =
                    "The snapshot's id. Saving the same id again does nothing, so a failed job can simply run again.")
    private String batchId;

    @Option(
            names = "--date",
            paramLabel = "MOMENT",
            order = 22,
            description = "The snapshot's date (UTC), later than the current snapshot's (default: now).")
    private String date;

    @Option(
            names = "--archive",
            paramLabel = "MODE",
            order = 23,
            defaultValue = "required",
            description = "required (default): without an archive there is no snapshot. best-effort: if the "
                    + "archive is down, the file waits, and the next save or recover delivers it. off: window "
                    + "only.")
    private String archive;

    @Option(names = "--allow-empty", order = 24, description = "Accept a source without rows.")
    private boolean allowEmpty;

    @Option(
            names = "--allow-deletes",
            order = 25,
            description = "Accept that more rows vanish than the dataset's max-deleted-share allows.")
    private boolean allowDeletes;

    @Option(
            names = "--allow-changes",
            order = 25,
            description = "Accept that more rows are CHANGED than the dataset's max-changed-share allows.")
    private boolean allowChanges;

    @Option(
            names = "--allow-mismatch",
            order = 25,
            description = "Accept that no row matches the foreign snapshot by the hash spec of --hash-spec.")
    private boolean allowMismatch;

    @Option(
            names = "--allow-future-date",
            order = 25,
            description = "Accept a date more than 5 minutes ahead of the clock, or a clock that is ahead of the"
                    + " window's server.")
    private boolean allowFutureDate;

    @Option(
            names = "--allow-lost-rows",
            order = 25,
            description = "If rows of the current snapshot are missing from the window, compare with the rows that "
                    + "are left.")
    private boolean allowLostRows;

    @Option(
            names = "--allow-unexpected",
            order = 25,
            description = "Accept changes that break an expectation of the dataset or of --expect, or do not let it "
                    + "be checked.")
    private boolean allowUnexpected;

    @Option(
            names = "--tag",
            paramLabel = "NAME=VALUE",
            order = 26,
            description = "A note kept with the archive; repeatable.")
    private List<String> tags = new ArrayList<>();

    @Option(
            names = "--retention-until",
            paramLabel = "DATE",
            order = 27,
            description = "The first day on which the archive may be cleaned up.")
    private String retentionUntil;

    @Mixin
    private WaitOption wait;

    @Mixin
    private ForeignHashesOption foreignHashes;

    @Mixin
    private DeltaOptions delta;

    SaveCommand(
            Terminal terminal,
            Configurations configurations,
            Supplier<DatasetCatalogue> datasets,
            Supplier<RowSources> sources,
            Supplier<PartitionPlace> place,
            Supplier<SaveSnapshot> save) {
        this.terminal = terminal;
        this.configurations = configurations;
        this.datasets = datasets;
        this.sources = sources;
        this.place = place;
        this.save = save;
    }

    @Override
    public Integer call() {
        Stopwatch stopwatch = new Stopwatch();
        delta.requireReports();
        try (Terminal.Watched watched = terminal.progress()) {
            StepTimes steps = new StepTimes(watched.progress(), System::nanoTime);
            Path directory = terminal.console().directory();
            DefinedDataset defined = parallel.appliedTo(datasets.get().defined(name, dataset.section(directory)));
            DeltaOutputs outputs =
                    delta.outputs(terminal, DatasetOptions.inputs(configurations.configuredFiles(), defined));
            Partition into = partition.partition();
            PartitionPlace.ArchiveOut archiveOut = archiveMode() == ArchiveMode.REQUIRED
                    ? PartitionPlace.ArchiveOut.FAIL
                    : PartitionPlace.ArchiveOut.GO_ON;
            if (!newPartition) {
                KnownNames.requirePlace(place.get(), defined.dataset(), into, archiveOut);
            }
            Expectations expectations = delta.expectations(defined.section().expectations());
            Saved done = new Saved();
            Optional<RuntimeException> unwritten = done.unlessSaved(
                    () -> delta.withOutputs(
                            terminal, outputs, configurations.configuration().workDirectory(), files -> {
                                SaveRequest request = request(defined, files)
                                        .withProgress(steps)
                                        .withExpectations(expectations.heardBy(verdicts -> done.verdicts = verdicts));
                                SaveResult saved = done.refusingUnexpected(
                                        consents(),
                                        () -> foreignHashes
                                                .zone()
                                                .map(save.get()::withForeignZone)
                                                .orElseGet(save)
                                                .save(
                                                        request,
                                                        sources.get()
                                                                .of(
                                                                        name,
                                                                        defined.section(),
                                                                        dataset.section(directory))));
                                done.result = Optional.of(saved);
                                saved.delta()
                                        .ifPresent(found -> files.finish(() -> ReportHeads.ofDataset(
                                                found,
                                                terminal.console().clock().instant(),
                                                name,
                                                ReportHeads.partition(
                                                        into.name(),
                                                        defined.section().partitionColumn(),
                                                        delta.hidden()),
                                                configurations.configuration().encryption())));
                                saved.delta()
                                        .ifPresent(found -> outputs.writeVerdicts(
                                                terminal,
                                                verdicts(found.expectations(), JUnitXml.Consequence.ACCEPTED)));
                                return saved;
                            }),
                    refused -> writeVerdicts(outputs, refused));
            SaveResult result = done.result.orElseThrow();
            List<String> remarks = remarks(result, outputs);
            watched.done();
            if (terminal.json()) {
                terminal.print(json(result, remarks, outputs, steps, stopwatch));
            } else {
                List<String> lines = lines(result, stopwatch);
                lines.addAll(outputs.lines(configurations.configuration().encryption()));
                terminal.report(lines, outputs.changes());
            }
            remarks.forEach(remark -> terminal.remark("warning: " + remark));
            long failed = result.delta().stream()
                    .flatMap(report -> report.expectations().stream())
                    .filter(Verdict::fails)
                    .count();
            if (failed > 0) {
                terminal.remark("warning: the snapshot was saved although "
                        + Amounts.counted(failed, "expectation")
                        + (failed == 1 ? " is" : " are") + " broken or not checked");
            }
            if (result.outcome() == SaveResult.Outcome.SAVED_ARCHIVE_PENDING) {
                terminal.remark("warning: the archive could not be reached"
                        + result.archiveFailure()
                                .map(failure -> " (" + CommandWording.message(failure) + ")")
                                .orElse("")
                        + "; the file waits in "
                        + configurations.configuration().workDirectory()
                        + ", and the next save or 'snapshot recover " + name + "' delivers it");
            }
            if (result.recovered().stream().anyMatch(each -> each.outcome() == Recovery.Outcome.DAMAGED)) {
                terminal.remark("warning: a file of an earlier snapshot that waits to be archived is damaged; 'snapshot"
                        + " recover " + name + "' names it and the next step");
            }
            if (result.recovered().stream().anyMatch(each -> each.outcome() == Recovery.Outcome.REFUSED)) {
                terminal.remark(
                        "warning: the archive refuses a file of an earlier snapshot that waits; 'snapshot recover "
                                + name + "' names it and the next step");
            }
            unwritten.ifPresent(cause -> {
                throw cause instanceof SnapshotException error ? unwritten(result, outputs, error) : cause;
            });
            return delta.exitCode(result.delta());
        }
    }

    /** What was saved before a failure, if anything: a report can fail to be written when the snapshot is published. */
    private static final class Saved {
        private Optional<SaveResult> result = Optional.empty();
        private List<Verdict> verdicts = List.of();

        /** Saves. A refusal for the expectations becomes an error with their exit code. */
        SaveResult refusingUnexpected(Set<Consent> consents, Supplier<SaveResult> saving) {
            try {
                return saving.get();
            } catch (SnapshotException e) {
                // A save checks its expectations last before it seals: nothing else fails between the two.
                boolean isRefused = e.kind() == SnapshotException.Kind.INVALID_REQUEST
                        && !consents.contains(Consent.UNEXPECTED)
                        && verdicts.stream().anyMatch(Verdict::refuses);
                throw isRefused ? new UnexpectedChanges(e, verdicts) : e;
            }
        }

        /**
         * Does the work. Returns its failure if the snapshot was saved nevertheless, and else throws it.
         *
         * @param refused writes the verdicts of a save that was refused for its expectations
         */
        Optional<RuntimeException> unlessSaved(Runnable work, Consumer<UnexpectedChanges> refused) {
            try {
                work.run();
                return Optional.empty();
            } catch (UnexpectedChanges e) {
                refused.accept(e);
                throw e;
            } catch (RuntimeException e) {
                if (result.isEmpty()) {
                    throw e;
                }
                return Optional.of(e);
            }
        }
    }

    /** Writes the verdicts of a refused save. The refusal is the error, also if they cannot be written. */
    private void writeVerdicts(DeltaOutputs outputs, UnexpectedChanges refused) {
        try {
            outputs.writeVerdicts(terminal, verdicts(refused.verdicts(), JUnitXml.Consequence.FAIL));
        } catch (SnapshotException e) {
            terminal.remark("warning: " + CommandWording.message(e));
        }
    }

    private JUnitXml verdicts(List<Verdict> verdicts, JUnitXml.Consequence consequence) {
        return new JUnitXml(
                Comparison.suite(name, partition.partition().name()),
                terminal.console().clock().instant(),
                verdicts,
                consequence);
    }

    /** The error of a save that is done, although its report could not be written. */
    private SnapshotException unwritten(SaveResult result, DeltaOutputs outputs, SnapshotException cause) {
        String options = name
                + (partition.partition().isWhole()
                        ? ""
                        : " --partition " + partition.partition().name());
        boolean isFirst = result.delta()
                .filter(report -> report.basis() == DeltaBasis.FIRST_SNAPSHOT)
                .isPresent();
        return SnapshotException.unavailable("the snapshot was saved as batch "
                        + result.snapshot().id().map(Object::toString).orElse("-")
                        + ", but the " + outputs.noun() + " was not written")
                .where(cause.where().orElse(null))
                .actual(cause.actual().orElse(CommandWording.message(cause)))
                .expected("a place that can be written to")
                .nextStep(
                        isFirst
                                ? "correct that, then 'snapshot export " + options
                                        + " current --to FILE' writes the rows, which are all new"
                                : "correct that, then 'snapshot compare " + options + " previous current "
                                        + outputs.option() + " FILE' writes the " + outputs.noun())
                .cause(cause)
                .build();
    }

    private static List<String> remarks(SaveResult result, DeltaOutputs outputs) {
        List<String> remarks = new ArrayList<>(result.remarks());
        if (result.outcome() == SaveResult.Outcome.ALREADY_SAVED && outputs.areWanted()) {
            remarks.add("no report and no file of changes was written, because the snapshot was saved before");
        }
        return remarks;
    }

    private SaveRequest request(DefinedDataset defined, DeltaOutputs.Open files) {
        SaveRequest request = SaveRequest.of(defined.dataset(), partition.partition())
                .withArchiveMode(archiveMode())
                .withConsents(consents())
                .withTags(TagFilter.values(tags))
                .withPatience(wait.patience());
        if (batchId != null) {
            request = request.withId(id(batchId));
        }
        if (date != null) {
            request = request.withDate(References.moment("--date", date));
        }
        if (retentionUntil != null) {
            request = request.withRetentionUntil(day(retentionUntil));
        }
        request = foreignHashes.spec().map(request::withForeignHashes).orElse(request);
        return delta.details(files).map(request::withDetails).orElse(request);
    }

    private static SnapshotId id(String text) {
        try {
            return SnapshotId.parse(text);
        } catch (SnapshotException e) {
            throw SnapshotException.of(e.kind(), "option --batch-id")
                    .actual(e.actual().orElse(text))
                    .expected(e.expected().orElse("a UUID"))
                    .nextStep("give each run of a job a UUID of its own, and its repetitions the same")
                    .cause(e)
                    .build();
        }
    }

    private ArchiveMode archiveMode() {
        return Choices.ofOption("--archive", ArchiveMode.class, archive);
    }

    private Set<Consent> consents() {
        Set<Consent> consents = EnumSet.noneOf(Consent.class);
        if (allowEmpty) {
            consents.add(Consent.EMPTY_SNAPSHOT);
        }
        if (allowDeletes) {
            consents.add(Consent.MANY_DELETED);
        }
        if (allowChanges) {
            consents.add(Consent.MANY_CHANGED);
        }
        if (allowMismatch) {
            consents.add(Consent.NO_ROW_MATCHES);
        }
        if (allowFutureDate) {
            consents.add(Consent.FUTURE_DATE);
        }
        if (allowLostRows) {
            consents.add(Consent.LOST_ROWS);
        }
        if (allowUnexpected) {
            consents.add(Consent.UNEXPECTED);
        }
        return consents;
    }

    private static LocalDate day(String text) {
        return References.date(text)
                .orElseThrow(() -> SnapshotException.invalidRequest("option --retention-until")
                        .actual("'" + text + "'")
                        .expected("a date such as 2027-01-31")
                        .build());
    }

    private List<String> lines(SaveResult result, Stopwatch stopwatch) {
        List<String> lines = new ArrayList<>();
        String what = name + " (partition "
                + DisplayText.escaped(partition.partition().name()) + ")";
        lines.add(
                switch (result.outcome()) {
                    case ALREADY_SAVED -> "Already saved: " + what + ", nothing was done";
                    case SAVED, SAVED_ARCHIVE_PENDING ->
                        "Saved " + what + ": "
                                + Amounts.counted(result.snapshot().rowCount(), "row")
                                + result.snapshot()
                                        .schema()
                                        .map(schema -> ", " + Amounts.counted(schema.size(), "column"))
                                        .orElse("")
                                + ", in " + Amounts.duration(stopwatch.elapsed());
                });
        lines.add("  batch "
                + result.snapshot().id().map(Object::toString).orElse("-")
                + ", dated " + Amounts.date(result.snapshot().date())
                + (result.dating() == SaveResult.Dating.GIVEN ? " (as given)" : "")
                + (result.dating() == SaveResult.Dating.AFTER_CURRENT ? " (not now)" : "")
                + result.archive()
                        .map(stored -> ", archive " + stored.id() + " (" + Amounts.size(stored.size()) + ")")
                        .orElse(""));
        result.delta().ifPresent(report -> lines.addAll(DeltaView.lines(delta.hiding(report), delta.page(terminal))));
        if (!result.recovered().isEmpty()) {
            lines.add("Left by earlier saves:");
            lines.addAll(SnapshotView.recoveries(result.recovered()));
        }
        return lines;
    }

    private Map<String, Object> json(
            SaveResult result, List<String> remarks, DeltaOutputs outputs, StepTimes steps, Stopwatch stopwatch) {
        return Json.object(
                "command", "save",
                "outcome", result.outcome(),
                "dataset", name,
                "partition", partition.partition(),
                "dating", result.dating(),
                "remarks", remarks,
                "snapshot", SnapshotView.json(result.snapshot()),
                "archive", result.archive().map(SnapshotView::json),
                "archiveProblem",
                        result.archiveFailure()
                                .map(failure -> Json.object(
                                        "kind", failure.kind(), "message", CommandWording.message(failure))),
                "delta", result.delta().map(delta::hiding).map(DeltaView::json),
                "recovered", result.recovered().stream().map(SnapshotView::json).toList(),
                "changesFile", outputs.changesFile(),
                "reportFiles", outputs.reportFiles(),
                "junitFile", outputs.junitFile(),
                "steps", steps.json(),
                "seconds", stopwatch.seconds());
    }
}
