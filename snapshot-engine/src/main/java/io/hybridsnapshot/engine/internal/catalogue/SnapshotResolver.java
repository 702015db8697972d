package io.hybridsnapshot.engine.internal.catalogue;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.error.EngineRemedy;
import io.hybridsnapshot.engine.internal.recovery.NewestArchive;
import io.hybridsnapshot.engine.internal.recovery.OrphanedArchives;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Finds the stored snapshot that a reference names. */
public final class SnapshotResolver {
    /** The most tags or values in one error. */
    private static final int NAMED = 10;

    private final SnapshotEnvironment environment;
    private final OrphanedArchives orphans;

    public SnapshotResolver(SnapshotEnvironment environment) {
        this.environment = environment;
        this.orphans = new OrphanedArchives(environment);
    }

    /**
     * Returns the named snapshot.
     *
     * @throws SnapshotException INVALID_REQUEST if there is none; the error lists the existing ones, or tells who
     *     removed the archive, why and when
     */
    public ResolvedSnapshot resolve(SnapshotReference reference, Dataset dataset, Partition partition) {
        if (reference instanceof SnapshotReference.Current) {
            return ofWindow(environment
                    .window()
                    .findCurrent(dataset, partition)
                    .orElseThrow(() -> missing(reference, dataset, partition)));
        }
        if (reference instanceof SnapshotReference.Previous) {
            return previous(reference, dataset, partition);
        }
        if (reference instanceof SnapshotReference.ById byId) {
            return byId(byId.id(), dataset, partition);
        }
        if (reference instanceof SnapshotReference.ByArchive byArchive) {
            return byArchive(byArchive.id(), dataset);
        }
        if (reference instanceof SnapshotReference.AsOf asOf) {
            return newestUntil(asOf.moment(), reference, dataset, partition);
        }
        if (reference instanceof SnapshotReference.DaysBack daysBack) {
            Instant moment = environment.clock().instant().minus(Duration.ofDays(daysBack.days()));
            return newestUntil(moment, reference, dataset, partition);
        }
        if (reference instanceof SnapshotReference.ByTag tag) {
            return newestTagged(tag, dataset, partition);
        }
        throw SnapshotException.invalidRequest("a source is not a stored snapshot")
                .actual(reference)
                .expected("a snapshot of the window or the archive")
                .build();
    }

    /**
     * Returns the snapshot named, which a number or a batch id may not make one of another partition.
     *
     * @throws SnapshotException INVALID_REQUEST if there is none, or if it belongs to another partition
     */
    public ResolvedSnapshot resolveWithin(SnapshotReference reference, Dataset dataset, Partition partition) {
        ResolvedSnapshot resolved = resolve(reference, dataset, partition);
        requirePartition(resolved, partition);
        return resolved;
    }

    private static void requirePartition(ResolvedSnapshot resolved, Partition expected) {
        Partition actual = resolved.archive()
                .map(ArchivedSnapshot::partition)
                .or(() -> resolved.window().map(WindowSnapshot::partition))
                .orElse(expected);
        if (!actual.equals(expected)) {
            throw SnapshotException.invalidRequest("the snapshot belongs to another partition")
                    .where(resolved.label())
                    .actual("partition '" + actual + "'")
                    .expected("partition '" + expected + "'")
                    .nextStep("name that partition ({0}), or another snapshot", EngineRemedy.PARTITION)
                    .build();
        }
    }

    private ResolvedSnapshot previous(SnapshotReference reference, Dataset dataset, Partition partition) {
        List<WindowSnapshot> kept = environment.window().snapshots(dataset, Optional.of(partition));
        Optional<WindowSnapshot> inWindow = kept.stream()
                .filter(snapshot -> snapshot.state() == SnapshotState.PREVIOUS)
                .findFirst();
        if (inWindow.isPresent()) {
            return ofWindow(inWindow.get());
        }
        Instant current = kept.stream()
                .findFirst()
                .map(WindowSnapshot::date)
                .orElseThrow(() -> missing(reference, dataset, partition));
        return newestState(
                        dataset,
                        ArchiveQuery.of(dataset.name()).in(partition).until(current),
                        archive -> archive.date().isBefore(current))
                .map(this::ofArchive)
                .orElseThrow(() -> missing(reference, dataset, partition));
    }

    /** Returns the newest archive of a query that belongs to a snapshot. */
    private Optional<ArchivedSnapshot> newestState(
            Dataset dataset, ArchiveQuery query, Predicate<ArchivedSnapshot> wanted) {
        return NewestArchive.find(
                environment.archive(),
                query,
                archive -> Optional.of(archive).filter(wanted).filter(one -> !orphans.isOrphan(dataset, one)));
    }

    private ResolvedSnapshot byId(SnapshotId id, Dataset dataset, Partition partition) {
        Optional<WindowSnapshot> inWindow = environment
                .window()
                .find(dataset, id)
                .filter(snapshot -> snapshot.state().isVisible());
        if (inWindow.isPresent()) {
            return ofWindow(inWindow.get());
        }
        return environment
                .archive()
                .find(id)
                .filter(archive -> archive.dataset().equals(dataset.name()))
                .filter(archive -> !orphans.isOrphan(dataset, archive))
                .map(this::ofArchive)
                .orElseThrow(() -> RemovedArchives.find(environment.archive(), dataset.name(), id)
                        .map(RemovedArchives::error)
                        .orElseGet(() -> missing(new SnapshotReference.ById(id), dataset, partition)));
    }

    private ResolvedSnapshot byArchive(ArchiveId id, Dataset dataset) {
        ArchivedSnapshot archive = environment
                .archive()
                .find(id)
                .orElseThrow(() -> RemovedArchives.find(environment.archive(), dataset.name(), id)
                        .map(RemovedArchives::error)
                        .orElseGet(() -> SnapshotException.invalidRequest("no such archive")
                                .actual("archive " + id)
                                .expected("the number of an archive")
                                .nextStep("{0} shows them", CommonRemedy.LIST)
                                .build()));
        if (!archive.dataset().equals(dataset.name())) {
            throw SnapshotException.invalidRequest("the archive belongs to another dataset")
                    .where("archive " + id)
                    .actual("dataset '" + archive.dataset() + "'")
                    .expected("dataset '" + dataset.name() + "'")
                    .nextStep("name that dataset, or another archive")
                    .build();
        }
        return ofArchive(archive);
    }

    private ResolvedSnapshot newestUntil(
            Instant moment, SnapshotReference reference, Dataset dataset, Partition partition) {
        return newestState(
                        dataset, ArchiveQuery.of(dataset.name()).in(partition).until(moment), archive -> true)
                .map(this::ofArchive)
                .orElseThrow(() -> missing(reference, dataset, partition));
    }

    private ResolvedSnapshot newestTagged(SnapshotReference.ByTag tag, Dataset dataset, Partition partition) {
        ArchiveQuery tagged = ArchiveQuery.of(dataset.name()).in(partition).tagged(Map.of(tag.name(), tag.value()));
        return newestState(dataset, tagged, archive -> true)
                .map(this::ofArchive)
                .orElseThrow(() -> missingTag(tag, dataset, partition));
    }

    private SnapshotException missingTag(SnapshotReference.ByTag tag, Dataset dataset, Partition partition) {
        Set<String> names = new TreeSet<>();
        Set<String> values = new TreeSet<>();
        environment
                .archive()
                .list(ArchiveQuery.of(dataset.name()).in(partition))
                .forEach(archive -> {
                    names.addAll(archive.tags().keySet());
                    Optional.ofNullable(archive.tags().get(tag.name())).ifPresent(values::add);
                });
        String there = names.isEmpty() ? "no archive with a tag" : "archives with the tags " + first(names);
        return SnapshotException.invalidRequest("no such snapshot: " + tag)
                .where("dataset '" + dataset.name() + "', partition '" + partition + "'")
                .actual(values.isEmpty() ? there : "archives with " + tag.name() + " = " + first(values))
                .expected("a tag that an archive has")
                .nextStep("{0} shows them", CommonRemedy.LIST)
                .build();
    }

    private static String first(Set<String> texts) {
        String some = texts.stream().limit(NAMED).collect(Collectors.joining(", "));
        return texts.size() > NAMED ? some + " and " + (texts.size() - NAMED) + " more" : some;
    }

    private ResolvedSnapshot ofWindow(WindowSnapshot snapshot) {
        Optional<ArchivedSnapshot> archive =
                snapshot.archiveId().flatMap(id -> environment.archive().find(id));
        if (snapshot.state() == SnapshotState.INCOMPLETE && archive.isPresent()) {
            // The window does not have all rows of the snapshot.
            return ofArchive(archive.get());
        }
        return new ResolvedSnapshot(label(snapshot.date(), archive), Optional.of(snapshot), archive);
    }

    private ResolvedSnapshot ofArchive(ArchivedSnapshot archive) {
        return new ResolvedSnapshot(
                label(archive.date(), Optional.of(archive)), Optional.empty(), Optional.of(archive));
    }

    private static String label(Instant date, Optional<ArchivedSnapshot> archive) {
        return "snapshot of " + date
                + archive.map(stored -> " (archive " + stored.id() + ")").orElse("");
    }

    private static String archived(List<ArchivedSnapshot> archives) {
        if (archives.isEmpty()) {
            return "no archive of this partition";
        }
        Instant newest = archives.get(0).date();
        return archives.size() == 1
                ? "one archive, of " + newest
                : archives.size() + " archives from "
                        + archives.get(archives.size() - 1).date() + " to " + newest;
    }

    private SnapshotException missing(SnapshotReference reference, Dataset dataset, Partition partition) {
        List<ArchivedSnapshot> archives =
                environment.archive().list(ArchiveQuery.of(dataset.name()).in(partition));
        String there = archived(archives);
        return SnapshotException.invalidRequest("no such snapshot: " + reference)
                .where("dataset '" + dataset.name() + "', partition '" + partition + "'")
                .actual(there)
                .expected("a snapshot that is there")
                .nextStep("{0} shows them", CommonRemedy.LIST)
                .build();
    }
}
