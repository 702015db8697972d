package io.hybridsnapshot.domain.archive;

import io.hybridsnapshot.domain.snapshot.Partition;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Selects archives; an archive has to match every part. Immutable. {@link #ALL} and {@link #of} are the starting
 * points, and each further method narrows the query.
 *
 * @param dataset the dataset's name
 * @param partition of one partition only
 * @param from dated at this moment or later
 * @param to dated at this moment or earlier
 * @param tags with all of these tags
 * @param limit at most this many of the matching archives, the newest ones; at least 1; empty: all
 */
public record ArchiveQuery(
        Optional<String> dataset,
        Optional<Partition> partition,
        Optional<Instant> from,
        Optional<Instant> to,
        Map<String, String> tags,
        OptionalInt limit) {
    /** Selects all archives. */
    public static final ArchiveQuery ALL = new ArchiveQuery(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Map.of(), OptionalInt.empty());

    public ArchiveQuery {
        Objects.requireNonNull(dataset, "dataset");
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
        tags = Map.copyOf(tags);
        Objects.requireNonNull(limit, "limit");
        if (limit.isPresent() && limit.getAsInt() < 1) {
            throw new IllegalArgumentException("a limit of " + limit.getAsInt());
        }
    }

    /** Selects all archives of a dataset. */
    public static ArchiveQuery of(String dataset) {
        return new ArchiveQuery(Optional.of(dataset), ALL.partition, ALL.from, ALL.to, ALL.tags, ALL.limit);
    }

    /** Returns the same query within a partition. */
    public ArchiveQuery in(Partition only) {
        return new ArchiveQuery(dataset, Optional.of(only), from, to, tags, limit);
    }

    /** Returns the same query for archives dated at this moment or later. */
    public ArchiveQuery since(Instant moment) {
        return new ArchiveQuery(dataset, partition, Optional.of(moment), to, tags, limit);
    }

    /** Returns the same query for archives dated at this moment or earlier. */
    public ArchiveQuery until(Instant moment) {
        return new ArchiveQuery(dataset, partition, from, Optional.of(moment), tags, limit);
    }

    /** Returns the same query for archives with all of these tags. They replace the tags of this query. */
    public ArchiveQuery tagged(Map<String, String> wanted) {
        return new ArchiveQuery(dataset, partition, from, to, wanted, limit);
    }

    /**
     * Returns the same query for the newest of the matching archives, by date and then by number. A store reads no more
     * than it needs for them.
     *
     * @param count the most archives to return; at least 1
     */
    public ArchiveQuery newest(int count) {
        return new ArchiveQuery(dataset, partition, from, to, tags, OptionalInt.of(count));
    }

    /**
     * Checks whether an archive matches every part but the limit, which is a property of the whole result. Adapters
     * that filter in their store MUST give the same answer.
     */
    public boolean matches(ArchivedSnapshot archive) {
        return dataset.map(archive.dataset()::equals).orElse(true)
                && partition.map(archive.partition()::equals).orElse(true)
                && from.map(moment -> !archive.date().isBefore(moment)).orElse(true)
                && to.map(moment -> !archive.date().isAfter(moment)).orElse(true)
                && archive.tags().entrySet().containsAll(tags.entrySet());
    }
}
