package io.hybridsnapshot.engine.comparison;

import io.hybridsnapshot.domain.schema.Column;
import java.util.List;

/**
 * What a table holds. Immutable.
 *
 * @param rows the number of rows
 * @param columns the columns, in the order of the table
 * @param keys the columns, or else the pairs of columns, that identify a row; the likeliest first
 */
public record TableProfile(long rows, List<OfColumn> columns, List<List<String>> keys) {
    public TableProfile {
        columns = List.copyOf(columns);
        keys = keys.stream().map(List::copyOf).toList();
    }

    /**
     * What a column holds.
     *
     * @param column name and type
     * @param nulls the number of rows without a value
     */
    public record OfColumn(Column column, long nulls) {}
}
