package io.hybridsnapshot.engine.catalogue;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.internal.recovery.OrphanedArchives;
import io.hybridsnapshot.engine.internal.recovery.Outbox;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.recovery.AwaitedArchive;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Lists and statistics of both stores. Reads catalogues, never rows or files. Stateless; any number of threads may use
 * it at once if the environment's parts allow it.
 */
public final class SnapshotCatalogue {
    private final SnapshotEnvironment environment;

    /** Makes the use case in an environment. */
    public SnapshotCatalogue(SnapshotEnvironment environment) {
        this.environment = environment;
    }

    /** Returns the window's visible snapshots, by partition and then newest first. */
    public List<WindowSnapshot> windowSnapshots(Dataset dataset, Optional<Partition> partition) {
        return environment.window().snapshots(dataset, partition);
    }

    /** Returns the archives asked for, newest first. */
    public List<ArchivedSnapshot> archives(ArchiveQuery query) {
        return environment.archive().list(query);
    }

    /**
     * Returns all partitions that either store knows: by visible snapshots, unfinished saves, archives, removed
     * archives, or files that wait in the outbox.
     *
     * @param dataset the dataset to search for
     */
    public Set<Partition> partitions(Dataset dataset) {
        Set<Partition> known = windowPartitions(dataset);
        known.addAll(archivedPartitions(dataset.name()));
        return known;
    }

    /**
     * Returns the partitions that the window or the outbox knows: by visible snapshots, unfinished saves, or files that
     * wait.
     */
    public Set<Partition> windowPartitions(Dataset dataset) {
        Set<Partition> known = new LinkedHashSet<>();
        windowSnapshots(dataset, Optional.empty()).forEach(snapshot -> known.add(snapshot.partition()));
        environment.window().unfinished(dataset).forEach(snapshot -> known.add(snapshot.partition()));
        Outbox.Contents waiting = new Outbox(environment.workDirectory()).contents(dataset.name());
        waiting.readable().forEach(entry -> known.add(entry.partition()));
        waiting.remnants().stream()
                .flatMap(left -> left.description().stream())
                .forEach(entry -> known.add(entry.partition()));
        return known;
    }

    /**
     * Returns the partitions that the archive knows: by archives, removed archives, or chains. The chains keep every
     * partition that ever existed.
     *
     * @param sourceTable the archives' source table; any text, as foreign writers may have used a name that no dataset
     *     can have
     */
    public Set<Partition> archivedPartitions(String sourceTable) {
        Set<Partition> known = new LinkedHashSet<>();
        ArchiveQuery query = ArchiveQuery.of(sourceTable);
        archives(query).forEach(archive -> known.add(archive.partition()));
        environment
                .archive()
                .audit()
                .ifPresent(audit -> audit.chainHeads(query).forEach(head -> known.add(head.partition())));
        environment
                .archive()
                .tombstones(query)
                .forEach(tombstone -> known.add(tombstone.archive().partition()));
        return known;
    }

    /**
     * Returns the archives that belong to no snapshot of a dataset according to the window's ledger: the saves that
     * stored them were undone. Such archives are no past states and are never counted; recovery removes them. Empty
     * where the window cannot be reached.
     */
    public Set<ArchiveId> orphans(Dataset dataset, Optional<Partition> partition) {
        return new OrphanedArchives(environment).ids(dataset, partition);
    }

    /**
     * Returns the statistics of every partition that either store knows, by name. Archives that belong to no snapshot
     * are not counted.
     */
    public List<PartitionStatistics> statistics(Dataset dataset, Optional<Partition> partition) {
        return statistics(dataset.name(), windowSnapshots(dataset, partition), orphans(dataset, partition), partition);
    }

    /**
     * Returns statistics of every partition that only the archive knows, by name.
     *
     * @param sourceTable the archives' source table; any text, as foreign writers may have used a name that no dataset
     *     can have
     */
    public List<PartitionStatistics> archiveStatistics(String sourceTable, Optional<Partition> partition) {
        return statistics(sourceTable, List.of(), Set.of(), partition);
    }

    private List<PartitionStatistics> statistics(
            String sourceTable, List<WindowSnapshot> window, Set<ArchiveId> orphans, Optional<Partition> partition) {
        TreeMap<String, List<WindowSnapshot>> inWindow = new TreeMap<>();
        for (WindowSnapshot snapshot : window) {
            inWindow.computeIfAbsent(snapshot.partition().name(), name -> new ArrayList<>())
                    .add(snapshot);
        }
        ArchiveQuery query =
                partition.map(only -> ArchiveQuery.of(sourceTable).in(only)).orElse(ArchiveQuery.of(sourceTable));
        TreeMap<String, List<ArchivedSnapshot>> inArchive = new TreeMap<>();
        for (ArchivedSnapshot archive : archives(query)) {
            if (orphans.contains(archive.id())) {
                continue;
            }
            inArchive
                    .computeIfAbsent(archive.partition().name(), name -> new ArrayList<>())
                    .add(archive);
        }
        TreeMap<String, Partition> partitions = new TreeMap<>();
        inWindow.keySet().forEach(name -> partitions.put(name, new Partition(name)));
        inArchive.keySet().forEach(name -> partitions.put(name, new Partition(name)));
        return partitions.values().stream()
                .map(known -> statistics(
                        known,
                        inWindow.getOrDefault(known.name(), List.of()),
                        inArchive.getOrDefault(known.name(), List.of())))
                .toList();
    }

    private static PartitionStatistics statistics(
            Partition partition, List<WindowSnapshot> window, List<ArchivedSnapshot> archives) {
        DoubleSummaryStatistics ratios = archives.stream()
                .map(ArchivedSnapshot::compressionRatio)
                .flatMap(Optional::stream)
                .mapToDouble(Double::doubleValue)
                .summaryStatistics();
        return new PartitionStatistics(
                partition,
                window.size(),
                window.stream().mapToLong(WindowSnapshot::rowCount).sum(),
                window.stream().map(WindowSnapshot::date).min(Comparator.naturalOrder()),
                window.stream().map(WindowSnapshot::date).max(Comparator.naturalOrder()),
                archives.size(),
                archives.stream().mapToLong(ArchivedSnapshot::size).sum(),
                ratios.getCount() == 0 ? Optional.empty() : Optional.of(ratios.getAverage()),
                archives.stream().map(ArchivedSnapshot::date).min(Comparator.naturalOrder()),
                archives.stream().map(ArchivedSnapshot::date).max(Comparator.naturalOrder()));
    }

    /**
     * Returns the place of the file that is to become a snapshot's archive. Empty where no archive is awaited: the
     * snapshot is archived, or was saved without an archive.
     */
    public Optional<AwaitedArchive> awaited(WindowSnapshot snapshot) {
        return new Outbox(environment.workDirectory()).awaited(snapshot);
    }
}
