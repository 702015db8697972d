package io.hybridsnapshot.engine.expectation;

import java.util.Objects;
import java.util.function.Function;

/** The result of checking an expectation. Immutable. */
public sealed interface ExpectationOutcome {
    /**
     * The rule holds.
     *
     * @param actual the finding, for people
     */
    record Met(String actual) implements ExpectationOutcome {
        public Met {
            Objects.requireNonNull(actual, "actual");
        }

        @Override
        public <T> T fold(
                Function<Met, T> met,
                Function<Broken, T> broken,
                Function<NotChecked, T> notChecked,
                Function<NotApplicable, T> notApplicable) {
            return met.apply(this);
        }
    }

    /**
     * The rule does not hold.
     *
     * @param actual the finding, for people
     * @param expected the rule's demand, for people
     */
    record Broken(String actual, String expected) implements ExpectationOutcome {
        public Broken {
            Objects.requireNonNull(actual, "actual");
            Objects.requireNonNull(expected, "expected");
        }

        @Override
        public <T> T fold(
                Function<Met, T> met,
                Function<Broken, T> broken,
                Function<NotChecked, T> notChecked,
                Function<NotApplicable, T> notApplicable) {
            return broken.apply(this);
        }
    }

    /**
     * The comparison does not tell whether the rule holds.
     *
     * @param reason the missing information, for people
     */
    record NotChecked(String reason) implements ExpectationOutcome {
        public NotChecked {
            Objects.requireNonNull(reason, "reason");
        }

        @Override
        public <T> T fold(
                Function<Met, T> met,
                Function<Broken, T> broken,
                Function<NotChecked, T> notChecked,
                Function<NotApplicable, T> notApplicable) {
            return notChecked.apply(this);
        }
    }

    /**
     * The rule is about a change, and there is no earlier state.
     *
     * @param reason why it does not apply, for people
     */
    record NotApplicable(String reason) implements ExpectationOutcome {
        public NotApplicable {
            Objects.requireNonNull(reason, "reason");
        }

        @Override
        public <T> T fold(
                Function<Met, T> met,
                Function<Broken, T> broken,
                Function<NotChecked, T> notChecked,
                Function<NotApplicable, T> notApplicable) {
            return notApplicable.apply(this);
        }
    }

    /** Applies the function for this outcome, and returns its result. */
    <T> T fold(
            Function<Met, T> met,
            Function<Broken, T> broken,
            Function<NotChecked, T> notChecked,
            Function<NotApplicable, T> notApplicable);
}
