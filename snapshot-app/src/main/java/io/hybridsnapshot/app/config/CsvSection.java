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
    /** What an empty cell means. */
    public enum EmptyCell {
        /** NULL, quoted or not. */
        NULL,
        /** An empty text, quoted or not. */
        TEXT,
        /** NULL where nothing stands between two separators, an empty text where it is quoted. */
        UNQUOTED_NULL
    }

    /** Nothing said. */
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
