package io.hybridsnapshot.engine.expectation;

import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.error.Counted;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.NearestName;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.SchemaDrift;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The results of a comparison that expectations are checked with. Immutable.
 *
 * @param origin whether there is an earlier state
 * @param counts rows by kind of change; forgiven rows count as UNCHANGED
 * @param changedUnknown why the number of CHANGED rows is not known; empty: it is
 * @param before the columns of the earlier state; empty: there is none, or they are not known
 * @param after the columns of the later state; empty: they are not known
 * @param notCompared by column, why differences in it were not found
 * @param cells by column, the number of CHANGED rows in which it differs; columns without a change may be left out
 * @param cellsUnknown why the cells of CHANGED rows are not known; empty: they are
 */
public record ObservedChanges(
        Origin origin,
        DeltaSummary counts,
        Optional<String> changedUnknown,
        Optional<Schema> before,
        Optional<Schema> after,
        Map<String, String> notCompared,
        Map<String, Long> cells,
        Optional<String> cellsUnknown) {
    private static final String FIRST = "there is no earlier state to compare with";

    /** Whether there is an earlier state. */
    public enum Origin {
        /** There is none: every row is NEW. */
        FIRST,
        /** There is one, which may be empty. */
        LATER
    }

    public ObservedChanges {
        Objects.requireNonNull(origin, "origin");
        Objects.requireNonNull(counts, "counts");
        Objects.requireNonNull(changedUnknown, "changedUnknown");
        Objects.requireNonNull(before, "before");
        Objects.requireNonNull(after, "after");
        notCompared = Collections.unmodifiableMap(new LinkedHashMap<>(notCompared));
        cells = Collections.unmodifiableMap(new LinkedHashMap<>(cells));
        Objects.requireNonNull(cellsUnknown, "cellsUnknown");
    }

    /** Checks a rule. */
    public ExpectationOutcome outcome(ExpectationRule rule) {
        if (rule instanceof ExpectationRule.Rows rows) {
            return outcome(rows);
        }
        if (rule instanceof ExpectationRule.Column column) {
            return outcome(column);
        }
        return outcome((ExpectationRule.NoDrift) rule);
    }

    private ExpectationOutcome outcome(ExpectationRule.Rows rule) {
        boolean isAboutAll =
                rule.count() == ExpectationRule.RowCount.ROWS && rule.bound().unit() == Bound.Unit.ROWS;
        if (origin == Origin.FIRST && !isAboutAll) {
            return new ExpectationOutcome.NotApplicable(FIRST);
        }
        boolean needsChanged =
                rule.count() == ExpectationRule.RowCount.CHANGED || rule.count() == ExpectationRule.RowCount.UNCHANGED;
        if (needsChanged && changedUnknown.isPresent()) {
            return new ExpectationOutcome.NotChecked(changedUnknown.get());
        }
        return compared(rule, rule.bound(), count(rule.count()));
    }

    private long count(ExpectationRule.RowCount count) {
        return switch (count) {
            case NEW -> counts.added();
            case CHANGED -> counts.changed();
            case DELETED -> counts.deleted();
            case UNCHANGED -> counts.unchanged();
            case ROWS -> counts.after();
        };
    }

    private ExpectationOutcome outcome(ExpectationRule.Column rule) {
        Optional<String> unknown = unknown(rule.column());
        if (unknown.isPresent()) {
            return new ExpectationOutcome.NotChecked(unknown.get());
        }
        if (origin == Origin.FIRST) {
            return new ExpectationOutcome.NotApplicable(FIRST);
        }
        Optional<String> uncompared = Optional.ofNullable(notCompared.get(rule.column()));
        if (uncompared.isPresent()) {
            return new ExpectationOutcome.NotChecked(uncompared.get());
        }
        if (cellsUnknown.isPresent()) {
            return new ExpectationOutcome.NotChecked(cellsUnknown.get());
        }
        return compared(rule, rule.bound(), cells.getOrDefault(rule.column(), 0L));
    }

    private Optional<String> unknown(String column) {
        Set<String> known = new LinkedHashSet<>();
        Stream.of(after, before).flatMap(Optional::stream).forEach(side -> known.addAll(side.names()));
        return known.isEmpty() || known.contains(column)
                ? Optional.empty()
                : Optional.of("no side has the column '" + column + "'"
                        + NearestName.among(known, column)
                                .map(nearest -> " (did you mean '" + nearest + "'?)")
                                .orElse(""));
    }

    private ExpectationOutcome compared(ExpectationRule rule, Bound bound, long rows) {
        String actual = Counted.of(rows, "row") + (origin == Origin.FIRST ? "" : share(rows, counts.before()));
        return bound.holds(rows, counts.before())
                ? new ExpectationOutcome.Met(actual)
                : new ExpectationOutcome.Broken(actual, rule.text());
    }

    private static String share(long rows, long before) {
        return before == 0
                ? " (0 rows before)"
                : String.format(Locale.ROOT, " (%.2f %% of %,d before)", 100.0 * rows / before, before);
    }

    private ExpectationOutcome outcome(ExpectationRule.NoDrift rule) {
        if (origin == Origin.FIRST) {
            return new ExpectationOutcome.NotApplicable(FIRST);
        }
        if (before.isEmpty() || after.isEmpty()) {
            return new ExpectationOutcome.NotChecked(
                    "the columns of the " + (before.isEmpty() ? "earlier" : "later") + " state are not known");
        }
        SchemaDrift drift = SchemaDrift.between(before.get(), after.get());
        List<String> found = switch (rule.drift()) {
            case NEW_COLUMNS -> drift.added().stream().map(Column::name).toList();
            case DROPPED_COLUMNS -> drift.dropped().stream().map(Column::name).toList();
            case RETYPED_COLUMNS ->
                drift.retyped().stream()
                        .map(each -> each.name() + " (" + each.before() + " to " + each.after() + ")")
                        .toList();
        };
        return found.isEmpty()
                ? new ExpectationOutcome.Met("none")
                : new ExpectationOutcome.Broken(String.join(", ", found), rule.text());
    }
}
