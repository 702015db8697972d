package io.hybridsnapshot.report;

import io.hybridsnapshot.domain.delta.ChangeKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * One row of a report. The cells of hidden columns are empty. Immutable.
 *
 * @param kind its kind of change
 * @param identity its identity
 * @param key the texts of the key columns; no text where the key is not known
 * @param counted the numbers of the columns with a difference that counts
 * @param before the earlier row; empty: none, or not known
 * @param after the later row; empty: none, or not known
 */
record ReportRow(
        ChangeKind kind,
        UUID identity,
        List<Optional<String>> key,
        List<Integer> counted,
        Optional<Side> before,
        Optional<Side> after) {
    ReportRow {
        key = List.copyOf(key);
        counted = List.copyOf(counted);
    }

    /**
     * The cells of one side.
     *
     * @param layout the number of the layout in {@link ReportColumns#layouts}
     */
    record Side(int layout, List<Optional<String>> texts) {
        Side {
            texts = List.copyOf(texts);
        }
    }

    /**
     * A cell that differs.
     *
     * @param column the column's number
     * @param before the earlier text
     * @param after the later text
     * @param counts whether the difference makes the row CHANGED; else it is forgiven, or its column is not compared
     */
    record Difference(int column, Optional<String> before, Optional<String> after, boolean counts) {}

    /**
     * Returns the cells that differ in the columns of both sides. Differences that count come first. The texts of a
     * hidden column are not known here, so only its counted differences are returned.
     */
    List<Difference> differences(List<int[]> layouts) {
        if (before.isEmpty() || after.isEmpty()) {
            return List.of();
        }
        Set<Integer> counting = new HashSet<>(counted);
        Map<Integer, Optional<String>> earlier = new HashMap<>();
        int[] left = layouts.get(before.get().layout());
        for (int i = 0; i < left.length; i++) {
            earlier.put(left[i], before.get().texts().get(i));
        }
        List<Difference> found = new ArrayList<>();
        List<Difference> others = new ArrayList<>();
        int[] right = layouts.get(after.get().layout());
        for (int i = 0; i < right.length; i++) {
            Optional<String> own = after.get().texts().get(i);
            Optional<String> other = earlier.getOrDefault(right[i], own);
            boolean counts = counting.contains(right[i]);
            if (counts || !own.equals(other)) {
                (counts ? found : others).add(new Difference(right[i], other, own, counts));
            }
        }
        found.addAll(others);
        return found;
    }
}
