package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.OnlyPartitionOption;
import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Stopwatch;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.dataset.DatasetCatalogue;
import io.hybridsnapshot.app.output.OutputFile;
import io.hybridsnapshot.app.output.PendingOutput;
import io.hybridsnapshot.app.output.ProtectedFiles;
import io.hybridsnapshot.app.output.Replacement;
import io.hybridsnapshot.app.report.Amounts;
import io.hybridsnapshot.app.report.AnchorFile;
import io.hybridsnapshot.app.report.DisplayText;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.VerificationView;
import io.hybridsnapshot.app.wording.CommandWording;
import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.NearestName;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.engine.catalogue.KnownDatasets;
import io.hybridsnapshot.engine.catalogue.NewestSchema;
import io.hybridsnapshot.engine.verification.DatasetsVerification;
import io.hybridsnapshot.engine.verification.Sampling;
import io.hybridsnapshot.engine.verification.Severity;
import io.hybridsnapshot.engine.verification.VerificationLevel;
import io.hybridsnapshot.engine.verification.VerificationReport;
import io.hybridsnapshot.engine.verification.VerifyDatasets;
import io.hybridsnapshot.engine.verification.VerifyDatasetsRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code snapshot verify}. */
@Command(
        name = "verify",
        description = {
            "Checks stored snapshots against their recorded digests: records, files, and the window "
                    + "against the archive.",
            "Changes nothing. Exit code 4: a finding is an error. Exit code 0: there are only "
                    + "warnings, or no findings."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot verify",
            "  snapshot verify orders --level content --sample 10%% --max-duration 30m",
            "  snapshot verify --level catalogue --anchor /mnt/elsewhere/anchor.json --json"
        })
final class VerifyCommand implements Callable<Integer> {
    private static final Pattern SHARE = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(%?)");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,6})([smh])");
    private static final int SEEDS = 1_000_000;

    private final Terminal terminal;
    private final Configurations configurations;
    private final Supplier<DatasetCatalogue> datasets;
    private final Supplier<KnownDatasets> known;
    private final Supplier<NewestSchema> newest;
    private final Supplier<VerifyDatasets> verify;

    @Parameters(arity = "0..1", paramLabel = "DATASET", description = "The dataset's name (default: all).")
    private String name;

    @Option(
            names = "--level",
            paramLabel = "LEVEL",
            split = ",",
            order = 1,
            converter = LevelName.class,
            defaultValue = "catalogue,cross,digest",
            description = "Depth of the check; several levels are separated by commas: catalogue (records and "
                    + "their chain; always), cross (window against its ledger and the archive), digest (stored "
                    + "bytes, recomputed in the database), content (files decoded and hashed anew). Default: "
                    + "${DEFAULT-VALUE}.")
    private Set<VerificationLevel> levels;

    @Option(
            names = "--sample",
            paramLabel = "SHARE",
            order = 2,
            defaultValue = "100%",
            description = "Share of the archives that the levels digest and content check, for example 10%% "
                    + "(default: all).")
    private String sample;

    @Option(
            names = "--seed",
            paramLabel = "N",
            order = 3,
            description = "Seed of the choice and the order of archives; the same seed gives the same choice "
                    + "(default: a new one each time).")
    private Long seed;

    @Option(
            names = "--max-duration",
            paramLabel = "TIME",
            order = 4,
            description = "Time limit of the levels digest and content: 90s, 10m, 2h (default: none). The seed "
                    + "decides which archives come first.")
    private String maxDuration;

    @Option(
            names = "--anchor",
            paramLabel = "FILE",
            order = 5,
            description = "File with the ends of the chains from an earlier run. Checks today's chains against it, "
                    + "and writes it anew after a run without errors. A missing file is an error. Keep it out "
                    + "of reach of users who can write to the archive.")
    private Path anchor;

    @Option(
            names = "--new-anchor",
            order = 6,
            description = "Create the file of --anchor, for the first run only. An existing file is an error.")
    private boolean newAnchor;

    @Option(
            names = {"-k", "--key"},
            paramLabel = "COLUMN",
            order = 11,
            description = "A column that identifies a row, if the configuration does not define it; the level "
                    + "content needs it. Repeatable.")
    private List<String> key = new ArrayList<>();

    @Mixin
    private OnlyPartitionOption only;

    VerifyCommand(
            Terminal terminal,
            Configurations configurations,
            Supplier<DatasetCatalogue> datasets,
            Supplier<KnownDatasets> known,
            Supplier<NewestSchema> newest,
            Supplier<VerifyDatasets> verify) {
        this.terminal = terminal;
        this.configurations = configurations;
        this.datasets = datasets;
        this.known = known;
        this.newest = newest;
        this.verify = verify;
    }

    @Override
    public Integer call() {
        Stopwatch stopwatch = new Stopwatch();
        Sampling sampling = sampling();
        Optional<Duration> limit = limit();
        requireOneDatasetForKey();
        requireAnchorForNew();
        Optional<Path> anchorFile = Optional.ofNullable(anchor).map(terminal::resolve);
        List<ChainHead> anchors = anchorFile.map(this::noted).orElse(List.of());
        try (Terminal.Watched watched = terminal.progress()) {
            Optional<OutputFile> output = anchorFile.map(file -> output(file, configurations.configuredFiles()));
            List<String> names = names(anchors);
            only.partition()
                    .ifPresent(partition -> KnownNames.requirePartition(
                            known.get(),
                            names,
                            partition,
                            anchors.stream().map(ChainHead::partition).toList()));
            VerifyDatasets verifying =
                    key.isEmpty() ? verify.get() : verify.get().with(dataset());
            DatasetsVerification found = verifying.verify(
                    request(names, anchors, sampling, limit, stopwatch).withProgress(watched.progress()));
            // Of several datasets, the others are verified although the window refuses one.
            if (name != null && !found.refused().isEmpty()) {
                throw found.refused().values().iterator().next();
            }
            watched.done();
            long errors = found.count(Severity.ERROR);
            if (errors == 0) {
                output.ifPresent(file -> note(file, found.heads(anchors)));
            }
            if (terminal.json()) {
                printJson(found, sampling, anchors, stopwatch);
            } else {
                found.foreign()
                        .forEach(each -> terminal.console()
                                .out()
                                .println(DisplayText.escaped(each)
                                        + "\n  not verified: no dataset can have this name; 'SELECT * FROM"
                                        + " validate_archive_integrity()' looks at its archives too"));
                found.refused()
                        .forEach((dataset, why) ->
                                terminal.print(List.of(dataset, "  not verified: " + CommandWording.message(why))));
                printText(found, sampling, limit, anchors, stopwatch);
            }
            return errors > 0 ? ExitCode.CORRUPT.value() : ExitCode.DONE.value();
        }
    }

    private List<ChainHead> noted(Path file) {
        if (!newAnchor) {
            return AnchorFile.read(file);
        }
        AnchorFile.requireNone(file);
        return List.of();
    }

    /** Checked before the work, since a verification may take hours. */
    private OutputFile output(Path file, ProtectedFiles inputs) {
        OutputFile output = terminal.output(file, Replacement.ALWAYS, inputs);
        if (!output.isRegular()) {
            throw SnapshotException.invalidRequest("option --anchor")
                    .where(anchor.toString())
                    .actual("a device, a pipe or stdout")
                    .expected("a regular file, because the next run reads it")
                    .build();
        }
        return output;
    }

    private void requireAnchorForNew() {
        if (anchor != null && anchor.toString().equals(OutputFile.STDOUT)) {
            throw SnapshotException.invalidRequest("option --anchor")
                    .actual("'-'")
                    .expected("a file, which the next run reads")
                    .build();
        }
        if (newAnchor && anchor == null) {
            throw SnapshotException.invalidRequest("option --new-anchor")
                    .actual("no --anchor")
                    .expected("the file to begin")
                    .nextStep("add --anchor FILE")
                    .build();
        }
    }

    private VerifyDatasetsRequest request(
            List<String> names,
            List<ChainHead> anchors,
            Sampling sampling,
            Optional<Duration> limit,
            Stopwatch stopwatch) {
        VerifyDatasetsRequest request =
                VerifyDatasetsRequest.of(names, levels).withSampling(sampling).withAnchors(anchors);
        request = only.partition().map(request::in).orElse(request);
        return limit.isPresent() ? request.within(left(limit.get(), stopwatch)) : request;
    }

    private static Duration left(Duration all, Stopwatch stopwatch) {
        Duration left = all.minus(stopwatch.elapsed());
        return left.isNegative() ? Duration.ZERO : left;
    }

    private Sampling sampling() {
        Matcher share = SHARE.matcher(sample);
        double value = share.matches()
                ? Double.parseDouble(share.group(1)) / (share.group(2).isEmpty() ? 1 : 100)
                : 0;
        if (value <= 0 || value > 1) {
            throw SnapshotException.invalidRequest("option --sample")
                    .actual("'" + sample + "'")
                    .expected("a share such as 10% or 0.1, more than 0 and at most 100%")
                    .build();
        }
        long chosen = Optional.ofNullable(seed)
                .orElseGet(() -> (long) ThreadLocalRandom.current().nextInt(1, SEEDS));
        return new Sampling(value, chosen);
    }

    private Optional<Duration> limit() {
        if (maxDuration == null) {
            return Optional.empty();
        }
        Matcher duration = DURATION.matcher(maxDuration);
        if (!duration.matches()) {
            throw SnapshotException.invalidRequest("option --max-duration")
                    .actual("'" + maxDuration + "'")
                    .expected("a number and s, m or h, such as 10m")
                    .build();
        }
        long count = Long.parseLong(duration.group(1));
        return Optional.of(
                switch (duration.group(2)) {
                    case "s" -> Duration.ofSeconds(count);
                    case "m" -> Duration.ofMinutes(count);
                    default -> Duration.ofHours(count);
                });
    }

    private void requireOneDatasetForKey() {
        if (!key.isEmpty() && name == null) {
            throw SnapshotException.invalidRequest("option --key")
                    .actual("a key and no dataset")
                    .expected("the dataset that it belongs to")
                    .nextStep("name the dataset, or define its key once with 'snapshot init'")
                    .build();
        }
    }

    private List<String> names(List<ChainHead> anchors) {
        VerifyDatasets verifying = verify.get();
        if (name == null) {
            return verifying.names(anchors);
        }
        requireDatasetName();
        if (!verifying.isKnown(name, anchors)) {
            KnownNames.requireDataset(known.get(), name);
        }
        return List.of(known.get().storedName(name));
    }

    private void requireDatasetName() {
        if (!Dataset.isName(name)) {
            throw SnapshotException.invalidRequest("not a dataset name")
                    .actual("'" + DisplayText.escaped(name) + "'")
                    .expected("the name of a dataset")
                    .nextStep("'SELECT * FROM validate_archive_integrity()' in the archive's database looks at"
                            + " all archives")
                    .build();
        }
    }

    /** The dataset with the key columns of the option. */
    private Dataset dataset() {
        Dataset named = datasets.get().named(name);
        requireColumns(named);
        return named.toBuilder().keyColumns(key).build();
    }

    /** A mistyped column would leave the content of every archive unverified. */
    private void requireColumns(Dataset dataset) {
        Optional<Schema> schema = newest.get().of(dataset, only.partition());
        schema.ifPresent(known -> key.forEach(column -> {
            if (known.find(column).isEmpty()) {
                throw SnapshotException.invalidRequest("option --key")
                        .where("dataset '" + dataset.name() + "'")
                        .actual("no column '" + column + "' in the newest snapshot")
                        .expected(NearestName.among(
                                        known.columns().stream()
                                                .map(Column::name)
                                                .toList(),
                                        column)
                                .map(nearest -> "a column (did you mean '" + nearest + "'?)")
                                .orElse("a column of the snapshot"))
                        .nextStep("'snapshot list " + dataset.name() + " --columns' shows them")
                        .build();
            }
        }));
    }

    private void note(OutputFile file, List<ChainHead> heads) {
        try (PendingOutput pending = terminal.open(file)) {
            AnchorFile.write(pending, terminal.console().clock().instant(), heads);
        }
    }

    private void printJson(
            DatasetsVerification found, Sampling sampling, List<ChainHead> anchors, Stopwatch stopwatch) {
        long errors = found.count(Severity.ERROR);
        terminal.print(Json.object(
                "command",
                "verify",
                "levels",
                looked(),
                "sample",
                sampling.share(),
                "seed",
                sampling.seed(),
                "anchor",
                anchor == null
                        ? Optional.empty()
                        : Json.object("file", anchor, "checkedHeads", anchors.size(), "written", errors == 0),
                "errors",
                errors,
                "warnings",
                found.count(Severity.WARNING),
                "datasets",
                found.reports().stream().map(VerificationView::json).toList(),
                "notVerified",
                Stream.concat(found.foreign().stream(), found.refused().keySet().stream())
                        .toList(),
                "seconds",
                stopwatch.seconds()));
    }

    private Set<VerificationLevel> looked() {
        Set<VerificationLevel> all = new TreeSet<>(levels);
        all.add(VerificationLevel.CATALOGUE);
        return all;
    }

    private void printText(
            DatasetsVerification found,
            Sampling sampling,
            Optional<Duration> limit,
            List<ChainHead> anchors,
            Stopwatch stopwatch) {
        long errors = found.count(Severity.ERROR);
        for (VerificationReport report : found.reports()) {
            terminal.console().out().println(datasets.get().heading(report.dataset()));
            terminal.print(VerificationView.lines(report));
        }
        if (sampling.share() < 1 || limit.isPresent()) {
            terminal.console().out().println("The same choice of archives again: --seed " + sampling.seed());
        }
        if (anchor != null) {
            terminal.console().out().println("Anchor " + anchor + ": " + anchored(anchors, errors == 0));
        }
        terminal.console()
                .out()
                .println("Verified in " + Amounts.duration(stopwatch.elapsed()) + ": "
                        + VerificationView.summary(errors, found.count(Severity.WARNING)));
    }

    private String anchored(List<ChainHead> anchors, boolean written) {
        if (newAnchor) {
            return written ? "begun" : "not begun, because of the errors";
        }
        return (anchors.isEmpty() ? "nothing" : Amounts.counted(anchors.size(), "chain end")) + " noted before; "
                + (written ? "noted anew" : "left as it is, because of the errors");
    }

    /** A level by its name, in any case. */
    static final class LevelName implements CommandLine.ITypeConverter<VerificationLevel> {
        @Override
        public VerificationLevel convert(String text) {
            for (VerificationLevel level : VerificationLevel.values()) {
                if (level.name().equalsIgnoreCase(text.strip())) {
                    return level;
                }
            }
            throw new CommandLine.TypeConversionException(
                    "'" + text + "' is none of catalogue, cross, digest, content");
        }
    }
}
