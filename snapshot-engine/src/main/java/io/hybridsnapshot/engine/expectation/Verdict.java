package io.hybridsnapshot.engine.expectation;

import java.util.Objects;

/**
 * An expectation and the result of its check. Immutable.
 *
 * @param expectation the expectation
 * @param outcome the result of its check
 */
public record Verdict(Expectation expectation, ExpectationOutcome outcome) {
    public Verdict {
        Objects.requireNonNull(expectation, "expectation");
        Objects.requireNonNull(outcome, "outcome");
    }

    /** Checks whether the rule is broken or could not be checked. */
    public boolean fails() {
        return outcome instanceof ExpectationOutcome.Broken || outcome instanceof ExpectationOutcome.NotChecked;
    }

    /** Checks whether the rule {@link #fails} and does not only warn. A rule that cannot be checked refuses, too. */
    public boolean refuses() {
        return fails() && expectation.otherwise() == Otherwise.REFUSE;
    }

    /** Returns the outcome in one line: {@code found 12 of 100 rows (12.0 %), expected changed <= 5%}. */
    public String reason() {
        return outcome.fold(
                met -> "found " + met.actual(),
                broken -> "found " + broken.actual() + ", expected " + broken.expected(),
                notChecked -> "not checked: " + notChecked.reason(),
                notApplicable -> "does not apply: " + notApplicable.reason());
    }
}
