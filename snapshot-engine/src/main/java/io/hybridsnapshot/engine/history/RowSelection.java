package io.hybridsnapshot.engine.history;

import io.hybridsnapshot.engine.redaction.RowKeys;
import java.util.Objects;

/** The rows that a question is about. Immutable. */
public sealed interface RowSelection {
    /**
     * Rows by their keys.
     *
     * @param keys the keys
     */
    record OfKeys(RowKeys keys) implements RowSelection {
        public OfKeys {
            Objects.requireNonNull(keys, "keys");
        }
    }

    /**
     * Rows that have, or had, a value in a column. Values of carried columns are found in every state; those of other
     * columns in the states whose files are read: the newest one of each partition, and those without a change set.
     *
     * @param column the column's name
     * @param value the value, as {@link io.hybridsnapshot.domain.batch.CellText} shows it
     */
    record WithValue(String column, String value) implements RowSelection {
        public WithValue {
            Objects.requireNonNull(column, "column");
            Objects.requireNonNull(value, "value");
        }
    }
}
