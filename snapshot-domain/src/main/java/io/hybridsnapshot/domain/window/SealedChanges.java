package io.hybridsnapshot.domain.window;

import java.util.Objects;

/**
 * The changes of a snapshot that a store sealed by {@link WindowChanges#seal}, as its ledger keeps them for the
 * publish. Immutable.
 *
 * @param base the rows that the changes were counted from
 * @param added rows that are NEW
 * @param changed rows that are CHANGED
 * @param deleted rows that are DELETED
 */
public record SealedChanges(BaseSnapshot base, long added, long changed, long deleted) {
    public SealedChanges {
        Objects.requireNonNull(base, "base");
    }

    /** Returns the number of rows of the base that the publish replaces or removes. */
    public long replaced() {
        return changed + deleted;
    }

    /** Returns the number of changes. */
    public long count() {
        return added + changed + deleted;
    }
}
