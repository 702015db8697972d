package io.hybridsnapshot.engine.comparison;

import java.util.Objects;
import java.util.Optional;

/**
 * The wanted details of the rows that differ. Immutable; the listener is called in the thread of the comparison.
 *
 * @param exampleLimit the most rows of each kind that the report names; 0 or more
 * @param listener receives every row that differs, except rows that the rules forgive; empty: none
 * @param rules the differences of cells that do not matter; they need the cells of both sides
 */
public record DetailRequest(int exampleLimit, Optional<RowChangeListener> listener, ComparisonRules rules) {
    /** Ten examples of each kind. */
    public static final DetailRequest EXAMPLES = new DetailRequest(10, Optional.empty());

    public DetailRequest {
        Objects.requireNonNull(listener, "listener");
        Objects.requireNonNull(rules, "rules");
        if (exampleLimit < 0) {
            throw new IllegalArgumentException("exampleLimit " + exampleLimit);
        }
    }

    /** Makes a request to which every difference matters. */
    public DetailRequest(int exampleLimit, Optional<RowChangeListener> listener) {
        this(exampleLimit, listener, ComparisonRules.NONE);
    }

    /** Returns the same request, with rules on which differences of cells do not matter. */
    public DetailRequest withRules(ComparisonRules forgiving) {
        return new DetailRequest(exampleLimit, listener, forgiving);
    }
}
