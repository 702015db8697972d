package io.hybridsnapshot.parquet;

import static org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit.MICROS;
import static org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit.NANOS;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.TypeKind;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.BsonLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.EnumLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.JsonLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.UUIDLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.UnknownLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;
import org.apache.parquet.schema.Types;

/** Which Parquet type holds which column type, both ways. The tables are in {@code docs/parquet.md}. */
final class TypeMapping {
    /** The largest precision at which all unscaled values fit an {@code int}. */
    static final int MAX_INT_PRECISION = 9;

    private static final int MICRO_DIGITS = 6;
    private static final String ROOT_NAME = "schema";

    private TypeMapping() {}

    /**
     * The Parquet schema of a table. A lone surrogate in a name, which UTF-8 cannot hold, becomes U+FFFD;
     * {@link SchemaText} keeps the exact name.
     *
     * @throws SnapshotException INVALID_REQUEST if there is no column, or if two names differ in lone surrogates only
     */
    static MessageType toParquet(Schema schema, Compatibility compatibility) {
        if (schema.size() == 0) {
            throw SnapshotException.invalidRequest("a Parquet file needs a column")
                    .expected("at least one column")
                    .nextStep("select a column of the source")
                    .build();
        }
        Types.MessageTypeBuilder message = Types.buildMessage();
        Map<String, String> exactNames = new HashMap<>();
        for (Column column : schema.columns()) {
            String name = wellFormed(column.name());
            if (exactNames.put(name, column.name()) != null) {
                throw SnapshotException.invalidRequest("two column names differ in lone surrogates only")
                        .where("column '" + name + "'")
                        .expected("names that UTF-8 tells apart")
                        .nextStep("rename one of them in the source or in its query")
                        .build();
            }
            message.addField(toParquet(column.type(), name, compatibility));
        }
        return message.named(ROOT_NAME);
    }

    private static PrimitiveType toParquet(ColumnType type, String name, Compatibility compatibility) {
        if (compatibility == Compatibility.SPARK) {
            switch (type.kind()) {
                case UUID, TIME -> {
                    return text(name);
                }
                case TIMESTAMP, INSTANT -> {
                    return Types.optional(PrimitiveTypeName.INT64)
                            .as(LogicalTypeAnnotation.timestampType(type.kind() == TypeKind.INSTANT, MICROS))
                            .named(name);
                }
                default -> {
                    // Spark has the type.
                }
            }
        }
        TimeUnit unit = type.precision() <= MICRO_DIGITS ? MICROS : NANOS;
        return switch (type.kind()) {
            case BOOLEAN -> Types.optional(PrimitiveTypeName.BOOLEAN).named(name);
            case INT8 -> integer(8, name);
            case INT16 -> integer(16, name);
            case INT32 -> integer(32, name);
            case INT64 ->
                Types.optional(PrimitiveTypeName.INT64)
                        .as(LogicalTypeAnnotation.intType(64, true))
                        .named(name);
            case DECIMAL -> decimal(type, name);
            case FLOAT32 -> Types.optional(PrimitiveTypeName.FLOAT).named(name);
            case FLOAT64 -> Types.optional(PrimitiveTypeName.DOUBLE).named(name);
            case TEXT -> text(name);
            case BINARY -> Types.optional(PrimitiveTypeName.BINARY).named(name);
            case DATE ->
                Types.optional(PrimitiveTypeName.INT32)
                        .as(LogicalTypeAnnotation.dateType())
                        .named(name);
            case TIME ->
                Types.optional(PrimitiveTypeName.INT64)
                        .as(LogicalTypeAnnotation.timeType(false, unit))
                        .named(name);
            case TIMESTAMP ->
                Types.optional(PrimitiveTypeName.INT64)
                        .as(LogicalTypeAnnotation.timestampType(false, unit))
                        .named(name);
            case INSTANT ->
                Types.optional(PrimitiveTypeName.INT64)
                        .as(LogicalTypeAnnotation.timestampType(true, unit))
                        .named(name);
            case UUID ->
                Types.optional(PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY)
                        .length(UUIDLogicalTypeAnnotation.BYTES)
                        .as(LogicalTypeAnnotation.uuidType())
                        .named(name);
        };
    }

    private static PrimitiveType text(String name) {
        return Types.optional(PrimitiveTypeName.BINARY)
                .as(LogicalTypeAnnotation.stringType())
                .named(name);
    }

    private static PrimitiveType integer(int bits, String name) {
        return Types.optional(PrimitiveTypeName.INT32)
                .as(LogicalTypeAnnotation.intType(bits, true))
                .named(name);
    }

    private static PrimitiveType decimal(ColumnType type, String name) {
        LogicalTypeAnnotation annotation = LogicalTypeAnnotation.decimalType(type.scale(), type.precision());
        if (type.precision() <= MAX_INT_PRECISION) {
            return Types.optional(PrimitiveTypeName.INT32).as(annotation).named(name);
        }
        if (!type.isWideDecimal()) {
            return Types.optional(PrimitiveTypeName.INT64).as(annotation).named(name);
        }
        return Types.optional(PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY)
                .length(decimalBytes(type.precision()))
                .as(annotation)
                .named(name);
    }

    /** The fewest bytes that hold every unscaled value of this precision in two's complement. */
    static int decimalBytes(int precision) {
        return BigInteger.TEN.pow(precision).subtract(BigInteger.ONE).bitLength() / 8 + 1;
    }

    /** Whether this codec writes a column with this Parquet type. */
    static boolean agrees(Column column, Type type) {
        for (Compatibility compatibility : Compatibility.values()) {
            if (toParquet(column.type(), wellFormed(column.name()), compatibility)
                    .equals(type)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The table that any flat Parquet file holds.
     *
     * @throws SnapshotException INVALID_REQUEST naming the first column with a type that has no counterpart
     */
    static Schema fromParquet(MessageType message, String file) {
        List<Column> columns = new ArrayList<>(message.getFieldCount());
        for (Type field : message.getFields()) {
            ColumnType type = fromParquet(field)
                    .orElseThrow(() -> SnapshotException.invalidRequest("a Parquet column's type has no counterpart")
                            .where(file + ", column '" + field.getName() + "'")
                            .actual(describe(field))
                            .expected("a flat column of booleans, numbers, texts, bytes, dates, times or UUIDs")
                            .nextStep("leave the column out or convert it where the file is made")
                            .build());
            columns.add(new Column(field.getName(), type));
        }
        return Schema.of(columns);
    }

    private static String describe(Type field) {
        StringBuilder text = new StringBuilder();
        if (field instanceof GroupType) {
            text.append("group");
        } else {
            text.append(field.asPrimitiveType().getPrimitiveTypeName().name());
        }
        if (field.isRepetition(Repetition.REPEATED)) {
            text.insert(0, "repeated ");
        }
        return field.getLogicalTypeAnnotation() == null
                ? text.toString()
                : text.append(' ').append(field.getLogicalTypeAnnotation()).toString();
    }

    private static Optional<ColumnType> fromParquet(Type field) {
        if (!field.isPrimitive() || field.isRepetition(Repetition.REPEATED)) {
            return Optional.empty();
        }
        LogicalTypeAnnotation annotation = field.getLogicalTypeAnnotation();
        PrimitiveTypeName physical = field.asPrimitiveType().getPrimitiveTypeName();
        if (annotation instanceof UnknownLogicalTypeAnnotation) {
            // "Always NULL": the type that pandas writes for an empty column.
            return Optional.of(ColumnType.TEXT);
        }
        if (annotation instanceof DecimalLogicalTypeAnnotation decimal) {
            boolean fits = decimal.getPrecision() <= ColumnType.MAX_DECIMAL_PRECISION
                    && decimal.getScale() >= 0
                    && decimal.getScale() <= decimal.getPrecision();
            return fits
                    ? Optional.of(ColumnType.decimal(decimal.getPrecision(), decimal.getScale()))
                    : Optional.empty();
        }
        return Optional.ofNullable(
                switch (physical) {
                    case BOOLEAN -> annotation == null ? ColumnType.BOOLEAN : null;
                    case INT32 -> fromInt32(annotation);
                    case INT64 -> fromInt64(annotation);
                    case INT96 -> annotation == null ? ColumnType.timestamp(9) : null;
                    case FLOAT -> annotation == null ? ColumnType.FLOAT32 : null;
                    case DOUBLE -> annotation == null ? ColumnType.FLOAT64 : null;
                    case BINARY -> fromBinary(annotation);
                    case FIXED_LEN_BYTE_ARRAY -> fromFixed(annotation);
                });
    }

    private static ColumnType fromInt32(LogicalTypeAnnotation annotation) {
        if (annotation == null) {
            return ColumnType.INT32;
        }
        if (annotation instanceof IntLogicalTypeAnnotation integer) {
            return switch (integer.getBitWidth()) {
                case 8 -> integer.isSigned() ? ColumnType.INT8 : ColumnType.INT16;
                case 16 -> integer.isSigned() ? ColumnType.INT16 : ColumnType.INT32;
                default -> integer.isSigned() ? ColumnType.INT32 : ColumnType.INT64;
            };
        }
        if (annotation instanceof DateLogicalTypeAnnotation) {
            return ColumnType.DATE;
        }
        return annotation instanceof TimeLogicalTypeAnnotation time ? ColumnType.time(digits(time.getUnit())) : null;
    }

    private static ColumnType fromInt64(LogicalTypeAnnotation annotation) {
        if (annotation == null) {
            return ColumnType.INT64;
        }
        if (annotation instanceof IntLogicalTypeAnnotation integer) {
            return integer.isSigned() ? ColumnType.INT64 : ColumnType.decimal(20, 0);
        }
        if (annotation instanceof TimeLogicalTypeAnnotation time) {
            return ColumnType.time(digits(time.getUnit()));
        }
        if (annotation instanceof TimestampLogicalTypeAnnotation timestamp) {
            int digits = digits(timestamp.getUnit());
            return timestamp.isAdjustedToUTC() ? ColumnType.instant(digits) : ColumnType.timestamp(digits);
        }
        return null;
    }

    private static ColumnType fromBinary(LogicalTypeAnnotation annotation) {
        if (annotation == null || annotation instanceof BsonLogicalTypeAnnotation) {
            return ColumnType.BINARY;
        }
        boolean text = annotation instanceof StringLogicalTypeAnnotation
                || annotation instanceof EnumLogicalTypeAnnotation
                || annotation instanceof JsonLogicalTypeAnnotation;
        return text ? ColumnType.TEXT : null;
    }

    private static ColumnType fromFixed(LogicalTypeAnnotation annotation) {
        if (annotation == null) {
            return ColumnType.BINARY;
        }
        return annotation instanceof UUIDLogicalTypeAnnotation ? ColumnType.UUID : null;
    }

    private static int digits(TimeUnit unit) {
        return switch (unit) {
            case MILLIS -> 3;
            case MICROS -> MICRO_DIGITS;
            case NANOS -> 9;
        };
    }

    /** Whether a column's values are kept in nanoseconds. */
    static boolean isNanos(ColumnType type) {
        return type.kind().hasFraction() && type.precision() > MICRO_DIGITS;
    }

    private static String wellFormed(String name) {
        if (StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
            return name;
        }
        int[] points = name.codePoints()
                .map(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE ? 0xFFFD : point)
                .toArray();
        return new String(points, 0, points.length);
    }
}
