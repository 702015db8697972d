package io.hybridsnapshot.domain.schema;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The type of a column. Immutable.
 *
 * @param kind the family
 * @param precision for DECIMAL the number of digits (1 to 38); for TIME, TIMESTAMP and INSTANT the digits of the
 *     fraction of a second (0 to 9); 0 otherwise
 * @param scale for DECIMAL the digits after the point (0 to precision); 0 otherwise
 */
public record ColumnType(TypeKind kind, int precision, int scale) {
    /** The largest precision of a decimal. */
    public static final int MAX_DECIMAL_PRECISION = 38;

    /** The largest precision with unscaled values that all fit a {@code long}. */
    public static final int MAX_LONG_PRECISION = 18;

    /** {@link TypeKind#BOOLEAN}. */
    public static final ColumnType BOOLEAN = new ColumnType(TypeKind.BOOLEAN, 0, 0);

    /** {@link TypeKind#INT8}. */
    public static final ColumnType INT8 = new ColumnType(TypeKind.INT8, 0, 0);

    /** {@link TypeKind#INT16}. */
    public static final ColumnType INT16 = new ColumnType(TypeKind.INT16, 0, 0);

    /** {@link TypeKind#INT32}. */
    public static final ColumnType INT32 = new ColumnType(TypeKind.INT32, 0, 0);

    /** {@link TypeKind#INT64}. */
    public static final ColumnType INT64 = new ColumnType(TypeKind.INT64, 0, 0);

    /** {@link TypeKind#FLOAT32}. */
    public static final ColumnType FLOAT32 = new ColumnType(TypeKind.FLOAT32, 0, 0);

    /** {@link TypeKind#FLOAT64}. */
    public static final ColumnType FLOAT64 = new ColumnType(TypeKind.FLOAT64, 0, 0);

    /** {@link TypeKind#TEXT}. */
    public static final ColumnType TEXT = new ColumnType(TypeKind.TEXT, 0, 0);

    /** {@link TypeKind#BINARY}. */
    public static final ColumnType BINARY = new ColumnType(TypeKind.BINARY, 0, 0);

    /** {@link TypeKind#DATE}. */
    public static final ColumnType DATE = new ColumnType(TypeKind.DATE, 0, 0);

    /** {@link TypeKind#UUID}. */
    public static final ColumnType UUID = new ColumnType(TypeKind.UUID, 0, 0);

    private static final Pattern TEXT_FORM = Pattern.compile("([a-z0-9]+)(?:\\((\\d{1,2})(?:,(\\d{1,2}))?\\))?");

    public ColumnType {
        Objects.requireNonNull(kind, "kind");
        boolean valid = switch (kind) {
            case DECIMAL -> precision >= 1 && precision <= MAX_DECIMAL_PRECISION && scale >= 0 && scale <= precision;
            case TIME, TIMESTAMP, INSTANT -> precision >= 0 && precision <= 9 && scale == 0;
            default -> precision == 0 && scale == 0;
        };
        if (!valid) {
            throw SnapshotException.invalidRequest("not a column type")
                    .actual(kind.name().toLowerCase(Locale.ROOT) + "(" + precision + "," + scale + ")")
                    .expected("decimal(1..38,0..precision), or a time type with 0 to 9 digits of a second")
                    .build();
        }
    }

    /** Returns an exact decimal with {@code precision} digits, {@code scale} of them after the point. */
    public static ColumnType decimal(int precision, int scale) {
        return new ColumnType(TypeKind.DECIMAL, precision, scale);
    }

    /** Returns a time of day with {@code precision} digits of a second. */
    public static ColumnType time(int precision) {
        return new ColumnType(TypeKind.TIME, precision, 0);
    }

    /** Returns a date and time without zone with {@code precision} digits of a second. */
    public static ColumnType timestamp(int precision) {
        return new ColumnType(TypeKind.TIMESTAMP, precision, 0);
    }

    /** Returns a point in time with {@code precision} digits of a second. */
    public static ColumnType instant(int precision) {
        return new ColumnType(TypeKind.INSTANT, precision, 0);
    }

    /** Checks whether values are held as two {@code long} words (a decimal of more than 18 digits). */
    public boolean isWideDecimal() {
        return kind == TypeKind.DECIMAL && precision > MAX_LONG_PRECISION;
    }

    /**
     * Checks whether equal values of the two types have equal row hashes (INT and BIGINT, DECIMAL(10,2) and
     * DECIMAL(12,2), REAL and DOUBLE).
     */
    public boolean isComparableTo(ColumnType other) {
        return kind == other.kind
                || kind.isExactNumber() && other.kind.isExactNumber()
                || kind.isFloat() && other.kind.isFloat();
    }

    /**
     * Checks whether every value of the other type is a value of this one, and hashed alike: BIGINT holds every INT,
     * DECIMAL(12,2) every DECIMAL(10,2) and every INT, TIMESTAMP(6) every TIMESTAMP(3). An exact number is never a
     * binary float, though DOUBLE could hold every INT: their hashes differ. A type holds its own values.
     */
    public boolean holdsEvery(ColumnType other) {
        if (!isComparableTo(other)) {
            return false;
        }
        if (kind.isExactNumber()) {
            return kind.isInteger() ? integersHoldEvery(other) : decimalsHoldEvery(other);
        }
        if (kind.isFloat()) {
            return kind == TypeKind.FLOAT64 || other.kind == TypeKind.FLOAT32;
        }
        return precision >= other.precision;
    }

    private boolean integersHoldEvery(ColumnType other) {
        return other.kind.isInteger()
                ? bytes(kind) >= bytes(other.kind)
                : other.scale == 0 && other.precision < digits(kind);
    }

    private boolean decimalsHoldEvery(ColumnType other) {
        return other.kind.isInteger()
                ? precision - scale >= digits(other.kind)
                : scale >= other.scale && precision - scale >= other.precision - other.scale;
    }

    private static int bytes(TypeKind integer) {
        return switch (integer) {
            case INT8 -> 1;
            case INT16 -> 2;
            case INT32 -> 4;
            default -> 8;
        };
    }

    /** Returns the digits of the largest value; all numbers of fewer digits fit. */
    private static int digits(TypeKind integer) {
        return switch (integer) {
            case INT8 -> 3;
            case INT16 -> 5;
            case INT32 -> 10;
            default -> 19;
        };
    }

    /**
     * Reads the text form: a kind in lower case, with {@code (precision,scale)} for decimals and {@code (precision)}
     * for times (6 digits where none are given). The inverse of {@link #toString()}.
     *
     * @throws SnapshotException INVALID_REQUEST if the text names no type
     */
    public static ColumnType parse(String text) {
        Matcher matcher = TEXT_FORM.matcher(text.trim().toLowerCase(Locale.ROOT).replace(" ", ""));
        if (matcher.matches()) {
            for (TypeKind kind : TypeKind.values()) {
                if (kind.name().toLowerCase(Locale.ROOT).equals(matcher.group(1))) {
                    int fallback = kind.hasFraction() ? 6 : 0;
                    int precision = matcher.group(2) == null ? fallback : Integer.parseInt(matcher.group(2));
                    int scale = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
                    return new ColumnType(kind, precision, scale);
                }
            }
        }
        throw SnapshotException.invalidRequest("not a column type")
                .actual("'" + text + "'")
                .expected(
                        "one of boolean, int8, int16, int32, int64, decimal(p,s), float32, float64, text, binary, date,"
                                + " time(p), timestamp(p), instant(p), uuid")
                .build();
    }

    /** Returns the text form that {@link #parse} reads, for example {@code decimal(10,2)} or {@code timestamp(6)}. */
    @Override
    public String toString() {
        String name = kind.name().toLowerCase(Locale.ROOT);
        if (kind == TypeKind.DECIMAL) {
            return name + "(" + precision + "," + scale + ")";
        }
        return kind.hasFraction() ? name + "(" + precision + ")" : name;
    }
}
