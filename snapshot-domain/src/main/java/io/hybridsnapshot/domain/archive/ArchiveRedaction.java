package io.hybridsnapshot.domain.archive;

/**
 * Capability of an {@link ArchiveStore}: it replaces an archive's file by one without some rows. A store with this
 * capability MUST have {@link ArchiveAudit} as well, because a redaction is a link of the chain. Safe to share between
 * threads.
 */
public interface ArchiveRedaction {
    /**
     * Replaces an archive's file by one without the erased rows, with its sizes, digests, row count and fingerprint,
     * and adds a {@link Redaction} to the chain. All of this is one transaction, durable when this returns. No byte of
     * the old file can be read from the store afterwards. {@link ArchivedSnapshot#redactedBy} computes both records.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if there is no such archive; CONFLICT if
     *     it is held or is not the one that the file was made from; CORRUPT if the bytes read do not have the
     *     submission's digests; OUTCOME_UNKNOWN if the connection broke during the commit; UNAVAILABLE if the store
     *     cannot be reached
     */
    ArchivedSnapshot redact(RedactionSubmission submission);
}
