package io.hybridsnapshot.domain.usecase;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.retention.RetentionPlan;
import io.hybridsnapshot.domain.retention.RetentionRule;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import java.util.List;
import java.util.Optional;

/** Removes what a retention rule lets go: a plan first, then exactly that plan. */
public final class CleanUpSnapshots {
    private final SnapshotEnvironment environment;

    /** The use case in an environment. */
    public CleanUpSnapshots(SnapshotEnvironment environment) {
        this.environment = environment;
    }

    /** What would go and what would stay, of one partition or of all; changes nothing. */
    public RetentionPlan plan(Dataset dataset, Optional<Partition> partition, RetentionRule rule) {
        List<WindowSnapshot> leaving = environment.window().beyond(dataset, partition, rule.keepCount());
        List<WindowSnapshot> visible = environment.window().snapshots(dataset, partition);
        ArchiveQuery query =
                partition.map(only -> ArchiveQuery.of(dataset.name()).in(only)).orElse(ArchiveQuery.of(dataset.name()));
        List<ArchivedSnapshot> archives = environment.archive().list(query);
        return RetentionPlan.of(rule, environment.clock().instant(), leaving, visible, archives);
    }

    /**
     * Plans and carries out: the window first, so that no snapshot of it ever refers to an archive that is gone.
     *
     * @return what was removed and what stayed
     */
    public RetentionPlan apply(Dataset dataset, Optional<Partition> partition, RetentionRule rule) {
        RetentionPlan plan = plan(dataset, partition, rule);
        List<WindowSnapshot> removed = environment.window().removeBeyond(dataset, partition, rule.keepCount());
        environment
                .archive()
                .remove(plan.removals().stream().map(ArchivedSnapshot::id).toList(), "clean-up");
        return new RetentionPlan(removed, plan.archives());
    }
}
