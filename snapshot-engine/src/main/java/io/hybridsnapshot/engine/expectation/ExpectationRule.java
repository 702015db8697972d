package io.hybridsnapshot.engine.expectation;

import java.util.Locale;
import java.util.Objects;

/** A rule on the changes between two states. Its text is the one that {@link Expectation#parse} reads. Immutable. */
public sealed interface ExpectationRule {
    /** Returns the rule in its canonical form, such as {@code changed <= 5%}. */
    String text();

    /** The numbers of rows that a rule can limit. */
    enum RowCount {
        /** Rows that only the later state has. */
        NEW,
        /** Rows of both with a difference that is not forgiven. */
        CHANGED,
        /** Rows that only the earlier state has. */
        DELETED,
        /** Rows of both without a difference, or with forgiven ones alone. */
        UNCHANGED,
        /** All rows of the later state. */
        ROWS;

        /** Returns the word in the text of a rule. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The changes of the columns that a rule can exclude. */
    enum ColumnDrift {
        /** Columns that only the later state has. */
        NEW_COLUMNS("new-columns"),
        /** Columns that only the earlier state has. */
        DROPPED_COLUMNS("dropped-columns"),
        /** Columns of both with different types. */
        RETYPED_COLUMNS("retyped-columns");

        private final String word;

        ColumnDrift(String word) {
            this.word = word;
        }

        /** Returns the word in the text of a rule. */
        public String word() {
            return word;
        }
    }

    /**
     * A limit of a number of rows.
     *
     * @param count the number
     * @param bound its limit
     */
    record Rows(RowCount count, Bound bound) implements ExpectationRule {
        public Rows {
            Objects.requireNonNull(count, "count");
            Objects.requireNonNull(bound, "bound");
        }

        @Override
        public String text() {
            return count.word() + " " + bound;
        }
    }

    /**
     * A limit of the number of CHANGED rows in which a column differs.
     *
     * @param column the column's name
     * @param bound the limit
     */
    record Column(String column, Bound bound) implements ExpectationRule {
        public Column {
            Objects.requireNonNull(column, "column");
            Objects.requireNonNull(bound, "bound");
        }

        @Override
        public String text() {
            return "column " + ExpectationText.quoted(column) + " changed " + bound;
        }
    }

    /**
     * The exclusion of a change of the columns.
     *
     * @param drift the change
     */
    record NoDrift(ColumnDrift drift) implements ExpectationRule {
        public NoDrift {
            Objects.requireNonNull(drift, "drift");
        }

        @Override
        public String text() {
            return drift.word() + " none";
        }
    }
}
