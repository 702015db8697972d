package io.hybridsnapshot.engine.catalogue;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import java.util.Objects;
import java.util.Set;

/**
 * Which snapshots of a dataset are listed. Immutable.
 *
 * @param query the dataset, and the partition, dates and tags that the snapshots have
 * @param tagNames tags of these names, with any values
 * @param parts what is listed beside snapshots and archives
 */
public record ListRequest(ArchiveQuery query, Set<String> tagNames, Set<Part> parts) {
    /** A part of the list that is not always wanted. */
    public enum Part {
        /** Removed archives. */
        REMOVED,
        /** The columns of the newest snapshot. */
        COLUMNS,
        /** Later changes of tags. */
        TAG_CHANGES
    }

    public ListRequest {
        Objects.requireNonNull(query, "query");
        query.dataset().orElseThrow(() -> new IllegalArgumentException("a query without a dataset"));
        tagNames = Set.copyOf(tagNames);
        parts = Set.copyOf(parts);
    }

    /** Returns a request for everything that the stores hold of a dataset. */
    public static ListRequest of(String dataset) {
        return new ListRequest(ArchiveQuery.of(dataset), Set.of(), Set.of());
    }

    /** Returns the same request with these parts. */
    public ListRequest with(Set<Part> wanted) {
        return new ListRequest(query, tagNames, wanted);
    }

    String dataset() {
        return query.dataset().orElseThrow();
    }

    /** Whether only snapshots with certain tags are listed. */
    boolean isTagged() {
        return !query.tags().isEmpty() || !tagNames.isEmpty();
    }

    boolean hasTagNames(ArchivedSnapshot archive) {
        return archive.tags().keySet().containsAll(tagNames);
    }

    boolean isDated(WindowSnapshot snapshot) {
        return query.from().filter(from -> snapshot.date().isBefore(from)).isEmpty()
                && query.to().filter(to -> snapshot.date().isAfter(to)).isEmpty();
    }
}
