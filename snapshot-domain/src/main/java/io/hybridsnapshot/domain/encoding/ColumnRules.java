package io.hybridsnapshot.domain.encoding;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.TypeKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * The hash rules of one column. They normalise values before hashing; stored values never change. Immutable.
 *
 * @param flags the rules without an argument
 * @param scale digits after the point that numbers are rounded to (half up, ties away from zero), 0 to 38
 * @param precision the unit that times and timestamps are cut to (towards the past)
 */
public record ColumnRules(Set<Flag> flags, OptionalInt scale, Optional<TimePrecision> precision) {
    /** A rule without an argument. */
    public enum Flag {
        /** The column is not part of the row hash. */
        IGNORE,
        /** White space (Unicode's White_Space property) at both ends of a text is left out. */
        TRIM,
        /** An empty text, after trimming if that is asked for, is hashed as NULL. */
        EMPTY_AS_NULL;

        private String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** The units that a time can be cut to. */
    public enum TimePrecision {
        /** Thousandths of a second. */
        MILLIS(1_000_000),
        /** Millionths of a second. */
        MICROS(1_000);

        private final int nanos;

        TimePrecision(int nanos) {
            this.nanos = nanos;
        }

        /** Returns the nanoseconds of one unit. */
        public int nanos() {
            return nanos;
        }
    }

    /** No rule at all. */
    public static final ColumnRules NONE = new ColumnRules(Set.of(), OptionalInt.empty(), Optional.empty());

    public ColumnRules {
        flags = Set.copyOf(flags);
        Objects.requireNonNull(precision, "precision");
        if (scale.isPresent() && (scale.getAsInt() < 0 || scale.getAsInt() > 38)) {
            throw SnapshotException.invalidRequest("not a hash rule")
                    .actual("scale " + scale.getAsInt())
                    .expected("scale 0 to 38")
                    .build();
        }
    }

    /**
     * Reads rules: {@code ignore}, {@code trim}, {@code empty-as-null}, {@code scale N}, {@code precision
     * micros|millis}.
     *
     * The order of the rules means nothing.
     *
     * @throws SnapshotException INVALID_REQUEST for any other text, and for two different scales or precisions
     */
    public static ColumnRules parse(List<String> texts) {
        Set<Flag> flags = new TreeSet<>();
        OptionalInt scale = OptionalInt.empty();
        Optional<TimePrecision> precision = Optional.empty();
        for (String text : texts) {
            String[] words = text.trim().toLowerCase(Locale.ROOT).split("\\s+");
            if (words.length == 1 && flag(words[0]).isPresent()) {
                flags.add(flag(words[0]).get());
            } else if (words.length == 2 && words[0].equals("scale") && words[1].matches("\\d{1,2}")) {
                int digits = Integer.parseInt(words[1]);
                requireSame(scale.isEmpty() || scale.getAsInt() == digits, texts);
                scale = OptionalInt.of(digits);
            } else if (words.length == 2 && words[0].equals("precision") && words[1].matches("micros|millis")) {
                TimePrecision unit = TimePrecision.valueOf(words[1].toUpperCase(Locale.ROOT));
                requireSame(precision.orElse(unit) == unit, texts);
                precision = Optional.of(unit);
            } else {
                throw SnapshotException.invalidRequest("not a hash rule")
                        .actual("'" + text + "'")
                        .expected("ignore, trim, empty-as-null, scale N, precision micros or precision millis")
                        .build();
            }
        }
        return new ColumnRules(flags, scale, precision);
    }

    private static void requireSame(boolean same, List<String> texts) {
        if (!same) {
            throw SnapshotException.invalidRequest("two hash rules of one column contradict each other")
                    .actual(String.join(", ", texts))
                    .expected("one scale and one precision at most")
                    .build();
        }
    }

    private static Optional<Flag> flag(String text) {
        for (Flag flag : Flag.values()) {
            if (flag.text().equals(text)) {
                return Optional.of(flag);
            }
        }
        return Optional.empty();
    }

    /** Checks whether a rule without an argument is asked for. */
    public boolean has(Flag flag) {
        return flags.contains(flag);
    }

    /** Returns the same rules and one more rule. */
    public ColumnRules with(Flag flag) {
        Set<Flag> more = new TreeSet<>(flags);
        more.add(flag);
        return new ColumnRules(more, scale, precision);
    }

    /** Returns the rules as {@link #parse} reads them, in a fixed order. */
    public List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (Flag flag : Flag.values()) {
            if (flags.contains(flag)) {
                texts.add(flag.text());
            }
        }
        scale.ifPresent(digits -> texts.add("scale " + digits));
        precision.ifPresent(unit -> texts.add("precision " + unit.name().toLowerCase(Locale.ROOT)));
        return texts;
    }

    /**
     * Checks that every rule can mean something for a column.
     *
     * @throws SnapshotException INVALID_REQUEST naming the column, its type and the rule
     */
    void requireFit(Column column) {
        TypeKind kind = column.type().kind();
        if (kind != TypeKind.TEXT && (has(Flag.TRIM) || has(Flag.EMPTY_AS_NULL))) {
            throw misfit(column, "trim and empty-as-null", "a text column");
        }
        // An integer is rounded to any scale already. Without this exception, a column that becomes a decimal would no
        // longer compare with its earlier values.
        if (scale.isPresent() && !kind.isExactNumber() && !kind.isFloat()) {
            throw misfit(column, "scale", "a column of numbers");
        }
        if (precision.isPresent() && !kind.hasFraction()) {
            throw misfit(column, "precision", "a time, timestamp or instant column");
        }
    }

    private static SnapshotException misfit(Column column, String rule, String expected) {
        return SnapshotException.invalidRequest("a hash rule does not fit its column")
                .where("column '" + column.name() + "'")
                .actual(rule + " on " + column.type())
                .expected(expected)
                .nextStep("correct the dataset's rules")
                .build();
    }
}
