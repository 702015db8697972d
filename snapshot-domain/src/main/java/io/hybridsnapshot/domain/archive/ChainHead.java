package io.hybridsnapshot.domain.archive;

import io.hybridsnapshot.domain.snapshot.Partition;
import java.util.Objects;

/**
 * The end of a partition's chain: the newest link, kept apart from the links so that a lost end is noticed. Immutable.
 *
 * @param dataset the dataset's name
 * @param partition the partition
 * @param number links in the chain
 * @param digest the digest with which the newest link joined
 */
public record ChainHead(String dataset, Partition partition, long number, String digest) {
    public ChainHead {
        Objects.requireNonNull(dataset, "dataset");
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(digest, "digest");
    }

    /** Returns the end of a chain without links, which the first link follows. */
    public static ChainHead none(String dataset, Partition partition) {
        return new ChainHead(dataset, partition, 0, ChainLink.NONE);
    }

    /**
     * Returns the end of the same chain after one more link.
     *
     * @throws IllegalArgumentException if the link does not follow this end
     */
    public ChainHead followedBy(ChainLink link) {
        if (link.number() != number + 1 || !link.previousDigest().equals(digest)) {
            throw new IllegalArgumentException("link " + link.number() + " after " + link.previousDigest()
                    + " does not follow link " + number + " of digest " + digest);
        }
        return new ChainHead(dataset, partition, link.number(), link.digest());
    }

    /** Makes the next link, for a record of this digest. */
    ChainLink next(String recordDigest) {
        return new ChainLink(number + 1, digest, recordDigest);
    }

    void requireOf(String otherDataset, Partition otherPartition) {
        if (!dataset.equals(otherDataset) || !partition.equals(otherPartition)) {
            throw new IllegalArgumentException("the chain of " + dataset + ", partition '" + partition
                    + "', is not that of " + otherDataset + ", partition '" + otherPartition + "'");
        }
    }
}
