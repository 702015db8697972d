package io.hybridsnapshot.engine.expectation;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.Objects;

/**
 * A rule on the changes between two states, with the consequence where it does not hold. Immutable.
 *
 * @param rule the rule
 * @param otherwise the consequence
 */
public record Expectation(ExpectationRule rule, Otherwise otherwise) {
    public Expectation {
        Objects.requireNonNull(rule, "rule");
        Objects.requireNonNull(otherwise, "otherwise");
    }

    /**
     * Reads a rule: {@code changed <= 5%}, {@code column "UNIT PRICE" changed < 100}, {@code new-columns none}. The
     * words {@code otherwise warn} at its end make it a rule that only warns; without them it refuses.
     *
     * @throws SnapshotException INVALID_REQUEST naming the part that is wrong and the expected one
     */
    public static Expectation parse(String text) {
        return ExpectationText.parse(text);
    }

    /** Returns the same rule with another consequence. */
    public Expectation otherwise(Otherwise consequence) {
        return new Expectation(rule, consequence);
    }

    /** Returns the text that {@link #parse} reads as this expectation. */
    public String text() {
        return otherwise == Otherwise.WARN ? rule.text() + ExpectationText.WARNS : rule.text();
    }
}
