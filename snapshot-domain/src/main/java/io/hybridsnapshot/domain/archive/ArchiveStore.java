package io.hybridsnapshot.domain.archive;

import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Port: the store of every full snapshot's file. Safe to share between threads; every method that cannot reach the store throws
 * UNAVAILABLE.
 */
public interface ArchiveStore {
    /**
     * Stores a snapshot's file and what is known of it, in one transaction that is durable when this returns. Storing a batch id again
     * returns the archive that is there.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT if another snapshot of that date, partition and dataset is
     *     there, or the batch id with another fingerprint; CORRUPT if the bytes read do not have the submission's digests;
     *     OUTCOME_UNKNOWN if the connection broke during the commit
     */
    ArchivedSnapshot store(ArchiveSubmission submission);

    /** An archive by its number. */
    Optional<ArchivedSnapshot> find(ArchiveId id);

    /** An archive by the batch id of its snapshot. */
    Optional<ArchivedSnapshot> find(SnapshotId id);

    /** The archives asked for, newest date first, then highest number first. */
    List<ArchivedSnapshot> list(ArchiveQuery query);

    /**
     * Opens an archive's bytes, of which only the ranges read are fetched. The caller closes it.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if there is no such archive
     */
    SeekableBytes open(ArchiveId id);

    /**
     * Removes archives, all or none. Ids that are not there are passed over.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT if one of them is held; then none is removed
     * @return the archives that were removed
     */
    List<ArchivedSnapshot> remove(Collection<ArchiveId> ids);
}
