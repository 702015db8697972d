package io.hybridsnapshot.engine.comparison;

import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.NearestName;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.TypeKind;
import io.hybridsnapshot.engine.error.EngineRemedy;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The differences of cells that do not matter in a comparison. Hashes and counts are the same as without rules: a
 * forgiven row is still CHANGED, and is counted separately. A tolerance applies to numbers only. NULL and a number, NaN
 * and a number, an infinity and anything else always differ. A floating-point value counts as the shortest decimal
 * number that reads back as it, which is the form in reports. Immutable.
 *
 * @param ignored columns with differences that never matter
 * @param tolerances by column, the tolerated distance of two numbers; no column is also ignored
 * @param texts the differences between texts that do not matter, in every column whose cells are text on both sides
 */
public record ComparisonRules(Set<String> ignored, Map<String, Tolerance> tolerances, Set<TextDifference> texts) {
    /** Every difference matters. */
    public static final ComparisonRules NONE = new ComparisonRules(Set.of(), Map.of(), Set.of());

    public ComparisonRules {
        ignored = Collections.unmodifiableSet(new TreeSet<>(ignored));
        tolerances = Collections.unmodifiableMap(new TreeMap<>(tolerances));
        texts = Set.copyOf(texts);
        for (String column : tolerances.keySet()) {
            if (ignored.contains(column)) {
                throw SnapshotException.invalidRequest("a column is ignored and has a tolerance")
                        .actual("'" + column + "'")
                        .expected("one of the two")
                        .build();
            }
        }
    }

    /** Returns the same rules, and no difference of this column matters. */
    public ComparisonRules ignoring(String column) {
        Set<String> more = new TreeSet<>(ignored);
        more.add(column);
        return new ComparisonRules(more, tolerances, texts);
    }

    /** Returns the same rules with a tolerance for a column, in place of one that it had. */
    public ComparisonRules tolerating(String column, Tolerance tolerance) {
        Map<String, Tolerance> more = new TreeMap<>(tolerances);
        more.put(column, tolerance);
        return new ComparisonRules(ignored, more, texts);
    }

    /** Returns the same rules, and this difference between two texts does not matter. */
    public ComparisonRules forgiving(TextDifference difference) {
        Set<TextDifference> more = new TreeSet<>(texts);
        more.add(difference);
        return new ComparisonRules(ignored, tolerances, more);
    }

    /** Checks whether every difference matters. */
    public boolean isEmpty() {
        return ignored.isEmpty() && tolerances.isEmpty() && texts.isEmpty();
    }

    /**
     * Checks that each rule can apply to the compared sides. A rule may name a column that only one side has.
     *
     * @param sides the columns of each side, as far as they are known
     * @param keyColumns the columns by which rows are matched
     * @throws SnapshotException INVALID_REQUEST naming a column that no side has, with the nearest that one has, a
     *     tolerance of a column that holds no numbers, or a rule for a key column: rows with another key are other rows
     *     under any rule
     */
    public void requireFit(Collection<Schema> sides, Collection<String> keyColumns) {
        Stream.concat(ignored.stream(), tolerances.keySet().stream())
                .filter(keyColumns::contains)
                .findFirst()
                .ifPresent(ComparisonRules::refuseKey);
        if (sides.isEmpty()) {
            return;
        }
        for (String column : ignored) {
            requireKnown(column, sides);
        }
        for (String column : tolerances.keySet()) {
            requireKnown(column, sides);
            for (Schema side : sides) {
                requireNumber(column, side);
            }
        }
    }

    /** Returns the refusal of these rules where a side ("the earlier side") has no cells to apply them to. */
    public SnapshotException withoutCells(RemedyText side) {
        return SnapshotException.invalidRequest("differences cannot be forgiven without the cells of both sides")
                .where(side)
                .actual("keys and hashes alone")
                .expected("an archive of the snapshot, or a source")
                .nextStep(
                        "leave out {0}, {1}, {2} and {3}, or compare states that are archived",
                        EngineRemedy.IGNORED_COLUMNS,
                        EngineRemedy.TOLERANCES,
                        EngineRemedy.IGNORED_CASE,
                        EngineRemedy.IGNORED_SPACE)
                .build();
    }

    private static void refuseKey(String column) {
        throw SnapshotException.invalidRequest("a rule of the comparison names a key column")
                .actual("'" + column + "'")
                .expected("a column outside the key, because rows are matched by their keys")
                .nextStep("leave the rule out, or choose another key for the dataset")
                .build();
    }

    private static void requireKnown(String column, Collection<Schema> sides) {
        Set<String> known = new LinkedHashSet<>();
        sides.forEach(side -> known.addAll(side.names()));
        if (!known.contains(column)) {
            throw SnapshotException.invalidRequest("a rule of the comparison names an unknown column")
                    .actual("'" + column + "'")
                    .expected(NearestName.expected("one of the compared columns", known, column))
                    .nextStep("correct the name; {0} shows them", CommonRemedy.LIST_COLUMNS)
                    .build();
        }
    }

    private void requireNumber(String name, Schema side) {
        OptionalInt index = side.find(name);
        if (index.isEmpty()) {
            return;
        }
        Column column = side.column(index.getAsInt());
        if (!column.type().kind().isExactNumber() && !column.type().kind().isFloat()) {
            SnapshotException.Builder error = SnapshotException.invalidRequest("a tolerance does not fit its column")
                    .where("column '" + name + "'")
                    .actual(tolerances.get(name) + " on " + column.type())
                    .expected("a column of numbers");
            if (column.type().kind() == TypeKind.TEXT) {
                error.nextStep(
                        "if the rows come from a CSV file, declare a numeric type ({0}), for snapshots when they are"
                                + " saved; or name another column, or ignore this one",
                        EngineRemedy.COLUMN_TYPE);
            } else {
                error.nextStep("name another column, or ignore this one");
            }
            throw error.build();
        }
    }
}
