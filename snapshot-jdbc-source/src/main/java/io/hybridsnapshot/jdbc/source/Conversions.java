package io.hybridsnapshot.jdbc.source;

import io.hybridsnapshot.domain.batch.BooleanVector;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DecimalVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.TypeKind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Appends values of one class to a column of another type, if nothing is lost. A value that does not fit is not
 * appended, and the caller reports it. No value is rounded, cut or guessed. Immutable and safe to share.
 */
final class Conversions {
    private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]{1,40}");
    private static final Pattern NUMBER = Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]{1,4})?");
    private static final Pattern UUID_TEXT = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    private static final int LONGEST_NUMBER = 400;
    private static final int UUID_BYTES = 16;
    private static final int TIME_START = 10;
    private static final long FLOAT_EXACT = 1L << 24;
    private static final long DOUBLE_EXACT = 1L << 53;

    private static final long[] UNITS = new long[10];

    static {
        UNITS[9] = 1;
        for (int digits = 8; digits >= 0; digits--) {
            UNITS[digits] = 10 * UNITS[digits + 1];
        }
    }

    private final Optional<ZoneId> zone;

    /** Conversions that take a timestamp without zone for one of this zone, if there is a zone. */
    Conversions(Optional<ZoneId> zone) {
        this.zone = zone;
    }

    /** Appends a value; returns false if it does not fit the type. */
    boolean append(Object value, ColumnType type, ColumnVector vector) {
        try {
            return switch (type.kind()) {
                case BOOLEAN -> truth(value, (BooleanVector) vector);
                case INT8, INT16, INT32, INT64 -> integer(value, type.kind(), (LongVector) vector);
                case DECIMAL -> decimal(value, type, vector);
                case FLOAT32, FLOAT64 -> floating(value, type.kind(), (DoubleVector) vector);
                case TEXT -> text(value, (BytesVector) vector);
                case BINARY -> binary(value, (BytesVector) vector);
                case DATE -> date(value, (LongVector) vector);
                case TIME -> time(value, type, (LongVector) vector);
                case TIMESTAMP -> timestamp(value, type, (TimestampVector) vector);
                case INSTANT -> instant(value, type, (TimestampVector) vector);
                case UUID -> uuid(value, (UuidVector) vector);
            };
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
            return false;
        }
    }

    /** Appends a decimal at the scale of its column; returns false if a digit would be lost. */
    static boolean appendDecimal(BigDecimal value, ColumnType type, ColumnVector vector) {
        int scale = type.scale();
        // Compared before the scale is set: 1E+999999999 has one digit, and would get a thousand million.
        if (value.signum() != 0 && (long) value.precision() - value.scale() > type.precision() - scale) {
            return false;
        }
        BigDecimal scaled = value;
        if (value.scale() != scale) {
            if (value.signum() == 0) {
                scaled = BigDecimal.ZERO.setScale(scale);
            } else if (value.scale() > scale && !isExact(value, scale)) {
                return false;
            } else {
                scaled = value.setScale(scale, RoundingMode.UNNECESSARY);
            }
        }
        if (vector instanceof LongVector narrow) {
            narrow.append(scaled.unscaledValue().longValue());
        } else {
            ((DecimalVector) vector).append(scaled.unscaledValue());
        }
        return true;
    }

    private static boolean isExact(BigDecimal value, int scale) {
        // More digits behind the point than the value has digits at all: at least one of them is not zero.
        return (long) value.scale() - scale <= value.precision()
                && value.stripTrailingZeros().scale() <= scale;
    }

    /** Whether a count of nanoseconds has no digit beyond these digits of a second. */
    static boolean hasDigits(long nanos, int digits) {
        return nanos % UNITS[digits] == 0;
    }

    /** Whether an integer is within the range of a type. */
    static boolean isWithin(long value, TypeKind kind) {
        return switch (kind) {
            case INT8 -> value == (byte) value;
            case INT16 -> value == (short) value;
            case INT32 -> value == (int) value;
            default -> true;
        };
    }

    private static boolean truth(Object value, BooleanVector vector) {
        if (value instanceof Boolean truth) {
            vector.append(truth);
            return true;
        }
        String text = value instanceof String string
                ? string.toLowerCase(Locale.ROOT)
                : isWhole(value) ? whole(value).toString() : "";
        switch (text) {
            case "true", "1" -> vector.append(true);
            case "false", "0" -> vector.append(false);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static boolean integer(Object value, TypeKind kind, LongVector vector) {
        long number;
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            number = ((Number) value).longValue();
        } else if (isWhole(value)) {
            number = whole(value).longValueExact();
        } else if (value instanceof String text && INTEGER.matcher(text).matches()) {
            number = new BigInteger(text).longValueExact();
        } else {
            return false;
        }
        if (!isWithin(number, kind)) {
            return false;
        }
        vector.append(number);
        return true;
    }

    private static boolean isWhole(Object value) {
        return value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte
                || value instanceof BigInteger
                || value instanceof BigDecimal decimal && decimal.scale() > -LONGEST_NUMBER && isExact(decimal, 0);
    }

    private static BigInteger whole(Object value) {
        if (value instanceof BigInteger integer) {
            return integer;
        }
        return value instanceof BigDecimal decimal
                ? decimal.toBigIntegerExact()
                : BigInteger.valueOf(((Number) value).longValue());
    }

    private static boolean decimal(Object value, ColumnType type, ColumnVector vector) {
        BigDecimal number;
        if (value instanceof BigDecimal decimal) {
            number = decimal;
        } else if (isWhole(value)) {
            number = new BigDecimal(whole(value));
        } else if (value instanceof Double || value instanceof Float) {
            // The shortest decimal that is read back as this float; 'NaN' throws.
            number = new BigDecimal(value.toString());
        } else if (value instanceof String text
                && text.length() <= LONGEST_NUMBER
                && NUMBER.matcher(text).matches()) {
            number = new BigDecimal(text);
        } else {
            return false;
        }
        return appendDecimal(number, type, vector);
    }

    private static boolean floating(Object value, TypeKind kind, DoubleVector vector) {
        double number;
        if (value instanceof Double || value instanceof Float) {
            number = ((Number) value).doubleValue();
        } else if (value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte) {
            long integer = ((Number) value).longValue();
            long most = kind == TypeKind.FLOAT32 ? FLOAT_EXACT : DOUBLE_EXACT;
            if (integer > most || integer < -most) {
                return false;
            }
            number = integer;
        } else if (value instanceof String text && isFloat(text)) {
            // The nearest float, as every reader of such a text takes it.
            number = kind == TypeKind.FLOAT32 ? Float.parseFloat(text) : Double.parseDouble(text);
        } else {
            return false;
        }
        if (kind == TypeKind.FLOAT32 && Double.compare((float) number, number) != 0) {
            return false;
        }
        vector.append(number);
        return true;
    }

    private static boolean isFloat(String text) {
        return text.length() <= LONGEST_NUMBER
                && (NUMBER.matcher(text).matches()
                        || text.equals("NaN")
                        || text.equals("Infinity")
                        || text.equals("-Infinity"));
    }

    /** SQLite's numbers in a column of texts. Its own text of a float has 15 digits, which are too few. */
    private static boolean text(Object value, BytesVector vector) {
        if (value instanceof String text) {
            vector.append(text);
        } else if (value instanceof Integer || value instanceof Long) {
            vector.append(value.toString());
        } else if (value instanceof Double number) {
            byte[] bytes = new byte[CellText.maxBytes(ColumnType.FLOAT64)];
            vector.append(bytes, 0, CellText.write(number, bytes, 0));
        } else {
            return false;
        }
        return true;
    }

    private static boolean binary(Object value, BytesVector vector) {
        if (value instanceof byte[] bytes) {
            vector.append(bytes);
            return true;
        }
        return false;
    }

    private static boolean date(Object value, LongVector vector) {
        if (value instanceof LocalDate date) {
            vector.append(date.toEpochDay());
        } else if (value instanceof LocalDateTime moment && moment.toLocalTime().equals(LocalTime.MIDNIGHT)) {
            vector.append(moment.toLocalDate().toEpochDay());
        } else if (value instanceof String text) {
            vector.append(LocalDate.parse(text).toEpochDay());
        } else {
            return false;
        }
        return true;
    }

    private static boolean time(Object value, ColumnType type, LongVector vector) {
        LocalTime time;
        if (value instanceof LocalTime local) {
            time = local;
        } else if (value instanceof String text) {
            time = LocalTime.parse(text);
        } else {
            return false;
        }
        if (!hasDigits(time.getNano(), type.precision())) {
            return false;
        }
        vector.append(time.toNanoOfDay());
        return true;
    }

    private static boolean timestamp(Object value, ColumnType type, TimestampVector vector) {
        LocalDateTime moment;
        if (value instanceof LocalDateTime local) {
            moment = local;
        } else if (value instanceof String text) {
            moment = LocalDateTime.parse(withT(text));
        } else {
            return false;
        }
        return appendSecond(moment.toEpochSecond(ZoneOffset.UTC), moment.getNano(), type, vector);
    }

    private boolean instant(Object value, ColumnType type, TimestampVector vector) {
        Instant instant;
        if (value instanceof OffsetDateTime moment) {
            return appendSecond(moment.toEpochSecond(), moment.getNano(), type, vector);
        } else if (value instanceof Instant given) {
            instant = given;
        } else if (value instanceof LocalDateTime local) {
            return zoned(local, type, vector);
        } else if (value instanceof String text) {
            String iso = withT(text);
            if (hasOffset(iso)) {
                OffsetDateTime moment = OffsetDateTime.parse(iso);
                return appendSecond(moment.toEpochSecond(), moment.getNano(), type, vector);
            }
            return zoned(LocalDateTime.parse(iso), type, vector);
        } else {
            return false;
        }
        return appendSecond(instant.getEpochSecond(), instant.getNano(), type, vector);
    }

    /** A time that the zone's clocks skipped is no instant. Of a time that they showed twice, the first is taken. */
    private boolean zoned(LocalDateTime local, ColumnType type, TimestampVector vector) {
        if (zone.isEmpty()) {
            return false;
        }
        List<ZoneOffset> offsets = zone.get().getRules().getValidOffsets(local);
        return !offsets.isEmpty() && appendSecond(local.toEpochSecond(offsets.get(0)), local.getNano(), type, vector);
    }

    /** The text with a T between date and time; SQL writes a blank. */
    private static String withT(String text) {
        int blank = text.indexOf(' ');
        return blank < TIME_START ? text : text.substring(0, blank) + 'T' + text.substring(blank + 1);
    }

    private static boolean hasOffset(String iso) {
        int time = iso.indexOf('T');
        return iso.endsWith("Z") || iso.indexOf('+', time) > 0 || iso.indexOf('-', time) > 0;
    }

    private static boolean appendSecond(long second, int nano, ColumnType type, TimestampVector vector) {
        if (!hasDigits(nano, type.precision())) {
            return false;
        }
        vector.append(second, nano);
        return true;
    }

    private static boolean uuid(Object value, UuidVector vector) {
        if (value instanceof UUID uuid) {
            vector.append(uuid);
        } else if (value instanceof String text && UUID_TEXT.matcher(text).matches()) {
            vector.append(UUID.fromString(text));
        } else if (value instanceof byte[] bytes && bytes.length == UUID_BYTES) {
            ByteBuffer words = ByteBuffer.wrap(bytes);
            vector.append(words.getLong(), words.getLong());
        } else {
            return false;
        }
        return true;
    }
}
