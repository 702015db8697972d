package io.hybridsnapshot.domain.archive;

import io.hybridsnapshot.domain.changeset.FilterEntry;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Capability of an {@link ArchiveStore}: it keeps change sets beside the files of snapshots. An archive has one change
 * set at the most, from the archive before it. A store with this capability takes the change set of a submission
 * ({@link ArchiveSubmission#changeSet}) in the transaction of the archive's record. If the base is not an archive of
 * the same dataset and partition, for example because it was removed meanwhile, the archive is stored without one.
 * In a store with {@link ArchiveAudit}, the record of a change set is a link of the partition's chain, behind that of
 * its archive.
 *
 * <p>A change set goes with the first of its two archives: {@link ArchiveStore#remove} and
 * {@link ArchiveRedaction#redact} remove it in their transaction. Its record stays, without file and filter, as a
 * tombstone. Safe to share between threads. Every method throws UNAVAILABLE if it cannot reach the store.
 */
public interface ChangeSetStore {
    /**
     * Keeps a change set of an archive that has none. Atomic, and durable when this returns. Idempotent: an archive
     * that has a change set from the same base keeps it, and its record is returned.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if there is no such archive, or no
     *     archive of the base in the same dataset and partition; CONFLICT if the archive has a change set from another
     *     base, or one of the two has another record than when it was compared ({@link
     *     ChangeSetSubmission#compared}); CORRUPT if the bytes read do not have the submission's digests;
     *     OUTCOME_UNKNOWN if the connection broke during the commit
     */
    ChangeSet add(ArchiveId archive, ChangeSetSubmission submission);

    /** Finds the change set of an archive. */
    Optional<ChangeSet> find(ArchiveId archive);

    /**
     * Returns the change sets of the selected archives, newest date first, then highest archive number first. Tags of
     * the query are ignored, and a limit applies to the change sets.
     */
    List<ChangeSet> list(ArchiveQuery query);

    /**
     * Returns those change sets of {@link #list} that may concern one of these entries. A change set that concerns one
     * is always among them; a few others may be. The store checks its filters, and transfers none.
     */
    List<ChangeSet> mayHold(ArchiveQuery query, Collection<FilterEntry> entries);

    /**
     * Returns the records of all change sets of the query's dataset and partition, removed ones too, in the order of
     * their numbers. Other parts of the query are ignored.
     */
    List<ChangeSet> records(ArchiveQuery query);

    /**
     * Opens the bytes of an archive's change set. Only the ranges that are read are fetched. The caller closes the
     * bytes.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if the archive has no change set
     */
    SeekableBytes open(ArchiveId archive);

    /**
     * Recomputes the digests of a change set's bytes and filter inside the store, and compares them with the record.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if the archive has no change set
     * @return the damage; empty if they agree
     */
    Optional<Damage> findDamage(ArchiveId archive);

    /**
     * Removes the change sets of archives, all or none; archives without one are ignored. No byte of their files and
     * filters can be read from the store afterwards.
     *
     * @param reason the reason that the records keep
     * @return the records of the change sets that were removed
     */
    List<ChangeSet> remove(Collection<ArchiveId> archives, String reason);
}
