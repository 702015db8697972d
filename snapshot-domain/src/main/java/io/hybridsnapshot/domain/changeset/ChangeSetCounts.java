package io.hybridsnapshot.domain.changeset;

/**
 * The numbers of rows in a change set. Immutable.
 *
 * @param added rows that only the later snapshot has (NEW)
 * @param changed rows whose compared cells differ (CHANGED)
 * @param touched rows whose compared cells are equal while others differ; reports do not count them
 * @param deleted rows that only the earlier snapshot has (DELETED)
 */
public record ChangeSetCounts(long added, long changed, long touched, long deleted) {
    public ChangeSetCounts {
        if (added < 0 || changed < 0 || touched < 0 || deleted < 0) {
            throw new IllegalArgumentException("negative count");
        }
    }

    /** Returns the number of rows that the change set lists. */
    public long rows() {
        return added + changed + touched + deleted;
    }
}
