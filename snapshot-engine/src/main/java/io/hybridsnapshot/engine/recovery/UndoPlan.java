package io.hybridsnapshot.engine.recovery;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainLink;
import io.hybridsnapshot.domain.schema.FieldDigest;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import java.util.Objects;
import java.util.Optional;

/**
 * The effects of an undo, and the state after it. Immutable.
 *
 * @param dataset the dataset's name
 * @param partition the partition
 * @param snapshot the current snapshot, which is taken back
 * @param archive its archive, which is removed; empty where it has none
 * @param waiting whether its file waits in the outbox of this machine and is deleted
 * @param predecessor the snapshot that is current afterwards: PREVIOUS if the window has its rows, REMOVED if only the
 *     archive has them; empty where the partition has no snapshot afterwards
 */
public record UndoPlan(
        String dataset,
        Partition partition,
        WindowSnapshot snapshot,
        Optional<ArchivedSnapshot> archive,
        boolean waiting,
        Optional<WindowSnapshot> predecessor) {
    private static final String FORM = "hybrid-snapshots undo 1";

    public UndoPlan {
        Objects.requireNonNull(dataset, "dataset");
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(snapshot, "snapshot");
        Objects.requireNonNull(archive, "archive");
        Objects.requireNonNull(predecessor, "predecessor");
    }

    /**
     * Checks whether the window shows no rows of the partition afterwards, until the next save: the snapshot before has
     * left the window, and only its archive has the rows.
     */
    public boolean leavesRowsToArchive() {
        return predecessor
                .filter(earlier -> earlier.state() == SnapshotState.REMOVED)
                .isPresent();
    }

    /** Returns the snapshot that is taken back as it is after the undo: UNDONE. */
    public WindowSnapshot snapshotAfterwards() {
        return snapshot.in(SnapshotState.UNDONE);
    }

    /**
     * Returns the predecessor as it is after the undo: CURRENT, or INCOMPLETE if only the archive has its rows. A
     * foreign one has no batch id then. Empty where the partition has no snapshot afterwards.
     */
    public Optional<WindowSnapshot> predecessorAfterwards() {
        return predecessor.map(earlier -> earlier.toBuilder()
                .state(leavesRowsToArchive() ? SnapshotState.INCOMPLETE : SnapshotState.CURRENT)
                .id(earlier.isForeign() ? Optional.empty() : earlier.id())
                .build());
    }

    /**
     * Returns the digest that names the plan's effects, so that a user can agree to exactly these. It is a {@link
     * FieldDigest} of the partition, the snapshot with its archive's record, and its predecessor. 64 lower-case hex
     * digits.
     */
    public String digest() {
        return new FieldDigest(FORM)
                .line("dataset", dataset)
                .line("partition", partition.name())
                .line("batch_id", snapshot.id().map(SnapshotId::toString))
                .line("attempt", snapshot.attempt())
                .line("date", snapshot.date().toString())
                .line("archive_id", archive.map(stored -> stored.id().toString()))
                .line("record_digest", archive.flatMap(ArchivedSnapshot::link).map(ChainLink::digest))
                .line("waiting", Boolean.toString(waiting))
                .line("predecessor", predecessor.flatMap(WindowSnapshot::id).map(SnapshotId::toString))
                .hex();
    }
}
