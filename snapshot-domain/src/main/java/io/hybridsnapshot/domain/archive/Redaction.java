package io.hybridsnapshot.domain.archive;

import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import java.time.Instant;
import java.util.Objects;

/**
 * The audit record of a redaction: an archive was rewritten without some rows. The record is a link of the partition's
 * chain. It names no row. Immutable.
 *
 * @param archive the archive that was rewritten
 * @param dataset its dataset
 * @param partition its partition
 * @param link the place of this record in the chain
 * @param replacedDigest the digest of the archive's record before
 * @param recordDigest the digest of the archive's record afterwards
 * @param at when, in whole microseconds
 * @param by the database user
 * @param reason why, for example the number of an erasure request
 * @param erasedRows rows that were erased
 */
public record Redaction(
        ArchiveId archive,
        String dataset,
        Partition partition,
        ChainLink link,
        String replacedDigest,
        String recordDigest,
        Instant at,
        String by,
        String reason,
        long erasedRows) {
    public Redaction {
        Objects.requireNonNull(archive, "archive");
        Objects.requireNonNull(dataset, "dataset");
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(link, "link");
        Objects.requireNonNull(replacedDigest, "replacedDigest");
        Objects.requireNonNull(recordDigest, "recordDigest");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(by, "by");
        Objects.requireNonNull(reason, "reason");
    }

    /** Returns the same redaction at a place in the chain. */
    Redaction with(ChainLink place) {
        return new Redaction(
                archive, dataset, partition, place, replacedDigest, recordDigest, at, by, reason, erasedRows);
    }
}
