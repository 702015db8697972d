package io.hybridsnapshot.csv;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import java.nio.charset.Charset;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The reading of a CSV file. A column's type is the declared one, or else its type in an earlier snapshot, or else the
 * default type, or else inferred.
 *
 * @param separator between cells; an ASCII character other than a letter, a digit, NUL or a line break
 * @param quote around cells that hold a separator, a quote or a line break; doubled within. Subject to the rules of the
 *     separator, and different from it
 * @param emptyCells the meaning of an empty cell
 * @param types the types of some columns by exact name; each column MUST be in the file
 * @param defaultType the type of the columns that are neither declared nor known, or empty to infer it
 * @param inference the way to find the types of the other columns
 * @param encoding of the file's characters. A file that starts with a byte order mark of UTF-8 or UTF-16 is read as the
 *     mark says
 * @param values the spelling of NULL, numbers and dates
 */
public record CsvFormat(
        char separator,
        char quote,
        EmptyCells emptyCells,
        Map<String, ColumnType> types,
        Optional<ColumnType> defaultType,
        Inference inference,
        Charset encoding,
        CsvValues values) {
    /** Comma, double quote, empty is NULL, all types inferred, UTF-8. */
    public static final CsvFormat DEFAULT = new CsvFormat(
            ',',
            '"',
            EmptyCells.EMPTY_IS_NULL,
            Map.of(),
            Optional.empty(),
            Inference.LOSSLESS,
            UTF_8,
            CsvValues.DEFAULT);

    public CsvFormat {
        requireDelimiters(separator, quote);
        Objects.requireNonNull(emptyCells, "emptyCells");
        types = Map.copyOf(types);
        Objects.requireNonNull(defaultType, "defaultType");
        Objects.requireNonNull(inference, "inference");
        Objects.requireNonNull(encoding, "encoding");
        Objects.requireNonNull(values, "values");
    }

    /** The same with another separator. */
    public CsvFormat withSeparator(char other) {
        return new CsvFormat(other, quote, emptyCells, types, defaultType, inference, encoding, values);
    }

    /** The same with another quote character. */
    public CsvFormat withQuote(char other) {
        return new CsvFormat(separator, other, emptyCells, types, defaultType, inference, encoding, values);
    }

    /** The same with another meaning of empty cells. */
    public CsvFormat withEmptyCells(EmptyCells other) {
        return new CsvFormat(separator, quote, other, types, defaultType, inference, encoding, values);
    }

    /** The same with other declared types. */
    public CsvFormat withTypes(Map<String, ColumnType> other) {
        return new CsvFormat(separator, quote, emptyCells, other, defaultType, inference, encoding, values);
    }

    /** The same with a type for all columns that are neither declared nor known. */
    public CsvFormat withDefaultType(ColumnType type) {
        return new CsvFormat(separator, quote, emptyCells, types, Optional.of(type), inference, encoding, values);
    }

    /** The same with another way to find types. */
    public CsvFormat withInference(Inference other) {
        return new CsvFormat(separator, quote, emptyCells, types, defaultType, other, encoding, values);
    }

    /** The same with another encoding of the file's characters. */
    public CsvFormat withEncoding(Charset other) {
        return new CsvFormat(separator, quote, emptyCells, types, defaultType, inference, other, values);
    }

    /** The same with another spelling of NULL, numbers and dates. */
    public CsvFormat withValues(CsvValues other) {
        return new CsvFormat(separator, quote, emptyCells, types, defaultType, inference, encoding, other);
    }

    /** A letter or a digit occurs in numbers, and a character of several bytes cannot be recognised byte by byte. */
    static void requireDelimiters(char separator, char quote) {
        requireDelimiter("separator", separator);
        requireDelimiter("quote character", quote);
        if (separator == quote) {
            throw SnapshotException.invalidRequest("the separator is the quote character")
                    .actual(shown(separator))
                    .expected("two different characters")
                    .build();
        }
    }

    private static void requireDelimiter(String what, char c) {
        if (c == 0 || c == '\n' || c == '\r' || c > 0x7E || Character.isLetterOrDigit(c)) {
            throw SnapshotException.invalidRequest("not a " + what)
                    .actual(shown(c))
                    .expected("an ASCII character other than a letter, a digit, NUL or a line break")
                    .build();
        }
    }

    static String shown(char c) {
        return c > 0x20 && c < 0x7F ? "'" + c + "'" : String.format("U+%04X", (int) c);
    }
}
