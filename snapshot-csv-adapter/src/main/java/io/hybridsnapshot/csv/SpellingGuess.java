package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.TypeKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The spelling of numbers and dates that columns of texts look like: numbers with a decimal comma or with commas
 * between thousands, and dates in another form than ISO 8601. Nothing is read by such a guess. Immutable.
 *
 * @param commas the columns whose texts look like numbers with a decimal comma
 * @param points whether some of these numbers have points between their thousands
 * @param thousands the columns whose texts look like numbers with commas between their thousands, such as
 *     {@code 1,234}
 * @param dates by date format: the columns whose texts look like dates of that form
 */
public record SpellingGuess(
        List<String> commas, boolean points, List<String> thousands, Map<String, List<String>> dates) {
    /** No column looks like anything but text. */
    public static final SpellingGuess NOTHING = new SpellingGuess(List.of(), false, List.of(), Map.of());

    private static final Pattern COMMA = Pattern.compile("[+-]?(?:\\d+|\\d{1,3}(?:\\.\\d{3})+)(,\\d+)?");
    private static final Pattern GROUPS = Pattern.compile("[+-]?\\d{1,3}(,\\d{3})*(?:\\.\\d+)?|[+-]?\\d+(?:\\.\\d+)?");
    private static final Pattern POINTS = Pattern.compile("[+-]?\\d{1,3}(?:\\.\\d{3})+,\\d+");
    private static final Pattern DATE = Pattern.compile("(\\d{1,2})([./-])(\\d{1,2})\\2(\\d{4})");
    private static final int LONGEST = 40;
    private static final int MONTHS = 12;
    private static final int DAYS = 31;

    public SpellingGuess {
        commas = List.copyOf(commas);
        thousands = List.copyOf(thousands);
        dates = Map.copyOf(dates);
    }

    /** Looks at the texts of some rows. Each text of a column, of which there is at least one, has to agree. */
    public static SpellingGuess of(RowBatch rows) {
        List<String> commas = new ArrayList<>();
        boolean points = false;
        List<String> thousands = new ArrayList<>();
        Map<String, List<String>> dates = new LinkedHashMap<>();
        for (int column = 0; column < rows.schema().size(); column++) {
            if (rows.schema().column(column).type().kind() != TypeKind.TEXT) {
                continue;
            }
            String name = rows.schema().column(column).name();
            Look look = new Look();
            BytesVector texts = (BytesVector) rows.vector(column);
            for (int row = 0; row < rows.rowCount() && look.isOpen(); row++) {
                if (!texts.isNull(row)) {
                    int length = texts.end(row) - texts.start(row);
                    look.at(
                            length > LONGEST
                                    ? ""
                                    : new String(texts.data(), texts.start(row), length, StandardCharsets.UTF_8));
                }
            }
            if (look.isGrouped()) {
                thousands.add(name);
            } else if (look.isNumber()) {
                commas.add(name);
                points |= look.points;
            }
            look.dateFormat()
                    .ifPresent(format -> dates.computeIfAbsent(format, key -> new ArrayList<>())
                            .add(name));
        }
        SpellingGuess guess = new SpellingGuess(commas, points, thousands, dates);
        return guess.isEmpty() ? NOTHING : guess;
    }

    /** Whether no column looks like anything but text. */
    public boolean isEmpty() {
        return commas.isEmpty() && thousands.isEmpty() && dates.isEmpty();
    }

    /** What the texts of one column have in common so far. */
    private static final class Look {
        private boolean numbers = true;
        private boolean comma;
        private boolean grouped = true;
        private boolean group;
        private boolean points;
        private boolean dates = true;
        private boolean dayFirst = true;
        private boolean monthFirst = true;
        private boolean padded = true;
        private char separator;

        boolean isOpen() {
            return numbers || grouped || dates;
        }

        void at(String text) {
            Matcher number = numbers ? COMMA.matcher(text) : null;
            if (number != null) {
                numbers = number.matches();
                comma |= numbers && number.group(1) != null;
                points |= numbers && POINTS.matcher(text).matches();
            }
            Matcher groups = grouped ? GROUPS.matcher(text) : null;
            if (groups != null) {
                grouped = groups.matches();
                group |= grouped && groups.group(1) != null;
            }
            if (dates) {
                takeDate(DATE.matcher(text));
            }
        }

        private void takeDate(Matcher date) {
            dates = date.matches()
                    && (separator == 0 || separator == date.group(2).charAt(0));
            if (!dates) {
                return;
            }
            separator = date.group(2).charAt(0);
            int first = Integer.parseInt(date.group(1));
            int second = Integer.parseInt(date.group(3));
            dayFirst &= first >= 1 && first <= DAYS && second >= 1 && second <= MONTHS;
            monthFirst &= second >= 1 && second <= DAYS && first >= 1 && first <= MONTHS;
            padded &= date.group(1).length() == 2 && date.group(3).length() == 2;
            dates = dayFirst || monthFirst;
        }

        boolean isNumber() {
            return numbers && comma;
        }

        /** Three digits behind each comma are taken for thousands: a decimal comma has other numbers of digits, too. */
        boolean isGrouped() {
            return grouped && group;
        }

        /** The format of the dates; that with the day first if both are possible, unless slashes separate them. */
        Optional<String> dateFormat() {
            if (!dates || separator == 0) {
                return Optional.empty();
            }
            String day = padded ? "dd" : "d";
            String month = padded ? "MM" : "M";
            boolean dayComesFirst = dayFirst && !(monthFirst && separator == '/');
            return Optional.of(
                    (dayComesFirst ? day + separator + month : month + separator + day) + separator + "yyyy");
        }
    }
}
