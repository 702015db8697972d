package io.hybridsnapshot.app.config;

import java.nio.charset.Charset;
import java.util.Objects;
import java.util.Optional;

/**
 * The form of a dataset's CSV file. Empty values have their defaults. Immutable.
 *
 * @param separator between cells; default comma, or tab for a {@code .tsv}
 * @param quote around cells; default the double quote
 * @param empty the meaning of an empty cell; default NULL
 * @param encoding of the characters; default UTF-8, or UTF-16 by a byte order mark
 * @param header whether the first record names the columns; default yes
 */
public record CsvSection(
        Optional<Character> separator,
        Optional<Character> quote,
        Optional<EmptyCell> empty,
        Optional<Charset> encoding,
        Optional<Header> header) {
    /** Whether a file has a header. */
    public enum Header {
        /** The first record names the columns. */
        YES,
        /** The first record is a row; the columns are numbered. */
        NO
    }

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

    /** A form in the usual encoding. */
    public CsvSection(Optional<Character> separator, Optional<Character> quote, Optional<EmptyCell> empty) {
        this(separator, quote, empty, Optional.empty(), Optional.empty());
    }

    public CsvSection {
        Objects.requireNonNull(separator, "separator");
        Objects.requireNonNull(quote, "quote");
        Objects.requireNonNull(empty, "empty");
        Objects.requireNonNull(encoding, "encoding");
        Objects.requireNonNull(header, "header");
    }

    /** The encoding of a name, such as {@code windows-1252}; empty: this Java knows none of this name. */
    public static Optional<Charset> encoding(String name) {
        try {
            return Optional.of(Charset.forName(name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The values of another section, and those of this section where the other one is empty. */
    public CsvSection overriddenBy(CsvSection other) {
        return new CsvSection(
                other.separator.or(() -> separator),
                other.quote.or(() -> quote),
                other.empty.or(() -> empty),
                other.encoding.or(() -> encoding),
                other.header.or(() -> header));
    }
}
