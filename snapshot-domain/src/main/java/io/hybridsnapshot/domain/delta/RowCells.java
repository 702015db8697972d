package io.hybridsnapshot.domain.delta;

import java.util.List;
import java.util.Optional;

/**
 * All cells of one row, as texts ({@link io.hybridsnapshot.domain.batch.CellText}). Rows of one side share the list of
 * their columns. Immutable.
 *
 * @param columns the names of the columns, in the order of the row's side
 * @param texts the text of each column's cell; empty: NULL
 */
public record RowCells(List<String> columns, List<Optional<String>> texts) {
    public RowCells {
        columns = List.copyOf(columns);
        texts = List.copyOf(texts);
        if (columns.size() != texts.size()) {
            throw new IllegalArgumentException(columns.size() + " columns, " + texts.size() + " texts");
        }
    }
}
