package io.hybridsnapshot.domain.batch;

import io.hybridsnapshot.domain.schema.ColumnType;
import java.nio.charset.StandardCharsets;

/**
 * The one canonical text of a cell, in which files, reports and comparisons show it ({@code docs/csv.md} lists the
 * forms). Two cells of one type have the same text only if they are equal, with one exception: a lone surrogate of a
 * text becomes U+FFFD, since UTF-8 has no form for it. A hot path: {@link #write} fills the caller's array and makes no
 * object, wide decimals beyond a {@code long} aside. Stateless, any number of threads.
 */
public final class CellText {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private static final int NANOS_A_SECOND = 1_000_000_000;
    private static final int SECONDS_A_DAY = 86_400;

    /** Sign, 38 digits (or 128 bits), point, leading zero. */
    private static final int MAX_NUMBER = 44;

    /** A date of any {@code long} number of days, a separator, a time with nine digits and a zone. */
    private static final int MAX_TIME = 52;

    private static final int UUID_LENGTH = 36;

    private CellText() {}

    /** Returns how many bytes {@link #write} needs at the most for this cell; 0 for NULL. */
    public static int maxBytes(ColumnType type, ColumnVector vector, int row) {
        if (vector.isNull(row)) {
            return 0;
        }
        return switch (type.kind()) {
            case TEXT -> ((BytesVector) vector).length(row);
            case BINARY -> Math.multiplyExact(2, ((BytesVector) vector).length(row));
            default -> maxBytes(type);
        };
    }

    /**
     * Returns the most bytes that {@link #write} needs for any cell of a type other than TEXT and BINARY.
     *
     * @throws IllegalArgumentException for TEXT and BINARY, since their cells have no bound
     */
    public static int maxBytes(ColumnType type) {
        return switch (type.kind()) {
            case BOOLEAN -> 5;
            case INT8, INT16, INT32, INT64, DECIMAL -> MAX_NUMBER;
            case FLOAT32, FLOAT64 -> FloatText.MAX_BYTES;
            case DATE, TIME, TIMESTAMP, INSTANT -> MAX_TIME;
            case UUID -> UUID_LENGTH;
            case TEXT, BINARY -> throw new IllegalArgumentException(type + " has no bound");
        };
    }

    /**
     * Writes the cell's text as UTF-8 from {@code at} and returns the end, exclusive. The array needs {@link
     * #maxBytes(ColumnType, ColumnVector, int)} bytes there. NULL has no text, so nothing is written; {@link
     * ColumnVector#isNull} distinguishes it from an empty text.
     *
     * @throws ClassCastException if the vector is not of the type's class
     */
    public static int write(ColumnType type, ColumnVector vector, int row, byte[] out, int at) {
        if (vector.isNull(row)) {
            return at;
        }
        return switch (type.kind()) {
            case BOOLEAN -> bool(((BooleanVector) vector).get(row), out, at);
            case INT8, INT16, INT32, INT64 -> integer(((LongVector) vector).get(row), out, at);
            case DECIMAL -> decimal(type, vector, row, out, at);
            case FLOAT32 -> FloatText.write((float) ((DoubleVector) vector).get(row), out, at);
            case FLOAT64 -> FloatText.write(((DoubleVector) vector).get(row), out, at);
            case TEXT -> text((BytesVector) vector, row, out, at);
            case BINARY -> hex((BytesVector) vector, row, out, at);
            case DATE -> date(((LongVector) vector).get(row), out, at);
            case TIME -> time(((LongVector) vector).get(row), out, at);
            case TIMESTAMP -> timestamp((TimestampVector) vector, row, ' ', out, at);
            case INSTANT -> {
                int end = timestamp((TimestampVector) vector, row, 'T', out, at);
                out[end] = 'Z';
                yield end + 1;
            }
            case UUID -> uuid((UuidVector) vector, row, out, at);
        };
    }

    /** Returns the cell's text as an object, for reports and messages; empty for NULL. */
    public static String of(ColumnType type, ColumnVector vector, int row) {
        byte[] bytes = new byte[maxBytes(type, vector, row)];
        return new String(bytes, 0, write(type, vector, row, bytes, 0), StandardCharsets.UTF_8);
    }

    /**
     * Writes the text of a FLOAT64 value; the array needs {@link #maxBytes(ColumnType)} bytes. Returns the end,
     * exclusive.
     */
    public static int write(double value, byte[] out, int at) {
        return FloatText.write(value, out, at);
    }

    /**
     * Writes the text of a FLOAT32 value; the array needs {@link #maxBytes(ColumnType)} bytes. Returns the end,
     * exclusive.
     */
    public static int write(float value, byte[] out, int at) {
        return FloatText.write(value, out, at);
    }

    private static int bool(boolean value, byte[] out, int at) {
        int o = at;
        if (value) {
            out[o++] = 't';
            out[o++] = 'r';
            out[o++] = 'u';
        } else {
            out[o++] = 'f';
            out[o++] = 'a';
            out[o++] = 'l';
            out[o++] = 's';
        }
        out[o++] = 'e';
        return o;
    }

    private static int integer(long value, byte[] out, int at) {
        return value < 0 ? magnitude(value, 1, out, minus(out, at)) : magnitude(-value, 1, out, at);
    }

    /**
     * Writes the digits of a negated magnitude (which every {@code long} has), with zeros before them up to a width.
     */
    private static int magnitude(long negated, int width, byte[] out, int at) {
        int length = 1;
        for (long rest = negated; rest <= -10; rest /= 10) {
            length++;
        }
        int end = at + Math.max(length, width);
        long rest = negated;
        for (int i = end - 1; i >= at; i--) {
            long next = rest / 10;
            out[i] = (byte) ('0' + (next * 10 - rest));
            rest = next;
        }
        return end;
    }

    private static int decimal(ColumnType type, ColumnVector vector, int row, byte[] out, int at) {
        if (vector instanceof DecimalVector wide) {
            if (!wide.fitsLong(row)) {
                String digits = wide.unscaled(row).abs().toString();
                int start = wide.high(row) < 0 ? minus(out, at) : at;
                int pad = Math.max(0, type.scale() + 1 - digits.length());
                int o = start;
                for (int i = 0; i < pad; i++) {
                    out[o++] = '0';
                }
                for (int i = 0; i < digits.length(); i++) {
                    out[o++] = (byte) digits.charAt(i);
                }
                return point(type.scale(), out, o);
            }
            return decimal(wide.low(row), type.scale(), out, at);
        }
        return decimal(((LongVector) vector).get(row), type.scale(), out, at);
    }

    private static int decimal(long unscaled, int scale, byte[] out, int at) {
        int start = unscaled < 0 ? minus(out, at) : at;
        return point(scale, out, magnitude(unscaled < 0 ? unscaled : -unscaled, scale + 1, out, start));
    }

    /** Moves the last digits, as many as the scale, one place on and writes the point before them. */
    private static int point(int scale, byte[] out, int end) {
        if (scale == 0) {
            return end;
        }
        System.arraycopy(out, end - scale, out, end - scale + 1, scale);
        out[end - scale] = '.';
        return end + 1;
    }

    private static int text(BytesVector vector, int row, byte[] out, int at) {
        int length = vector.length(row);
        byte[] data = vector.data();
        int start = vector.start(row);
        System.arraycopy(data, start, out, at, length);
        int end = at + length;
        for (int i = at; i < end - 2; i++) {
            if (out[i] == (byte) 0xED && (out[i + 1] & 0xE0) == 0xA0) {
                out[i] = (byte) 0xEF;
                out[i + 1] = (byte) 0xBF;
                out[i + 2] = (byte) 0xBD;
            }
        }
        return end;
    }

    private static int hex(BytesVector vector, int row, byte[] out, int at) {
        byte[] data = vector.data();
        int o = at;
        for (int i = vector.start(row), end = vector.end(row); i < end; i++) {
            out[o++] = HEX[data[i] >> 4 & 0xF];
            out[o++] = HEX[data[i] & 0xF];
        }
        return o;
    }

    /**
     * Returns the proleptic Gregorian date of an epoch day, in years that start in March so that the leap day is a
     * year's last.
     */
    private static int date(long epochDay, byte[] out, int at) {
        long shifted = epochDay + 719_468;
        long era = Math.floorDiv(shifted, 146_097L);
        int dayOfEra = (int) (shifted - era * 146_097);
        int yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int marchMonth = (5 * dayOfYear + 2) / 153;
        int day = dayOfYear - (153 * marchMonth + 2) / 5 + 1;
        int month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
        long year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
        int o = at;
        if (year < 0) {
            o = minus(out, o);
        } else if (year > 9_999) {
            out[o++] = '+';
        }
        o = magnitude(year < 0 ? year : -year, 4, out, o);
        out[o++] = '-';
        o = two(month, out, o);
        out[o++] = '-';
        return two(day, out, o);
    }

    private static int time(long nanoOfDay, byte[] out, int at) {
        return clock((int) (nanoOfDay / NANOS_A_SECOND), (int) (nanoOfDay % NANOS_A_SECOND), out, at);
    }

    private static int timestamp(TimestampVector vector, int row, char separator, byte[] out, int at) {
        long second = vector.epochSecond(row);
        long day = Math.floorDiv(second, (long) SECONDS_A_DAY);
        int o = date(day, out, at);
        out[o++] = (byte) separator;
        return clock((int) (second - day * SECONDS_A_DAY), vector.nanoOfSecond(row), out, o);
    }

    private static int clock(int secondOfDay, int nanos, byte[] out, int at) {
        int o = two(secondOfDay / 3_600, out, at);
        out[o++] = ':';
        o = two(secondOfDay / 60 % 60, out, o);
        out[o++] = ':';
        o = two(secondOfDay % 60, out, o);
        if (nanos == 0) {
            return o;
        }
        out[o++] = '.';
        int digits = 9;
        int fraction = nanos;
        while (fraction % 10 == 0) {
            fraction /= 10;
            digits--;
        }
        return magnitude(-fraction, digits, out, o);
    }

    private static int uuid(UuidVector vector, int row, byte[] out, int at) {
        int o = word(vector.high(row), 64, 32, out, at);
        out[o++] = '-';
        o = word(vector.high(row), 32, 16, out, o);
        out[o++] = '-';
        o = word(vector.high(row), 16, 0, out, o);
        out[o++] = '-';
        o = word(vector.low(row), 64, 48, out, o);
        out[o++] = '-';
        return word(vector.low(row), 48, 0, out, o);
    }

    private static int word(long bits, int from, int to, byte[] out, int at) {
        int o = at;
        for (int shift = from - 4; shift >= to; shift -= 4) {
            out[o++] = HEX[(int) (bits >>> shift) & 0xF];
        }
        return o;
    }

    private static int two(int value, byte[] out, int at) {
        out[at] = (byte) ('0' + value / 10);
        out[at + 1] = (byte) ('0' + value % 10);
        return at + 2;
    }

    private static int minus(byte[] out, int at) {
        out[at] = '-';
        return at + 1;
    }
}
