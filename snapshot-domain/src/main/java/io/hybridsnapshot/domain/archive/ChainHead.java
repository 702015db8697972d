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
}
