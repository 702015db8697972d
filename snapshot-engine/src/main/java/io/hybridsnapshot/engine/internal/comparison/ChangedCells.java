package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.CellChange;
import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.RowChange;
import io.hybridsnapshot.domain.encoding.BatchComparison;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.RowDigests;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.engine.comparison.DetailRequest;
import io.hybridsnapshot.engine.internal.sorting.KeyedRowSorter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Counts the CHANGED rows in runs of rows with equal keys, and collects their details. Rows that a listener is to
 * receive go to the drill-down instead, which reads their cells again: a listener receives no row before all rows are
 * known to have an identity of their own. A hot path: objects are made for examples only. One thread.
 */
final class ChangedCells {
    private final Schema beforeColumns;
    private final Schema afterColumns;
    private final List<String> keyColumns;
    private final KeyIdentities identities;
    private final DigestTrace trace;
    private final Optional<DetailRequest> details;
    private final Optional<KeyedRowSorter> heard;
    private final List<AlignedDetails.Example> examples = new ArrayList<>();
    private long[] columnCounts = new long[0];
    private List<String> columns = List.of();
    private Optional<ForgivenCells> forgivenCells = Optional.empty();
    private int[][] rows = new int[0][];
    private int[] counts = new int[0];
    private int[] places = new int[0];
    private boolean[] differs = new boolean[0];
    private boolean[] counted = new boolean[0];
    private long changed;
    private long forgiven;

    /**
     * What is wanted of CHANGED rows beyond their number.
     *
     * @param details the wanted details
     * @param heard receives all of the rows, if a listener is to receive them, as records of a {@link DigestTrace}
     */
    record Wanted(Optional<DetailRequest> details, Optional<KeyedRowSorter> heard) {}

    ChangedCells(
            Schema beforeColumns,
            Schema afterColumns,
            Dataset dataset,
            HashSpec spec,
            Wanted wanted,
            DigestTrace trace) {
        this.beforeColumns = beforeColumns;
        this.afterColumns = afterColumns;
        this.keyColumns = List.copyOf(dataset.keyColumns());
        this.identities = new KeyIdentities(afterColumns, spec, keyColumns);
        this.trace = trace;
        this.details = wanted.details();
        this.heard = wanted.heard();
    }

    /** Compares a run of rows with equal keys, which have equal numbers among those of their batches' rows. */
    void compare(
            BatchComparison cells,
            RowBatch before,
            int beforeFrom,
            long beforeOrdinal,
            RowBatch after,
            int afterFrom,
            long afterOrdinal,
            int run,
            long[] beforeKeys,
            long[] afterKeys) {
        prepare(cells, run);
        cells.read(before, after);
        boolean any = false;
        for (int column = 0; column < counts.length; column++) {
            counts[column] = cells.differing(column, beforeFrom, afterFrom, run, rows[column]);
            any |= counts[column] > 0;
        }
        if (!any) {
            return;
        }
        Arrays.fill(differs, 0, run, false);
        Arrays.fill(counted, 0, run, false);
        for (int column = 0; column < counts.length; column++) {
            int kept = 0;
            for (int i = 0; i < counts[column]; i++) {
                int row = rows[column][i];
                differs[row] = true;
                if (!forgives(column, before, beforeFrom + row, after, afterFrom + row)) {
                    counted[row] = true;
                    rows[column][kept++] = row;
                }
            }
            counts[column] = kept;
            columnCounts[column] += kept;
        }
        int found = 0;
        for (int row = 0; row < run; row++) {
            if (differs[row]) {
                places[found++] = row;
                forgiven += counted[row] ? 0 : 1;
            }
        }
        changed += found;
        if (heard.isPresent()) {
            digest(trace.before(), before, beforeFrom, found, beforeKeys);
            digest(trace.after(), after, afterFrom, found, afterKeys);
            for (int i = 0; i < found; i++) {
                trace.addTo(heard.get(), beforeOrdinal + places[i], i, afterOrdinal + places[i], i);
            }
        } else if (details.isPresent()) {
            keepExamples(before, beforeFrom, beforeOrdinal, after, afterFrom, found);
        }
    }

    private void prepare(BatchComparison cells, int run) {
        if (counts.length == 0) {
            columns = cells.columns();
            counts = new int[columns.size()];
            columnCounts = new long[columns.size()];
            rows = new int[columns.size()][];
            forgivenCells = details.filter(request -> !request.rules().isEmpty())
                    .map(request -> new ForgivenCells(columns, beforeColumns, afterColumns, request.rules()));
        }
        if (places.length < run) {
            places = new int[run];
            differs = new boolean[run];
            counted = new boolean[run];
            for (int column = 0; column < rows.length; column++) {
                rows[column] = new int[run];
            }
        }
    }

    private boolean forgives(int column, RowBatch before, int beforeRow, RowBatch after, int afterRow) {
        return forgivenCells.isPresent() && forgivenCells.get().forgives(column, before, beforeRow, after, afterRow);
    }

    private void digest(RowDigests digests, RowBatch batch, int from, int found, long[] keys) {
        int[] positions = new int[found];
        for (int i = 0; i < found; i++) {
            positions[i] = from + places[i];
        }
        digests.digest(batch, positions, found, keys);
    }

    private void keepExamples(
            RowBatch before, int beforeFrom, long beforeOrdinal, RowBatch after, int afterFrom, int found) {
        int limit = details.get().exampleLimit();
        if (examples.size() >= limit) {
            return;
        }
        for (int i = 0; i < found && examples.size() < limit; i++) {
            int row = places[i];
            if (counted[row]) {
                examples.add(new AlignedDetails.Example(
                        beforeOrdinal + row,
                        new RowChange(
                                ChangeKind.CHANGED,
                                identities.of(after, afterFrom + row),
                                key(after, afterFrom + row),
                                cells(before, beforeFrom, after, afterFrom, row))));
            }
        }
    }

    private List<CellChange> cells(RowBatch before, int beforeFrom, RowBatch after, int afterFrom, int row) {
        List<CellChange> cells = new ArrayList<>();
        for (int column = 0; column < counts.length; column++) {
            if (Arrays.binarySearch(rows[column], 0, counts[column], row) >= 0) {
                String name = columns.get(column);
                cells.add(new CellChange(
                        name,
                        ChangeDrillDown.text(before, name, beforeFrom + row),
                        ChangeDrillDown.text(after, name, afterFrom + row)));
            }
        }
        return cells;
    }

    private Map<String, Optional<String>> key(RowBatch batch, int row) {
        Map<String, Optional<String>> key = new LinkedHashMap<>();
        for (String column : keyColumns) {
            key.put(column, ChangeDrillDown.text(batch, column, row));
        }
        return key;
    }

    /** Returns how many rows are CHANGED. */
    long changedRows() {
        return changed;
    }

    /** Returns the details collected; none if the rows were handed on. */
    AlignedDetails details() {
        if (heard.isPresent()) {
            return AlignedDetails.NONE;
        }
        Map<String, Long> byColumn = new LinkedHashMap<>();
        for (int column = 0; column < columnCounts.length; column++) {
            if (columnCounts[column] > 0) {
                byColumn.put(columns.get(column), columnCounts[column]);
            }
        }
        return new AlignedDetails(byColumn, forgiven, examples);
    }
}
