package io.hybridsnapshot.app.doctor;

import java.util.Objects;
import java.util.Optional;

/**
 * One thing that was looked at. Immutable.
 *
 * @param level how bad it is
 * @param subject the thing, such as {@code archive}
 * @param finding what was found; never a secret
 * @param nextStep what to do; empty if nothing is to do
 */
public record Check(Level level, String subject, String finding, Optional<String> nextStep) {
    /** How bad a finding is. */
    public enum Level {
        /** Nothing is to do. */
        OK,
        /** Commands work, and may fail later or in part. */
        WARNING,
        /** Commands fail. */
        PROBLEM
    }

    public Check {
        Objects.requireNonNull(level, "level");
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(finding, "finding");
        Objects.requireNonNull(nextStep, "nextStep");
    }

    static Check ok(String subject, String finding) {
        return new Check(Level.OK, subject, finding, Optional.empty());
    }

    static Check warning(String subject, String finding, String nextStep) {
        return new Check(Level.WARNING, subject, finding, Optional.of(nextStep));
    }

    static Check problem(String subject, String finding, String nextStep) {
        return new Check(Level.PROBLEM, subject, finding, Optional.of(nextStep));
    }
}
