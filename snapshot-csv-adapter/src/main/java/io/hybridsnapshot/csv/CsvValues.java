package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The spelling of values in a CSV file. Immutable.
 *
 * @param nullTexts the texts of a whole cell that stand for NULL, in quotes or not; upper and lower case count
 * @param decimalSeparator between the digits of a number before and after the point; a point or a comma
 * @param thousandsSeparator between groups of three digits before the point, which a number may have or lack; empty:
 *     numbers have none. A point, a comma, an apostrophe, a blank, or one of the characters U+00A0, U+2019 and U+202F
 * @param dateFormat the form of a date, alone or before a time; empty: {@code yyyy-MM-dd}. Each of {@code dd} or
 *     {@code d}, {@code MM} or {@code M}, and {@code yyyy} stands in it once, with other ASCII characters between them.
 *     {@code d} and {@code M} also take one digit
 */
public record CsvValues(
        Set<String> nullTexts,
        char decimalSeparator,
        Optional<Character> thousandsSeparator,
        Optional<String> dateFormat) {
    /** The spelling of {@code docs/csv.md}: a point, no thousands separator, ISO 8601 dates. */
    public static final CsvValues DEFAULT = new CsvValues(Set.of(), '.', Optional.empty(), Optional.empty());

    private static final String THOUSANDS = ".,' \u00A0\u2019\u202F";

    /**
     * Checks the spelling.
     *
     * @throws SnapshotException INVALID_REQUEST for a separator that is not allowed, two equal separators, or a date
     *     format that does not have all parts once
     */
    public CsvValues {
        nullTexts = Set.copyOf(nullTexts);
        Objects.requireNonNull(thousandsSeparator, "thousandsSeparator");
        Objects.requireNonNull(dateFormat, "dateFormat");
        if (decimalSeparator != '.' && decimalSeparator != ',') {
            throw SnapshotException.invalidRequest("not a decimal separator")
                    .actual(CsvFormat.shown(decimalSeparator))
                    .expected("a point or a comma")
                    .build();
        }
        if (thousandsSeparator.isPresent()) {
            char thousands = thousandsSeparator.get();
            if (THOUSANDS.indexOf(thousands) < 0) {
                throw SnapshotException.invalidRequest("not a thousands separator")
                        .actual(CsvFormat.shown(thousands))
                        .expected("a point, a comma, an apostrophe or a blank")
                        .build();
            }
            if (thousands == decimalSeparator) {
                throw SnapshotException.invalidRequest("the thousands separator is the decimal separator")
                        .actual(CsvFormat.shown(thousands))
                        .expected("two different characters")
                        .nextStep("name the decimal separator too")
                        .build();
            }
        }
        dateFormat.ifPresent(DatePattern::of);
    }

    /** Returns the same spelling with other texts for NULL. */
    public CsvValues withNullTexts(Set<String> others) {
        return new CsvValues(others, decimalSeparator, thousandsSeparator, dateFormat);
    }

    /** Returns the same spelling with other separators in numbers. */
    public CsvValues withNumbers(char decimal, Optional<Character> thousands) {
        return new CsvValues(nullTexts, decimal, thousands, dateFormat);
    }

    /** Returns the same spelling with another form of dates. */
    public CsvValues withDateFormat(String format) {
        return new CsvValues(nullTexts, decimalSeparator, thousandsSeparator, Optional.of(format));
    }

    boolean hasOwnNumbers() {
        return decimalSeparator != '.' || thousandsSeparator.isPresent();
    }

    byte[] thousands() {
        return thousandsSeparator
                .map(separator -> separator.toString().getBytes(StandardCharsets.UTF_8))
                .orElse(new byte[0]);
    }
}
