package io.hybridsnapshot.engine.retention;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.Counted;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.retention.RetentionPlan;
import io.hybridsnapshot.domain.retention.RetentionRule;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.internal.recovery.OrphanedArchives;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Removes the snapshots and archives that a retention rule releases: a plan first, then exactly that plan. Stateless;
 * any number of threads may use it at once if the environment's parts allow it.
 */
public final class CleanUpSnapshots {
    private final SnapshotEnvironment environment;

    /** Makes the use case in an environment. */
    public CleanUpSnapshots(SnapshotEnvironment environment) {
        this.environment = environment;
    }

    /** Plans a clean-up of one partition or of all; changes nothing. */
    public RetentionPlan plan(Dataset dataset, Optional<Partition> partition, RetentionRule rule) {
        List<WindowSnapshot> leaving = environment.window().beyond(dataset, partition, rule.keepCount());
        List<WindowSnapshot> visible = environment.window().snapshots(dataset, partition);
        ArchiveQuery query =
                partition.map(only -> ArchiveQuery.of(dataset.name()).in(only)).orElse(ArchiveQuery.of(dataset.name()));
        Set<ArchiveId> orphans = new OrphanedArchives(environment).ids(dataset, partition);
        List<ArchivedSnapshot> orphaned = new ArrayList<>();
        List<ArchivedSnapshot> archives = new ArrayList<>();
        for (ArchivedSnapshot archive : environment.archive().list(query)) {
            (orphans.contains(archive.id()) ? orphaned : archives).add(archive);
        }
        RetentionPlan plan = RetentionPlan.of(
                new RetentionPlan.Scope(dataset.name(), partition, rule),
                environment.clock().instant(),
                leaving,
                visible,
                archives);
        return withOrphans(plan, orphaned);
    }

    /**
     * An archive that belongs to no snapshot does not take the place of another one among the kept archives. Recovery
     * removes it with a tombstone that gives this reason.
     */
    private static RetentionPlan withOrphans(RetentionPlan plan, List<ArchivedSnapshot> orphans) {
        List<RetentionPlan.Verdict> verdicts = new ArrayList<>(plan.archives());
        orphans.forEach(orphan -> verdicts.add(new RetentionPlan.Verdict(
                orphan,
                RetentionPlan.Fate.KEEP,
                List.of("orphaned: it belongs to no snapshot; recovery removes it, clean-up does not count it"))));
        verdicts.sort(Comparator.comparing(
                        (RetentionPlan.Verdict verdict) -> verdict.archive().date())
                .thenComparing(verdict -> verdict.archive().id().value())
                .reversed());
        return new RetentionPlan(plan.scope(), plan.windowSnapshots(), verdicts);
    }

    /**
     * Plans again and applies the plan if it is the one agreed to. The window is cleaned up first, so that none of its
     * snapshots ever refers to a removed archive. An interruption between the two leaves archives that the next plan
     * names. A snapshot that is published at this very moment may push one more snapshot out of the window than was
     * planned, as publishing itself does.
     *
     * @param digest the plan that was agreed to ({@link RetentionPlan#digest()})
     * @throws SnapshotException CONFLICT if another plan results now, or an archive was held in this moment; the
     *     message says whether the window's part was done
     * @return the applied plan
     */
    public RetentionPlan apply(Dataset dataset, Optional<Partition> partition, RetentionRule rule, String digest) {
        RetentionPlan plan = plan(dataset, partition, rule);
        if (!plan.digest().equals(digest)) {
            throw SnapshotException.conflict("the plan has changed since it was shown; nothing was changed")
                    .where("dataset '" + dataset.name() + "'"
                            + partition
                                    .map(only -> ", partition '" + only + "'")
                                    .orElse(""))
                    .actual("plan " + plan.digest() + ", by which "
                            + Counted.of(plan.windowSnapshots().size(), "snapshot") + " would leave the window and "
                            + Counted.of(plan.removals().size(), "archive") + " would go")
                    .expected("plan " + digest)
                    .nextStep("plan again with the same rules and the same partition, and apply the new digest")
                    .build();
        }
        List<WindowSnapshot> removed = environment.window().removeBeyond(dataset, partition, rule.keepCount());
        try {
            environment
                    .archive()
                    .remove(
                            plan.removals().stream().map(ArchivedSnapshot::id).toList(),
                            "clean-up plan " + plan.digest());
        } catch (SnapshotException e) {
            if (removed.isEmpty() || e.kind() != SnapshotException.Kind.CONFLICT) {
                throw e;
            }
            throw SnapshotException.conflict(Counted.of(removed.size(), "snapshot")
                            + " left the window as planned, but none of the archives was removed")
                    .where("dataset '" + dataset.name() + "'")
                    .actual(e.text())
                    .nextStep("plan again: the new plan lists the archives that are left")
                    .cause(e)
                    .build();
        }
        return new RetentionPlan(plan.scope(), removed, plan.archives());
    }
}
