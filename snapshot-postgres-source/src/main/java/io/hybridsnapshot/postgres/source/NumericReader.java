package io.hybridsnapshot.postgres.source;

import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DecimalVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.schema.ColumnType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;

/**
 * Reads PostgreSQL's binary NUMERIC (numeric_send in src/backend/utils/adt/numeric.c): count of digits, weight of the
 * first, sign, display scale, then digits to the base 10,000. A hot path: values of up to 18 digits create no object.
 * For one thread.
 */
final class NumericReader {
    private static final int BASE = 10_000;
    private static final int BASE_DIGITS = 4;
    private static final int HEADER_BYTES = 8;
    /** So many digits to the base 10,000 fit a long. */
    private static final int SAFE_DIGITS = 4;

    private static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private static final int POSITIVE = 0x0000;
    private static final int NEGATIVE = 0x4000;
    private static final int NOT_A_NUMBER = 0xC000;

    private static final BigInteger WIDE_LIMIT = BigInteger.TEN.pow(ColumnType.MAX_DECIMAL_PRECISION);
    private static final long[] POWERS = new long[19];

    static {
        POWERS[0] = 1;
        for (int i = 1; i < POWERS.length; i++) {
            POWERS[i] = 10 * POWERS[i - 1];
        }
    }

    private String problem = "";

    /**
     * Appends the value at the type's scale. Returns false if the value does not fit; {@link #problem} then holds the
     * reason.
     */
    boolean read(byte[] bytes, int at, ColumnType type, ColumnVector vector) {
        long header = (long) LONGS.get(bytes, at);
        int count = (int) (header >>> 48);
        int weight = (short) (header >>> 32);
        int sign = (int) (header >>> 16) & 0xFFFF;
        if (sign != POSITIVE && sign != NEGATIVE) {
            problem = sign == NOT_A_NUMBER ? "NaN" : sign == 0xD000 ? "Infinity" : "-Infinity";
            return false;
        }
        boolean negative = sign == NEGATIVE;
        if (type.isWideDecimal()) {
            BigInteger value = wide(bytes, at + HEADER_BYTES, count, weight, type.scale());
            if (value == null || value.compareTo(WIDE_LIMIT) >= 0) {
                // A query that gives other values each time it runs; the type was measured when it ran before.
                problem = "a number with more digits than when the query was run before";
                return false;
            }
            ((DecimalVector) vector).append(negative ? value.negate() : value);
        } else {
            long value = narrow(bytes, at + HEADER_BYTES, count, weight, type.scale());
            ((LongVector) vector).append(negative ? -value : value);
        }
        return true;
    }

    /** Why the last value was not read. */
    String problem() {
        return problem;
    }

    /**
     * Sum of digit × 10,000^(weight − i) × 10^scale. The column's type guarantees that the sum fits and that no digit
     * is beyond the scale.
     */
    private static long narrow(byte[] bytes, int at, int count, int weight, int scale) {
        long value = 0;
        if (count <= SAFE_DIGITS) {
            for (int i = 0; i < count; i++) {
                value = BASE * value + unsigned(bytes, at + 2 * i);
            }
            int exponent = BASE_DIGITS * (weight - count + 1) + scale;
            // Divisors that the compiler knows are several times as fast. Only zeroes are cut off.
            return switch (exponent) {
                case 0 -> value;
                case -1 -> value / 10;
                case -2 -> value / 100;
                case -3 -> value / 1_000;
                default -> value == 0 ? 0 : value * POWERS[exponent];
            };
        }
        for (int i = 0; i < count; i++) {
            int exponent = BASE_DIGITS * (weight - i) + scale;
            int digit = unsigned(bytes, at + 2 * i);
            value += exponent >= 0 ? digit * POWERS[exponent] : digit / POWERS[-exponent];
        }
        return value;
    }

    /** The unscaled value; null if the scale has no room for all digits. */
    private static BigInteger wide(byte[] bytes, int at, int count, int weight, int scale) {
        BigInteger value = BigInteger.ZERO;
        for (int i = 0; i < count; i++) {
            value = value.multiply(BigInteger.valueOf(BASE)).add(BigInteger.valueOf(unsigned(bytes, at + 2 * i)));
        }
        int exponent = BASE_DIGITS * (weight - count + 1) + scale;
        BigInteger power = BigInteger.TEN.pow(Math.abs(exponent));
        if (exponent >= 0) {
            return value.multiply(power);
        }
        BigInteger[] parts = value.divideAndRemainder(power);
        return parts[1].signum() == 0 ? parts[0] : null;
    }

    private static int unsigned(byte[] bytes, int at) {
        return (short) SHORTS.get(bytes, at) & 0xFFFF;
    }
}
