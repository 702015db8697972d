package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.PeriodOptions;
import io.hybridsnapshot.app.cli.option.TagFilter;
import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.report.DeltaView;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.SnapshotView;
import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.Redaction;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.catalogue.SnapshotCatalogue;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.recovery.AwaitedArchive;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code snapshot list}. */
@Command(
        name = "list",
        description = {
            "Lists the snapshots of the window and the archives of one dataset or of all.",
            "All options that narrow have to be met; with --tag the window shows the snapshots of those archives alone."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot list",
            "  snapshot list orders --partition GREYSON --json",
            "  snapshot list orders --tag run=nightly --tag env=prod --since 7d",
            "  snapshot list orders --removed --since 2026-01-01 --until 2026-03-31",
            "  snapshot list orders --columns"
        })
final class ListCommand implements Callable<Integer> {
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

    @Option(names = "--columns", order = 21, description = "Show the columns of the newest snapshot, with their types.")
    private boolean columns;

    @Option(
            names = {"-t", "--tag"},
            paramLabel = "NAME[=VALUE]",
            order = 22,
            description = "Archives with this tag, of this value if one is given; repeatable, all have to match.")
    private List<String> tags = new ArrayList<>();

    @Option(names = "--removed", order = 23, description = "Show what is known of removed archives, too.")
    private boolean removed;

    @Option(
            names = "--redactions",
            order = 24,
            description = "Show which archives rows were erased from, when, by whom and why.")
    private boolean redactions;

    @Mixin
    private PeriodOptions period;

    /** The stored data of a dataset. */
    private record Holdings(
            String dataset,
            List<WindowSnapshot> window,
            Map<SnapshotId, AwaitedArchive> awaited,
            List<ArchivedSnapshot> archives,
            Set<ArchiveId> orphans,
            List<Redaction> redactions,
            List<Tombstone> tombstones,
            Optional<Schema> schema,
            Optional<String> refusal,
            HashSpec spec) {
        /** The columns shown that are no part of the row hash by the dataset's rules. */
        List<String> leftOut() {
            return schema.map(known -> known.names().stream()
                            .filter(column -> !spec.covers(column))
                            .toList())
                    .orElse(List.of());
        }

        Optional<AwaitedArchive> awaited(WindowSnapshot snapshot) {
            return snapshot.id().map(awaited::get);
        }

        boolean isEmpty() {
            return window.isEmpty() && archives.isEmpty() && tombstones.isEmpty();
        }

        Map<ArchiveId, Long> redactionCounts() {
            return redactions.stream().collect(Collectors.groupingBy(Redaction::archive, Collectors.counting()));
        }
    }

    ListCommand(Terminal terminal, Sessions sessions) {
        this.terminal = terminal;
        this.sessions = sessions;
    }

    @Override
    public Integer call() {
        TagFilter tagged = TagFilter.parse(tags);
        boolean narrowed = !tagged.isEmpty() || !period.isEmpty() || partition != null;
        try (Session session = sessions.open()) {
            List<Holdings> holdings = new ArrayList<>();
            List<String> datasets = KnownDatasets.names(session, Optional.ofNullable(name));
            if (partition != null) {
                KnownPartitions.require(session, datasets, new Partition(partition), List.of());
            }
            for (String dataset : datasets) {
                holdings.add(holdings(session, tagged, dataset));
            }
            if (terminal.json()) {
                terminal.print(Json.object(
                        "command",
                        "list",
                        "datasets",
                        holdings.stream().map(this::json).toList()));
            } else if (holdings.isEmpty()) {
                terminal.console()
                        .out()
                        .println("No snapshots yet; 'snapshot save --help' shows how to take the first.");
            } else {
                holdings.forEach(each -> terminal.print(lines(each, narrowed)));
            }
            return ExitCode.DONE.value();
        }
    }

    private Holdings holdings(Session session, TagFilter tagged, String datasetName) {
        SnapshotEnvironment environment = session.environment();
        SnapshotCatalogue catalogue = new SnapshotCatalogue(environment);
        Optional<Partition> only = Optional.ofNullable(partition).map(Partition::new);
        ArchiveQuery query = query(datasetName, only, tagged);
        List<ArchivedSnapshot> archives =
                catalogue.archives(query).stream().filter(tagged::hasNames).toList();
        List<Tombstone> tombstones = removed
                ? environment.archive().tombstones(query).stream()
                        .filter(tombstone -> tagged.hasNames(tombstone.archive()))
                        .toList()
                : List.of();
        List<WindowSnapshot> inWindow = List.of();
        Optional<String> refusal = Optional.empty();
        if (Dataset.isName(datasetName)) {
            try {
                inWindow = catalogue.windowSnapshots(session.datasets().named(datasetName), only);
            } catch (SnapshotException e) {
                if (!KnownDatasets.isRefusedByWindow(e)) {
                    throw e;
                }
                refusal = Optional.of(e.getMessage());
            }
        }
        List<WindowSnapshot> window = window(inWindow, tagged, archives);
        Set<ArchiveId> orphans = KnownDatasets.orphans(session, datasetName, only);
        List<ArchivedSnapshot> states =
                archives.stream().filter(each -> !orphans.contains(each.id())).toList();
        return new Holdings(
                datasetName,
                window,
                awaited(catalogue, window),
                archives,
                orphans,
                environment
                        .archive()
                        .audit()
                        .map(audit -> audit.redactions(query))
                        .orElse(List.of()),
                tombstones,
                columns ? NewestSchema.of(environment, window, states) : Optional.empty(),
                refusal,
                Dataset.isName(datasetName)
                        ? session.datasets().named(datasetName).hashSpec()
                        : HashSpec.HSR1);
    }

    private static Map<SnapshotId, AwaitedArchive> awaited(SnapshotCatalogue catalogue, List<WindowSnapshot> window) {
        Map<SnapshotId, AwaitedArchive> awaited = new HashMap<>();
        for (WindowSnapshot snapshot : window) {
            catalogue
                    .awaited(snapshot)
                    .ifPresent(where -> awaited.put(snapshot.id().orElseThrow(), where));
        }
        return awaited;
    }

    private ArchiveQuery query(String datasetName, Optional<Partition> only, TagFilter tagged) {
        ArchiveQuery all = ArchiveQuery.of(datasetName).tagged(tagged.values());
        return period.narrow(only.map(all::in).orElse(all), now());
    }

    private Instant now() {
        return terminal.console().clock().instant();
    }

    /** The window's snapshots of the period; a snapshot has the tags of its archive. */
    private List<WindowSnapshot> window(
            List<WindowSnapshot> snapshots, TagFilter tagged, List<ArchivedSnapshot> archives) {
        Optional<Instant> from = period.from(now());
        Optional<Instant> to = period.to(now());
        Set<ArchiveId> matching = archives.stream().map(ArchivedSnapshot::id).collect(Collectors.toSet());
        return snapshots.stream()
                .filter(snapshot -> from.isEmpty() || !snapshot.date().isBefore(from.get()))
                .filter(snapshot -> to.isEmpty() || !snapshot.date().isAfter(to.get()))
                .filter(snapshot -> tagged.isEmpty()
                        || snapshot.archiveId().filter(matching::contains).isPresent())
                .toList();
    }

    private List<String> lines(Holdings holdings, boolean narrowed) {
        List<String> lines = new ArrayList<>();
        lines.add(KnownDatasets.heading(holdings.dataset()));
        holdings.refusal().ifPresent(why -> lines.add("  the window refuses it: " + why));
        if (holdings.isEmpty() && !(redactions && !holdings.redactions().isEmpty())) {
            lines.add(narrowed ? "  no snapshots match" : "  no snapshots yet");
            return lines;
        }
        if (!holdings.window().isEmpty()) {
            lines.add(" window");
            lines.addAll(SnapshotView.window(holdings.window(), holdings::awaited));
        }
        if (!holdings.archives().isEmpty()) {
            lines.add(" archive");
            lines.addAll(SnapshotView.archives(holdings.archives(), holdings.redactionCounts(), holdings.orphans()));
        }
        if (!holdings.tombstones().isEmpty()) {
            lines.add(" removed");
            lines.addAll(SnapshotView.tombstones(holdings.tombstones()));
        }
        if (redactions && !holdings.redactions().isEmpty()) {
            lines.add(" redactions");
            lines.addAll(SnapshotView.redactions(holdings.redactions()));
        }
        holdings.schema().ifPresent(schema -> {
            lines.add(" columns");
            lines.addAll(SnapshotView.columns(schema));
            DeltaView.leftOut(holdings.leftOut()).ifPresent(lines::add);
        });
        return lines;
    }

    private Map<String, Object> json(Holdings holdings) {
        Map<String, Object> document = Json.object(
                "dataset", holdings.dataset(),
                "refusal", holdings.refusal(),
                "window",
                        holdings.window().stream()
                                .map(snapshot -> json(snapshot, holdings.awaited(snapshot)))
                                .toList(),
                "archives",
                        holdings.archives().stream()
                                .map(archive -> json(archive, holdings))
                                .toList());
        if (removed) {
            document.put(
                    "removed",
                    holdings.tombstones().stream().map(SnapshotView::json).toList());
        }
        if (redactions) {
            document.put(
                    "redactions",
                    holdings.redactions().stream().map(SnapshotView::json).toList());
        }
        if (columns) {
            document.put("columns", holdings.schema().map(SnapshotView::json));
            document.put("leftOut", holdings.leftOut());
        }
        return document;
    }

    private static Map<String, Object> json(WindowSnapshot snapshot, Optional<AwaitedArchive> awaited) {
        Map<String, Object> document = SnapshotView.json(snapshot);
        document.put("archiveWait", awaited);
        return document;
    }

    private static Map<String, Object> json(ArchivedSnapshot archive, Holdings holdings) {
        Map<String, Object> document = SnapshotView.json(archive);
        document.put("redactions", holdings.redactionCounts().getOrDefault(archive.id(), 0L));
        document.put("orphaned", holdings.orphans().contains(archive.id()));
        return document;
    }
}
