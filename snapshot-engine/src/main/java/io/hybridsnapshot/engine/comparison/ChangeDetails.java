package io.hybridsnapshot.engine.comparison;

import io.hybridsnapshot.domain.delta.ColumnChanges;
import io.hybridsnapshot.domain.delta.RowChange;
import java.util.List;

/**
 * What the counts of a delta are made of.
 *
 * @param columns in how many CHANGED rows each column differs beyond the rules of the comparison, most first, columns
 *     without a change left out
 * @param examples the first rows of each kind, up to the limit asked for
 * @param forgiven how many of the CHANGED rows differ only in what the {@link ComparisonRules} ignore or tolerate; they
 *     are not among the examples, nor heard by a listener
 * @param renames dropped and added columns that may be one, the most alike first; suggestions, of which nothing is
 *     concluded
 */
public record ChangeDetails(
        List<ColumnChanges> columns, List<RowChange> examples, long forgiven, List<SuggestedRename> renames) {
    public ChangeDetails {
        columns = List.copyOf(columns);
        examples = List.copyOf(examples);
        renames = List.copyOf(renames);
        if (forgiven < 0) {
            throw new IllegalArgumentException("forgiven " + forgiven);
        }
    }
}
