package io.hybridsnapshot.engine.catalogue;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.recovery.AwaitedArchive;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Lists what the window and the archive hold of a dataset, joined. A window's snapshot has the tags of its archive.
 * Reads catalogues, and one archive's header where columns are wanted. Safe to share if the environment's parts are.
 */
public final class SnapshotList {
    private final SnapshotEnvironment environment;
    private final DatasetDefinitions definitions;
    private final KnownDatasets known;
    private final SnapshotCatalogue catalogue;

    /** Makes the use case for the caller's definitions. */
    public SnapshotList(SnapshotEnvironment environment, DatasetDefinitions definitions) {
        this.environment = Objects.requireNonNull(environment, "environment");
        this.definitions = Objects.requireNonNull(definitions, "definitions");
        this.known = new KnownDatasets(environment, definitions);
        this.catalogue = new SnapshotCatalogue(environment);
    }

    /**
     * Returns what the stores hold. A dataset that the window refuses has archives alone, and {@link Holdings#refusal}
     * says why.
     */
    public Holdings of(ListRequest request) {
        ArchiveQuery query = request.query();
        List<ArchivedSnapshot> archives =
                catalogue.archives(query).stream().filter(request::hasTagNames).toList();
        List<Tombstone> tombstones = request.parts().contains(ListRequest.Part.REMOVED)
                ? environment.archive().tombstones(query).stream()
                        .filter(tombstone -> request.hasTagNames(tombstone.archive()))
                        .toList()
                : List.of();
        boolean isDataset = Dataset.isName(request.dataset());
        List<WindowSnapshot> inWindow = List.of();
        Optional<RemedyText> refusal = Optional.empty();
        if (isDataset) {
            try {
                inWindow = catalogue.windowSnapshots(definitions.stored(request.dataset()), query.partition());
            } catch (SnapshotException e) {
                if (!KnownDatasets.isRefusedByWindow(e)) {
                    throw e;
                }
                refusal = Optional.of(e.text());
            }
        }
        List<WindowSnapshot> window = narrowed(inWindow, request, archives);
        Set<ArchiveId> orphans = known.orphans(request.dataset(), query.partition());
        return new Holdings(
                request.dataset(),
                window,
                awaited(window),
                archives,
                orphans,
                environment
                        .archive()
                        .audit()
                        .map(audit -> audit.redactions(query))
                        .orElse(List.of()),
                request.parts().contains(ListRequest.Part.TAG_CHANGES)
                        ? environment.archiveTags().tagNotes(query)
                        : List.of(),
                tombstones,
                request.parts().contains(ListRequest.Part.COLUMNS)
                        ? schema(window, archives, orphans)
                        : Optional.empty(),
                refusal,
                isDataset ? definitions.stored(request.dataset()).hashSpec() : HashSpec.HSR1);
    }

    private Optional<Schema> schema(
            List<WindowSnapshot> window, List<ArchivedSnapshot> archives, Set<ArchiveId> orphans) {
        return new NewestSchema(environment)
                .of(
                        window,
                        archives.stream()
                                .filter(each -> !orphans.contains(each.id()))
                                .toList());
    }

    private Map<SnapshotId, AwaitedArchive> awaited(List<WindowSnapshot> window) {
        Map<SnapshotId, AwaitedArchive> awaited = new HashMap<>();
        for (WindowSnapshot snapshot : window) {
            catalogue
                    .awaited(snapshot)
                    .ifPresent(where -> awaited.put(snapshot.id().orElseThrow(), where));
        }
        return awaited;
    }

    private static List<WindowSnapshot> narrowed(
            List<WindowSnapshot> snapshots, ListRequest request, List<ArchivedSnapshot> archives) {
        Set<ArchiveId> matching = archives.stream().map(ArchivedSnapshot::id).collect(Collectors.toSet());
        return snapshots.stream()
                .filter(request::isDated)
                .filter(snapshot -> !request.isTagged()
                        || snapshot.archiveId().filter(matching::contains).isPresent())
                .toList();
    }
}
