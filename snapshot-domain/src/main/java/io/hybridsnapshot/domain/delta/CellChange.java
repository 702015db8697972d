package io.hybridsnapshot.domain.delta;

import java.util.Objects;
import java.util.Optional;

/**
 * One cell that changed, as text ({@link io.hybridsnapshot.domain.batch.CellText}). Immutable.
 *
 * @param column the column's name
 * @param before the earlier value; empty: NULL
 * @param after the later value; empty: NULL
 */
public record CellChange(String column, Optional<String> before, Optional<String> after) {
    public CellChange {
        Objects.requireNonNull(column, "column");
        Objects.requireNonNull(before, "before");
        Objects.requireNonNull(after, "after");
    }
}
