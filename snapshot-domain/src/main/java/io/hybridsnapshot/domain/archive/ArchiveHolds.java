package io.hybridsnapshot.domain.archive;

import io.hybridsnapshot.domain.snapshot.ArchiveId;

/**
 * Capability of an {@link ArchiveStore}: marks that keep archives from being removed or rewritten. A store with this
 * capability MUST refuse to remove or redact an archive while a hold of it is in force. Safe to share between threads.
 * Every method is atomic, is durable when it returns, and throws UNAVAILABLE if it cannot reach the store.
 */
public interface ArchiveHolds {
    /**
     * Holds an archive. The new hold replaces a hold of the same owner and a hold that is no longer in force. The check
     * and the change are one atomic step: if two owners call at once, one gets the archive and the other the error.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if there is no such archive; CONFLICT if
     *     the hold of another owner, or of none, is in force ({@link Hold#against})
     */
    ArchivedSnapshot hold(ArchiveId id, Hold hold);

    /**
     * Holds an archive and replaces any hold of any owner.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if there is no such archive
     */
    ArchivedSnapshot replaceHold(ArchiveId id, Hold hold);

    /**
     * Ends an owner's hold of an archive, or a hold that is no longer in force; a no-op where there is none.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if there is no such archive; CONFLICT if
     *     the hold of another owner, or of none, is in force ({@link Hold#against})
     */
    ArchivedSnapshot release(ArchiveId id, String owner);

    /**
     * Ends the hold of an archive, regardless of its owner; a no-op where there is none.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if there is no such archive
     */
    ArchivedSnapshot release(ArchiveId id);
}
