package io.hybridsnapshot.engine.retention;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.Counted;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.engine.internal.recovery.OrphanedArchives;
import io.hybridsnapshot.engine.internal.recovery.Outbox;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.recovery.AwaitedArchive;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Removes everything that window, archive and this outbox hold of a dataset: a plan first, then exactly that plan. The
 * entries of the ledger, the tombstones and the chains stay, and so do the window's empty tables. Each partition is
 * forgotten as a whole under its writer's lock: first the window, then the files in the outbox, then the archives. A
 * run that is interrupted can be repeated with a new plan. Stateless; any number of threads may use it at once if the
 * environment's parts allow it.
 */
public final class ForgetDataset {
    private final SnapshotEnvironment environment;
    private final Outbox outbox;

    /** Makes the use case in an environment. */
    public ForgetDataset(SnapshotEnvironment environment) {
        this.environment = Objects.requireNonNull(environment, "environment");
        this.outbox = new Outbox(environment.workDirectory());
    }

    /**
     * Plans to forget a dataset; changes nothing.
     *
     * @throws SnapshotException UNAVAILABLE if a store cannot be reached
     */
    public ForgetPlan plan(Dataset dataset) {
        List<WindowSnapshot> visible = environment.window().snapshots(dataset, Optional.empty());
        List<ArchivedSnapshot> archives = environment.archive().list(ArchiveQuery.of(dataset.name()));
        return new ForgetPlan(
                dataset.name(),
                visible,
                environment.window().unfinished(dataset),
                archives,
                waiting(dataset),
                visible.stream()
                        .filter(snapshot -> outbox.awaited(snapshot).equals(Optional.of(AwaitedArchive.ELSEWHERE)))
                        .toList(),
                environment
                        .archive()
                        .tombstones(ArchiveQuery.of(dataset.name()))
                        .size(),
                obstacles(visible, archives));
    }

    private List<SnapshotId> waiting(Dataset dataset) {
        Outbox.Contents contents = outbox.contents(dataset.name());
        Set<SnapshotId> ids = new TreeSet<>(Comparator.comparing(SnapshotId::toString));
        contents.readable().stream().map(ArchiveSubmission::snapshotId).forEach(ids::add);
        contents.remnants().stream().map(Outbox.Remnant::id).forEach(ids::add);
        contents.damaged().stream()
                .filter(Outbox.Damaged::isOfDataset)
                .map(Outbox.Damaged::id)
                .forEach(ids::add);
        return List.copyOf(ids);
    }

    private List<ForgetPlan.Obstacle> obstacles(List<WindowSnapshot> visible, List<ArchivedSnapshot> archives) {
        Instant now = environment.clock().instant();
        LocalDate today = now.atZone(ZoneOffset.UTC).toLocalDate();
        List<ForgetPlan.Obstacle> obstacles = new ArrayList<>();
        for (ArchivedSnapshot archive : archives) {
            archive.hold()
                    .filter(hold -> hold.holdsAt(now))
                    .ifPresent(hold -> obstacles.add(obstacle(
                            ForgetPlan.ObstacleKind.HELD, archive, "archive " + archive.id() + " is held: " + hold)));
            archive.retentionUntil()
                    .filter(today::isBefore)
                    .ifPresent(day -> obstacles.add(obstacle(
                            ForgetPlan.ObstacleKind.RETAINED,
                            archive,
                            "archive " + archive.id() + " is to be kept until " + day)));
        }
        // A snapshot that another program wrote and a save retired has left its place to the ledger's own.
        Set<Partition> seen = new HashSet<>();
        visible.stream()
                .filter(snapshot ->
                        seen.add(snapshot.partition()) && snapshot.id().isEmpty())
                .forEach(foreign -> obstacles.add(new ForgetPlan.Obstacle(
                        ForgetPlan.ObstacleKind.FOREIGN,
                        foreign.partition(),
                        Optional.empty(),
                        "another program wrote the current rows of partition '" + foreign.partition() + "'")));
        return obstacles;
    }

    private static ForgetPlan.Obstacle obstacle(ForgetPlan.ObstacleKind kind, ArchivedSnapshot archive, String text) {
        return new ForgetPlan.Obstacle(kind, archive.partition(), Optional.of(archive), text);
    }

    /**
     * Plans again and forgets the dataset if the plan is the one agreed to.
     *
     * @param digest the plan that was agreed to ({@link ForgetPlan#digest()})
     * @param patience how long to wait for the writer of each partition
     * @return the applied plan
     * @throws SnapshotException CONFLICT if another plan results now, if an obstacle exists, or if a partition stays
     *     locked or has changed meanwhile; OUTCOME_UNKNOWN if the connection broke during a commit; UNAVAILABLE if a
     *     store cannot be reached. The message says whether anything was removed
     */
    public ForgetPlan apply(Dataset dataset, String digest, Duration patience) {
        ForgetPlan plan = plan(dataset);
        requireAgreed(plan, digest);
        requireNoObstacle(plan);
        Run run = new Run(dataset, plan, patience);
        try {
            plan.partitions().forEach(run::forget);
            plan.waiting().forEach(run::removeFile);
            environment.window().sweep(dataset);
            requireNothingLeft(dataset);
            return plan;
        } catch (SnapshotException e) {
            throw run.hasBegun() ? partly(e, dataset) : e;
        }
    }

    private static void requireAgreed(ForgetPlan plan, String digest) {
        if (!plan.digest().equals(digest)) {
            throw SnapshotException.conflict("the plan has changed since it was shown; nothing was changed")
                    .where("dataset '" + plan.dataset() + "'")
                    .actual("plan " + plan.digest() + ", by which "
                            + Counted.of(plan.windowSnapshots().size(), "snapshot") + " would leave the window and "
                            + Counted.of(plan.archives().size(), "archive") + " would go")
                    .expected("plan " + digest)
                    .nextStep("look at the plan again and apply its digest")
                    .build();
        }
    }

    private static void requireNoObstacle(ForgetPlan plan) {
        if (!plan.obstacles().isEmpty()) {
            throw SnapshotException.conflict("the dataset cannot be forgotten; nothing was changed")
                    .where("dataset '" + plan.dataset() + "'")
                    .actual(plan.obstacles().stream()
                            .map(ForgetPlan.Obstacle::text)
                            .collect(Collectors.joining("; ")))
                    .expected("no hold in force, no archive that is to be kept longer, and no rows of other programs")
                    .nextStep("end the holds and remove the other programs' rows, or wait for the days named")
                    .build();
        }
    }

    /** A delivery that was under way may have stored an archive since. */
    private void requireNothingLeft(Dataset dataset) {
        int archives =
                environment.archive().list(ArchiveQuery.of(dataset.name())).size();
        int files = waiting(dataset).size();
        if (archives > 0 || files > 0) {
            throw SnapshotException.conflict("another process has archived rows of the dataset meanwhile")
                    .actual(Counted.of(archives, "archive") + " and " + Counted.of(files, "waiting file"))
                    .expected("none")
                    .nextStep("plan again and apply the new digest")
                    .build();
        }
    }

    private static SnapshotException partly(SnapshotException failure, Dataset dataset) {
        return SnapshotException.of(failure.kind(), "a part of the dataset is forgotten, the rest is still there")
                .where("dataset '" + dataset.name() + "'")
                .actual(failure.text())
                .nextStep("plan again and apply the new digest: the new plan lists what is left")
                .cause(failure)
                .build();
    }

    /** One application of a plan. For one thread. */
    private final class Run {
        private final Dataset dataset;
        private final ForgetPlan plan;
        private final Duration patience;
        private boolean begun;

        Run(Dataset dataset, ForgetPlan plan, Duration patience) {
            this.dataset = dataset;
            this.plan = plan;
            this.patience = patience;
        }

        boolean hasBegun() {
            return begun;
        }

        /** Forgets a partition. One that the window does not know, such as one of archives alone, has no lock. */
        void forget(Partition partition) {
            List<WindowSnapshot> visible = of(plan.windowSnapshots(), partition);
            List<WindowSnapshot> unfinished = of(plan.unfinished(), partition);
            if (visible.isEmpty() && unfinished.isEmpty()) {
                requireUnchanged(partition);
                begun |= !new OrphanedArchives(environment)
                        .remove(dataset, Optional.of(partition))
                        .isEmpty();
                removeArchives(partition);
                return;
            }
            WriterRequest lock = new WriterRequest(environment.holder(), patience);
            try (WindowWriter writer = environment.window().openWriter(dataset, partition, lock)) {
                requireUnchanged(partition);
                for (WindowSnapshot left : unfinished) {
                    removeFile(left.id().orElseThrow());
                    begun = true;
                    writer.discard(left.id().orElseThrow());
                }
                begun = true;
                new OrphanedArchives(environment).remove(dataset, Optional.of(partition));
                environment.window().removeBeyond(dataset, Optional.of(partition), 1);
                writer.current().flatMap(WindowSnapshot::id).ifPresent(id -> writer.takeBack(id, Optional.empty()));
                requireEmpty(partition);
                visible.stream().flatMap(snapshot -> snapshot.id().stream()).forEach(this::removeFile);
                removeArchives(partition);
            }
        }

        void removeFile(SnapshotId id) {
            begun |= outbox.holds(dataset.name(), id);
            outbox.remove(dataset.name(), id);
        }

        private void removeArchives(Partition partition) {
            List<ArchiveId> ids = environment
                    .archive()
                    .list(ArchiveQuery.of(dataset.name()).in(partition))
                    .stream()
                    .map(ArchivedSnapshot::id)
                    .filter(archiveIds(plan.archives(), partition)::contains)
                    .toList();
            begun |= !ids.isEmpty();
            environment.archive().remove(ids, "forget plan " + plan.digest());
        }

        /** Compares the partition with the plan, and its archives' holds with the present time. */
        private void requireUnchanged(Partition partition) {
            List<WindowSnapshot> visible = environment.window().snapshots(dataset, Optional.of(partition));
            List<ArchivedSnapshot> archives =
                    environment.archive().list(ArchiveQuery.of(dataset.name()).in(partition));
            boolean same = ids(visible).equals(ids(of(plan.windowSnapshots(), partition)))
                    && ids(of(environment.window().unfinished(dataset), partition))
                            .equals(ids(of(plan.unfinished(), partition)))
                    && archiveIds(archives, partition).equals(archiveIds(plan.archives(), partition));
            if (!same) {
                throw SnapshotException.conflict("the partition has changed since the plan was made")
                        .where("dataset '" + dataset.name() + "', partition '" + partition + "'")
                        .expected("the snapshots and archives of the plan")
                        .nextStep("look at the plan again and apply its digest")
                        .build();
            }
            List<ForgetPlan.Obstacle> obstacles = obstacles(visible, archives);
            if (!obstacles.isEmpty()) {
                throw SnapshotException.conflict("the partition cannot be forgotten")
                        .where("dataset '" + dataset.name() + "', partition '" + partition + "'")
                        .actual(obstacles.get(0).text())
                        .expected("no obstacle")
                        .nextStep("look at the plan again")
                        .build();
            }
        }

        private void requireEmpty(Partition partition) {
            List<WindowSnapshot> left = environment.window().snapshots(dataset, Optional.of(partition));
            if (!left.isEmpty()) {
                throw SnapshotException.conflict("another program wrote rows into the partition meanwhile")
                        .where("dataset '" + dataset.name() + "', partition '" + partition + "'")
                        .actual(Counted.of(left.size(), "snapshot") + " in the window")
                        .expected("none")
                        .nextStep("remove the other program's rows, and look at the plan again")
                        .build();
            }
        }

        private static List<WindowSnapshot> of(Collection<WindowSnapshot> snapshots, Partition partition) {
            return snapshots.stream()
                    .filter(snapshot -> snapshot.partition().equals(partition))
                    .toList();
        }

        private static List<Object> ids(List<WindowSnapshot> snapshots) {
            return snapshots.stream()
                    .flatMap(snapshot -> Stream.<Object>of(snapshot.id(), snapshot.date(), snapshot.attempt()))
                    .toList();
        }

        private static Set<ArchiveId> archiveIds(List<ArchivedSnapshot> archives, Partition partition) {
            return archives.stream()
                    .filter(archive -> archive.partition().equals(partition))
                    .map(ArchivedSnapshot::id)
                    .collect(Collectors.toSet());
        }
    }
}
