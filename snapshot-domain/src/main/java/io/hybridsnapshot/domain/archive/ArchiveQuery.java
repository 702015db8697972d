package io.hybridsnapshot.domain.archive;

import io.hybridsnapshot.domain.snapshot.Partition;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Selects archives; an archive has to match every part.
 *
 * @param dataset the dataset's name
 * @param partition of one partition only
 * @param from dated at this moment or later
 * @param to dated at this moment or earlier
 * @param tags with all of these tags
 */
public record ArchiveQuery(
        Optional<String> dataset,
        Optional<Partition> partition,
        Optional<Instant> from,
        Optional<Instant> to,
        Map<String, String> tags) {
    /** Selects all archives. */
    public static final ArchiveQuery ALL =
            new ArchiveQuery(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Map.of());

    public ArchiveQuery {
        Objects.requireNonNull(dataset, "dataset");
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(to, "to");
        tags = Map.copyOf(tags);
    }

    /** Selects all archives of a dataset. */
    public static ArchiveQuery of(String dataset) {
        return new ArchiveQuery(Optional.of(dataset), Optional.empty(), Optional.empty(), Optional.empty(), Map.of());
    }

    /** Returns the same query within a partition. */
    public ArchiveQuery in(Partition only) {
        return new ArchiveQuery(dataset, Optional.of(only), from, to, tags);
    }

    /** Returns the same query for archives dated at this moment or later. */
    public ArchiveQuery since(Instant moment) {
        return new ArchiveQuery(dataset, partition, Optional.of(moment), to, tags);
    }

    /** Returns the same query for archives dated at this moment or earlier. */
    public ArchiveQuery until(Instant moment) {
        return new ArchiveQuery(dataset, partition, from, Optional.of(moment), tags);
    }

    /** Checks whether the query selects an archive. Adapters that filter in their store MUST give the same answer. */
    public boolean matches(ArchivedSnapshot archive) {
        return dataset.map(archive.dataset()::equals).orElse(true)
                && partition.map(archive.partition()::equals).orElse(true)
                && from.map(moment -> !archive.date().isBefore(moment)).orElse(true)
                && to.map(moment -> !archive.date().isAfter(moment)).orElse(true)
                && archive.tags().entrySet().containsAll(tags.entrySet());
    }
}
