package io.hybridsnapshot.app.config;

import io.hybridsnapshot.csv.CsvValues;
import java.nio.charset.Charset;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The form of a dataset's CSV file. Empty values have their defaults. Immutable.
 *
 * @param separator between cells; default comma, or tab for a {@code .tsv}
 * @param quote around cells; default the double quote
 * @param empty the meaning of an empty cell; default NULL
 * @param encoding of the characters; default UTF-8, or UTF-16 by a byte order mark
 * @param spelling of NULL, numbers and dates
 * @param header whether the first record names the columns; default yes
 */
public record CsvSection(
        Optional<Character> separator,
        Optional<Character> quote,
        Optional<EmptyCell> empty,
        Optional<Charset> encoding,
        Spelling spelling,
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

    /**
     * The spelling of values. Empty values have their defaults. Immutable.
     *
     * @param nulls the texts that stand for NULL
     * @param decimal the decimal separator; default a point
     * @param thousands the thousands separator; default none
     * @param dateFormat the form of dates; default {@code yyyy-MM-dd}
     */
    public record Spelling(
            Set<String> nulls,
            Optional<Character> decimal,
            Optional<Character> thousands,
            Optional<String> dateFormat) {
        /** All values empty. */
        public static final Spelling DEFAULT =
                new Spelling(Set.of(), Optional.empty(), Optional.empty(), Optional.empty());

        public Spelling {
            nulls = Collections.unmodifiableSet(new LinkedHashSet<>(nulls));
            Objects.requireNonNull(decimal, "decimal");
            Objects.requireNonNull(thousands, "thousands");
            Objects.requireNonNull(dateFormat, "dateFormat");
        }

        /**
         * The spelling for the reader of CSV files.
         *
         * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if the values do not fit each other
         */
        public CsvValues values() {
            return new CsvValues(nulls, decimal.orElse('.'), thousands, dateFormat);
        }

        /** The values of another spelling, and those of this one where the other one is empty. */
        Spelling overriddenBy(Spelling other) {
            return new Spelling(
                    other.nulls.isEmpty() ? nulls : other.nulls,
                    other.decimal.or(() -> decimal),
                    other.thousands.or(() -> thousands),
                    other.dateFormat.or(() -> dateFormat));
        }
    }

    /** All values empty. */
    public static final CsvSection DEFAULT = new CsvSection(Optional.empty(), Optional.empty(), Optional.empty());

    /** A form in the usual encoding and spelling. */
    public CsvSection(Optional<Character> separator, Optional<Character> quote, Optional<EmptyCell> empty) {
        this(separator, quote, empty, Optional.empty(), Spelling.DEFAULT, Optional.empty());
    }

    public CsvSection {
        Objects.requireNonNull(separator, "separator");
        Objects.requireNonNull(quote, "quote");
        Objects.requireNonNull(empty, "empty");
        Objects.requireNonNull(encoding, "encoding");
        Objects.requireNonNull(spelling, "spelling");
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
                spelling.overriddenBy(other.spelling),
                other.header.or(() -> header));
    }
}
