package io.hybridsnapshot.app.config;

import java.util.Objects;
import java.util.Optional;

/**
 * The form of a dataset's CSV file. Empty values have their defaults. Immutable.
 *
 * @param separator between cells; default comma, or tab for a {@code .tsv}
 * @param quote around cells; default the double quote
 * @param empty the meaning of an empty cell; default NULL
 */
public record CsvSection(Optional<Character> separator, Optional<Character> quote, Optional<EmptyCell> empty) {
    /** The meaning of an empty cell. */
    public enum EmptyCell {
        /** NULL, quoted or not. */
        NULL,
        /** An empty text, quoted or not. */
        TEXT,
        /** NULL for an empty unquoted cell, an empty text for a quoted one. */
        UNQUOTED_NULL
    }

    /** All values empty. */
    public static final CsvSection DEFAULT = new CsvSection(Optional.empty(), Optional.empty(), Optional.empty());

    public CsvSection {
        Objects.requireNonNull(separator, "separator");
        Objects.requireNonNull(quote, "quote");
        Objects.requireNonNull(empty, "empty");
    }

    /** The values of another section, and those of this section where the other one is empty. */
    CsvSection overriddenBy(CsvSection other) {
        return new CsvSection(
                other.separator.or(() -> separator), other.quote.or(() -> quote), other.empty.or(() -> empty));
    }
}
