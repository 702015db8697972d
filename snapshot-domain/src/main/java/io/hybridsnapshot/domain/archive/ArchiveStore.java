package io.hybridsnapshot.domain.archive;

import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Port: the store of every full snapshot's file. The methods here are those of a store of files. What a store can do
 * beyond that, it offers as capabilities: {@link #holds}, {@link #tags}, {@link #redaction}, {@link #audit} and {@link
 * #changeSets}. A store that wraps another one forwards these five methods as well. {@link ArchivedSnapshot#of} and
 * {@link ArchivedSnapshot#redactedBy} compute the records to keep; {@link ArchiveConflicts} makes the errors. Safe to
 * share between threads. Every method throws UNAVAILABLE if it cannot reach the store.
 */
public interface ArchiveStore {
    /**
     * Stores a snapshot's file with its record, in one transaction that is durable when this returns. In a store with
     * {@link #audit}, the record joins the chain of its dataset's partition. Idempotent: storing an attempt of a batch
     * id again returns the existing archive ({@link ArchiveConflicts#requireSame}).
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT if the store has another snapshot of that date,
     *     partition and dataset, or the batch id with another fingerprint or of another attempt; CORRUPT if the bytes
     *     read do not have the submission's digests; OUTCOME_UNKNOWN if the connection broke during the commit
     */
    ArchivedSnapshot store(ArchiveSubmission submission);

    /**
     * Stores a snapshot's file as {@link #store(ArchiveSubmission)} does, and reports the bytes that were sent. The
     * default reports nothing. A store that wraps another one forwards this method as well.
     */
    default ArchivedSnapshot store(ArchiveSubmission submission, TransferListener listener) {
        return store(submission);
    }

    /**
     * Marks an archive as that of a published snapshot. The save that stored it calls this after its snapshot has
     * become visible in the window, and recovery calls it where a save was interrupted before. Durable when this
     * returns; idempotent; a no-op for an unknown number. The mark is no part of the record's digest. The default does
     * nothing, in a store whose archives are all taken for published ones. A store that wraps another one forwards this
     * method.
     *
     * @see ArchivedSnapshot#published()
     */
    default void publish(ArchiveId id) {
        // All archives of such a store are taken for published ones.
    }

    /** Finds an archive by its number. */
    Optional<ArchivedSnapshot> find(ArchiveId id);

    /** Finds an archive by the batch id of its snapshot. */
    Optional<ArchivedSnapshot> find(SnapshotId id);

    /**
     * Returns the selected archives, newest date first, then highest number first. Of a query with a limit, these are
     * the newest ones; the store reads no more archives than it needs for them.
     */
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
     * Removes archives, all or none. A {@link Tombstone} remains of each, and no byte of their files. Unknown ids are
     * ignored.
     *
     * @param reason the reason that the tombstones record
     * @throws io.hybridsnapshot.domain.error.SnapshotException CONFLICT if one of them is held; then none is removed
     * @return the archives that were removed
     */
    List<ArchivedSnapshot> remove(Collection<ArchiveId> ids, String reason);

    /**
     * Returns the names of the datasets that have an archive, in the order of {@link String}. The default lists all
     * archives.
     */
    default List<String> datasets() {
        return list(ArchiveQuery.ALL).stream()
                .map(ArchivedSnapshot::dataset)
                .distinct()
                .sorted()
                .toList();
    }

    /**
     * Returns the tombstones of the selected archives that were removed, newest date first, then highest number first.
     * A limit applies to the tombstones.
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

    /** Returns a short name of the store for error messages, without secrets. The default is the name of its class. */
    default String description() {
        return getClass().getName();
    }

    /** Returns the capability to hold archives; empty where the store has none. */
    default Optional<ArchiveHolds> holds() {
        return Optional.empty();
    }

    /** Returns the capability to change the tags of stored archives; empty where the store has none. */
    default Optional<ArchiveTags> tags() {
        return Optional.empty();
    }

    /** Returns the capability to rewrite archives without some rows; empty where the store has none. */
    default Optional<ArchiveRedaction> redaction() {
        return Optional.empty();
    }

    /** Returns the capability to keep change sets; empty where the store has none. */
    default Optional<ChangeSetStore> changeSets() {
        return Optional.empty();
    }

    /** Returns the capability to prove that no record was changed or lost; empty where the store keeps no chains. */
    default Optional<ArchiveAudit> audit() {
        return Optional.empty();
    }
}
