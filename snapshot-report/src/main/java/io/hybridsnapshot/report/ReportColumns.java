package io.hybridsnapshot.report;

import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.TypeKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The columns of a report's rows: a number for each name, those of the later side first. Also the layouts of rows:
 * lists of such numbers, one a side. Grows while rows are taken. One thread.
 */
final class ReportColumns {
    private final Set<String> hidden;
    private final List<String> names = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<int[]> layouts = new ArrayList<>();
    private final List<List<String>> layoutNames = new ArrayList<>();
    private final Map<String, Boolean> numeric = new HashMap<>();
    private List<String> key = List.of();
    private int earlierLayout = -1;

    ReportColumns(Set<String> hidden) {
        this.hidden = Set.copyOf(hidden);
    }

    void take(Schema side) {
        for (Column column : side.columns()) {
            number(column.name());
            TypeKind kind = column.type().kind();
            numeric.merge(column.name(), kind.isExactNumber() || kind.isFloat(), Boolean::logicalAnd);
        }
    }

    void takeKey(List<String> columns) {
        key = List.copyOf(columns);
        key.forEach(this::number);
    }

    /** Returns the number of a column, a new one for a new name. */
    int number(String name) {
        Integer known = numbers.get(name);
        if (known != null) {
            return known;
        }
        numbers.put(name, names.size());
        names.add(name);
        return names.size() - 1;
    }

    /** Returns the number of the layout with these columns. Rows of one side share their list. */
    int layout(List<String> columns) {
        for (int i = 0; i < layoutNames.size(); i++) {
            if (isSame(layoutNames.get(i), columns)) {
                return i;
            }
        }
        layoutNames.add(columns);
        layouts.add(columns.stream().mapToInt(this::number).toArray());
        return layouts.size() - 1;
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(List<String> one, List<String> other) {
        return one == other || one.equals(other);
    }

    /** Returns the layout of the earlier side's rows; -1: no row of it is known. */
    int earlierLayout() {
        return earlierLayout;
    }

    void earlierHas(int layout) {
        earlierLayout = layout;
    }

    List<int[]> layouts() {
        return layouts;
    }

    List<String> names() {
        return names;
    }

    String name(int column) {
        return names.get(column);
    }

    List<String> key() {
        return key;
    }

    boolean isHidden(int column) {
        return hidden.contains(names.get(column));
    }

    boolean isHidden(String column) {
        return hidden.contains(column);
    }

    /** Returns the hidden columns that the tables have, in the order of the columns. */
    List<String> hidden() {
        return names.stream().filter(hidden::contains).toList();
    }

    boolean hidesKey() {
        return key.stream().anyMatch(hidden::contains);
    }

    /** Checks whether a column holds numbers on each side that has it. */
    boolean isNumeric(int column) {
        return numeric.getOrDefault(names.get(column), false);
    }

    /** Returns a text as it may be shown. */
    String shown(int column, Optional<String> text, String forNull) {
        return isHidden(column) ? ReportText.HIDDEN : text.orElse(forNull);
    }
}
