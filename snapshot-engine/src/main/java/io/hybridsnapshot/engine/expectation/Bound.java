package io.hybridsnapshot.engine.expectation;

import java.math.BigDecimal;
import java.util.Objects;

/**
 * The limit of a number of rows: a comparison with an absolute number, or with a share of the rows before. Shares are
 * compared exactly, without rounding. Immutable.
 *
 * @param relation how the number of rows relates to the limit
 * @param amount the limit; 0 or more, and a whole number for {@link Unit#ROWS}
 * @param unit the unit of the limit
 */
public record Bound(Relation relation, BigDecimal amount, Unit unit) {
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    /** How a number relates to a limit. */
    public enum Relation {
        /** At most. */
        AT_MOST("<="),
        /** At least. */
        AT_LEAST(">="),
        /** Less than. */
        LESS("<"),
        /** More than. */
        MORE(">"),
        /** Exactly. */
        EQUAL("=");

        private final String sign;

        Relation(String sign) {
            this.sign = sign;
        }

        /** Returns the sign in the text of a rule. */
        public String sign() {
            return sign;
        }

        private boolean holds(int order) {
            return switch (this) {
                case AT_MOST -> order <= 0;
                case AT_LEAST -> order >= 0;
                case LESS -> order < 0;
                case MORE -> order > 0;
                case EQUAL -> order == 0;
            };
        }
    }

    /** The units of a limit. */
    public enum Unit {
        /** A number of rows. */
        ROWS,
        /** Per cent of the rows of the earlier state. */
        PER_CENT_BEFORE
    }

    public Bound {
        Objects.requireNonNull(relation, "relation");
        Objects.requireNonNull(amount, "amount");
        Objects.requireNonNull(unit, "unit");
        if (amount.signum() < 0) {
            throw new IllegalArgumentException("negative limit " + amount);
        }
        if (unit == Unit.ROWS && amount.stripTrailingZeros().scale() > 0) {
            throw new IllegalArgumentException("a part of a row: " + amount);
        }
    }

    /**
     * Checks whether a number of rows keeps to the limit.
     *
     * @param rows the number of rows
     * @param before the number of rows of the earlier state; for a limit in {@link Unit#ROWS} it does not matter
     */
    public boolean holds(long rows, long before) {
        int order = unit == Unit.ROWS
                ? BigDecimal.valueOf(rows).compareTo(amount)
                : BigDecimal.valueOf(rows).multiply(HUNDRED).compareTo(amount.multiply(BigDecimal.valueOf(before)));
        return relation.holds(order);
    }

    /** Returns the bound as in the text of a rule: {@code <= 5%}. */
    @Override
    public String toString() {
        return relation.sign() + " " + amount.toPlainString() + (unit == Unit.PER_CENT_BEFORE ? "%" : "");
    }
}
