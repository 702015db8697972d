package io.hybridsnapshot.domain.error;

import java.io.Serial;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The root of all errors that the platform raises on purpose. The message is one line: the failure, its place, the
 * actual value, the expected one and the next step. The message holds no secrets, and of row contents only keys and the
 * one cell that is wrong. Instances are immutable.
 *
 * <p>Texts may refer to remedies ({@link RemedyText}). All accessors return them in the words of the Java API. An
 * application reads them in its own words from {@link #in}.
 */
public final class SnapshotException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** The kinds of errors by the caller's possible reaction. An application may map each kind to an exit code. */
    public enum Kind {
        /** The request, the configuration or the input is wrong; the same call fails again. */
        INVALID_REQUEST,
        /** Another caller was faster or holds a lock; the same call may succeed later. */
        CONFLICT,
        /** Stored bytes differ from the bytes that were written. */
        CORRUPT,
        /** A store, a file or a server cannot be reached or answered with a fault. */
        UNAVAILABLE,
        /**
         * A connection broke while a commit was under way. Ask for the outcome by batch id before doing anything else.
         */
        OUTCOME_UNKNOWN
    }

    private final Kind kind;
    private final String problem;
    private final @Nullable RemedyText where;
    private final @Nullable RemedyText actual;
    private final @Nullable RemedyText expected;
    private final @Nullable RemedyText nextStep;
    private final RemedyText text;
    private final boolean storeRefused;

    private SnapshotException(Builder builder) {
        this(builder, builder.text(), Wording.API);
    }

    private SnapshotException(Builder builder, RemedyText text, Wording wording) {
        super(text.in(wording), builder.cause);
        this.kind = builder.kind;
        this.problem = builder.problem;
        this.where = builder.where;
        this.actual = builder.actual;
        this.expected = builder.expected;
        this.nextStep = builder.nextStep;
        this.text = text;
        this.storeRefused = builder.storeRefused;
    }

    /** Starts an error about a wrong request, configuration or input. */
    public static Builder invalidRequest(String problem) {
        return new Builder(Kind.INVALID_REQUEST, problem);
    }

    /** Starts an error about a lost race or a held lock. */
    public static Builder conflict(String problem) {
        return new Builder(Kind.CONFLICT, problem);
    }

    /** Starts an error about stored bytes that differ from the bytes that were written. */
    public static Builder corrupt(String problem) {
        return new Builder(Kind.CORRUPT, problem);
    }

    /** Starts an error about a store, a file or a server that cannot be reached. */
    public static Builder unavailable(String problem) {
        return new Builder(Kind.UNAVAILABLE, problem);
    }

    /** Starts an error about a commit with an unknown outcome. */
    public static Builder outcomeUnknown(String problem) {
        return new Builder(Kind.OUTCOME_UNKNOWN, problem);
    }

    /** Starts an error of a kind, for callers that extend another error. */
    public static Builder of(Kind kind, String problem) {
        return new Builder(Objects.requireNonNull(kind, "kind"), problem);
    }

    /** Returns the kind, which tells a caller how to react. */
    public Kind kind() {
        return kind;
    }

    /**
     * Checks whether a store cannot be used at all. Either it is {@link Kind#UNAVAILABLE}, or it refused the login, the
     * database or a right. A refusal is the configuration's fault and not the request's.
     */
    public boolean isStoreOut() {
        return storeRefused || kind == Kind.UNAVAILABLE;
    }

    /** Returns the failure in a few words. */
    public String problem() {
        return problem;
    }

    /** Returns where it failed: file, line, column, table. */
    public Optional<String> where() {
        return Optional.ofNullable(where).map(RemedyText::toString);
    }

    /** Returns the actual value. */
    public Optional<String> actual() {
        return Optional.ofNullable(actual).map(RemedyText::toString);
    }

    /** Returns the value that would have been right. */
    public Optional<String> expected() {
        return Optional.ofNullable(expected).map(RemedyText::toString);
    }

    /** Returns the user's next step, in the words of the Java API. */
    public Optional<String> nextStep() {
        return Optional.ofNullable(nextStep).map(RemedyText::toString);
    }

    /** Returns the user's next step as a value, for an error that continues this one. */
    public Optional<RemedyText> nextStepText() {
        return Optional.ofNullable(nextStep);
    }

    /** Returns the whole message as a value, for a report that quotes it. */
    public RemedyText text() {
        return text;
    }

    /**
     * Returns this error in the words of an application: the message and all parts. Kind, cause, stack trace and
     * suppressed errors are the same.
     */
    public SnapshotException in(Wording wording) {
        Builder builder = new Builder(kind, problem);
        builder.where = worded(where, wording);
        builder.actual = worded(actual, wording);
        builder.expected = worded(expected, wording);
        builder.nextStep = worded(nextStep, wording);
        builder.cause = getCause();
        builder.storeRefused = storeRefused;
        SnapshotException error = new SnapshotException(builder, RemedyText.plain(text.in(wording)), wording);
        error.setStackTrace(getStackTrace());
        for (Throwable suppressed : getSuppressed()) {
            error.addSuppressed(suppressed);
        }
        return error;
    }

    private static @Nullable RemedyText worded(@Nullable RemedyText part, Wording wording) {
        return part == null ? null : RemedyText.plain(part.in(wording));
    }

    /**
     * Collects the parts of a {@link SnapshotException}. Every part is made fit for one line: control characters are
     * escaped. An actual value and a place are cut to about {@link SafeText#VALUE} characters (beginning and end),
     * longer prose to about a thousand. A cause is put in words without the names of Java classes. A list of values is
     * cut value by value, so a list may be long. Not thread-safe.
     */
    public static final class Builder {
        /** A place may combine paths and names of columns. */
        private static final int PLACE = 400;

        /** The program's own sentences, with values in them. */
        private static final int PROSE = 2_000;
        /** A next step may contain a text for each column of a wide table. */
        private static final int NEXT_STEP = 20_000;

        private static final int MOST_VALUES = 40;

        private final Kind kind;
        private final String problem;
        private @Nullable RemedyText where;
        private @Nullable RemedyText actual;
        private @Nullable RemedyText expected;
        private @Nullable RemedyText nextStep;
        private @Nullable Throwable cause;
        private boolean storeRefused;
        private final List<String> lines = new ArrayList<>();

        private Builder(Kind kind, String problem) {
            this.kind = kind;
            this.problem = SafeText.cut(Objects.requireNonNull(problem, "problem"), PROSE);
        }

        /** Sets the place: file, line, column, table. */
        public Builder where(@Nullable String value) {
            this.where = plain(value, PLACE);
            return this;
        }

        /** Sets a place that quotes another text. */
        public Builder where(RemedyText value) {
            this.where = value.cut(PLACE);
            return this;
        }

        /**
         * Sets the actual value. Lists of values and causes are treated in their own ways; a {@link RemedyText} keeps
         * its remedies.
         */
        public Builder actual(@Nullable Object value) {
            this.actual = text(value, SafeText.VALUE);
            return this;
        }

        /** Sets the expected value. */
        public Builder expected(@Nullable Object value) {
            this.expected = text(value, PROSE);
            return this;
        }

        /** Sets the user's next step, a text without remedies. */
        public Builder nextStep(@Nullable String value) {
            this.nextStep = plain(value, NEXT_STEP);
            return this;
        }

        /**
         * Sets the user's next step with values at its places, as {@link RemedyText#of}: {@code nextStep("{0} shows
         * them", CommonRemedy.LIST)}.
         */
        public Builder nextStep(String pattern, Object... values) {
            return nextStep(RemedyText.of(pattern, values));
        }

        /** Sets the user's next step. */
        public Builder nextStep(RemedyText value) {
            this.nextStep = value.cut(NEXT_STEP);
            return this;
        }

        /** Adds a separate line below the message: one item of a report, or text to copy. Blanks at its start stay. */
        public Builder line(String value) {
            lines.add(SafeText.cut(value, PROSE));
            return this;
        }

        /**
         * Notes that a store refused the login, the database or a right. A caller that does not need the store may
         * continue.
         */
        public Builder storeRefused() {
            this.storeRefused = true;
            return this;
        }

        /** Keeps the technical cause for logs. It is no part of the message. */
        public Builder cause(@Nullable Throwable value) {
            this.cause = value;
            return this;
        }

        /** Makes the error; the caller throws it. */
        public SnapshotException build() {
            return new SnapshotException(this);
        }

        private static @Nullable RemedyText plain(@Nullable String value, int limit) {
            return value == null ? null : RemedyText.plain(SafeText.cut(value, limit));
        }

        private static @Nullable RemedyText text(@Nullable Object value, int limit) {
            if (value instanceof RemedyText text) {
                return text.cut(limit);
            }
            if (value instanceof Throwable failure) {
                return plain(CauseText.of(failure), limit);
            }
            if (!(value instanceof Collection<?> values)) {
                return plain(String.valueOf(value), limit);
            }
            String shown = values.stream()
                    .limit(MOST_VALUES)
                    .map(each -> SafeText.value(String.valueOf(each)))
                    .collect(Collectors.joining("; "));
            int more = values.size() - MOST_VALUES;
            return RemedyText.plain(more > 0 ? shown + " and " + more + " more" : shown);
        }

        private RemedyText text() {
            List<RemedyText> parts = new ArrayList<>();
            parts.add(RemedyText.plain(problem));
            if (where != null) {
                parts.add(RemedyText.of(" ({0})", where));
            }
            if (actual != null) {
                parts.add(RemedyText.of(": found {0}", actual));
            }
            if (expected != null) {
                parts.add(RemedyText.of(actual == null ? ": expected {0}" : ", expected {0}", expected));
            }
            if (nextStep != null) {
                parts.add(RemedyText.of("; {0}", nextStep));
            }
            lines.forEach(line -> parts.add(RemedyText.plain("\n" + line)));
            return RemedyText.joined("", parts);
        }
    }
}
