package io.hybridsnapshot.domain.delta;

import java.util.List;

/**
 * How the columns of two schemas that differ were compared. Columns that are in no list were compared by their values, as far as the hash rules
 * cover them. Immutable.
 *
 * @param asNumbers columns of exact numbers on one side and floating-point numbers on the other, compared by the numbers that their texts are
 * @param asTexts columns retyped in any other way, compared by their canonical texts
 * @param notCompared columns that one side alone has
 */
public record ColumnBasis(List<String> asNumbers, List<String> asTexts, List<String> notCompared) {
    /** Every column was compared by its values. */
    public static final ColumnBasis BY_VALUES = new ColumnBasis(List.of(), List.of(), List.of());

    public ColumnBasis {
        asNumbers = List.copyOf(asNumbers);
        asTexts = List.copyOf(asTexts);
        notCompared = List.copyOf(notCompared);
    }
}
