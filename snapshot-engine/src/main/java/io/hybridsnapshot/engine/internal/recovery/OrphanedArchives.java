package io.hybridsnapshot.engine.internal.recovery;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.recovery.Recovery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Archives that belong to no snapshot, because the attempt that stored them was undone. Either a writer that had lost
 * its partition committed them, or an undo was interrupted before it removed them. The window's ledger decides; an
 * archive of a batch id that is not in the ledger is never an orphan.
 */
public final class OrphanedArchives {
    /**
     * The number of entries of a partition that a save checks. They are the newest ones, so the cost of a save does not
     * depend on the number of undone saves.
     */
    private static final int LOOKED_AT_BY_A_SAVE = 8;

    private final SnapshotEnvironment environment;

    public OrphanedArchives(SnapshotEnvironment environment) {
        this.environment = environment;
    }

    /** Checks whether an archive was stored by an attempt that was undone, by the ledger's entry of its batch id. */
    public static boolean isOrphan(WindowSnapshot entry, ArchivedSnapshot archive) {
        // Archives without a fingerprint are the Python pipeline's, which knows no attempts.
        return archive.fingerprint().isPresent()
                && archive.snapshotId().equals(entry.id())
                && archive.dataset().equals(entry.dataset())
                && (archive.attempt() < entry.attempt()
                        || entry.state() == SnapshotState.UNDONE && isOf(entry, archive));
    }

    /**
     * Checks whether an archive of an entry's batch id is of that very attempt. One of another date is not: a window
     * that was restored from a backup may have taken a batch id again that its archive already knew.
     */
    public static boolean isOf(WindowSnapshot entry, ArchivedSnapshot archive) {
        return archive.attempt() == entry.attempt() && archive.date().equals(entry.date());
    }

    /** Checks whether an attempt at an entry's batch id was undone. */
    public static boolean isUndone(WindowSnapshot entry, int attempt) {
        return attempt < entry.attempt() || attempt == entry.attempt() && entry.state() == SnapshotState.UNDONE;
    }

    /**
     * Checks whether an archive is an orphan; no archive is while the window cannot be reached, so that the archive
     * stays readable.
     */
    public boolean isOrphan(Dataset dataset, ArchivedSnapshot archive) {
        if (archive.snapshotId().isEmpty() || archive.fingerprint().isEmpty()) {
            return false;
        }
        try {
            return environment
                    .window()
                    .find(dataset, archive.snapshotId().get())
                    .filter(entry -> isOrphan(entry, archive))
                    .isPresent();
        } catch (SnapshotException e) {
            if (e.isStoreOut()) {
                return false;
            }
            throw e;
        }
    }

    /** Returns the numbers of the orphans of a partition or of all; empty while the window cannot be reached. */
    public Set<ArchiveId> ids(Dataset dataset, Optional<Partition> partition) {
        List<WindowSnapshot> entries;
        try {
            entries = environment.window().undone(dataset, partition);
        } catch (SnapshotException e) {
            if (e.isStoreOut()) {
                return Set.of();
            }
            throw e;
        }
        if (entries.isEmpty()) {
            return Set.of();
        }
        Map<SnapshotId, WindowSnapshot> byId = new HashMap<>();
        entries.forEach(entry -> byId.put(entry.id().orElseThrow(), entry));
        ArchiveQuery all = ArchiveQuery.of(dataset.name());
        return environment.archive().list(partition.map(all::in).orElse(all)).stream()
                .filter(archive -> archive.snapshotId()
                        .map(byId::get)
                        .filter(entry -> isOrphan(entry, archive))
                        .isPresent())
                .map(ArchivedSnapshot::id)
                .collect(Collectors.toSet());
    }

    /** Returns the orphans of a partition or of all, each with the ledger's entry of its batch id. */
    public List<Orphan> find(Dataset dataset, Optional<Partition> partition) {
        return find(environment.window().undone(dataset, partition));
    }

    private List<Orphan> find(List<WindowSnapshot> entries) {
        List<Orphan> orphans = new ArrayList<>();
        for (WindowSnapshot entry : entries) {
            environment
                    .archive()
                    .find(entry.id().orElseThrow())
                    .filter(archive -> isOrphan(entry, archive))
                    .ifPresent(archive -> orphans.add(new Orphan(entry, archive)));
        }
        return orphans;
    }

    /**
     * An archive that belongs to no snapshot.
     *
     * @param entry the ledger's entry of its batch id
     * @param archive the archive
     */
    public record Orphan(WindowSnapshot entry, ArchivedSnapshot archive) {}

    /**
     * Removes the orphans of a partition or of all. A held orphan stays: it must not keep the partition from its next
     * snapshot.
     */
    public List<Recovery> remove(Dataset dataset, Optional<Partition> partition) {
        return remove(find(dataset, partition));
    }

    /** Returns the same for the snapshots of a partition that were undone last. */
    public List<Recovery> removeNewest(Dataset dataset, Partition partition) {
        return remove(find(environment.window().undone(dataset, Optional.of(partition)).stream()
                .filter(entry -> entry.state() == SnapshotState.UNDONE)
                .sorted(Comparator.comparing(WindowSnapshot::date).reversed())
                .limit(LOOKED_AT_BY_A_SAVE)
                .toList()));
    }

    private List<Recovery> remove(List<Orphan> orphans) {
        Instant now = environment.clock().instant();
        return orphans.stream()
                .filter(orphan -> orphan.archive()
                        .hold()
                        .filter(hold -> hold.holdsAt(now))
                        .isEmpty())
                .map(this::remove)
                .toList();
    }

    private Recovery remove(Orphan orphan) {
        SnapshotId id = orphan.entry().id().orElseThrow();
        Partition partition = orphan.entry().partition();
        ArchivedSnapshot archive = orphan.archive();
        // A snapshot that was published before it was undone was taken back on purpose.
        boolean takenBack = orphan.entry().state() == SnapshotState.UNDONE
                && orphan.entry().publishedAt().isPresent()
                && archive.attempt() == orphan.entry().attempt();
        environment
                .archive()
                .remove(List.of(archive.id()), takenBack ? Tombstone.TAKEN_BACK : Tombstone.NEVER_PUBLISHED);
        return new Recovery(
                id,
                partition,
                Recovery.Outcome.UNDONE,
                "archive " + archive.id() + " is removed: its save was undone before the archive was committed, or it"
                        + " was taken back");
    }

    /**
     * Removes the archive of an attempt that was undone. A no-op if the batch id has no archive, or only one of a later
     * attempt.
     *
     * @throws SnapshotException CONFLICT if the archive is held
     */
    public void removeUpTo(SnapshotId id, int attempt) {
        environment
                .archive()
                .find(id)
                .filter(archive -> archive.fingerprint().isPresent() && archive.attempt() <= attempt)
                .ifPresent(archive -> environment.archive().remove(List.of(archive.id()), Tombstone.NEVER_PUBLISHED));
    }
}
