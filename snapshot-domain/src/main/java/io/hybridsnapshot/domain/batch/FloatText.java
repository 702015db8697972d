package io.hybridsnapshot.domain.batch;

import java.math.BigInteger;

/**
 * The shortest decimal that reads back as the same binary floating-point value. Of several such decimals, the nearest
 * to the value is taken. The layout is that of Python's {@code repr} without a trailing {@code .0}. JDK 17's {@code
 * Double.toString} is not shortest (JDK-4511638). The digits come from the Schubfach algorithm (R. Giulietti, "The
 * Schubfach way to render doubles", 2020). A hot path: no object is made.
 */
final class FloatText {
    /** The most bytes that {@link #write} needs: sign, 17 digits, point, {@code e-324}. */
    static final int MAX_BYTES = 26;

    private static final int MIN_EXPONENT_OF_TEN = -324;
    private static final int MAX_EXPONENT_OF_TEN = 292;
    private static final long LOW_63 = Long.MAX_VALUE;

    /**
     * floor(log10(2^e)), floor(log10(3/4 * 2^e)) and floor(log2(10^e)) as fixed-point products, exact in the range of a
     * double.
     */
    private static final long LOG10_OF_2 = 661_971_961_083L;

    private static final long LOG10_OF_3_QUARTERS = -274_743_187_321L;
    private static final long LOG2_OF_10 = 913_124_641_741L;

    /**
     * Per exponent k: floor(10^-k * 2^-r) + 1 with r chosen so that the number has 126 bits, as an upper and a lower
     * word of 63 bits.
     */
    private static final long[] POWERS = powers();

    private FloatText() {}

    /**
     * Writes the value's text from {@code at}; the array needs {@link #MAX_BYTES} there. Returns the end, exclusive.
     */
    static int write(double value, byte[] out, int at) {
        long bits = Double.doubleToRawLongBits(value);
        long fraction = bits & (1L << 52) - 1;
        int biased = (int) (bits >>> 52) & 0x7FF;
        if (biased == 0x7FF) {
            return special(fraction != 0, bits < 0, out, at);
        }
        int start = sign(bits < 0, out, at);
        if (biased == 0) {
            return fraction == 0 ? zero(out, start) : shortest(fraction, -1074, false, out, start);
        }
        return shortest(fraction | 1L << 52, biased - 1075, fraction == 0 && biased > 1, out, start);
    }

    /** Returns the same for a binary32 value: the shortest decimal that reads back as the same {@code float}. */
    static int write(float value, byte[] out, int at) {
        int bits = Float.floatToRawIntBits(value);
        int fraction = bits & (1 << 23) - 1;
        int biased = bits >>> 23 & 0xFF;
        if (biased == 0xFF) {
            return special(fraction != 0, bits < 0, out, at);
        }
        int start = sign(bits < 0, out, at);
        if (biased == 0) {
            return fraction == 0 ? zero(out, start) : shortest(fraction, -149, false, out, start);
        }
        return shortest(fraction | 1 << 23, biased - 150, fraction == 0 && biased > 1, out, start);
    }

    private static int special(boolean notANumber, boolean negative, byte[] out, int at) {
        if (notANumber) {
            return ascii("NaN", out, at);
        }
        return ascii("Infinity", out, sign(negative, out, at));
    }

    private static int sign(boolean negative, byte[] out, int at) {
        if (negative) {
            out[at] = '-';
            return at + 1;
        }
        return at;
    }

    private static int zero(byte[] out, int at) {
        out[at] = '0';
        return at + 1;
    }

    /**
     * Renders {@code c * 2^q}. The values that round to this number form an interval around it. The interval is
     * narrower below if c is the smallest of its binade ({@code irregular}). Its ends belong to it if c is even. Names
     * are those of the paper.
     */
    private static int shortest(long c, int q, boolean irregular, byte[] out, int at) {
        int k = (int) (irregular ? q * LOG10_OF_2 + LOG10_OF_3_QUARTERS >> 41 : q * LOG10_OF_2 >> 41);
        int h = q + (int) (-k * LOG2_OF_10 >> 38) + 2;
        int index = 2 * (k - MIN_EXPONENT_OF_TEN);
        long g1 = POWERS[index];
        long g0 = POWERS[index + 1];
        long excluded = c & 1;
        long middle = roundToOdd(g1, g0, c << 2 + h);
        long lower = roundToOdd(g1, g0, (c << 2) - (irregular ? 1 : 2) << h) + excluded;
        long upper = roundToOdd(g1, g0, (c << 2) + 2 << h) - excluded;
        long s = middle >> 2;
        if (s >= 10) {
            long below = s / 10 * 10;
            long above = below + 10;
            boolean belowFits = lower <= below << 2;
            boolean aboveFits = above << 2 <= upper;
            if (belowFits != aboveFits) {
                return layout(belowFits ? below : above, k, out, at);
            }
        }
        long t = s + 1;
        boolean sFits = lower <= s << 2;
        boolean tFits = t << 2 <= upper;
        if (sFits != tFits) {
            return layout(sFits ? s : t, k, out, at);
        }
        long nearer = middle - (s + t << 1);
        return layout(nearer < 0 || nearer == 0 && (s & 1) == 0 ? s : t, k, out, at);
    }

    /** Returns the upper bits of a 63 x 126 bit product. The lowest bit is set if other bits were cut off. */
    private static long roundToOdd(long g1, long g0, long cp) {
        long x1 = Math.multiplyHigh(g0, cp);
        long y0 = g1 * cp;
        long y1 = Math.multiplyHigh(g1, cp);
        long z = (y0 >>> 1) + x1;
        long w = y1 + (z >>> 63);
        return w | (z & LOW_63) + LOW_63 >>> 63;
    }

    /**
     * Writes {@code digits * 10^exponent} as {@code repr} does: plain from 1e-4 to below 1e16, else with an exponent.
     */
    private static int layout(long digits, int exponent, byte[] out, int at) {
        long significand = digits;
        int e = exponent;
        while (significand % 10 == 0) {
            significand /= 10;
            e++;
        }
        int count = decimalLength(significand);
        int point = count + e;
        if (point > 16 || point < -3) {
            return scientific(significand, count, point - 1, out, at);
        }
        int o = at;
        if (point <= 0) {
            out[o++] = '0';
            out[o++] = '.';
            for (int i = point; i < 0; i++) {
                out[o++] = '0';
            }
            return digits(significand, count, out, o);
        }
        if (point >= count) {
            o = digits(significand, count, out, o);
            for (int i = count; i < point; i++) {
                out[o++] = '0';
            }
            return o;
        }
        // The fraction's digits are written one place to the right of their final position, then the integer's before
        // the point.
        digits(significand, count, out, o + 1);
        System.arraycopy(out, o + 1, out, o, point);
        out[o + point] = '.';
        return o + count + 1;
    }

    private static int scientific(long significand, int count, int exponent, byte[] out, int at) {
        digits(significand, count, out, at + 1);
        out[at] = out[at + 1];
        int o = at + 1;
        if (count > 1) {
            out[o] = '.';
            o = at + 1 + count;
        }
        out[o++] = 'e';
        out[o++] = (byte) (exponent < 0 ? '-' : '+');
        int magnitude = Math.abs(exponent);
        return digits(magnitude, Math.max(2, decimalLength(magnitude)), out, o);
    }

    private static int digits(long value, int count, byte[] out, int at) {
        long rest = value;
        for (int i = at + count - 1; i >= at; i--) {
            out[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return at + count;
    }

    private static int decimalLength(long value) {
        int length = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            length++;
        }
        return length;
    }

    private static int ascii(String text, byte[] out, int at) {
        for (int i = 0; i < text.length(); i++) {
            out[at + i] = (byte) text.charAt(i);
        }
        return at + text.length();
    }

    private static long[] powers() {
        long[] words = new long[2 * (MAX_EXPONENT_OF_TEN - MIN_EXPONENT_OF_TEN + 1)];
        BigInteger mask = BigInteger.valueOf(LOW_63);
        for (int k = MIN_EXPONENT_OF_TEN; k <= MAX_EXPONENT_OF_TEN; k++) {
            int r = (int) (-k * LOG2_OF_10 >> 38) - 125;
            BigInteger power = BigInteger.TEN.pow(Math.abs(k));
            BigInteger scaled;
            if (k <= 0) {
                scaled = r <= 0 ? power.shiftLeft(-r) : power.shiftRight(r);
            } else {
                scaled = BigInteger.ONE.shiftLeft(-r).divide(power);
            }
            BigInteger g = scaled.add(BigInteger.ONE);
            int index = 2 * (k - MIN_EXPONENT_OF_TEN);
            words[index] = g.shiftRight(63).longValueExact();
            words[index + 1] = g.and(mask).longValueExact();
        }
        return words;
    }
}
