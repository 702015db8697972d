package io.hybridsnapshot.engine.tables;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The rows of a table that cannot be compared, because their key is missing or not the key of one row. Immutable.
 *
 * @param withoutKey the number of rows whose key is NULL
 * @param repeated the number of rows with a key that occurs more than once in one of the two tables
 * @param examples the first of these rows, at most {@link #MOST_EXAMPLES}, in order of the table
 */
public record RowsApart(long withoutKey, long repeated, List<Example> examples) {
    /** The most examples of a table. */
    public static final int MOST_EXAMPLES = 20;

    /** No rows. */
    public static final RowsApart NONE = new RowsApart(0, 0, List.of());

    public RowsApart {
        examples = List.copyOf(examples);
    }

    /**
     * A row that was not compared.
     *
     * @param place the row's place in its table, such as {@code line 17}
     * @param key the texts of the key columns, empty for NULL, in the order of the key
     */
    public record Example(String place, Map<String, Optional<String>> key) {
        public Example {
            Objects.requireNonNull(place, "place");
            key = Collections.unmodifiableMap(new LinkedHashMap<>(key));
        }
    }

    /** Returns the number of rows. */
    public long count() {
        return withoutKey + repeated;
    }

    /** Checks whether all rows were compared. */
    public boolean isEmpty() {
        return count() == 0;
    }
}
