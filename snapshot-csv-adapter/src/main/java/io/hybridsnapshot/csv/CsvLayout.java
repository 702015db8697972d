package io.hybridsnapshot.csv;

import java.util.Objects;

/**
 * How a CSV file is written.
 *
 * @param separator between cells; an ASCII character other than a letter, a digit, NUL or a line break
 * @param quote around cells that need it; like the separator, and another one
 * @param lineEnd what ends every line, the last included
 */
public record CsvLayout(char separator, char quote, LineEnd lineEnd) {
    /** Comma, double quote, LF. */
    public static final CsvLayout DEFAULT = new CsvLayout(',', '"', LineEnd.LF);

    public CsvLayout {
        CsvFormat.requireDelimiters(separator, quote);
        Objects.requireNonNull(lineEnd, "lineEnd");
    }

    /** The same with another separator. */
    public CsvLayout withSeparator(char other) {
        return new CsvLayout(other, quote, lineEnd);
    }

    /** The same with another quote character. */
    public CsvLayout withQuote(char other) {
        return new CsvLayout(separator, other, lineEnd);
    }

    /** The same with another line end. */
    public CsvLayout withLineEnd(LineEnd other) {
        return new CsvLayout(separator, quote, other);
    }
}
