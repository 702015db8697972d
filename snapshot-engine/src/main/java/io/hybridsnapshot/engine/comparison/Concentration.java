package io.hybridsnapshot.engine.comparison;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Where the changes of a comparison are concentrated: values that CHANGED rows have far more often than other rows, and
 * columns that change in the same rows. Values are those of the later state. Immutable.
 *
 * @param values the most concentrated values, the most concentrated first, at most one for each column
 * @param together columns that change together, those of the most rows first
 * @param changedRows the number of CHANGED rows
 * @param sampledRows the number of rows of the later state that the values were counted in
 */
public record Concentration(
        List<CommonValue> values, List<TogetherChanged> together, long changedRows, long sampledRows) {
    /**
     * A value that CHANGED rows have far more often than other rows.
     *
     * @param column its column, which is no key column and differs in at most half of the CHANGED rows
     * @param value its text; empty: NULL
     * @param changedRows the number of CHANGED rows that have it
     * @param sampledRows the number of sampled rows that have it
     */
    public record CommonValue(String column, Optional<String> value, long changedRows, long sampledRows) {
        public CommonValue {
            Objects.requireNonNull(column, "column");
            Objects.requireNonNull(value, "value");
        }
    }

    /**
     * Two columns that change in the same rows.
     *
     * @param first the one that comes first in the rows
     * @param second the other one
     * @param both the number of CHANGED rows in which both differ
     * @param either the number of CHANGED rows in which at least one of them differs
     */
    public record TogetherChanged(String first, String second, long both, long either) {
        public TogetherChanged {
            Objects.requireNonNull(first, "first");
            Objects.requireNonNull(second, "second");
        }
    }

    public Concentration {
        values = List.copyOf(values);
        together = List.copyOf(together);
    }

    /** Returns the same concentrations without the values of some columns. */
    public Concentration withoutValuesOf(Collection<String> columns) {
        return new Concentration(
                values.stream()
                        .filter(value -> !columns.contains(value.column()))
                        .toList(),
                together,
                changedRows,
                sampledRows);
    }

    /** Checks whether nothing is concentrated. */
    public boolean isEmpty() {
        return values.isEmpty() && together.isEmpty();
    }

    /**
     * Returns how many times more often CHANGED rows have a value than the rows of the later state do; empty if no
     * sampled row has it.
     */
    public OptionalDouble timesItsShare(CommonValue value) {
        return value.sampledRows() == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of((double) value.changedRows() / changedRows * sampledRows / value.sampledRows());
    }
}
