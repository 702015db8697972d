package io.hybridsnapshot.csv;

import java.util.Objects;

/**
 * How a user of the calling program changes the settings of a CSV source; errors end with it. Each text completes the sentence "to read the
 * file otherwise, …". Immutable.
 *
 * @param separator how another separator is set
 * @param types how a type is given to all columns
 */
public record CsvAdvice(String separator, String types) {
    /** For programs that use {@link CsvFormat} themselves. */
    public static final CsvAdvice DEFAULT = new CsvAdvice("set the format's separator", "declare a default type");

    public CsvAdvice {
        Objects.requireNonNull(separator, "separator");
        Objects.requireNonNull(types, "types");
    }
}
