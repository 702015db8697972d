package io.hybridsnapshot.engine.history;

import java.util.List;
import java.util.Objects;

/**
 * Since when the cells of rows have their values. Immutable.
 *
 * @param rows the rows that an archived snapshot has or had, in the order of their histories
 * @param history the histories that tell it
 */
public record BlameAnswer(List<RowBlame> rows, HistoryAnswer history) {
    public BlameAnswer {
        rows = List.copyOf(rows);
        Objects.requireNonNull(history, "history");
    }
}
