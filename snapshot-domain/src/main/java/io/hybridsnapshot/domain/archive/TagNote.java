package io.hybridsnapshot.domain.archive;

import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * The note of a store about a tag that was set, replaced or removed after its archive was stored. Immutable.
 *
 * @param archive the archive
 * @param dataset its dataset
 * @param partition its partition
 * @param name the name of the tag
 * @param before the value before; empty: the archive did not have the tag
 * @param after the value afterwards; empty: the tag was removed
 * @param at when, in whole microseconds
 * @param by the user of the store
 */
public record TagNote(
        ArchiveId archive,
        String dataset,
        Partition partition,
        String name,
        Optional<String> before,
        Optional<String> after,
        Instant at,
        String by) {
    public TagNote {
        Objects.requireNonNull(archive, "archive");
        Objects.requireNonNull(dataset, "dataset");
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(before, "before");
        Objects.requireNonNull(after, "after");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(by, "by");
    }
}
