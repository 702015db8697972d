package io.hybridsnapshot.csv;

import ch.randelshofer.fastdoubleparser.JavaDoubleParser;
import ch.randelshofer.fastdoubleparser.JavaFloatParser;
import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.schema.ColumnType;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Values from ranges of UTF-8 bytes. Each method returns whether the range is a value of the type and leaves the value
 * in a field. {@link #canonical} then tells whether the range equals that value's {@link CellText}, letter for letter.
 * {@code docs/csv.md} lists the accepted forms beyond the canonical one. A hot path: results are fields of this object,
 * which serves one thread.
 */
final class CellParser {
    private static final long MIN_TENTH = Long.MIN_VALUE / 10;
    /** So many digits are a {@code long}, whatever they are. */
    private static final int MAX_PLAIN_DIGITS = 18;

    private static final int[] DAYS_BEFORE_MONTH = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    private static final long DAYS_TO_1970 = 719_528;
    private static final long NANOS_A_SECOND = 1_000_000_000L;
    private static final int FLOAT_TEXT = CellText.maxBytes(ColumnType.FLOAT64);

    private final byte[] scratch = new byte[FLOAT_TEXT];
    private final byte[] digits = new byte[ColumnType.MAX_DECIMAL_PRECISION];

    /** Whether the last range is the canonical text of its value. */
    boolean canonical;

    /**
     * An integer, the unscaled value of a decimal, an epoch day, a nanosecond of a day, an epoch second, a UUID's upper
     * word.
     */
    long value;

    /** The lower word of a UUID. */
    long low;

    /** The nanosecond of the second. */
    int nanos;

    /** The unscaled value of a decimal of more than 18 digits, else null. */
    @Nullable
    BigInteger wide;

    /** A floating-point number. */
    double real;

    /** Digits before the point and after it in the last range that {@link #plainNumber} took. */
    int integerDigits;

    int fractionDigits;

    /**
     * Whether the range is a value of a type, in any spelling. {@link #canonical} tells whether the spelling is the
     * canonical one.
     */
    boolean reads(ColumnType type, byte[] b, int offset, int length) {
        return switch (type.kind()) {
            case TEXT -> {
                canonical = true;
                yield true;
            }
            case BOOLEAN -> bool(b, offset, length);
            case INT8 -> integer(b, offset, length, Byte.MIN_VALUE, Byte.MAX_VALUE);
            case INT16 -> integer(b, offset, length, Short.MIN_VALUE, Short.MAX_VALUE);
            case INT32 -> integer(b, offset, length, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case INT64 -> integer(b, offset, length, Long.MIN_VALUE, Long.MAX_VALUE);
            case DECIMAL -> decimal(b, offset, length, type.precision(), type.scale());
            case FLOAT32 -> float32(b, offset, length);
            case FLOAT64 -> float64(b, offset, length);
            case DATE -> date(b, offset, length);
            case TIME -> time(b, offset, length, type.precision());
            case TIMESTAMP -> timestamp(b, offset, length, type.precision());
            case INSTANT -> instant(b, offset, length, type.precision());
            case UUID -> uuid(b, offset, length);
            case BINARY -> binary(b, offset, length, new byte[length / 2], 0);
        };
    }

    boolean bool(byte[] b, int offset, int length) {
        canonical = false;
        if (length == 1) {
            value = b[offset] - '0';
            return value == 0 || value == 1;
        }
        if (length == 4 && matches("true", b, offset)) {
            value = 1;
            return true;
        }
        value = 0;
        return length == 5 && matches("false", b, offset);
    }

    /** A word in any case; canonical if it is in lower case. */
    private boolean matches(String word, byte[] b, int offset) {
        boolean same = true;
        for (int i = 0; i < word.length(); i++) {
            byte c = b[offset + i];
            if (c != word.charAt(i)) {
                if ((c | 0x20) != word.charAt(i) || c > 'Z') {
                    return false;
                }
                same = false;
            }
        }
        canonical = same;
        return true;
    }

    /** An integer between two bounds; also with a plus sign, leading zeros, or a fraction of zeros. */
    boolean integer(byte[] b, int offset, int length, long min, long max) {
        int end = offset + length;
        if (length <= MAX_PLAIN_DIGITS && b[offset] >= '1' && b[offset] <= '9') {
            // The usual case.
            long plain = b[offset] - '0';
            int at = offset + 1;
            while (at < end && b[at] >= '0' && b[at] <= '9') {
                plain = plain * 10 + b[at++] - '0';
            }
            if (at == end) {
                value = plain;
                canonical = true;
                return plain >= min && plain <= max;
            }
        }
        canonical = false;
        int i = offset;
        boolean negative = false;
        boolean plus = false;
        if (i < end && (b[i] == '-' || b[i] == '+')) {
            negative = b[i] == '-';
            plus = !negative;
            i++;
        }
        int first = i;
        // Negative magnitudes: every long has one.
        long negated = 0;
        while (i < end) {
            int digit = b[i] - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            if (negated < MIN_TENTH || negated == MIN_TENTH && digit > 8) {
                return false;
            }
            negated = negated * 10 - digit;
            i++;
        }
        if (i == first || i < end && !zeroFraction(b, i, end)) {
            return false;
        }
        if (negative) {
            value = negated;
        } else if (negated == Long.MIN_VALUE) {
            return false;
        } else {
            value = -negated;
        }
        canonical = i == end && !plus && (b[first] != '0' || length == 1);
        return value >= min && value <= max;
    }

    private static boolean zeroFraction(byte[] b, int at, int end) {
        if (b[at] != '.') {
            return false;
        }
        for (int i = at + 1; i < end; i++) {
            if (b[i] != '0') {
                return false;
            }
        }
        return true;
    }

    /** A decimal; also with a plus sign, leading zeros, fewer digits after the point, or more that are zero. */
    boolean decimal(byte[] b, int offset, int length, int precision, int scale) {
        canonical = false;
        wide = null;
        int end = offset + length;
        int i = offset;
        boolean negative = false;
        boolean plus = false;
        if (i < end && (b[i] == '-' || b[i] == '+')) {
            negative = b[i] == '-';
            plus = !negative;
            i++;
        }
        int first = i;
        int point = -1;
        int count = 0;
        long unscaled = 0;
        int fraction = 0;
        int seen = 0;
        for (; i < end; i++) {
            int digit = b[i] - '0';
            if (digit == '.' - '0' && point < 0) {
                point = i;
                continue;
            }
            if (digit < 0 || digit > 9) {
                return false;
            }
            seen++;
            if (point >= 0 && ++fraction > scale) {
                if (digit != 0) {
                    return false;
                }
                continue;
            }
            if (count > 0 || digit != 0) {
                if (count == precision) {
                    return false;
                }
                digits[count++] = (byte) (digit + '0');
                unscaled = unscaled * 10 + digit;
            }
        }
        if (seen == 0) {
            return false;
        }
        int missing = scale - Math.min(fraction, scale);
        if (count > 0) {
            if (count + missing > precision) {
                return false;
            }
            for (int pad = 0; pad < missing; pad++) {
                digits[count++] = '0';
                unscaled *= 10;
            }
        }
        if (count > ColumnType.MAX_LONG_PRECISION) {
            BigInteger magnitude = new BigInteger(new String(digits, 0, count, StandardCharsets.ISO_8859_1));
            wide = negative ? magnitude.negate() : magnitude;
        } else {
            value = negative ? -unscaled : unscaled;
        }
        int whole = (point < 0 ? end : point) - first;
        canonical = !plus
                && !(negative && count == 0)
                && fraction == scale
                && (point < 0) == (scale == 0)
                && whole > 0
                && (b[first] != '0' || whole == 1);
        return true;
    }

    /**
     * Whether the range is a number in the form of a decimal column: no plus, no superfluous zeros before the point, no
     * negative zero. Counts its digits.
     */
    boolean plainNumber(byte[] b, int offset, int length) {
        int end = offset + length;
        int i = offset;
        boolean negative = b[i] == '-';
        if (negative) {
            i++;
        }
        int first = i;
        boolean nonZero = false;
        while (i < end && b[i] >= '0' && b[i] <= '9') {
            nonZero |= b[i] != '0';
            i++;
        }
        int whole = i - first;
        if (whole == 0 || b[first] == '0' && whole > 1) {
            return false;
        }
        integerDigits = b[first] == '0' ? 0 : whole;
        fractionDigits = 0;
        if (i < end) {
            if (b[i++] != '.') {
                return false;
            }
            int start = i;
            while (i < end && b[i] >= '0' && b[i] <= '9') {
                nonZero |= b[i] != '0';
                i++;
            }
            fractionDigits = i - start;
            if (fractionDigits == 0 || i < end) {
                return false;
            }
        }
        return nonZero || !negative;
    }

    /** A binary64 number in decimal or exponent form, or one of the names. A number beyond the range does not count. */
    boolean float64(byte[] b, int offset, int length) {
        canonical = false;
        if (!isDecimalFloat(b, offset, length)) {
            return named(b, offset, length);
        }
        try {
            real = JavaDoubleParser.parseDouble(b, offset, length);
        } catch (NumberFormatException e) {
            return false;
        }
        if (Double.isInfinite(real)) {
            return false;
        }
        canonical =
                isShortDecimal(b, offset, length) || same(b, offset, length, scratch, CellText.write(real, scratch, 0));
        return true;
    }

    /** The same for binary32. */
    boolean float32(byte[] b, int offset, int length) {
        canonical = false;
        if (!isDecimalFloat(b, offset, length)) {
            return named(b, offset, length);
        }
        float single;
        try {
            single = JavaFloatParser.parseFloat(b, offset, length);
        } catch (NumberFormatException e) {
            return false;
        }
        real = single;
        if (Double.isInfinite(real)) {
            return false;
        }
        canonical = same(b, offset, length, scratch, CellText.write(single, scratch, 0));
        return true;
    }

    /** The parser also takes blanks around, hexadecimal forms and type suffixes, which a file does not mean. */
    private static boolean isDecimalFloat(byte[] b, int offset, int length) {
        for (int i = offset, end = offset + length; i < end; i++) {
            byte c = b[i];
            if ((c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E') {
                return false;
            }
        }
        return true;
    }

    private boolean named(byte[] b, int offset, int length) {
        if (length == 3 && b[offset] == 'N') {
            real = Double.NaN;
            return canonical = equal("NaN", b, offset, length);
        }
        real = b[offset] == '-' ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        return canonical = equal(b[offset] == '-' ? "-Infinity" : "Infinity", b, offset, length);
    }

    private static boolean equal(String text, byte[] b, int offset, int length) {
        if (text.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (b[offset + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether a cheap check shows that the range is the canonical text of its binary64 value. Binary64 distinguishes
     * decimals of up to 15 digits, so such a decimal is the shortest text of its value. False leaves the question open.
     */
    static boolean isShortDecimal(byte[] b, int offset, int length) {
        int end = offset + length;
        int i = offset;
        if (b[i] == '-') {
            i++;
        }
        if (end - i > 16 || i == end) {
            return false;
        }
        int first = i;
        while (i < end && b[i] >= '0' && b[i] <= '9') {
            i++;
        }
        int whole = i - first;
        if (whole == 0 || b[first] == '0' && whole > 1) {
            return false;
        }
        if (i == end) {
            return whole <= 15;
        }
        if (b[i] != '.' || b[end - 1] == '0' || end - i == 1) {
            return false;
        }
        if (b[first] == '0'
                && end - i > 4
                && b[i + 1] == '0'
                && b[i + 2] == '0'
                && b[i + 3] == '0'
                && b[i + 4] == '0') {
            return false;
        }
        for (i++; i < end; i++) {
            if (b[i] < '0' || b[i] > '9') {
                return false;
            }
        }
        return true;
    }

    private static boolean same(byte[] b, int offset, int length, byte[] text, int textLength) {
        if (length != textLength) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (b[offset + i] != text[i]) {
                return false;
            }
        }
        return true;
    }

    /** A day, {@code YYYY-MM-DD}; years beyond four digits with a sign. */
    boolean date(byte[] b, int offset, int length) {
        canonical = false;
        if (length == 10) {
            int year = four(b, offset);
            canonical = year >= 0;
            if (year >= 0) {
                return day(year, b, offset + 4);
            }
        }
        if (length < 11 || length > 16 || b[offset] != '-' && b[offset] != '+') {
            return false;
        }
        int yearDigits = length - 7;
        long year = 0;
        for (int i = offset + 1; i <= offset + yearDigits; i++) {
            int digit = b[i] - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
            year = year * 10 + digit;
        }
        boolean negative = b[offset] == '-';
        boolean padded = b[offset + 1] == '0' && yearDigits > 4;
        canonical = !padded && (negative ? year != 0 : year > 9_999);
        return day(negative ? -year : year, b, offset + 1 + yearDigits);
    }

    private boolean day(long year, byte[] b, int at) {
        int month = two(b, at + 1);
        int day = two(b, at + 4);
        if (b[at] != '-' || b[at + 3] != '-' || month < 1 || month > 12 || day < 1) {
            return false;
        }
        boolean leap = (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0);
        int length = DAYS_BEFORE_MONTH[month] - DAYS_BEFORE_MONTH[month - 1] + (leap && month == 2 ? 1 : 0);
        if (day > length) {
            return false;
        }
        // Days before the year since 0000-01-01: a leap day of each earlier year that has one, year 0 included.
        long leapDays = Math.floorDiv(year + 3, 4L) - Math.floorDiv(year + 99, 100L) + Math.floorDiv(year + 399, 400L);
        int sinceNewYear = DAYS_BEFORE_MONTH[month - 1] + (leap && month > 2 ? 1 : 0) + day - 1;
        value = year * 365 + leapDays + sinceNewYear - DAYS_TO_1970;
        return true;
    }

    /** A time of day, {@code HH:MM:SS[.f]}, also without seconds; digits beyond the precision have to be zero. */
    boolean time(byte[] b, int offset, int length, int precision) {
        canonical = false;
        int hour = length < 5 ? -1 : two(b, offset);
        int minute = length < 5 ? -1 : two(b, offset + 3);
        if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || b[offset + 2] != ':') {
            return false;
        }
        nanos = 0;
        if (length == 5) {
            value = (hour * 60 + minute) * 60L * NANOS_A_SECOND;
            return true;
        }
        int second = length < 8 ? -1 : two(b, offset + 6);
        if (second < 0 || second > 59 || b[offset + 5] != ':') {
            return false;
        }
        boolean exact = true;
        if (length > 8) {
            if (b[offset + 8] != '.' || length == 9) {
                return false;
            }
            int taken = 0;
            int fraction = 0;
            for (int i = offset + 9, end = offset + length; i < end; i++) {
                int digit = b[i] - '0';
                if (digit < 0 || digit > 9 || taken >= precision && digit != 0) {
                    return false;
                }
                if (taken < 9) {
                    fraction = fraction * 10 + digit;
                }
                taken++;
            }
            for (int i = taken; i < 9; i++) {
                fraction *= 10;
            }
            nanos = fraction;
            exact = b[offset + length - 1] != '0';
        }
        value = ((hour * 60 + minute) * 60L + second) * NANOS_A_SECOND + nanos;
        canonical = exact;
        return true;
    }

    /** A date and a time, a blank or a {@code T} between them; leaves the second and the nanosecond. */
    boolean timestamp(byte[] b, int offset, int length, int precision) {
        return dateTime(b, offset, length, precision, ' ');
    }

    /** A date, {@code T} or a blank, a time and {@code Z} or an offset as {@code +HH:MM}; leaves the second in UTC. */
    boolean instant(byte[] b, int offset, int length, int precision) {
        canonical = false;
        if (length < 2) {
            return false;
        }
        byte last = b[offset + length - 1];
        if (last == 'Z' || last == 'z') {
            boolean valid = dateTime(b, offset, length - 1, precision, 'T');
            canonical &= last == 'Z';
            return valid;
        }
        int zone = offset + length - 6;
        if (length < 17 || b[zone] != '+' && b[zone] != '-' || b[zone + 3] != ':') {
            return false;
        }
        int hours = two(b, zone + 1);
        int minutes = two(b, zone + 4);
        if (hours < 0 || hours > 18 || minutes < 0 || minutes > 59) {
            return false;
        }
        boolean valid = dateTime(b, offset, length - 6, precision, 'T');
        int seconds = (hours * 60 + minutes) * 60;
        value -= b[zone] == '-' ? -seconds : seconds;
        canonical = false;
        return valid;
    }

    private boolean dateTime(byte[] b, int offset, int length, int precision, char separator) {
        canonical = false;
        int split = length > 10 && (b[offset + 10] == ' ' || b[offset + 10] == 'T') ? offset + 10 : -1;
        if (split < 0) {
            for (int i = offset + 11, end = offset + Math.min(length, 18); i < end; i++) {
                if (b[i] == ' ' || b[i] == 'T') {
                    split = i;
                    break;
                }
            }
        }
        if (split < 0 || !date(b, offset, split - offset)) {
            canonical = false;
            return false;
        }
        boolean exactDate = canonical;
        long day = value;
        if (!time(b, split + 1, offset + length - split - 1, precision)) {
            return false;
        }
        value = day * 86_400 + value / NANOS_A_SECOND;
        canonical &= exactDate && b[split] == separator;
        return true;
    }

    boolean uuid(byte[] b, int offset, int length) {
        canonical = false;
        if (length != 36
                || b[offset + 8] != '-'
                || b[offset + 13] != '-'
                || b[offset + 18] != '-'
                || b[offset + 23] != '-') {
            return false;
        }
        canonical = true;
        long first = hex(b, offset, 8);
        long second = hex(b, offset + 9, 4);
        long third = hex(b, offset + 14, 4);
        long fourth = hex(b, offset + 19, 4);
        long fifth = hex(b, offset + 24, 12);
        value = first << 32 | second << 16 | third;
        low = fourth << 48 | fifth;
        return (first | second | third | fourth | fifth) >= 0;
    }

    /** Hex digits as a number of less than 64 bits, or -1. */
    private long hex(byte[] b, int offset, int length) {
        long bits = 0;
        for (int i = offset; i < offset + length; i++) {
            int digit = nibble(b[i]);
            if (digit < 0) {
                return -1;
            }
            bits = bits << 4 | digit;
        }
        return bits;
    }

    /** Pairs of hex digits into bytes; the array needs half as many bytes as there are digits. */
    boolean binary(byte[] b, int offset, int length, byte[] out, int at) {
        canonical = true;
        if ((length & 1) != 0) {
            return false;
        }
        for (int i = 0; i < length; i += 2) {
            int upper = nibble(b[offset + i]);
            int lower = nibble(b[offset + i + 1]);
            if ((upper | lower) < 0) {
                return false;
            }
            out[at + (i >> 1)] = (byte) (upper << 4 | lower);
        }
        return true;
    }

    private int nibble(byte c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        if (c >= 'a' && c <= 'f') {
            return c - 'a' + 10;
        }
        if (c >= 'A' && c <= 'F') {
            canonical = false;
            return c - 'A' + 10;
        }
        return -1;
    }

    private static int two(byte[] b, int at) {
        int tens = b[at] - '0';
        int ones = b[at + 1] - '0';
        return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
    }

    private static int four(byte[] b, int at) {
        int upper = two(b, at);
        int lower = two(b, at + 2);
        return upper < 0 || lower < 0 ? -1 : upper * 100 + lower;
    }
}
