package io.hybridsnapshot.engine.comparison;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Objects;

/**
 * The tolerated distance of two numbers that count as one. All arithmetic is exact and each bound is inclusive. The
 * order of the two numbers does not matter, so a comparison in the other direction tolerates the same. Immutable.
 */
public sealed interface Tolerance {
    /** The largest number of digits after the point that {@link Scale} rounds to. */
    int MOST_DIGITS = 38;

    /**
     * |a − b| ≤ most.
     *
     * @param most 0 or more
     */
    record Absolute(BigDecimal most) implements Tolerance {
        public Absolute {
            Objects.requireNonNull(most, "most");
            requireNotNegative(most);
        }

        @Override
        public boolean accepts(BigDecimal a, BigDecimal b) {
            return a.subtract(b).abs().compareTo(most) <= 0;
        }

        @Override
        public String toString() {
            return most.toPlainString();
        }
    }

    /**
     * |a − b| ≤ share × the larger of |a| and |b|. Zero and another number are within it only from a share of 1 on.
     *
     * @param share 0 or more; 0.01 is one per cent
     */
    record Relative(BigDecimal share) implements Tolerance {
        public Relative {
            Objects.requireNonNull(share, "share");
            requireNotNegative(share);
        }

        @Override
        public boolean accepts(BigDecimal a, BigDecimal b) {
            BigDecimal larger = a.abs().max(b.abs());
            return a.subtract(b).abs().compareTo(larger.multiply(share)) <= 0;
        }

        @Override
        public String toString() {
            return share.movePointRight(2).stripTrailingZeros().toPlainString() + "%";
        }
    }

    /**
     * Both are one number when rounded (half up, ties away from zero).
     *
     * @param digits after the point, 0 to 38
     */
    record Scale(int digits) implements Tolerance {
        public Scale {
            if (digits < 0 || digits > MOST_DIGITS) {
                throw unreadable("scale:" + digits);
            }
        }

        @Override
        public boolean accepts(BigDecimal a, BigDecimal b) {
            return a.setScale(digits, RoundingMode.HALF_UP).compareTo(b.setScale(digits, RoundingMode.HALF_UP)) == 0;
        }

        @Override
        public String toString() {
            return "scale:" + digits;
        }
    }

    /** Checks whether the two numbers count as one. */
    boolean accepts(BigDecimal a, BigDecimal b);

    /**
     * Reads {@code 0.01} (absolute), {@code 1%} (relative) or {@code scale:2}; the inverse of {@code toString}.
     *
     * @throws SnapshotException INVALID_REQUEST for any other text
     */
    static Tolerance parse(String text) {
        String form = text.strip();
        if (form.matches("scale:[0-9]{1,2}")) {
            return new Scale(Integer.parseInt(form.substring("scale:".length())));
        }
        boolean relative = form.endsWith("%");
        String number = relative ? form.substring(0, form.length() - 1).strip() : form;
        if (!number.matches("[0-9]{1,38}(\\.[0-9]{1,38})?|\\.[0-9]{1,38}")) {
            throw unreadable(text);
        }
        BigDecimal value = new BigDecimal(number);
        return relative ? new Relative(value.movePointLeft(2)) : new Absolute(value);
    }

    private static void requireNotNegative(BigDecimal bound) {
        if (bound.signum() < 0) {
            throw unreadable(bound.toString());
        }
    }

    private static SnapshotException unreadable(String text) {
        return SnapshotException.invalidRequest("not a tolerance")
                .actual("'" + text + "'")
                .expected("a number such as 0.01, a share such as 1%, or scale:N with N from 0 to " + MOST_DIGITS)
                .build();
    }
}
