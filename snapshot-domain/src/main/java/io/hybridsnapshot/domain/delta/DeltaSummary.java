package io.hybridsnapshot.domain.delta;

/**
 * The numbers of rows of two snapshots that are NEW, CHANGED, UNCHANGED and DELETED. Immutable.
 *
 * @param added rows that only the later one has (NEW)
 * @param changed rows of both with different hashes
 * @param unchanged rows of both with equal hashes
 * @param deleted rows that only the earlier one has
 */
public record DeltaSummary(long added, long changed, long unchanged, long deleted) {
    public DeltaSummary {
        if (added < 0 || changed < 0 || unchanged < 0 || deleted < 0) {
            throw new IllegalArgumentException("negative count");
        }
    }

    /** Returns the number of rows of the earlier snapshot. */
    public long before() {
        return changed + unchanged + deleted;
    }

    /** Returns the number of rows of the later snapshot. */
    public long after() {
        return changed + unchanged + added;
    }

    /** Checks whether the two snapshots hold the same rows. */
    public boolean isEmpty() {
        return added == 0 && changed == 0 && deleted == 0;
    }

    /** Returns the share of the earlier rows that is gone, 0 to 1; 0 where there were none. */
    public double deletedShare() {
        return before() == 0 ? 0 : (double) deleted / before();
    }

    /** Returns the share of the rows of both snapshots that are CHANGED, 0 to 1; 0 where there are none. */
    public double changedShare() {
        return changed == 0 ? 0 : (double) changed / (changed + unchanged);
    }

    /** Returns the count of one kind. */
    public long count(ChangeKind kind) {
        return switch (kind) {
            case NEW -> added;
            case CHANGED -> changed;
            case UNCHANGED -> unchanged;
            case DELETED -> deleted;
        };
    }
}
