package io.hybridsnapshot.domain.source;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.NearestName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Other names for some columns of a table. All names change at once, so two columns may swap theirs. Immutable.
 *
 * @param names by the table's name of a column, its other name; no two have the same other name
 */
public record ColumnRenames(Map<String, String> names) {
    /** Every column keeps its name. */
    public static final ColumnRenames NONE = new ColumnRenames(Map.of());

    /**
     * Checks the names.
     *
     * @throws SnapshotException INVALID_REQUEST if two columns get one name, or a name is empty
     */
    public ColumnRenames {
        names = Collections.unmodifiableMap(new LinkedHashMap<>(names));
        Set<String> others = new HashSet<>();
        for (Map.Entry<String, String> name : names.entrySet()) {
            if (name.getKey().isEmpty() || name.getValue().isEmpty()) {
                throw SnapshotException.invalidRequest("a column without a name cannot be renamed")
                        .actual("'" + name.getKey() + "' as '" + name.getValue() + "'")
                        .expected("two names")
                        .build();
            }
            if (!others.add(name.getValue())) {
                throw twice(name.getValue()).build();
            }
        }
    }

    /** Checks whether every column keeps its name. */
    public boolean isEmpty() {
        return names.isEmpty();
    }

    /**
     * Returns the other names of a table's columns, in the table's order.
     *
     * @param columns the names of all columns of the table
     * @param where names the table for people
     * @throws SnapshotException INVALID_REQUEST if the table lacks a renamed column, or has one with the other name
     */
    public List<String> applyTo(List<String> columns, String where) {
        for (String name : names.keySet()) {
            if (!columns.contains(name)) {
                throw SnapshotException.invalidRequest("a renamed column is not in the table")
                        .where(where)
                        .actual("'" + name + "'")
                        .expected(NearestName.expected("one of the table's columns", columns, name))
                        .nextStep("correct the name; upper and lower case and blanks count")
                        .build();
            }
        }
        List<String> renamed = new ArrayList<>(columns.size());
        Set<String> seen = new HashSet<>();
        for (String column : columns) {
            String name = names.getOrDefault(column, column);
            if (!seen.add(name)) {
                throw twice(name).where(where).build();
            }
            renamed.add(name);
        }
        return renamed;
    }

    /** Returns the table's name of a column; empty if no column has this name beside the renamed ones. */
    public Optional<String> original(String name) {
        for (Map.Entry<String, String> each : names.entrySet()) {
            if (each.getValue().equals(name)) {
                return Optional.of(each.getKey());
            }
        }
        return names.containsKey(name) ? Optional.empty() : Optional.of(name);
    }

    private static SnapshotException.Builder twice(String name) {
        return SnapshotException.invalidRequest("two columns would have one name after renaming")
                .actual("'" + name + "' twice")
                .expected("another name for each column")
                .nextStep("rename the other column as well, or leave this renaming out");
    }
}
