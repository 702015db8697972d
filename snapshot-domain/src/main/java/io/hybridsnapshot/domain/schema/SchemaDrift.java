package io.hybridsnapshot.domain.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The changes of a table's columns between two snapshots, apart from changes in its rows. Immutable.
 *
 * @param added columns that only the later schema has, in its order
 * @param dropped columns that only the earlier schema had, in its order
 * @param retyped columns of both with different types
 * @param orderChanged whether the columns of both stand in another order
 */
public record SchemaDrift(List<Column> added, List<Column> dropped, List<Retyped> retyped, boolean orderChanged) {
    /** No change. */
    public static final SchemaDrift NONE = new SchemaDrift(List.of(), List.of(), List.of(), false);

    /**
     * A column with a changed type.
     *
     * @param name its name
     * @param before the earlier type
     * @param after the later type
     */
    public record Retyped(String name, ColumnType before, ColumnType after) {
        /**
         * Checks whether equal values of the two types have equal row hashes (INT and BIGINT, DECIMAL(10,2) and
         * DECIMAL(12,2)).
         */
        public boolean isComparable() {
            return before.isComparableTo(after);
        }

        /**
         * Checks whether every value of the earlier type is a value of the later one too, so that no cell can have
         * changed by it.
         */
        public boolean isWidened() {
            return after.holdsEvery(before);
        }
    }

    public SchemaDrift {
        added = List.copyOf(added);
        dropped = List.copyOf(dropped);
        retyped = List.copyOf(retyped);
    }

    /** Returns the drift from an earlier to a later schema. */
    public static SchemaDrift between(Schema before, Schema after) {
        List<Column> added = new ArrayList<>();
        List<Retyped> retyped = new ArrayList<>();
        boolean orderChanged = false;
        int last = -1;
        for (Column column : after.columns()) {
            OptionalInt earlier = before.find(column.name());
            if (earlier.isEmpty()) {
                added.add(column);
                continue;
            }
            ColumnType type = before.column(earlier.getAsInt()).type();
            if (!type.equals(column.type())) {
                retyped.add(new Retyped(column.name(), type, column.type()));
            }
            orderChanged |= earlier.getAsInt() < last;
            last = earlier.getAsInt();
        }
        List<Column> dropped = new ArrayList<>();
        for (Column column : before.columns()) {
            if (after.find(column.name()).isEmpty()) {
                dropped.add(column);
            }
        }
        return new SchemaDrift(added, dropped, retyped, orderChanged);
    }

    /** Checks whether nothing changed. */
    public boolean isEmpty() {
        return added.isEmpty() && dropped.isEmpty() && retyped.isEmpty() && !orderChanged;
    }
}
