package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.OnlyPartitionOption;
import io.hybridsnapshot.app.cli.option.PeriodOptions;
import io.hybridsnapshot.app.cli.option.TagFilter;
import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.dataset.DatasetCatalogue;
import io.hybridsnapshot.app.report.DeltaView;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.SnapshotView;
import io.hybridsnapshot.app.wording.CommandWording;
import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.catalogue.Holdings;
import io.hybridsnapshot.engine.catalogue.KnownDatasets;
import io.hybridsnapshot.engine.catalogue.ListRequest;
import io.hybridsnapshot.engine.catalogue.SnapshotList;
import io.hybridsnapshot.engine.recovery.AwaitedArchive;
import java.util.ArrayList;
import java.util.EnumSet;
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

/** {@code snapshot list}. */
@Command(
        name = "list",
        description = {
            "Lists the snapshots of the window and the archives, of one dataset or of all.",
            "A row has to match every filter. With --tag, the window's list shows only snapshots "
                    + "whose archives match."
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
    private final Supplier<DatasetCatalogue> defined;
    private final Supplier<KnownDatasets> known;
    private final Supplier<SnapshotList> snapshots;

    @Parameters(arity = "0..1", paramLabel = "DATASET", description = "The dataset's name (default: all).")
    private String name;

    @Mixin
    private OnlyPartitionOption only;

    @Option(names = "--columns", order = 21, description = "Show the columns of the newest snapshot, with their types.")
    private boolean columns;

    @Option(
            names = {"-t", "--tag"},
            paramLabel = "NAME[=VALUE]",
            order = 22,
            description =
                    "Only archives with this tag, and this value if one is given; repeatable, all have to " + "match.")
    private List<String> tags = new ArrayList<>();

    @Option(names = "--removed", order = 23, description = "Show the tombstones of removed archives, too.")
    private boolean removed;

    @Option(names = "--redactions", order = 24, description = "Show the redactions: archive, time, user and reason.")
    private boolean redactions;

    @Option(
            names = "--tag-changes",
            order = 25,
            description = "Show the tags that were changed after their save: archive, time, user and values.")
    private boolean tagChanges;

    @Mixin
    private PeriodOptions period;

    ListCommand(
            Terminal terminal,
            Supplier<DatasetCatalogue> defined,
            Supplier<KnownDatasets> known,
            Supplier<SnapshotList> snapshots) {
        this.terminal = terminal;
        this.defined = defined;
        this.known = known;
        this.snapshots = snapshots;
    }

    @Override
    public Integer call() {
        TagFilter tagged = TagFilter.parse(tags);
        boolean narrowed =
                !tagged.isEmpty() || !period.isEmpty() || only.partition().isPresent();
        List<Holdings> holdings = new ArrayList<>();
        List<String> datasets = KnownNames.datasets(known.get(), Optional.ofNullable(name));
        only.partition()
                .ifPresent(partition -> KnownNames.requirePartition(known.get(), datasets, partition, List.of()));
        for (String dataset : datasets) {
            holdings.add(snapshots.get().of(request(dataset, tagged)));
        }
        if (terminal.json()) {
            terminal.print(Json.object(
                    "command",
                    "list",
                    "datasets",
                    holdings.stream().map(this::json).toList()));
        } else if (holdings.isEmpty()) {
            terminal.console().out().println("No snapshots yet; 'snapshot save --help' shows how to take the first.");
        } else {
            holdings.forEach(each -> terminal.print(lines(each, narrowed)));
        }
        return ExitCode.DONE.value();
    }

    private ListRequest request(String dataset, TagFilter tagged) {
        ArchiveQuery all = ArchiveQuery.of(dataset).tagged(tagged.values());
        ArchiveQuery query = only.partition().map(all::in).orElse(all);
        Set<ListRequest.Part> parts = EnumSet.noneOf(ListRequest.Part.class);
        if (removed) {
            parts.add(ListRequest.Part.REMOVED);
        }
        if (columns) {
            parts.add(ListRequest.Part.COLUMNS);
        }
        if (tagChanges) {
            parts.add(ListRequest.Part.TAG_CHANGES);
        }
        return new ListRequest(period.narrow(query, terminal.console().clock().instant()), tagged.names(), parts);
    }

    private List<String> lines(Holdings holdings, boolean narrowed) {
        List<String> lines = new ArrayList<>();
        lines.add(KnownNames.heading(defined.get(), holdings.dataset()));
        holdings.refusal().ifPresent(why -> lines.add("  the window refuses it: " + CommandWording.text(why)));
        boolean hasRecords = redactions && !holdings.redactions().isEmpty()
                || !holdings.tagNotes().isEmpty();
        if (holdings.isEmpty() && !hasRecords) {
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
        if (!holdings.tagNotes().isEmpty()) {
            lines.add(" changes of tags");
            lines.addAll(SnapshotView.tagNotes(holdings.tagNotes()));
        }
        holdings.schema().ifPresent(schema -> {
            lines.add(" columns");
            lines.addAll(SnapshotView.columns(schema));
            DeltaView.leftOut(holdings.leftOut(), terminal.page()).ifPresent(lines::add);
        });
        return lines;
    }

    private Map<String, Object> json(Holdings holdings) {
        Map<String, Object> document = Json.object(
                "dataset", defined.get().shownName(holdings.dataset()),
                "storedAs", holdings.dataset(),
                "refusal", holdings.refusal().map(CommandWording::text),
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
        if (tagChanges) {
            document.put(
                    "tagChanges",
                    holdings.tagNotes().stream().map(SnapshotView::json).toList());
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
