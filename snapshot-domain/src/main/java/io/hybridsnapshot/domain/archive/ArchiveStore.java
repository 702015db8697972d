package io.hybridsnapshot.domain.archive;

import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Port: the store of every full snapshot's file. Safe to share between threads. Every method throws UNAVAILABLE if it
 * cannot reach the store.
 */
public interface ArchiveStore {
    /**
     * Stores a snapshot's file with its record, in one transaction that is durable when this returns. The record joins
     * the chain of its dataset's partition. Idempotent: storing an attempt of a batch id again returns the existing
     * archive.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT if the store has another snapshot of that date,
     *     partition and dataset, or the batch id with another fingerprint or of another attempt; CORRUPT if the bytes
     *     read do not have the submission's digests; OUTCOME_UNKNOWN if the connection broke during the commit
     */
    ArchivedSnapshot store(ArchiveSubmission submission);

    /** Finds an archive by its number. */
    Optional<ArchivedSnapshot> find(ArchiveId id);

    /** Finds an archive by the batch id of its snapshot. */
    Optional<ArchivedSnapshot> find(SnapshotId id);

    /** Returns the selected archives, newest date first, then highest number first. */
    List<ArchivedSnapshot> list(ArchiveQuery query);

    /**
     * Opens an archive's bytes. Only the ranges that are read are fetched. The caller closes the bytes.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if there is no such archive
     */
    SeekableBytes open(ArchiveId id);

    /**
     * Recomputes the digests of an archive's bytes inside the store, and compares digests and sizes with the archive's
     * record. The bytes are not transferred.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if there is no such archive
     * @return the damage; empty if bytes and record agree
     */
    Optional<Damage> findDamage(ArchiveId id);

    /**
     * Removes archives, all or none. A {@link Tombstone} remains of each. Unknown ids are ignored.
     *
     * @param reason the reason that the tombstones record
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT if one of them is held; then none is removed
     * @return the archives that were removed
     */
    List<ArchivedSnapshot> remove(Collection<ArchiveId> ids, String reason);

    /**
     * Holds an archive. The new hold replaces a hold of the same owner and a hold that is no longer in force. The check
     * and the change are one atomic step: if two owners call at once, one gets the archive and the other the error.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if there is no such archive; CONFLICT if
     *     the hold of another owner, or of none, is in force
     */
    ArchivedSnapshot hold(ArchiveId id, Hold hold);

    /**
     * Holds an archive and replaces any hold of any owner. Atomic.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if there is no such archive
     */
    ArchivedSnapshot replaceHold(ArchiveId id, Hold hold);

    /**
     * Ends an owner's hold of an archive, or a hold that is no longer in force; a no-op where there is none. Atomic.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if there is no such archive; CONFLICT if
     *     the hold of another owner, or of none, is in force
     */
    ArchivedSnapshot release(ArchiveId id, String owner);

    /**
     * Ends the hold of an archive, regardless of its owner; a no-op where there is none.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if there is no such archive
     */
    ArchivedSnapshot release(ArchiveId id);

    /**
     * Replaces an archive's file by one without the erased rows, with its sizes, digests, row count and fingerprint,
     * and adds a {@link Redaction} to the chain. All of this is one transaction, durable when this returns.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if there is no such archive; CONFLICT if
     *     it is held or is not the one that the file was made from; CORRUPT if the bytes read do not have the
     *     submission's digests; OUTCOME_UNKNOWN if the connection broke during the commit
     */
    ArchivedSnapshot redact(RedactionSubmission submission);

    /**
     * Returns the tombstones of the selected archives that were removed, newest date first, then highest number first.
     */
    List<Tombstone> tombstones(ArchiveQuery query);

    /**
     * Returns the tombstones of one batch id, in any order; an empty list where there are none. The default reads all
     * tombstones.
     */
    default List<Tombstone> tombstones(SnapshotId id) {
        return tombstones(ArchiveQuery.ALL).stream()
                .filter(tombstone -> tombstone.archive().snapshotId().equals(Optional.of(id)))
                .toList();
    }

    /**
     * Returns the redactions of the query's dataset and partition, in the order of their links. Other parts of the
     * query are ignored.
     */
    List<Redaction> redactions(ArchiveQuery query);

    /**
     * Returns the chain heads of the query's dataset and partition, by dataset and partition name. Other parts of the
     * query are ignored.
     */
    List<ChainHead> chainHeads(ArchiveQuery query);
}
