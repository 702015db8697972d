package io.hybridsnapshot.engine.internal.recovery;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.recovery.Recovery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Marks the archives of published snapshots. The window publishes a snapshot before its archive is marked, so an
 * interruption leaves an archive without the mark. The window's ledger decides which ones lack it.
 */
public final class PublishedMarks {
    private final SnapshotEnvironment environment;

    public PublishedMarks(SnapshotEnvironment environment) {
        this.environment = environment;
    }

    /**
     * Marks the archive of a snapshot that is published. An archive that cannot be marked now is marked by the next
     * save or recovery: the snapshot is visible, so its save did not fail.
     *
     * @return the archive with its mark, or as it is
     */
    public ArchivedSnapshot set(ArchivedSnapshot archive) {
        try {
            environment.archive().publish(archive.id());
            return archive.toBuilder().published(true).build();
        } catch (SnapshotException e) {
            if (e.isStoreOut() || e.kind() == SnapshotException.Kind.OUTCOME_UNKNOWN) {
                return archive;
            }
            throw e;
        }
    }

    /** Marks the archive of a partition's current snapshot if it lacks the mark; a no-op while the archive is out. */
    public void mend(Optional<WindowSnapshot> current) {
        try {
            current.flatMap(WindowSnapshot::archiveId)
                    .flatMap(id -> environment.archive().find(id))
                    .filter(archive -> !archive.published())
                    .filter(archive -> OrphanedArchives.isOf(current.orElseThrow(), archive))
                    .ifPresent(this::set);
        } catch (SnapshotException e) {
            if (!e.isStoreOut()) {
                throw e;
            }
        }
    }

    /**
     * Marks all archives of a partition, or of all, whose snapshots were published. While the archive is out, the
     * remaining ones wait for the next recovery.
     *
     * @return one entry for each archive that lacked the mark
     */
    public List<Recovery> mend(Dataset dataset, Optional<Partition> partition) {
        List<Recovery> mended = new ArrayList<>();
        try {
            mend(dataset, partition, mended);
        } catch (SnapshotException e) {
            if (!e.isStoreOut()) {
                throw e;
            }
        }
        return mended;
    }

    private void mend(Dataset dataset, Optional<Partition> partition, List<Recovery> mended) {
        ArchiveQuery all = ArchiveQuery.of(dataset.name());
        for (ArchivedSnapshot archive :
                environment.archive().list(partition.map(all::in).orElse(all))) {
            if (archive.published() || archive.snapshotId().isEmpty()) {
                continue;
            }
            SnapshotId id = archive.snapshotId().get();
            boolean published = environment
                    .window()
                    .find(dataset, id)
                    .filter(entry -> OrphanedArchives.isOf(entry, archive))
                    .filter(entry -> entry.state().isVisible() || entry.state() == SnapshotState.REMOVED)
                    .isPresent();
            if (published) {
                environment.archive().publish(archive.id());
                mended.add(new Recovery(
                        id,
                        archive.partition(),
                        Recovery.Outcome.FINISHED,
                        "archive " + archive.id() + " is marked as that of a published snapshot"));
            }
        }
    }
}
