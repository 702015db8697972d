package io.hybridsnapshot.engine.internal.changeset;

import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A column of one of two snapshots, or of both. Immutable.
 *
 * @param name its name
 * @param before the column of the earlier snapshot; empty: it came
 * @param after the column of the later snapshot; empty: it went
 */
record ColumnPair(String name, Optional<Column> before, Optional<Column> after) {
    /**
     * Returns the columns of two schemas: those of the later one in its order, then those that only the earlier has.
     */
    static List<ColumnPair> of(Schema before, Schema after) {
        List<ColumnPair> pairs = new ArrayList<>();
        for (Column column : after.columns()) {
            pairs.add(new ColumnPair(column.name(), find(before, column.name()), Optional.of(column)));
        }
        for (Column column : before.columns()) {
            if (after.find(column.name()).isEmpty()) {
                pairs.add(new ColumnPair(column.name(), Optional.of(column), Optional.empty()));
            }
        }
        return pairs;
    }

    private static Optional<Column> find(Schema schema, String name) {
        return schema.find(name).stream().mapToObj(schema::column).findFirst();
    }

    /** Checks whether both snapshots have the column with one type. */
    boolean isOfOneType() {
        return before.isPresent() && before.equals(after);
    }

    /** Checks whether both snapshots have the column, with two types. */
    boolean isRetyped() {
        return before.isPresent() && after.isPresent() && !before.equals(after);
    }
}
