package io.hybridsnapshot.engine.history;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The present cells of a row, each with the snapshot since which it has its value. Columns that the dataset's
 * comparison leaves out are not among them. Immutable.
 *
 * @param row the row's history
 * @param cells by column: the value with its beginning; empty if the row is not there
 */
public record RowBlame(RowHistory row, Map<String, Since> cells) {
    public RowBlame {
        Objects.requireNonNull(row, "row");
        Objects.requireNonNull(cells, "cells");
    }

    /** Checks whether the newest archived snapshot has the row. */
    public boolean isThere() {
        return row.events().get(row.events().size() - 1).kind() != RowEvent.Kind.DELETED;
    }

    /**
     * A value and its beginning.
     *
     * @param value the value; empty: NULL
     * @param event the event that brought it. FIRST: it has the value since then or longer
     */
    public record Since(Optional<String> value, RowEvent event) {
        public Since {
            Objects.requireNonNull(value, "value");
            Objects.requireNonNull(event, "event");
        }
    }

    /**
     * Returns the present cells by a whole history: one without a limit of columns and time.
     *
     * @param columns the columns wanted, in their order. The newest snapshot of the row's partition has them, and the
     *     comparison covers them
     */
    static RowBlame of(RowHistory row, List<String> columns) {
        Map<String, Since> cells = new HashMap<>();
        for (RowEvent event : row.events()) {
            if (event.kind() == RowEvent.Kind.DELETED) {
                cells.clear();
                continue;
            }
            if (event.kind() != RowEvent.Kind.CHANGED) {
                // These events leave cells out that are NULL.
                columns.forEach(column -> cells.put(column, new Since(Optional.empty(), event)));
            }
            event.columnsWent().forEach(cells::remove);
            event.columnsCame().forEach(column -> cells.put(column, new Since(Optional.empty(), event)));
            event.cells().forEach(cell -> {
                if (!event.columnsWent().contains(cell.column())) {
                    cells.put(cell.column(), new Since(cell.after(), event));
                }
            });
        }
        Map<String, Since> present = new LinkedHashMap<>();
        columns.stream().filter(cells::containsKey).forEach(column -> present.put(column, cells.get(column)));
        return new RowBlame(row, present);
    }
}
