package io.hybridsnapshot.domain.archive;

import java.util.List;

/**
 * Capability of an {@link ArchiveStore}: it chains the records of each dataset's partition, so that a record that was
 * changed, lost or inserted is found. Every archive joins the chain when it is stored ({@link ArchivedSnapshot#of}),
 * and so does every redaction. The store keeps each chain's end apart from its links, in the same transaction. Safe to
 * share between threads. Every method throws UNAVAILABLE if it cannot reach the store.
 */
public interface ArchiveAudit {
    /**
     * Returns the chain heads of the query's dataset and partition, by dataset and partition name. Other parts of the
     * query are ignored. A chain outlives its archives.
     */
    List<ChainHead> chainHeads(ArchiveQuery query);

    /**
     * Returns the redactions of the query's dataset and partition, in the order of their links. Other parts of the
     * query are ignored.
     */
    List<Redaction> redactions(ArchiveQuery query);
}
