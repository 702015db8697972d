package io.hybridsnapshot.engine;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.retention.RetentionPlan;
import io.hybridsnapshot.domain.retention.RetentionRule;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.catalogue.LoadSnapshot;
import io.hybridsnapshot.engine.catalogue.PartitionStatistics;
import io.hybridsnapshot.engine.catalogue.SnapshotCatalogue;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.comparison.CompareRequest;
import io.hybridsnapshot.engine.comparison.CompareSnapshots;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.comparison.DetailRequest;
import io.hybridsnapshot.engine.comparison.DetectChanges;
import io.hybridsnapshot.engine.comparison.DetectRequest;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.retention.CleanUpSnapshots;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveResult;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The embedder's entry to the platform: a dataset with its source, and the operations on it. Immutable; safe to share
 * if the environment's parts are. Callers that need more than these defaults use the use cases directly.
 */
public final class HybridSnapshotManager {
    private final SnapshotEnvironment environment;
    private final Dataset dataset;
    private final RowSource source;

    /** Makes the manager of a dataset that is read from a source. */
    public HybridSnapshotManager(SnapshotEnvironment environment, Dataset dataset, RowSource source) {
        this.environment = Objects.requireNonNull(environment, "environment");
        this.dataset = Objects.requireNonNull(dataset, "dataset");
        this.source = Objects.requireNonNull(source, "source");
    }

    /** Takes a snapshot of a partition and archives it. See {@link SaveSnapshot#save}. */
    public SaveResult save(Partition partition) {
        return new SaveSnapshot(environment).save(SaveRequest.of(dataset, partition), source);
    }

    /**
     * Reports the changes of a partition since its current snapshot, with examples. See {@link DetectChanges#detect}.
     */
    public DeltaReport detectChanges(Partition partition) {
        DetectRequest request =
                new DetectRequest(dataset, partition, Optional.of(DetailRequest.EXAMPLES), Progress.NONE);
        return new DetectChanges(environment).detect(request, source);
    }

    /**
     * Streams all rows of an archive after checking its digests. The caller closes the stream. See {@link
     * LoadSnapshot#open}.
     */
    public RowStream loadFromArchive(ArchiveId id) {
        LoadSnapshot load = new LoadSnapshot(environment);
        ArchivedSnapshot archive = load.find(dataset, new SnapshotReference.ByArchive(id));
        return load.open(archive, List.of());
    }

    /**
     * Compares an archive of a partition with its current snapshot. The archive is the newest one that is at least this
     * number of days old. See {@link CompareSnapshots#compare}.
     */
    public DeltaReport compareWithArchive(Partition partition, int daysBack) {
        return new CompareSnapshots(environment)
                .compare(new CompareRequest(
                        dataset,
                        partition,
                        new SnapshotReference.DaysBack(daysBack),
                        new SnapshotReference.Current(),
                        Optional.of(DetailRequest.EXAMPLES),
                        Progress.NONE));
    }

    /** Returns the statistics of every partition. */
    public List<PartitionStatistics> statistics() {
        return new SnapshotCatalogue(environment).statistics(dataset, Optional.empty());
    }

    /** Plans a clean-up: the snapshots and archives to remove and to keep. Changes nothing. */
    public RetentionPlan planCleanUp(RetentionRule rule) {
        return new CleanUpSnapshots(environment).plan(dataset, Optional.empty(), rule);
    }

    /**
     * Applies a plan of {@link #planCleanUp}. Refuses if planning again gives another plan. See {@link
     * CleanUpSnapshots#apply}.
     */
    public RetentionPlan cleanUp(RetentionPlan plan) {
        return new CleanUpSnapshots(environment)
                .apply(dataset, plan.scope().partition(), plan.scope().rule(), plan.digest());
    }
}
