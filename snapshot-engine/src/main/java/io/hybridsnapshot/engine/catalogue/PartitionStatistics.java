package io.hybridsnapshot.engine.catalogue;

import io.hybridsnapshot.domain.snapshot.Partition;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * The statistics of a partition in both stores. Immutable.
 *
 * @param partition the partition
 * @param windowSnapshots visible snapshots in the window
 * @param windowRows rows of all of them
 * @param oldestInWindow date of the oldest
 * @param newestInWindow date of the newest
 * @param archives archives of the partition
 * @param archivedBytes bytes of all of them
 * @param averageCompressionRatio mean of compressed by uncompressed size, where it is known
 * @param oldestArchive date of the oldest archive
 * @param newestArchive date of the newest archive
 */
public record PartitionStatistics(
        Partition partition,
        int windowSnapshots,
        long windowRows,
        Optional<Instant> oldestInWindow,
        Optional<Instant> newestInWindow,
        int archives,
        long archivedBytes,
        Optional<Double> averageCompressionRatio,
        Optional<Instant> oldestArchive,
        Optional<Instant> newestArchive) {
    public PartitionStatistics {
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(oldestInWindow, "oldestInWindow");
        Objects.requireNonNull(newestInWindow, "newestInWindow");
        Objects.requireNonNull(averageCompressionRatio, "averageCompressionRatio");
        Objects.requireNonNull(oldestArchive, "oldestArchive");
        Objects.requireNonNull(newestArchive, "newestArchive");
    }
}
