package io.hybridsnapshot.domain.delta;

import java.util.Objects;

/**
 * In how many CHANGED rows a column differs. Immutable.
 *
 * @param column the column's name
 * @param rows how many rows
 */
public record ColumnChanges(String column, long rows) {
    public ColumnChanges {
        Objects.requireNonNull(column, "column");
    }
}
