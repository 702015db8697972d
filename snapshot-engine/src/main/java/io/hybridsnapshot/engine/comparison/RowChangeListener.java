package io.hybridsnapshot.engine.comparison;

import io.hybridsnapshot.domain.delta.RowChange;

/**
 * Receives every row that differs, one after the other, in one thread: the CHANGED rows in the order of the earlier
 * side, then the NEW rows, then the DELETED rows.
 */
@FunctionalInterface
public interface RowChangeListener {
    /** Takes one row. An exception from this method ends the comparison. */
    void onChange(RowChange change);

    /**
     * Takes the columns of both sides, before any row is compared. An exception from this method ends the comparison; a
     * save then has no effect. A comparison may call this method again with the same columns.
     */
    default void onColumns(ComparedColumns columns) {}

    /**
     * Checks whether the rows come with all of their cells ({@link RowChange#before} and {@link RowChange#after}), as
     * far as they are known. The comparison then reads every column of the rows that differ.
     */
    default boolean wantsWholeRows() {
        return false;
    }
}
