package io.hybridsnapshot.domain.delta;

import java.util.List;

/**
 * What the counts of a delta are made of.
 *
 * @param columns in how many CHANGED rows each column differs, most first, columns without a change left out
 * @param examples the first rows of each kind, up to the limit asked for
 */
public record ChangeDetails(List<ColumnChanges> columns, List<RowChange> examples) {
    public ChangeDetails {
        columns = List.copyOf(columns);
        examples = List.copyOf(examples);
    }
}
