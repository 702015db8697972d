package io.hybridsnapshot.domain.usecase;

import io.hybridsnapshot.domain.delta.RowChangeListener;
import java.util.Objects;
import java.util.Optional;

/**
 * How much is wanted of the rows that differ.
 *
 * @param exampleLimit how many rows of each kind the report names; 0 or more
 * @param listener hears every row that differs, if anybody wants them
 */
public record DetailRequest(int exampleLimit, Optional<RowChangeListener> listener) {
    /** Ten examples of each kind. */
    public static final DetailRequest EXAMPLES = new DetailRequest(10, Optional.empty());

    public DetailRequest {
        Objects.requireNonNull(listener, "listener");
        if (exampleLimit < 0) {
            throw new IllegalArgumentException("exampleLimit " + exampleLimit);
        }
    }
}
