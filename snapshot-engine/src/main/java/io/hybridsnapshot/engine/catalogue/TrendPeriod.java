package io.hybridsnapshot.engine.catalogue;

import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.snapshot.Partition;
import java.time.LocalDate;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The archives of a partition that were taken within a period, including archives removed since. Immutable.
 *
 * @param partition the partition
 * @param from the period's first day, UTC
 * @param until the first day after it
 * @param archives archives taken; at least 1
 * @param removed how many of them have been removed since
 * @param rows rows of the newest one; empty where the number is unknown
 * @param bytes bytes of all of them as they were stored
 * @param removedBytes bytes of those that have been removed
 * @param compressionRatio compressed by uncompressed bytes of the archives with a known uncompressed size; empty: there
 *     are none
 * @param changes the changes from snapshot to snapshot, summed over archives with known changes
 * @param unknownChanges archives with unknown changes
 */
public record TrendPeriod(
        Partition partition,
        LocalDate from,
        LocalDate until,
        int archives,
        int removed,
        OptionalLong rows,
        long bytes,
        long removedBytes,
        Optional<Double> compressionRatio,
        DeltaSummary changes,
        int unknownChanges) {
    public TrendPeriod {
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(until, "until");
        Objects.requireNonNull(rows, "rows");
        Objects.requireNonNull(compressionRatio, "compressionRatio");
        Objects.requireNonNull(changes, "changes");
        if (archives < 1 || removed < 0 || removed > archives || unknownChanges < 0 || unknownChanges > archives) {
            throw new IllegalArgumentException(
                    archives + " archives, " + removed + " removed, " + unknownChanges + " unknown");
        }
    }
}
