package io.hybridsnapshot.csv;

import java.util.Objects;

/**
 * The form of a written CSV file.
 *
 * @param separator between cells; an ASCII character other than a letter, a digit, NUL or a line break
 * @param quote around cells that need it. Subject to the rules of the separator, and different from it
 * @param lineEnd the end of every line, the last included
 * @param formulaCells the treatment of texts that a spreadsheet program would take for a formula
 */
public record CsvLayout(char separator, char quote, LineEnd lineEnd, FormulaCells formulaCells) {
    /** Comma, double quote, LF, formulas unchanged. */
    public static final CsvLayout DEFAULT = new CsvLayout(',', '"', LineEnd.LF, FormulaCells.KEPT);

    public CsvLayout {
        CsvFormat.requireDelimiters(separator, quote);
        Objects.requireNonNull(lineEnd, "lineEnd");
        Objects.requireNonNull(formulaCells, "formulaCells");
    }

    /** The same with another separator. */
    public CsvLayout withSeparator(char other) {
        return new CsvLayout(other, quote, lineEnd, formulaCells);
    }

    /** The same with another quote character. */
    public CsvLayout withQuote(char other) {
        return new CsvLayout(separator, other, lineEnd, formulaCells);
    }

    /** The same with another line end. */
    public CsvLayout withLineEnd(LineEnd other) {
        return new CsvLayout(separator, quote, other, formulaCells);
    }

    /** The same with another treatment of texts that look like formulas. */
    public CsvLayout withFormulaCells(FormulaCells other) {
        return new CsvLayout(separator, quote, lineEnd, other);
    }
}
