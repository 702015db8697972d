package io.hybridsnapshot.engine.comparison;

import io.hybridsnapshot.domain.schema.Schema;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The columns of the two sides of a comparison. Immutable.
 *
 * @param before the earlier side's columns; empty where there is no earlier side or its columns are not known
 * @param after the later side's columns; empty where they are not known
 * @param keyColumns the columns by which rows are matched
 */
public record ComparedColumns(Optional<Schema> before, Optional<Schema> after, List<String> keyColumns) {
    public ComparedColumns {
        Objects.requireNonNull(before, "before");
        Objects.requireNonNull(after, "after");
        keyColumns = List.copyOf(keyColumns);
    }

    /** Returns the names of all columns, those of the later side first. */
    public List<String> names() {
        return Stream.of(after, before)
                .flatMap(Optional::stream)
                .flatMap(side -> side.names().stream())
                .distinct()
                .toList();
    }
}
