package io.hybridsnapshot.domain.error;

import java.io.Serial;
import java.util.Objects;
import java.util.Optional;

/**
 * The root of all errors that the platform raises on purpose. The message is one line: what failed, where, the actual
 * value, the expected one and the next step. It never holds secrets, nor row contents beyond keys and the one cell that
 * is wrong. Instances are immutable.
 */
public final class SnapshotException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** What a caller can do about an error; the command line maps each kind to an exit code. */
    public enum Kind {
        /** The request, the configuration or the input is wrong; the same call fails again. */
        INVALID_REQUEST,
        /** Somebody else was faster or holds a lock; the same call may succeed later. */
        CONFLICT,
        /** Stored bytes are not what was written. */
        CORRUPT,
        /** A store, a file or a server cannot be reached or answered with a fault. */
        UNAVAILABLE,
        /** A connection broke while a commit was under way: ask by batch id what happened before doing anything else. */
        OUTCOME_UNKNOWN
    }

    private final Kind kind;
    private final String problem;
    private final String where;
    private final String actual;
    private final String expected;
    private final String nextStep;

    private SnapshotException(Builder builder) {
        super(builder.message(), builder.cause);
        this.kind = builder.kind;
        this.problem = builder.problem;
        this.where = builder.where;
        this.actual = builder.actual;
        this.expected = builder.expected;
        this.nextStep = builder.nextStep;
    }

    /** Starts an error about a wrong request, configuration or input. */
    public static Builder invalidRequest(String problem) {
        return new Builder(Kind.INVALID_REQUEST, problem);
    }

    /** Starts an error about a lost race or a held lock. */
    public static Builder conflict(String problem) {
        return new Builder(Kind.CONFLICT, problem);
    }

    /** Starts an error about stored bytes that are not what was written. */
    public static Builder corrupt(String problem) {
        return new Builder(Kind.CORRUPT, problem);
    }

    /** Starts an error about a store, a file or a server that cannot be reached. */
    public static Builder unavailable(String problem) {
        return new Builder(Kind.UNAVAILABLE, problem);
    }

    /** Starts an error about a commit whose outcome nobody knows. */
    public static Builder outcomeUnknown(String problem) {
        return new Builder(Kind.OUTCOME_UNKNOWN, problem);
    }

    /** Starts an error of a kind, for those who add to what another error says. */
    public static Builder of(Kind kind, String problem) {
        return new Builder(Objects.requireNonNull(kind, "kind"), problem);
    }

    /** What a caller can do about this error. */
    public Kind kind() {
        return kind;
    }

    /** What failed, in a few words. */
    public String problem() {
        return problem;
    }

    /** Where it failed: file, line, column, table. */
    public Optional<String> where() {
        return Optional.ofNullable(where);
    }

    /** The value that was met. */
    public Optional<String> actual() {
        return Optional.ofNullable(actual);
    }

    /** The value that would have been right. */
    public Optional<String> expected() {
        return Optional.ofNullable(expected);
    }

    /** What the user can do now. */
    public Optional<String> nextStep() {
        return Optional.ofNullable(nextStep);
    }

    /** Collects the parts of a {@link SnapshotException}. Not thread-safe. */
    public static final class Builder {
        private final Kind kind;
        private final String problem;
        private String where;
        private String actual;
        private String expected;
        private String nextStep;
        private Throwable cause;

        private Builder(Kind kind, String problem) {
            this.kind = kind;
            this.problem = Objects.requireNonNull(problem, "problem");
        }

        /** Names the place: file, line, column, table. */
        public Builder where(String value) {
            this.where = value;
            return this;
        }

        /** Names the value that was met. */
        public Builder actual(Object value) {
            this.actual = String.valueOf(value);
            return this;
        }

        /** Names the value that would have been right. */
        public Builder expected(Object value) {
            this.expected = String.valueOf(value);
            return this;
        }

        /** Says what the user can do now. */
        public Builder nextStep(String value) {
            this.nextStep = value;
            return this;
        }

        /** Keeps the technical cause for {@code --verbose}. */
        public Builder cause(Throwable value) {
            this.cause = value;
            return this;
        }

        /** Makes the error; the caller throws it. */
        public SnapshotException build() {
            return new SnapshotException(this);
        }

        private String message() {
            StringBuilder text = new StringBuilder(problem);
            if (where != null) {
                text.append(" (").append(where).append(')');
            }
            if (actual != null) {
                text.append(": found ").append(actual);
            }
            if (expected != null) {
                text.append(actual == null ? ": expected " : ", expected ").append(expected);
            }
            if (nextStep != null) {
                text.append("; ").append(nextStep);
            }
            return text.toString();
        }
    }
}
