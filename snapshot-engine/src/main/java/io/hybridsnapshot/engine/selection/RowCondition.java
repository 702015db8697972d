package io.hybridsnapshot.engine.selection;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A condition on the cells of one column. The column's type decides the order: numbers, dates and times by their
 * values, texts by their code points. NULL is equal to no value, so it meets {@link Operator#NOT_EQUAL} and no other
 * operator. An empty operand stands for NULL and for the empty text: {@code STATUS=} and {@code STATUS!=}. Immutable.
 *
 * @param column the column's name
 * @param operator the comparison of a cell with the operand
 * @param operand the text of a value of the column's type, or a regular expression
 */
public record RowCondition(String column, Operator operator, String operand) {
    /** A comparison of a cell with the operand. */
    public enum Operator {
        /** The cell is equal to the operand. */
        EQUAL("="),
        /** The cell is not equal to the operand, or is NULL. */
        NOT_EQUAL("!="),
        /** The cell is less than the operand. */
        LESS("<"),
        /** The cell is less than the operand, or equal to it. */
        AT_MOST("<="),
        /** The cell is greater than the operand. */
        GREATER(">"),
        /** The cell is greater than the operand, or equal to it. */
        AT_LEAST(">="),
        /**
         * A part of the cell's text matches the operand, a regular expression of {@link Pattern}. Every type has a text
         * ({@link io.hybridsnapshot.domain.batch.CellText}).
         */
        MATCHES("~");

        private final String sign;

        Operator(String sign) {
            this.sign = sign;
        }

        /** Returns the operator as it is written in a condition. */
        public String sign() {
            return sign;
        }

        /** Checks whether the operator needs an order of the values. */
        public boolean isOrder() {
            return this == LESS || this == AT_MOST || this == GREATER || this == AT_LEAST;
        }
    }

    /**
     * Checks a condition.
     *
     * @throws SnapshotException INVALID_REQUEST if the column's name is empty, an operator that needs a value has none,
     *     or the operand is no regular expression where one is expected
     */
    public RowCondition {
        Objects.requireNonNull(column, "column");
        Objects.requireNonNull(operator, "operator");
        Objects.requireNonNull(operand, "operand");
        if (column.isEmpty()) {
            throw unreadable(operator.sign() + operand).build();
        }
        if (operand.isEmpty() && operator != Operator.EQUAL && operator != Operator.NOT_EQUAL) {
            throw unreadable(column + operator.sign())
                    .nextStep("write a value behind " + operator.sign() + "; only = and != take an empty one, for NULL")
                    .build();
        }
        if (operator == Operator.MATCHES) {
            requirePattern(operand);
        }
    }

    /**
     * Reads a condition such as {@code STATUS=OPEN} or {@code PRICE>=10}. The first operator in the text counts. A
     * column whose name has the character of an operator stands in double quotes, and a quote in its name is doubled:
     * {@code "A<B"=5}. Blanks around the operator count as parts of the name and of the value.
     *
     * @throws SnapshotException INVALID_REQUEST if the text is no condition
     */
    public static RowCondition parse(String text) {
        int at = 0;
        String column;
        if (text.startsWith("\"")) {
            int end = closingQuote(text);
            column = text.substring(1, end).replace("\"\"", "\"");
            at = end + 1;
        } else {
            while (at < text.length() && operatorAt(text, at).isEmpty()) {
                at++;
            }
            column = text.substring(0, at);
        }
        Operator operator =
                operatorAt(text, at).orElseThrow(() -> unreadable(text).build());
        return new RowCondition(
                column, operator, text.substring(at + operator.sign().length()));
    }

    private static int closingQuote(String text) {
        int at = 1;
        while (at < text.length()) {
            if (text.charAt(at) != '"') {
                at++;
            } else if (text.startsWith("\"\"", at)) {
                at += 2;
            } else {
                return at;
            }
        }
        throw unreadable(text)
                .nextStep("close the quote behind the column's name")
                .build();
    }

    /** The longest operator at a position. */
    private static Optional<Operator> operatorAt(String text, int at) {
        Operator longest = null;
        for (Operator operator : Operator.values()) {
            if (text.startsWith(operator.sign(), at)
                    && (longest == null
                            || operator.sign().length() > longest.sign().length())) {
                longest = operator;
            }
        }
        return Optional.ofNullable(longest);
    }

    private static void requirePattern(String operand) {
        try {
            Pattern.compile(operand);
        } catch (PatternSyntaxException e) {
            throw SnapshotException.invalidRequest("not a regular expression")
                    .where("position " + (Math.max(0, e.getIndex()) + 1))
                    .actual("'" + operand + "': " + e.getDescription())
                    .expected("a regular expression of Java, such as ^SO-10")
                    .nextStep("write a backslash before a character that stands for itself")
                    .build();
        }
    }

    private static SnapshotException.Builder unreadable(String text) {
        return SnapshotException.invalidRequest("not a condition")
                .actual("'" + text + "'")
                .expected("a column, one of = != < <= > >= ~, and a value, such as STATUS=OPEN");
    }

    /** Returns the condition in the form that {@link #parse} reads. */
    @Override
    public String toString() {
        boolean plain = !column.startsWith("\"");
        for (int at = 0; at < column.length() && plain; at++) {
            plain = operatorAt(column, at).isEmpty();
        }
        String name = plain ? column : "\"" + column.replace("\"", "\"\"") + "\"";
        return name + operator.sign() + operand;
    }
}
