package io.hybridsnapshot.engine.recovery;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.engine.internal.recovery.NewestArchive;
import io.hybridsnapshot.engine.internal.recovery.OrphanedArchives;
import io.hybridsnapshot.engine.internal.recovery.Outbox;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Takes back the newest snapshot of a partition, in the window and in the archive, for example because its date or its
 * rows were wrong. The snapshot before it is current again. The ledger's entry stays as UNDONE, a tombstone of the
 * archive remains, and the batch id may be saved again. A plan comes first; applying takes the plan's digest.
 * Stateless; any number of threads may use it at once if the environment's parts allow it.
 */
public final class UndoSnapshot {
    private final SnapshotEnvironment environment;
    private final Outbox outbox;

    /** Makes the use case in an environment. */
    public UndoSnapshot(SnapshotEnvironment environment) {
        this.environment = environment;
        this.outbox = new Outbox(environment.workDirectory());
    }

    /**
     * Plans an undo; changes nothing.
     *
     * @throws SnapshotException INVALID_REQUEST if the partition has no snapshot, or a foreign writer made the newest;
     *     CONFLICT if its archive is held, or an interrupted save has to be recovered first; UNAVAILABLE if a store
     *     cannot be reached
     */
    public UndoPlan plan(Dataset dataset, Partition partition) {
        boolean unfinished = environment.window().unfinished(dataset).stream()
                .anyMatch(snapshot -> snapshot.partition().equals(partition));
        return plan(dataset, partition, environment.window().findCurrent(dataset, partition), unfinished);
    }

    /**
     * Plans again under the writer's lock and takes the snapshot back if the plan is the one agreed to. The window is
     * changed first, then the archive. An interruption between the two leaves an archive that the next save or recovery
     * removes.
     *
     * @param digest the plan that was agreed to ({@link UndoPlan#digest()})
     * @param patience how long to wait for a writer of the partition
     * @return the applied plan
     * @throws SnapshotException as {@link #plan}; CONFLICT also if another plan results now, or the partition stays
     *     locked; OUTCOME_UNKNOWN if the connection broke during a commit
     */
    public UndoPlan apply(Dataset dataset, Partition partition, String digest, Duration patience) {
        WriterRequest lock = new WriterRequest(environment.holder(), patience);
        try (WindowWriter writer = environment.window().openWriter(dataset, partition, lock)) {
            UndoPlan plan = plan(
                    dataset, partition, writer.current(), !writer.unfinished().isEmpty());
            if (!plan.digest().equals(digest)) {
                throw SnapshotException.conflict("the plan has changed since it was shown; nothing was changed")
                        .where(place(dataset, partition))
                        .actual("plan " + plan.digest() + ", the snapshot of "
                                + plan.snapshot().date())
                        .expected("plan " + digest)
                        .nextStep("look at the plan again and apply its digest")
                        .build();
            }
            SnapshotId id = plan.snapshot().id().orElseThrow();
            writer.takeBack(id, plan.predecessor().flatMap(WindowSnapshot::id));
            if (plan.waiting()) {
                outbox.remove(dataset.name(), id);
            }
            plan.archive().ifPresent(archive -> remove(archive, dataset));
            return plan;
        }
    }

    private void remove(ArchivedSnapshot archive, Dataset dataset) {
        try {
            environment.archive().remove(List.of(archive.id()), Tombstone.TAKEN_BACK);
        } catch (SnapshotException e) {
            throw SnapshotException.of(
                            e.kind(), "the snapshot was taken back in the window, its archive is still there")
                    .where("archive " + archive.id() + ", dataset '" + dataset.name() + "'")
                    .actual(e.text())
                    .nextStep("recover the dataset; recovery removes the archive")
                    .cause(e)
                    .build();
        }
    }

    private UndoPlan plan(Dataset dataset, Partition partition, Optional<WindowSnapshot> newest, boolean unfinished) {
        WindowSnapshot current =
                newest.orElseThrow(() -> SnapshotException.invalidRequest("there is no snapshot to undo")
                        .where(place(dataset, partition))
                        .expected("a partition with a snapshot in the window")
                        .nextStep("check the dataset's name and the partition")
                        .build());
        if (current.isForeign()) {
            throw SnapshotException.invalidRequest(
                            "a foreign writer made the newest snapshot, and undo takes back only snapshots of"
                                    + " this program")
                    .where(place(dataset, partition))
                    .actual("a snapshot of " + current.date() + " without a batch id")
                    .expected("a snapshot that was saved by this program")
                    .nextStep("let the foreign writer write it again, or save")
                    .build();
        }
        if (unfinished) {
            throw SnapshotException.conflict("a save of the partition is under way or was interrupted")
                    .where(place(dataset, partition))
                    .expected("a partition whose saves have all ended")
                    .nextStep("wait for the save, or recover the dataset, and look at the plan again")
                    .build();
        }
        SnapshotId id = current.id().orElseThrow();
        Optional<ArchivedSnapshot> archive =
                environment.archive().find(id).filter(stored -> OrphanedArchives.isOf(current, stored));
        archive.filter(stored -> stored.hold()
                        .filter(hold -> hold.holdsAt(environment.clock().instant()))
                        .isPresent())
                .ifPresent(held -> {
                    throw SnapshotException.conflict("the archive of the newest snapshot is held; nothing was changed")
                            .where("archive " + held.id() + ", " + place(dataset, partition))
                            .actual(held.hold().orElseThrow())
                            .expected("an archive without a hold")
                            .nextStep("end the hold first")
                            .build();
                });
        return new UndoPlan(
                dataset.name(),
                partition,
                current,
                archive,
                outbox.holds(dataset.name(), id),
                predecessor(dataset, partition, id));
    }

    /**
     * Returns the newest earlier snapshot in the window. If there is none, returns the newest one that was published,
     * has left the window and still has its archive.
     */
    private Optional<WindowSnapshot> predecessor(Dataset dataset, Partition partition, SnapshotId current) {
        Optional<WindowSnapshot> kept = environment.window().snapshots(dataset, Optional.of(partition)).stream()
                .filter(snapshot -> snapshot.state() == SnapshotState.PREVIOUS)
                .findFirst();
        if (kept.isPresent()) {
            return kept;
        }
        return NewestArchive.find(
                environment.archive(),
                ArchiveQuery.of(dataset.name()).in(partition),
                archive -> archive.snapshotId()
                        .filter(id -> !id.equals(current))
                        .flatMap(id -> environment.window().find(dataset, id))
                        .filter(entry -> entry.state() == SnapshotState.REMOVED
                                && entry.archiveId().equals(Optional.of(archive.id()))));
    }

    private static String place(Dataset dataset, Partition partition) {
        return "dataset '" + dataset.name() + "', partition '" + partition + "'";
    }
}
