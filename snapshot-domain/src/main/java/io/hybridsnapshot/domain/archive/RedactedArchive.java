package io.hybridsnapshot.domain.archive;

import java.util.Objects;

/**
 * The result of {@link ArchivedSnapshot#redactedBy}: the two records that a store writes in one transaction. The
 * redaction is the new end of the chain ({@link ChainHead#followedBy}). Immutable.
 *
 * @param archive the archive's record with the new file; it keeps its place in the chain and has a new digest
 * @param redaction the audit record, linked to the former end of the chain
 */
public record RedactedArchive(ArchivedSnapshot archive, Redaction redaction) {
    public RedactedArchive {
        Objects.requireNonNull(archive, "archive");
        Objects.requireNonNull(redaction, "redaction");
    }
}
