package io.hybridsnapshot.domain.batch;

import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.TypeKind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Values of any column type as objects, for comparing vectors with plain lists. NULL is null. */
final class VectorModel {
    /** A type for each class of vectors and each way of using it. */
    static final List<ColumnType> TYPES = List.of(
            ColumnType.BOOLEAN,
            ColumnType.INT8,
            ColumnType.INT64,
            ColumnType.DATE,
            ColumnType.time(9),
            ColumnType.decimal(18, 4),
            ColumnType.decimal(38, 10),
            ColumnType.FLOAT32,
            ColumnType.FLOAT64,
            ColumnType.TEXT,
            ColumnType.BINARY,
            ColumnType.timestamp(9),
            ColumnType.instant(3),
            ColumnType.UUID);

    private VectorModel() {}

    /** A value, edges of the type among them; never NULL. */
    static Object value(ColumnType type, Random random) {
        return switch (type.kind()) {
            case BOOLEAN -> random.nextBoolean();
            case INT8, INT16, INT32, INT64, DATE, TIME -> number(random);
            case DECIMAL -> type.isWideDecimal() ? wide(random) : (Object) number(random);
            case FLOAT32, FLOAT64 -> bits(random);
            case TEXT -> text(random);
            case BINARY -> HexFormat.of().formatHex(bytes(random));
            case TIMESTAMP, INSTANT -> List.of(number(random), random.nextInt(1_000_000_000));
            case UUID -> new UUID(number(random), number(random));
        };
    }

    /** The value of an empty slot of the type. */
    static Object zero(ColumnType type) {
        return switch (type.kind()) {
            case BOOLEAN -> false;
            case INT8, INT16, INT32, INT64, DATE, TIME -> 0L;
            case DECIMAL -> type.isWideDecimal() ? BigInteger.ZERO : (Object) 0L;
            case FLOAT32, FLOAT64 -> 0L;
            case TEXT, BINARY -> "";
            case TIMESTAMP, INSTANT -> List.of(0L, 0);
            case UUID -> new UUID(0, 0);
        };
    }

    static void append(ColumnVector vector, ColumnType type, Object value) {
        if (value == null) {
            vector.appendNull();
        } else if (vector instanceof BooleanVector booleans) {
            booleans.append((Boolean) value);
        } else if (vector instanceof LongVector longs) {
            longs.append((Long) value);
        } else if (vector instanceof DoubleVector doubles) {
            doubles.append(Double.longBitsToDouble((Long) value));
        } else if (vector instanceof DecimalVector decimals) {
            decimals.append((BigInteger) value);
        } else if (vector instanceof TimestampVector times) {
            List<?> parts = (List<?>) value;
            times.append((Long) parts.get(0), (Integer) parts.get(1));
        } else if (vector instanceof UuidVector uuids) {
            uuids.append((UUID) value);
        } else if (type.kind() == TypeKind.TEXT) {
            ((BytesVector) vector).append((String) value);
        } else {
            ((BytesVector) vector).append(HexFormat.of().parseHex((String) value));
        }
    }

    /** The value of a row's slot, whether it is NULL or not; floating point as its bits. */
    static Object slot(ColumnVector vector, ColumnType type, int row) {
        if (vector instanceof BooleanVector booleans) {
            return booleans.get(row);
        }
        if (vector instanceof LongVector longs) {
            return longs.get(row);
        }
        if (vector instanceof DoubleVector doubles) {
            return Double.doubleToRawLongBits(doubles.get(row));
        }
        if (vector instanceof DecimalVector decimals) {
            return decimals.unscaled(row);
        }
        if (vector instanceof TimestampVector times) {
            return List.of(times.epochSecond(row), times.nanoOfSecond(row));
        }
        if (vector instanceof UuidVector uuids) {
            return new UUID(uuids.high(row), uuids.low(row));
        }
        BytesVector bytes = (BytesVector) vector;
        return type.kind() == TypeKind.TEXT ? bytes.text(row) : HexFormat.of().formatHex(bytes.bytes(row));
    }

    /** The rows as objects. */
    static List<Object> values(ColumnVector vector, ColumnType type) {
        List<Object> values = new ArrayList<>();
        for (int row = 0; row < vector.size(); row++) {
            values.add(vector.isNull(row) ? null : slot(vector, type, row));
        }
        return values;
    }

    private static long number(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> 0;
            case 1 -> Long.MIN_VALUE;
            case 2 -> Long.MAX_VALUE;
            case 3 -> random.nextInt(200) - 100;
            default -> random.nextLong();
        };
    }

    private static BigInteger wide(Random random) {
        BigInteger least = BigInteger.ONE.shiftLeft(127).negate();
        return switch (random.nextInt(5)) {
            case 0 -> least;
            case 1 -> least.not();
            case 2 -> BigInteger.valueOf(number(random));
            case 3 -> BigInteger.ONE.shiftLeft(63 + random.nextInt(3)).subtract(BigInteger.valueOf(random.nextInt(3)));
            default -> new BigInteger(127, random).multiply(BigInteger.valueOf(random.nextBoolean() ? 1 : -1));
        };
    }

    /**
     * The bits of a floating-point number; a signalling NaN may not pass a floating-point register unchanged, so none
     * is made.
     */
    private static long bits(Random random) {
        double value = switch (random.nextInt(6)) {
            case 0 -> -0.0;
            case 1 -> Double.NaN;
            case 2 -> Double.NEGATIVE_INFINITY;
            case 3 -> Double.MIN_VALUE;
            default -> random.nextGaussian();
        };
        return Double.doubleToRawLongBits(value);
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(20) == 0 ? 1_000 : random.nextInt(6);
        for (int i = 0; i < length; i++) {
            text.append("aZ é\u0000\n東\uD83D\uDE00".charAt(random.nextInt(9)));
        }
        return text.toString();
    }

    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(20) == 0 ? 500 : random.nextInt(5)];
        random.nextBytes(bytes);
        return bytes;
    }
}
