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
     * Stores a snapshot's file and what is known of it, in one transaction that is durable when this returns. Storing an attempt of a batch
     * id again returns the archive that is there. Its record joins the chain of its dataset's partition.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT if another snapshot of that date, partition and dataset is
     *     there, or the batch id with another fingerprint or of another attempt; CORRUPT if the bytes read do not have the submission's digests;
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
     * Recomputes the digests of an archive's stored bytes where they are, without moving them, and compares them and the sizes with its
     * record.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if there is no such archive
     * @return what is wrong; empty: nothing
     */
    Optional<Damage> findDamage(ArchiveId id);

    /**
     * Removes archives, all or none; of each a {@link Tombstone} remains. Ids that are not there are passed over.
     *
     * @param reason what the tombstones say
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT if one of them is held; then none is removed
     * @return the archives that were removed
     */
    List<ArchivedSnapshot> remove(Collection<ArchiveId> ids, String reason);

    /**
     * Holds an archive. A hold of the same owner is replaced, and so is one that is no longer in force. The check and the change are one
     * atomic step: of two owners at once, one gets the archive and the other the error.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if there is no such archive; CONFLICT if the hold of
     *     another owner, or of none, is in force
     */
    ArchivedSnapshot hold(ArchiveId id, Hold hold);

    /**
     * Holds an archive in the place of any hold, whoever owns it. Atomic.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if there is no such archive
     */
    ArchivedSnapshot replaceHold(ArchiveId id, Hold hold);

    /**
     * Ends an owner's hold of an archive, or one that is no longer in force; a no-op where there is none. Atomic.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if there is no such archive; CONFLICT if the hold of
     *     another owner, or of none, is in force
     */
    ArchivedSnapshot release(ArchiveId id, String owner);

    /**
     * Ends the hold of an archive, whoever owns it; a no-op where there is none.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if there is no such archive
     */
    ArchivedSnapshot release(ArchiveId id);

    /**
     * Puts a file without the erased rows in the place of an archive's file, with its sizes, digests, row count and fingerprint, and
     * carries the chain on with a {@link Redaction}: one transaction, durable when this returns.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if there is no such archive; CONFLICT if it is held or is
     *     not the one that the file was made from; CORRUPT if the bytes read do not have the submission's digests; OUTCOME_UNKNOWN if
     *     the connection broke during the commit
     */
    ArchivedSnapshot redact(RedactionSubmission submission);

    /** What remains of removed archives, of those asked for, newest date first, then highest number first. */
    List<Tombstone> tombstones(ArchiveQuery query);

    /**
     * What remains of removed archives of one batch id, in any order; none where there are none. The default reads all tombstones.
     */
    default List<Tombstone> tombstones(SnapshotId id) {
        return tombstones(ArchiveQuery.ALL).stream()
                .filter(tombstone -> tombstone.archive().snapshotId().equals(Optional.of(id)))
                .toList();
    }

    /** Redactions of the dataset and the partition asked for (other parts of the query do not count), in the order of their links. */
    List<Redaction> redactions(ArchiveQuery query);

    /** The ends of the chains of the dataset and the partition asked for (other parts of the query do not count), by their names. */
    List<ChainHead> chainHeads(ArchiveQuery query);
}
