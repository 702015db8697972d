package io.hybridsnapshot.testkit.planted.engine.sorting;

import io.hybridsnapshot.testkit.planted.engine.internal.sorting.Sorter;

/** Keeps every rule: the internal type is used inside, and the two packages are one subject. */
public final class SortRows {
    private Sorter sorter;

    SortRows(Sorter sorter) {
        this.sorter = sorter;
    }

    Sorter inside() {
        return sorter;
    }
}
