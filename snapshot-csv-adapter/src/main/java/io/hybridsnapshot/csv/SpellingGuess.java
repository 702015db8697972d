package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.TypeKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
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
 * @param types by column of numbers whose type is not inferred in any spelling, because their digits differ: a type
 *     that reads them. Numbers such as {@code 2,5} and {@code 1,50} are an example: without a type, each number has to
 *     be the only spelling of its value
 * @param dates by date format: the columns whose texts look like dates of that form
 */
public record SpellingGuess(
        List<String> commas,
        boolean points,
        List<String> thousands,
        Map<String, ColumnType> types,
        Map<String, List<String>> dates) {
    /** No column looks like anything but text. */
    public static final SpellingGuess NOTHING = new SpellingGuess(List.of(), false, List.of(), Map.of(), Map.of());

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
        types = Collections.unmodifiableMap(new LinkedHashMap<>(types));
        dates = Map.copyOf(dates);
    }

    /** Looks at the texts of some rows. Each text of a column, of which there is at least one, has to agree. */
    public static SpellingGuess of(RowBatch rows) {
        List<String> commas = new ArrayList<>();
        boolean points = false;
        List<String> thousands = new ArrayList<>();
        Map<String, ColumnType> types = new LinkedHashMap<>();
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
                look.groupedDigits.type().ifPresent(type -> types.put(name, type));
            } else if (look.isNumber()) {
                commas.add(name);
                points |= look.points;
                look.digits.type().ifPresent(type -> types.put(name, type));
            }
            look.dateFormat()
                    .ifPresent(format -> dates.computeIfAbsent(format, key -> new ArrayList<>())
                            .add(name));
        }
        SpellingGuess guess = new SpellingGuess(commas, points, thousands, types, dates);
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
        private final Digits digits = new Digits();
        private final Digits groupedDigits = new Digits();
        private boolean dates = true;
        private boolean dayFirst = true;
        private boolean monthFirst = true;
        private boolean twoDigits = true;
        private boolean padded;
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
                digits.add(text, ',');
            }
            Matcher groups = grouped ? GROUPS.matcher(text) : null;
            if (groups != null) {
                grouped = groups.matches();
                group |= grouped && groups.group(1) != null;
                groupedDigits.add(text, '.');
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
            twoDigits &= date.group(1).length() == 2 && date.group(3).length() == 2;
            padded |= date.group(1).startsWith("0") || date.group(3).startsWith("0");
            dates = dayFirst || monthFirst;
        }

        boolean isNumber() {
            return numbers && comma;
        }

        /** Three digits behind each comma are taken for thousands: a decimal comma has other numbers of digits, too. */
        boolean isGrouped() {
            return grouped && group;
        }

        /**
         * The format of the dates; that with the day first if both are possible, unless slashes separate them. Two
         * digits are demanded only if a date has a zero before a digit.
         */
        Optional<String> dateFormat() {
            if (!dates || separator == 0) {
                return Optional.empty();
            }
            String day = twoDigits && padded ? "dd" : "d";
            String month = twoDigits && padded ? "MM" : "M";
            boolean dayComesFirst = dayFirst && !(monthFirst && separator == '/');
            return Optional.of(
                    (dayComesFirst ? day + separator + month : month + separator + day) + separator + "yyyy");
        }
    }

    /** The digits of a column's numbers. */
    private static final class Digits {
        private int integerDigits;
        private int scale = -1;
        private boolean oneScale = true;
        private boolean superfluous;
        private boolean spelled;

        /** Counts the digits before and behind the decimal separator. */
        void add(String text, char separator) {
            int point = text.indexOf(separator);
            String integer = (point < 0 ? text : text.substring(0, point)).replaceAll("[^0-9]", "");
            int fraction = point < 0 ? 0 : text.length() - point - 1;
            integerDigits = Math.max(integerDigits, integer.length());
            oneScale &= scale < 0 || scale == fraction;
            scale = Math.max(scale, fraction);
            superfluous |= fraction > 0 && text.endsWith("0");
            spelled |= text.startsWith("+") || integer.length() > 1 && integer.startsWith("0");
        }

        /** The type to declare; empty if one is inferred, or if none holds the numbers. */
        Optional<ColumnType> type() {
            if (!spelled && (oneScale || !superfluous)) {
                return Optional.empty();
            }
            int digits = integerDigits + scale;
            return digits > ColumnType.MAX_DECIMAL_PRECISION
                    ? Optional.empty()
                    : Optional.of(ColumnType.decimal(
                            digits <= ColumnType.MAX_LONG_PRECISION
                                    ? ColumnType.MAX_LONG_PRECISION
                                    : ColumnType.MAX_DECIMAL_PRECISION,
                            scale));
        }
    }
}
