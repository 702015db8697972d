package io.hybridsnapshot.engine.internal.changeset;

import io.hybridsnapshot.domain.changeset.FilterDigest;
import io.hybridsnapshot.domain.changeset.FilterEntry;
import io.hybridsnapshot.domain.changeset.RowFilter;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.UUID;

/** Collects the entries of a change set's filter. One thread. */
final class FilterEntries {
    private final FilterDigest digest;
    private final Set<FilterEntry> entries = new LinkedHashSet<>();

    FilterEntries(FilterDigest digest) {
        this.digest = digest;
    }

    void identity(long high, long low) {
        entries.add(digest.identity(new UUID(high, low)));
    }

    void value(String column, String text) {
        entries.add(digest.value(column, text));
    }

    RowFilter filter() {
        return RowFilter.of(entries);
    }
}
