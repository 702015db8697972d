package io.hybridsnapshot.domain.schema;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.Objects;

/**
 * A column of a table; every column may hold NULL. Immutable.
 *
 * @param name the logical name, exactly as in the source: no trimming, no case folding; not empty
 * @param type the type of its values
 */
public record Column(String name, ColumnType type) {
    public Column {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(type, "type");
        if (name.isEmpty()) {
            throw SnapshotException.invalidRequest("a column has no name")
                    .expected("a name for every column")
                    .nextStep("name the column in the source")
                    .build();
        }
    }
}
