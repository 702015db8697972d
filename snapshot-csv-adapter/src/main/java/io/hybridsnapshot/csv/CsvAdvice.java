package io.hybridsnapshot.csv;

import java.util.Objects;

/**
 * Tells the user of the calling program how to change the settings of a CSV source; errors end with this advice. Each
 * text completes the sentence "to read the file otherwise, …". Immutable.
 *
 * @param separator the way to set another separator
 * @param types the way to give a type to all columns
 */
public record CsvAdvice(String separator, String types) {
    /** For programs that use {@link CsvFormat} themselves. */
    public static final CsvAdvice DEFAULT = new CsvAdvice("set the format's separator", "declare a default type");

    public CsvAdvice {
        Objects.requireNonNull(separator, "separator");
        Objects.requireNonNull(types, "types");
    }
}
