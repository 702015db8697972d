package io.hybridsnapshot.testkit.planted.engine.sorting;

import io.hybridsnapshot.testkit.planted.engine.internal.sorting.Sorter;
import java.util.List;

/** Violates: public signatures of the engine's API show an internal type. */
public final class LeakySort {
    /** Takes an internal type. */
    public LeakySort(Sorter sorter) {}

    /** Shows an internal type as a type argument. */
    public List<Sorter> sorters() {
        return List.of();
    }
}
