package io.hybridsnapshot.engine.comparison;

import io.hybridsnapshot.domain.delta.RowChange;

/** Receives every row that differs, one after the other, in one thread. */
@FunctionalInterface
public interface RowChangeListener {
    /** Takes one row. An exception from this method ends the comparison. */
    void onChange(RowChange change);
}
