package io.hybridsnapshot.engine.tables;

import io.hybridsnapshot.domain.schema.Column;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The number of rows of a table, its columns and its keys. Immutable.
 *
 * @param rows the number of rows
 * @param columns the columns, in the order of the table
 * @param keys the columns, or else the pairs of columns, that identify a row; the likeliest first
 * @param remark what the table's source says about the reading; empty: nothing
 */
public record TableProfile(long rows, List<OfColumn> columns, List<List<String>> keys, Optional<String> remark) {
    public TableProfile {
        Objects.requireNonNull(remark, "remark");
        columns = List.copyOf(columns);
        keys = keys.stream().map(List::copyOf).toList();
    }

    /**
     * A column and its NULLs.
     *
     * @param column name and type
     * @param nulls the number of rows without a value
     */
    public record OfColumn(Column column, long nulls) {
        public OfColumn {
            Objects.requireNonNull(column, "column");
        }
    }
}
