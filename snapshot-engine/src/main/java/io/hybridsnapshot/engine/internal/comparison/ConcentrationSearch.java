package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.delta.CellChange;
import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.RowCells;
import io.hybridsnapshot.domain.delta.RowChange;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.comparison.ComparedColumns;
import io.hybridsnapshot.engine.comparison.Concentration;
import io.hybridsnapshot.engine.comparison.RowChangeListener;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Counts the values and the changed columns of CHANGED rows beside a listener that receives whole rows, and then finds
 * where they are concentrated. The share of a value among all rows is that of evenly spaced rows of the later file.
 * Memory is bounded: a column with many values or long ones is left out, as is a row with many changed columns. One
 * thread.
 */
final class ConcentrationSearch implements RowChangeListener {
    /** A column with more values in CHANGED rows has no value that stands out for people. */
    private static final int MOST_VALUES = 64;

    private static final int LONGEST_VALUE = 100;
    /** Changed columns of a row up to which its pairs are counted. */
    private static final int MOST_CHANGED = 32;

    private static final int MOST_PAIRS = 20_000;
    private static final int MOST_SAMPLED = 2_000;
    /** Fewer rows prove nothing. */
    private static final int FEWEST_ROWS = 10;

    private static final double LEAST_SHARE = 0.5;
    private static final double LEAST_TIMES = 2;
    private static final double LEAST_TOGETHER = 0.8;
    private static final int MOST_SHOWN = 5;

    private final RowChangeListener listener;
    private final Set<String> keyColumns;
    private final Map<String, Map<Optional<String>, Long>> values = new LinkedHashMap<>();
    private final Set<String> tooMany = new HashSet<>();
    private final Map<String, Long> changes = new LinkedHashMap<>();
    private final Map<List<String>, Long> pairs = new HashMap<>();
    private long rows;

    private ConcentrationSearch(RowChangeListener listener, Collection<String> keyColumns) {
        this.listener = listener;
        this.keyColumns = Set.copyOf(keyColumns);
    }

    /** Makes a search beside a listener; empty if it does not receive whole rows. */
    static Optional<ConcentrationSearch> beside(Optional<RowChangeListener> listener, Collection<String> keyColumns) {
        return listener.filter(RowChangeListener::wantsWholeRows)
                .map(target -> new ConcentrationSearch(target, keyColumns));
    }

    @Override
    public boolean wantsWholeRows() {
        return true;
    }

    @Override
    public void onColumns(ComparedColumns columns) {
        listener.onColumns(columns);
    }

    @Override
    public void onChange(RowChange change) {
        listener.onChange(change);
        if (change.kind() == ChangeKind.CHANGED) {
            rows++;
            countChanges(change.cells());
            change.after().ifPresent(this::countValues);
        }
    }

    private void countChanges(List<CellChange> cells) {
        for (CellChange cell : cells) {
            changes.merge(cell.column(), 1L, Long::sum);
        }
        if (cells.size() > MOST_CHANGED) {
            return;
        }
        for (int first = 0; first < cells.size(); first++) {
            for (int second = first + 1; second < cells.size(); second++) {
                List<String> pair =
                        List.of(cells.get(first).column(), cells.get(second).column());
                if (pairs.size() < MOST_PAIRS || pairs.containsKey(pair)) {
                    pairs.merge(pair, 1L, Long::sum);
                }
            }
        }
    }

    private void countValues(RowCells row) {
        for (int i = 0; i < row.columns().size(); i++) {
            String column = row.columns().get(i);
            if (keyColumns.contains(column) || tooMany.contains(column)) {
                continue;
            }
            Optional<String> value = row.texts().get(i);
            Map<Optional<String>, Long> counts = values.computeIfAbsent(column, name -> new HashMap<>());
            counts.merge(value, 1L, Long::sum);
            if (counts.size() > MOST_VALUES
                    || value.filter(text -> text.length() > LONGEST_VALUE).isPresent()) {
                tooMany.add(column);
                values.remove(column);
            }
        }
    }

    /**
     * Finds the concentrations after all rows were heard.
     *
     * @param later the later side's file; empty: no value can be compared with its share
     * @return empty if too few rows are CHANGED
     */
    Optional<Concentration> found(Optional<SnapshotReader> later) {
        if (rows < FEWEST_ROWS) {
            return Optional.empty();
        }
        Map<String, Optional<String>> candidates = later.isPresent() ? candidates() : Map.of();
        List<Concentration.CommonValue> common = new ArrayList<>();
        long sampled = 0;
        if (!candidates.isEmpty()) {
            sampled = Math.min(MOST_SAMPLED, later.get().rowCount());
            Map<String, Long> shares = sampled(later.get(), candidates, (int) sampled);
            candidates.forEach((column, value) -> {
                long heard = values.getOrDefault(column, Map.of()).getOrDefault(value, 0L);
                common.add(new Concentration.CommonValue(column, value, heard, shares.getOrDefault(column, 0L)));
            });
        }
        Concentration all = new Concentration(common, together(), rows, sampled);
        Comparator<Concentration.CommonValue> byTimes =
                Comparator.comparingDouble(value -> -all.timesItsShare(value).orElse(Double.MAX_VALUE));
        List<Concentration.CommonValue> best = common.stream()
                .filter(value -> all.timesItsShare(value).orElse(Double.MAX_VALUE) >= LEAST_TIMES)
                .sorted(byTimes.thenComparing(value -> -value.changedRows()))
                .limit(MOST_SHOWN)
                .toList();
        return Optional.of(new Concentration(best, all.together(), rows, sampled));
    }

    /** Returns by column the most frequent value, where most of the rows have it and the column itself stays. */
    private Map<String, Optional<String>> candidates() {
        Map<String, Optional<String>> candidates = new LinkedHashMap<>();
        values.forEach((column, counts) -> {
            if (changes.getOrDefault(column, 0L) > rows * LEAST_SHARE) {
                return;
            }
            counts.entrySet().stream()
                    .max(Map.Entry.comparingByValue())
                    .filter(most -> most.getValue() >= rows * LEAST_SHARE)
                    .ifPresent(most -> candidates.put(column, most.getKey()));
        });
        return candidates;
    }

    /** Counts the sampled rows that have the value of each column. */
    private static Map<String, Long> sampled(
            SnapshotReader file, Map<String, Optional<String>> candidates, int sampled) {
        long[] ordinals = new long[sampled];
        for (int i = 0; i < sampled; i++) {
            ordinals[i] = i * file.rowCount() / sampled;
        }
        Map<String, Long> counts = new HashMap<>();
        List<String> columns = List.copyOf(candidates.keySet());
        try (RowStream stream = file.rowsAt(ordinals, ReadOptions.ALL.withColumns(columns))) {
            for (Optional<RowBatch> next = stream.next(); next.isPresent(); next = stream.next()) {
                RowBatch batch = next.get();
                for (String column : columns) {
                    int index = batch.schema().indexOf(column);
                    for (int row = 0; row < batch.rowCount(); row++) {
                        if (ChangeDrillDown.text(batch, index, row).equals(candidates.get(column))) {
                            counts.merge(column, 1L, Long::sum);
                        }
                    }
                }
            }
        }
        return counts;
    }

    private List<Concentration.TogetherChanged> together() {
        List<Concentration.TogetherChanged> found = new ArrayList<>();
        pairs.forEach((pair, both) -> {
            long either = changes.getOrDefault(pair.get(0), 0L) + changes.getOrDefault(pair.get(1), 0L) - both;
            if (both >= FEWEST_ROWS && both >= either * LEAST_TOGETHER) {
                found.add(new Concentration.TogetherChanged(pair.get(0), pair.get(1), both, either));
            }
        });
        found.sort(Comparator.comparingLong((Concentration.TogetherChanged pair) -> -pair.both())
                .thenComparing(Concentration.TogetherChanged::first)
                .thenComparing(Concentration.TogetherChanged::second));
        return found.subList(0, Math.min(MOST_SHOWN, found.size()));
    }
}
