package io.hybridsnapshot.engine.catalogue;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The datasets that exist: the defined ones and those in the stores. The archive may hold tables of foreign writers
 * with names that no dataset can have ({@link Dataset#isName}); only the archive can hold data of those. Safe to share
 * if the environment's parts are.
 */
public final class KnownDatasets {
    private final SnapshotEnvironment environment;
    private final DatasetDefinitions definitions;
    private final SnapshotCatalogue catalogue;

    /** Makes the use case for the caller's definitions. */
    public KnownDatasets(SnapshotEnvironment environment, DatasetDefinitions definitions) {
        this.environment = Objects.requireNonNull(environment, "environment");
        this.definitions = Objects.requireNonNull(definitions, "definitions");
        this.catalogue = new SnapshotCatalogue(environment);
    }

    /** Returns the names of all datasets that are defined or archived, in ascending order. */
    public List<String> names() {
        Set<String> names = new TreeSet<>(definitions.names());
        names.addAll(environment.archive().datasets());
        return List.copyOf(names);
    }

    /** Returns the name under which the stores know a dataset. See {@link DatasetDefinitions#storedName}. */
    public String storedName(String name) {
        return definitions.storedName(name);
    }

    /** Returns the names of the same datasets as the caller knows them. See {@link DatasetDefinitions#shownName}. */
    public List<String> shownNames() {
        return names().stream().map(definitions::shownName).sorted().toList();
    }

    /** Returns whether a dataset is defined or a store holds data of it. Asks no store for a defined one. */
    public boolean isKnown(String name) {
        return definitions.isDefined(name)
                || Dataset.isName(name) && isInWindow(definitions.named(name))
                || !environment
                        .archive()
                        .list(ArchiveQuery.of(storedName(name)).newest(1))
                        .isEmpty();
    }

    private boolean isInWindow(Dataset dataset) {
        WindowStore window = environment.window();
        return !window.snapshots(dataset, Optional.empty()).isEmpty()
                || !window.unfinished(dataset).isEmpty();
    }

    /**
     * Returns the partitions that a store knows: all that ever had a snapshot. See {@link
     * SnapshotCatalogue#partitions}.
     */
    public Set<Partition> partitions(String name) {
        if (!Dataset.isName(name)) {
            return catalogue.archivedPartitions(name);
        }
        try {
            return catalogue.partitions(definitions.stored(name));
        } catch (SnapshotException e) {
            requireRefusal(e);
            return catalogue.archivedPartitions(storedName(name));
        }
    }

    /**
     * Returns the archives of a dataset that belong to no snapshot. Empty if the window holds nothing of the dataset.
     * See {@link SnapshotCatalogue#orphans}.
     */
    public Set<ArchiveId> orphans(String name, Optional<Partition> partition) {
        if (!Dataset.isName(name)) {
            return Set.of();
        }
        try {
            return catalogue.orphans(definitions.stored(name), partition);
        } catch (SnapshotException e) {
            requireRefusal(e);
            return Set.of();
        }
    }

    /**
     * Returns the statistics of a dataset's partitions, by name. A dataset that the window refuses has archives alone.
     * See {@link SnapshotCatalogue#statistics}.
     */
    public List<PartitionStatistics> statistics(String name, Optional<Partition> partition) {
        if (!Dataset.isName(name)) {
            return catalogue.archiveStatistics(name, partition);
        }
        try {
            return catalogue.statistics(definitions.stored(name), partition);
        } catch (SnapshotException e) {
            requireRefusal(e);
            return catalogue.archiveStatistics(storedName(name), partition);
        }
    }

    /**
     * Returns what was archived over time; archives that belong to no snapshot are not counted. See {@link
     * SnapshotTrends#periods}.
     *
     * @param query of this dataset alone
     */
    public List<TrendPeriod> trend(String name, ArchiveQuery query, TrendStep step) {
        return new SnapshotTrends(environment).periods(query, step, orphans(name, query.partition()));
    }

    private static void requireRefusal(SnapshotException failure) {
        if (!isRefusedByWindow(failure)) {
            throw failure;
        }
    }

    /**
     * Returns whether the window refuses a dataset as it is defined and therefore holds nothing of it, for example
     * because the name is too long there.
     */
    public static boolean isRefusedByWindow(SnapshotException failure) {
        return failure.kind() == SnapshotException.Kind.INVALID_REQUEST && !failure.isStoreOut();
    }
}
