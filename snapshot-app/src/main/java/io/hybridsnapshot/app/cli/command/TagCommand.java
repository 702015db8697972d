package io.hybridsnapshot.app.cli.command;

import io.hybridsnapshot.app.cli.option.ArchiveArgument;
import io.hybridsnapshot.app.cli.option.TagFilter;
import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.dataset.DatasetCatalogue;
import io.hybridsnapshot.app.report.DisplayText;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.app.report.SnapshotView;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.TagChange;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.engine.catalogue.KnownDatasets;
import io.hybridsnapshot.engine.catalogue.TagArchives;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code snapshot tag}. */
@Command(
        name = "tag",
        description = {
            "Sets or removes tags of a stored archive.",
            "The archive's file, record and chain stay as they are. A note of every changed tag remains: time, user "
                    + "and both values ('snapshot list --tag-changes')."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot tag orders current approved=yes ticket=OPS-512",
            "  snapshot tag orders archive:12 approved=no --replace",
            "  snapshot tag orders 2026-09-27 --remove approved"
        })
final class TagCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Supplier<DatasetCatalogue> datasets;
    private final Supplier<KnownDatasets> known;
    private final Supplier<TagArchives> tags;

    @Mixin
    private ArchiveArgument archive;

    @Parameters(
            index = "2",
            arity = "0..*",
            paramLabel = "NAME=VALUE",
            description = "A tag to set; everything behind the first equals sign is its value.")
    private List<String> values = new ArrayList<>();

    @Option(names = "--replace", order = 1, description = "Replace the value of a tag that the archive has.")
    private boolean replace;

    @Option(
            names = "--remove",
            paramLabel = "NAME",
            order = 2,
            description = "A tag to remove; repeatable. A tag that the archive does not have is ignored.")
    private List<String> removed = new ArrayList<>();

    TagCommand(
            Terminal terminal,
            Supplier<DatasetCatalogue> datasets,
            Supplier<KnownDatasets> known,
            Supplier<TagArchives> tags) {
        this.terminal = terminal;
        this.datasets = datasets;
        this.known = known;
        this.tags = tags;
    }

    @Override
    public Integer call() {
        Map<String, String> set = TagFilter.arguments(values);
        if (set.isEmpty() && removed.isEmpty()) {
            throw SnapshotException.invalidRequest("no tag is named")
                    .expected("NAME=VALUE or --remove NAME, for example approved=yes")
                    .build();
        }
        Set<String> names = new LinkedHashSet<>(removed);
        TagChange change = new TagChange(set, names, replace ? TagChange.Existing.REPLACE : TagChange.Existing.KEEP);
        KnownNames.requireDataset(known.get(), archive.dataset());
        TagArchives.Tagged tagged = change(change);
        if (terminal.json()) {
            terminal.print(Json.object(
                    "command",
                    "tag",
                    "dataset",
                    archive.dataset(),
                    "changed",
                    tagged.isChanged(),
                    "before",
                    tagged.before().tags(),
                    "archive",
                    SnapshotView.json(tagged.after())));
        } else {
            terminal.console().out().println(line(tagged));
        }
        return ExitCode.DONE.value();
    }

    private TagArchives.Tagged change(TagChange change) {
        try {
            return tags.get()
                    .change(datasets.get().named(archive.dataset()), archive.partition(), archive.reference(), change);
        } catch (SnapshotException e) {
            boolean taken =
                    e.kind() == SnapshotException.Kind.CONFLICT && e.problem().contains("another value");
            if (!taken || replace) {
                throw e;
            }
            throw ForeignHold.overridable(e, "--replace sets the new value");
        }
    }

    private static String line(TagArchives.Tagged tagged) {
        ArchivedSnapshot after = tagged.after();
        String all = after.tags().isEmpty()
                ? "no tags"
                : new TreeMap<>(after.tags())
                        .entrySet().stream()
                                .map(tag -> DisplayText.escaped(tag.getKey() + "=" + tag.getValue()))
                                .collect(Collectors.joining(" "));
        return "Archive " + after.id()
                + (tagged.isChanged() ? " has these tags now: " : " has these tags already; nothing was changed: ")
                + all;
    }
}
