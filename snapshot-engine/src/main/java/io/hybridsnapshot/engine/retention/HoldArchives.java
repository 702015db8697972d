package io.hybridsnapshot.engine.retention;

import io.hybridsnapshot.domain.archive.ArchiveHolds;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.Hold;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.catalogue.LoadSnapshot;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.util.Objects;
import java.util.Optional;

/**
 * Holds archives, so that nothing removes them, and releases them. Needs an archive with the capability {@link
 * ArchiveHolds}. Safe to share if the environment's parts are.
 */
public final class HoldArchives {
    private final SnapshotEnvironment environment;

    /** What happens to a hold of another owner that is in force. */
    public enum ForeignHold {
        /** It stays, and the call fails. */
        KEEP,
        /** It ends. */
        OVERRIDE
    }

    /**
     * An archive after its release.
     *
     * @param archive the archive without a hold
     * @param wasHeld whether a hold was ended
     */
    public record Released(ArchivedSnapshot archive, boolean wasHeld) {
        public Released {
            Objects.requireNonNull(archive, "archive");
        }
    }

    /** Makes the use case in an environment. */
    public HoldArchives(SnapshotEnvironment environment) {
        this.environment = Objects.requireNonNull(environment, "environment");
    }

    /**
     * Finds an archive to hold or to release.
     *
     * @param partition empty: the whole dataset, or for a reference to one archive the partition that it is of
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if no archive matches
     */
    public ArchivedSnapshot find(Dataset dataset, Optional<Partition> partition, SnapshotReference reference) {
        return new LoadSnapshot(environment).find(dataset, partition, reference);
    }

    /**
     * Holds an archive. A hold of the same owner is replaced.
     *
     * @return the archive with its hold
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT if another owner's hold is kept;
     *     INVALID_REQUEST if the archive is unknown or the store cannot hold archives
     */
    public ArchivedSnapshot hold(ArchiveId id, Hold hold, ForeignHold foreign) {
        ArchiveHolds holds = environment.archiveHolds();
        return foreign == ForeignHold.OVERRIDE ? holds.replaceHold(id, hold) : holds.hold(id, hold);
    }

    /**
     * Ends the hold of an archive; changes nothing where there is none.
     *
     * @param owner the owner of the hold
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT if another owner's hold is kept;
     *     INVALID_REQUEST if the archive is unknown or the store cannot hold archives
     */
    public Released release(ArchiveId id, String owner, ForeignHold foreign) {
        boolean wasHeld =
                environment.archive().find(id).flatMap(ArchivedSnapshot::hold).isPresent();
        ArchiveHolds holds = environment.archiveHolds();
        return new Released(foreign == ForeignHold.OVERRIDE ? holds.release(id) : holds.release(id, owner), wasHeld);
    }
}
