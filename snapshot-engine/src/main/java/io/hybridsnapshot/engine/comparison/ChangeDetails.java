package io.hybridsnapshot.engine.comparison;

import io.hybridsnapshot.domain.delta.ColumnChanges;
import io.hybridsnapshot.domain.delta.RowChange;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The details behind the counts of a delta. Immutable.
 *
 * @param columns by column, the number of CHANGED rows with a difference beyond the rules of the comparison, most
 *     first, columns without a change left out
 * @param examples the first rows of each kind, up to the limit asked for, never with their whole rows
 * @param forgiven the number of CHANGED rows that differ only in cells that the {@link ComparisonRules} ignore or
 *     tolerate; they are not among the examples, and no listener receives them
 * @param renames dropped and added columns that may be one, the most alike first; suggestions without further effect
 * @param concentration where the changes are concentrated; empty: no listener received whole rows, or too few rows are
 *     CHANGED
 */
public record ChangeDetails(
        List<ColumnChanges> columns,
        List<RowChange> examples,
        long forgiven,
        List<SuggestedRename> renames,
        Optional<Concentration> concentration) {
    public ChangeDetails {
        columns = List.copyOf(columns);
        examples = List.copyOf(examples);
        renames = List.copyOf(renames);
        if (forgiven < 0) {
            throw new IllegalArgumentException("forgiven " + forgiven);
        }
        Objects.requireNonNull(concentration, "concentration");
    }

    /** Makes details without a search for concentrations. */
    public ChangeDetails(
            List<ColumnChanges> columns, List<RowChange> examples, long forgiven, List<SuggestedRename> renames) {
        this(columns, examples, forgiven, renames, Optional.empty());
    }

    /** Returns the same details with the concentrations that were found. */
    public ChangeDetails withConcentration(Optional<Concentration> found) {
        return new ChangeDetails(columns, examples, forgiven, renames, found);
    }
}
