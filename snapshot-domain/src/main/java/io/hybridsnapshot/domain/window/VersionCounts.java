package io.hybridsnapshot.domain.window;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Counts the rows of each snapshot of a partition in a store that keeps versions of rows. A current row has the number
 * of the first snapshot with its version; a former version also has the number of the first snapshot without it.
 * Mutable while it is filled; not safe to share between threads.
 */
public final class VersionCounts {
    private final NavigableMap<Long, Long> current = new TreeMap<>();
    private final Map<Span, Long> former = new HashMap<>();

    /** The numbers of the snapshots that have a version of a row: from the first to before the last. */
    private record Span(long first, long last) {}

    /** Makes a count without rows. */
    public VersionCounts() {
        // All rows are added later.
    }

    /** Adds current rows whose version appeared with the snapshot of this number. */
    public void addCurrent(long number, long rows) {
        current.merge(number, rows, Long::sum);
    }

    /** Adds former versions that appeared with the snapshot {@code first} and that {@code last} no longer has. */
    public void addFormer(long first, long last, long rows) {
        former.merge(new Span(first, last), rows, Long::sum);
    }

    /** Returns the current rows that the snapshot of this number has. */
    public long upTo(long number) {
        return current.headMap(number, true).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** Returns the rows of the snapshot of this number, current ones and former versions. */
    public long of(long number) {
        return upTo(number)
                + former.entrySet().stream()
                        .filter(span -> span.getKey().first() <= number
                                && number < span.getKey().last())
                        .mapToLong(Map.Entry::getValue)
                        .sum();
    }
}
