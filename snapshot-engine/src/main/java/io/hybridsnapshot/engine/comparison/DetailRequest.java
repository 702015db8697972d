package io.hybridsnapshot.engine.comparison;

import java.util.Objects;
import java.util.Optional;

/**
 * How much is wanted of the rows that differ.
 *
 * @param exampleLimit how many rows of each kind the report names; 0 or more
 * @param listener hears every row that differs, those aside that the rules forgive, if anybody wants them
 * @param rules which differences of cells do not matter; they need the cells of both sides
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

    /** A request to which every difference matters. */
    public DetailRequest(int exampleLimit, Optional<RowChangeListener> listener) {
        this(exampleLimit, listener, ComparisonRules.NONE);
    }

    /** The same, with rules on which differences of cells do not matter. */
    public DetailRequest withRules(ComparisonRules forgiving) {
        return new DetailRequest(exampleLimit, listener, forgiving);
    }
}
