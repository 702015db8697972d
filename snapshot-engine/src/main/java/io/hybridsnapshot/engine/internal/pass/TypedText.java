package io.hybridsnapshot.engine.internal.pass;

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
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Reads the text of a cell as a value of a column's type. The accepted forms are those of {@link CellText}. Numbers may
 * also have more or fewer zeros after the point, since 7 and 7.00 are one identity. Nothing else is a number (1E2, 007,
 * 7d, a blank before or after), so no key matches an unintended row. Off the hot path. Stateless.
 */
public final class TypedText {
    private static final Pattern NUMBER = Pattern.compile("-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?");

    /** More than a number of 38 digits or a plain form of any double needs. A longer text is no real key. */
    private static final int MAX_NUMBER = 400;

    private TypedText() {}

    /**
     * Returns the action that appends the cell to a vector of the type's class; empty if the text is no value of the
     * type.
     */
    public static Optional<Consumer<ColumnVector>> cell(ColumnType type, String text) {
        try {
            return Optional.of(value(type, text));
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Consumer<ColumnVector> value(ColumnType type, String text) {
        return switch (type.kind()) {
            case BOOLEAN -> {
                boolean value = bool(text);
                yield vector -> ((BooleanVector) vector).append(value);
            }
            case INT8, INT16, INT32, INT64 -> {
                long value = number(text).longValueExact();
                yield vector -> ((LongVector) vector).append(value);
            }
            case DECIMAL -> decimal(type, number(text).setScale(type.scale()));
            case FLOAT32 -> {
                float value = Float.parseFloat(text);
                byte[] canonical = new byte[CellText.maxBytes(type)];
                requireSame(text, ascii(canonical, CellText.write(value, canonical, 0)));
                yield vector -> ((DoubleVector) vector).append(value);
            }
            case FLOAT64 -> {
                double value = Double.parseDouble(text);
                byte[] canonical = new byte[CellText.maxBytes(type)];
                requireSame(text, ascii(canonical, CellText.write(value, canonical, 0)));
                yield vector -> ((DoubleVector) vector).append(value);
            }
            case TEXT -> vector -> ((BytesVector) vector).append(text);
            case BINARY -> {
                byte[] value = HexFormat.of().parseHex(text);
                yield vector -> ((BytesVector) vector).append(value);
            }
            case DATE -> {
                long value = LocalDate.parse(text).toEpochDay();
                yield vector -> ((LongVector) vector).append(value);
            }
            case TIME -> {
                long value = LocalTime.parse(text).toNanoOfDay();
                yield vector -> ((LongVector) vector).append(value);
            }
            case TIMESTAMP -> {
                LocalDateTime value = LocalDateTime.parse(text.replace(' ', 'T'));
                yield moment(value.toInstant(ZoneOffset.UTC));
            }
            case INSTANT -> moment(OffsetDateTime.parse(text.replace(' ', 'T')).toInstant());
            case UUID -> {
                UUID value = UUID.fromString(text);
                // The parser also accepts groups with fewer digits.
                if (!value.toString().equalsIgnoreCase(text)) {
                    throw new IllegalArgumentException("not a UUID");
                }
                yield vector -> ((UuidVector) vector).append(value);
            }
        };
    }

    private static boolean bool(String text) {
        if (text.equals("true") || text.equals("false")) {
            return text.equals("true");
        }
        throw new IllegalArgumentException("not a boolean");
    }

    private static BigDecimal number(String text) {
        if (text.length() > MAX_NUMBER || !NUMBER.matcher(text).matches()) {
            throw new NumberFormatException("not a plain decimal number");
        }
        return new BigDecimal(text).stripTrailingZeros();
    }

    private static String ascii(byte[] bytes, int end) {
        return new String(bytes, 0, end, StandardCharsets.US_ASCII);
    }

    /** A text that only rounds to a value is not the text of that value. */
    private static void requireSame(String text, String canonical) {
        if (!text.equals(canonical) && number(text).compareTo(new BigDecimal(canonical)) != 0) {
            throw new NumberFormatException("another value");
        }
    }

    private static Consumer<ColumnVector> decimal(ColumnType type, BigDecimal value) {
        if (value.precision() > type.precision()) {
            throw new ArithmeticException("too many digits");
        }
        if (type.isWideDecimal()) {
            return vector -> ((DecimalVector) vector).append(value.unscaledValue());
        }
        long unscaled = value.unscaledValue().longValueExact();
        return vector -> ((LongVector) vector).append(unscaled);
    }

    private static Consumer<ColumnVector> moment(Instant value) {
        return vector -> ((TimestampVector) vector).append(value.getEpochSecond(), value.getNano());
    }
}
