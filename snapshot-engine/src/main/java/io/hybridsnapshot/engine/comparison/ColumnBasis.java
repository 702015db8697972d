package io.hybridsnapshot.engine.comparison;

import java.util.List;

/**
 * The ways in which the columns of two schemas were compared. Columns that are in no list were compared by their
 * values. Immutable.
 *
 * @param asNumbers columns of exact numbers on one side and floating-point numbers on the other, compared by the
 *     numbers in their texts
 * @param asTexts columns retyped in any other way, compared by their canonical texts
 * @param notCompared columns that one side alone has
 * @param leftOut columns that the dataset leaves out of the row hash, except key columns: no difference in them makes a
 *     row CHANGED
 */
public record ColumnBasis(
        List<String> asNumbers, List<String> asTexts, List<String> notCompared, List<String> leftOut) {
    public ColumnBasis {
        asNumbers = List.copyOf(asNumbers);
        asTexts = List.copyOf(asTexts);
        notCompared = List.copyOf(notCompared);
        leftOut = List.copyOf(leftOut);
    }
}
