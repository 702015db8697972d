package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.encoding.RowDigests;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.engine.internal.sorting.KeyedRowCursor;
import io.hybridsnapshot.engine.internal.sorting.KeyedRowSorter;
import java.util.Set;

/**
 * The digests of a comparison's rows, and the traces that CHANGED rows leave in them: in which columns rows differ, and
 * by how much the digests of two rows differ. A drill-down reads the columns of the traces alone. It recognises a row
 * that differs in other columns too, because its difference is not explained. One thread.
 */
final class DigestTrace {
    private final RowDigests.Sides digests;
    private long sketchDifferences;

    /** Makes a trace of digests over the compared columns. */
    DigestTrace(RowDigests.Sides digests) {
        this.digests = digests;
    }

    RowDigests before() {
        return digests.before();
    }

    RowDigests after() {
        return digests.after();
    }

    /** Returns the same digests for fewer columns. */
    RowDigests.Sides narrowedTo(Schema beforeColumns, Schema afterColumns) {
        return digests.narrowedTo(beforeColumns, afterColumns);
    }

    /** Adds a CHANGED stray of two records, as {@link StrayRows} has them. */
    void addTo(KeyedRowSorter changed, long[] records, int before, int after) {
        long beforeLow = records[before + StrayRows.CELLS_LOW];
        long afterLow = records[after + StrayRows.CELLS_LOW];
        add(
                changed,
                records[before + StrayRows.ORDINAL],
                records[after + StrayRows.ORDINAL],
                records[after + StrayRows.CELLS_HIGH]
                        - records[before + StrayRows.CELLS_HIGH]
                        - borrow(afterLow, beforeLow),
                afterLow - beforeLow,
                records[after + StrayRows.SKETCH] ^ records[before + StrayRows.SKETCH]);
    }

    /** Adds a CHANGED row by its positions among the rows digested last on both sides. */
    void addTo(KeyedRowSorter changed, long beforeOrdinal, int beforeRow, long afterOrdinal, int afterRow) {
        add(
                changed,
                beforeOrdinal,
                afterOrdinal,
                differenceHigh(digests, beforeRow, afterRow),
                differenceLow(digests, beforeRow, afterRow),
                after().sketch(afterRow) ^ before().sketch(beforeRow));
    }

    /** Adds a record: the places in both files, and the difference of the digests. */
    private void add(
            KeyedRowSorter changed, long beforeOrdinal, long afterOrdinal, long high, long low, long sketchDifference) {
        changed.add(beforeOrdinal, afterOrdinal, high, low, 0, 0);
        sketchDifferences |= sketchDifference;
    }

    /** Returns the columns in which the rows added differ, and some others; a rare column may be missing. */
    Set<String> columns() {
        return digests.before().columnsOf(sketchDifferences);
    }

    /** Checks whether the rows differ in the digested columns by the difference in a record of {@link #addTo}. */
    static boolean explains(RowDigests.Sides sides, int beforeRow, int afterRow, KeyedRowCursor record) {
        return differenceLow(sides, beforeRow, afterRow) == record.hashWord(1)
                && differenceHigh(sides, beforeRow, afterRow) == record.hashWord(0);
    }

    private static long differenceHigh(RowDigests.Sides sides, int beforeRow, int afterRow) {
        return sides.after().high(afterRow)
                - sides.before().high(beforeRow)
                - borrow(sides.after().low(afterRow), sides.before().low(beforeRow));
    }

    private static long differenceLow(RowDigests.Sides sides, int beforeRow, int afterRow) {
        return sides.after().low(afterRow) - sides.before().low(beforeRow);
    }

    private static long borrow(long minuend, long subtrahend) {
        return Long.compareUnsigned(minuend, subtrahend) < 0 ? 1 : 0;
    }
}
