package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.encoding.BatchComparison;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.KeyDigests;
import io.hybridsnapshot.domain.encoding.RowDigests;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.engine.internal.pass.BackgroundWork;
import io.hybridsnapshot.engine.internal.pass.PrefetchedRowStream;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.pass.SpooledRows;
import io.hybridsnapshot.engine.internal.sorting.PartitionedRecords;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares two files of rows in one reading of both, side by side. Rows with equal keys at the same step are compared
 * column by column, without a hash. Where the keys differ, a later pair of equal keys is searched for; the rows before
 * it are strays, which are matched at the end by digests of their keys and cells. So rows in the same order on both
 * sides cost a read, and rows in another order cost their digests and a join of these as well.
 *
 * <p>Every key is also recorded as a digest of 64 bits. The comparison gives up if two rows of a side have one digest:
 * the rows may share an identity. It also gives up at a row without an identity. Hashing then finds the offenders.
 *
 * <p>Memory holds a few batches of each side, and as many strays and digests as sorting may hold rows. A hot
 * path that works on arrays. One thread, beside a thread for each side that reads it, and one that digests its strays;
 * used once.
 */
final class InStepComparison implements AutoCloseable {
    private static final int SIDES = 2;
    /** Rows of each side among which the next pair of equal keys is searched for first. */
    private static final int NEAR = 16;
    /** The search of a whole batch is worth that many rows compared in step. */
    private static final int ROWS_A_SEARCH = 64;

    private static final int MOST_SEARCHES = 64;
    /** Where searches have been in vain, one of so many is made. */
    private static final int SEARCH_AGAIN = 8;

    private final RowHashing hashing;
    private final BatchComparison cells;
    private final BatchComparison keys;
    private final ChangedCells changes;
    private final DigestTrace trace;
    /** Whether columns are left out because their stored bytes are equal, so that no row can be hashed. */
    private final boolean readsPart;

    private final Reading progress;
    private final UniqueKeys uniqueKeys;
    private final Lane before;
    private final Lane after;
    private final FirstPositions positions = new FirstPositions();
    private int[] keyRows = new int[0];
    private int searches = MOST_SEARCHES;
    private int omitted;
    private long aligned;
    private long reported;

    /** Receives the numbers of rows that were read on both sides. */
    @FunctionalInterface
    interface Reading {
        void at(long before, long after);
    }

    /**
     * The rows that were not compared in step, and the results of those that were.
     *
     * @param before the earlier strays, as {@link StrayRows} has them
     * @param after the later strays, as {@link StrayRows} has them
     * @param alignedRows the rows compared in step
     * @param changedRows how many of these are CHANGED
     * @param details the details of these, if they are wanted and no listener receives the rows
     * @param trace the digests of the strays
     * @param keys tells whether rows in step share an identity with others
     */
    record Result(
            PartitionedRecords before,
            PartitionedRecords after,
            long alignedRows,
            long changedRows,
            AlignedDetails details,
            DigestTrace trace,
            UniqueKeys keys) {
        /**
         * Matches the strays.
         *
         * @param differing receives each pair of strays that is not UNCHANGED
         * @return the counts of all rows; empty if rows may share an identity
         */
        Optional<DeltaSummary> match(StrayRows.Differing differing) {
            keys.startStrays();
            StrayRows.Counts strays = StrayRows.match(before, after, keys, differing);
            return strays.unique() && keys.areUnique()
                    ? Optional.of(new DeltaSummary(
                            strays.added(),
                            strays.changed() + changedRows,
                            strays.unchanged() + alignedRows - changedRows,
                            strays.deleted()))
                    : Optional.empty();
        }
    }

    private InStepComparison(
            SnapshotReader before,
            SnapshotReader after,
            Schema beforeColumns,
            Schema afterColumns,
            Dataset dataset,
            HashSpec spec,
            BatchComparison keys,
            boolean readsPart,
            RowHashing hashing,
            ChangedCells changes,
            DigestTrace trace,
            Reading progress) {
        this.hashing = hashing;
        this.trace = trace;
        this.keys = keys;
        this.readsPart = readsPart;
        this.cells = BatchComparison.of(beforeColumns, afterColumns, spec);
        this.changes = changes;
        this.progress = progress;
        this.uniqueKeys = new UniqueKeys(hashing);
        RowDigests.Sides keyDigests =
                RowDigests.ofKeys(beforeColumns, afterColumns, spec, dataset.keyColumns(), new SecureRandom());
        // Digests of their own, since those of the trace are for the caller's thread.
        RowDigests.Sides cellDigests = trace.narrowedTo(beforeColumns, afterColumns);
        this.before = new Lane(before, beforeColumns, dataset, keyDigests.before(), cellDigests.before());
        this.after = new Lane(after, afterColumns, dataset, keyDigests.after(), cellDigests.after());
    }

    /**
     * Makes a comparison of two files.
     *
     * @param before the earlier file
     * @param after the later file
     * @param spec the rules under which hashes, and cells, are equal
     * @param wanted what is wanted of CHANGED rows that are compared in step
     * @param progress receives the numbers of rows read
     * @return empty if keys cannot be compared by their values
     * @throws io.hybridsnapshot.domain.error.SnapshotException what a file throws
     */
    static Optional<InStepComparison> of(
            SnapshotReader before,
            SnapshotReader after,
            Dataset dataset,
            HashSpec spec,
            RowHashing hashing,
            ChangedCells.Wanted wanted,
            Reading progress) {
        Set<String> alike = columnsStoredAlike(before, after, dataset, spec);
        Schema beforeColumns = columns(before.schema(), dataset, spec, alike);
        Schema afterColumns = columns(after.schema(), dataset, spec, alike);
        Optional<BatchComparison> keys =
                BatchComparison.ofKeys(beforeColumns, afterColumns, spec, dataset.keyColumns());
        if (keys.isEmpty()) {
            return Optional.empty();
        }
        List<String> compared = afterColumns.names().stream()
                .filter(name -> beforeColumns.find(name).isPresent()
                        && !dataset.keyColumns().contains(name))
                .toList();
        DigestTrace trace =
                new DigestTrace(RowDigests.ofRows(beforeColumns, afterColumns, spec, compared, new SecureRandom()));
        return Optional.of(new InStepComparison(
                before,
                after,
                beforeColumns,
                afterColumns,
                dataset,
                spec,
                keys.get(),
                !alike.isEmpty(),
                hashing,
                new ChangedCells(beforeColumns, afterColumns, dataset, spec, wanted, trace),
                trace,
                progress));
    }

    /**
     * Returns the columns that need no reading, because stored bytes show that they are equal. If the keys are stored
     * alike, every row is in step with the row at the same position, and no row is hashed.
     */
    private static Set<String> columnsStoredAlike(
            SnapshotReader before, SnapshotReader after, Dataset dataset, HashSpec spec) {
        Set<String> keys = before.columnsStoredAlike(after, dataset.keyColumns());
        if (!keys.containsAll(dataset.keyColumns())) {
            return Set.of();
        }
        List<String> others = before.schema().names().stream()
                .filter(name -> spec.covers(name) && !keys.contains(name))
                .filter(name -> after.schema().find(name).isPresent())
                .toList();
        return before.columnsStoredAlike(after, others);
    }

    private static Schema columns(Schema schema, Dataset dataset, HashSpec spec, Set<String> alike) {
        Set<String> columns = new LinkedHashSet<>(dataset.keyColumns());
        schema.names().stream()
                .filter(name -> spec.covers(name) && !alike.contains(name))
                .forEach(columns::add);
        return schema.select(columns);
    }

    /**
     * Compares the rows.
     *
     * @return empty if rows may lack an identity; whether rows share one is known once the strays are matched
     * @throws io.hybridsnapshot.domain.error.SnapshotException what a file's stream throws
     */
    Optional<Result> compare() {
        before.open();
        after.open();
        return walked();
    }

    private Optional<Result> walked() {
        while (true) {
            boolean hasBefore = before.hasRow();
            boolean hasAfter = after.hasRow();
            if (before.lacksIdentity || after.lacksIdentity) {
                return Optional.empty();
            }
            if (!hasBefore && !hasAfter) {
                break;
            }
            if (hasBefore != hasAfter && readsPart) {
                return Optional.empty();
            }
            if (!hasBefore || !hasAfter) {
                Lane rest = hasBefore ? before : after;
                rest.stray(rest.left());
                continue;
            }
            int run = alignedRun();
            if (run > 0) {
                compareRun(run);
            } else if (readsPart) {
                return Optional.empty();
            } else {
                passOverStrays();
            }
        }
        before.finish();
        after.finish();
        return Optional.of(new Result(
                before.strays, after.strays, aligned, changes.changedRows(), changes.details(), trace, uniqueKeys));
    }

    /** Returns how many rows from here on have equal keys, within the batches at hand. */
    private int alignedRun() {
        int most = Math.min(before.left(), after.left());
        int run = Arrays.mismatch(
                before.digests, before.row, before.row + most, after.digests, after.row, after.row + most);
        run = run < 0 ? most : run;
        if (run == 0) {
            return 0;
        }
        if (keyRows.length < run) {
            keyRows = new int[run];
        }
        keys.read(before.batch(), after.batch());
        for (int column = 0; column < keys.columns().size() && run > 0; column++) {
            if (keys.differing(column, before.row, after.row, run, keyRows) > 0) {
                run = keyRows[0];
            }
        }
        return run;
    }

    private void compareRun(int run) {
        changes.compare(
                cells,
                before.batch(),
                before.row,
                before.ordinal(),
                after.batch(),
                after.row,
                after.ordinal(),
                run,
                before.digests,
                after.digests);
        uniqueKeys.addAligned(before.digests, before.row, run);
        before.row += run;
        after.row += run;
        aligned += run;
        searches = Math.min(MOST_SEARCHES, searches + run / ROWS_A_SEARCH);
        report();
    }

    private void report() {
        long rows = before.ordinal() + after.ordinal();
        if (rows - reported >= RowBatch.DEFAULT_ROWS) {
            reported = rows;
            progress.at(before.ordinal(), after.ordinal());
        }
    }

    /** Passes over rows up to the next pair of equal keys, or over rows without a pair in the batches at hand. */
    private void passOverStrays() {
        if (!passToNearPair()) {
            passFurther();
        }
        report();
    }

    private boolean passToNearPair() {
        int lefts = Math.min(NEAR, before.left());
        int rights = Math.min(NEAR, after.left());
        for (int sum = 1; sum < lefts + rights - 1; sum++) {
            for (int left = Math.max(0, sum - rights + 1); left <= Math.min(sum, lefts - 1); left++) {
                if (before.digests[before.row + left] == after.digests[after.row + sum - left]) {
                    passOver(left, sum - left);
                    return true;
                }
            }
        }
        return false;
    }

    private void passFurther() {
        if (searches > 0) {
            searches--;
            positions.fill(before.digests, before.row, before.left());
            int best = Integer.MAX_VALUE;
            int bestLeft = 0;
            for (int right = 0; right < after.left() && right < best; right++) {
                int left = positions.find(after.digests[after.row + right]);
                if (left >= 0 && left + right < best) {
                    best = left + right;
                    bestLeft = left;
                }
            }
            if (best < Integer.MAX_VALUE && best > 0) {
                passOver(bestLeft, best - bestLeft);
                return;
            }
        } else if (++omitted % SEARCH_AGAIN == 0) {
            searches++;
        }
        // A side whose rows here were passed over on the other side lags behind, and catches up alone.
        if (after.hasPassed(before)) {
            before.stray(before.left());
        } else if (before.hasPassed(after)) {
            after.stray(after.left());
        } else if (before.passedRows <= after.passedRows) {
            before.stray(before.left());
        } else {
            after.stray(after.left());
        }
    }

    /** At least one of the counts is not 0, so that a pair of unequal keys with one digest cannot hold up the rows. */
    private void passOver(int lefts, int rights) {
        before.stray(lefts);
        after.stray(rights);
    }

    @Override
    public void close() {
        positions.clear();
        try {
            uniqueKeys.close();
        } finally {
            try {
                before.close();
            } finally {
                after.close();
            }
        }
    }

    /** One side: the batch at hand, and its strays. */
    private final class Lane implements AutoCloseable {
        private final SnapshotReader reader;
        private final Schema columns;
        private final KeyDigests keyDigests;
        private final RowDigests strayKeys;
        private final RowDigests strayCells;
        private final PartitionedRecords strays =
                new PartitionedRecords(hashing.scratch(), Math.max(2, hashing.rowsInMemory() / SIDES));
        private final BackgroundWork strayWork = new BackgroundWork("snapshot-digests");
        private final PassedKeys passed = new PassedKeys();
        private @Nullable PrefetchedRowStream stream;
        private @Nullable RowBatch batch;
        private long[] digests = new long[0];
        private int[] strayRows = new int[0];
        private int strayCount;
        private long passedRows;
        private int row;
        private long firstOrdinal;
        private boolean ended;
        private boolean lacksIdentity;

        Lane(SnapshotReader reader, Schema columns, Dataset dataset, RowDigests strayKeys, RowDigests strayCells) {
            this.reader = reader;
            this.columns = columns;
            this.strayKeys = strayKeys;
            this.strayCells = strayCells;
            this.keyDigests = KeyDigests.of(columns, dataset.keyColumns());
        }

        void open() {
            ReadOptions options = ReadOptions.ALL.withColumns(columns.names());
            // Where this comparison gives up, hashing reads the rest of a source that can be read only once.
            stream = reader instanceof SpooledRows
                    ? PrefetchedRowStream.openShared(() -> reader.rows(options))
                    : PrefetchedRowStream.open(() -> reader.rows(options));
        }

        RowBatch batch() {
            RowBatch at = batch;
            if (at == null) {
                throw new IllegalStateException("the lane is at no row");
            }
            return at;
        }

        int left() {
            return batch().rowCount() - row;
        }

        long ordinal() {
            return firstOrdinal + row;
        }

        /** Moves to the next batch if the one at hand is used up; false at the end. */
        boolean hasRow() {
            RowBatch last = batch;
            if (last != null && row < last.rowCount()) {
                return true;
            }
            if (ended || stream == null) {
                return false;
            }
            flush();
            if (last != null) {
                firstOrdinal += last.rowCount();
            }
            row = 0;
            RowBatch next = stream.next().orElse(null);
            batch = next;
            if (next == null) {
                ended = true;
                return false;
            }
            if (digests.length < next.rowCount()) {
                digests = new long[next.rowCount()];
                strayRows = new int[next.rowCount()];
            }
            keyDigests.digest(next, digests);
            lacksIdentity = keyDigests.anyLacksIdentity(next);
            return true;
        }

        /** Leaves the next rows to the match by digests. */
        void stray(int count) {
            passed.add(digests, row, count);
            passedRows += count;
            for (int i = 0; i < count; i++) {
                strayRows[strayCount++] = row + i;
            }
            row += count;
        }

        /** Checks whether this side has passed over the rows that another side has at hand. */
        boolean hasPassed(Lane other) {
            return passed.holdMost(other.digests, other.row, other.left());
        }

        /** Lets the strays of the batch at hand be digested, while the next batches are compared. */
        private void flush() {
            if (strayCount == 0) {
                return;
            }
            RowBatch rows = batch();
            int[] positions = strayRows;
            int count = strayCount;
            long[] keyNumbers = digests;
            long first = firstOrdinal;
            strayWork.run(() -> digest(rows, positions, count, keyNumbers, first));
            strayRows = new int[positions.length];
            digests = new long[keyNumbers.length];
            strayCount = 0;
        }

        private void digest(RowBatch rows, int[] positions, int count, long[] keyNumbers, long first) {
            strayKeys.digest(rows, positions, count);
            strayCells.digest(rows, positions, count, keyNumbers);
            for (int i = 0; i < count; i++) {
                strays.add(
                        strayKeys.high(i),
                        strayKeys.low(i),
                        strayCells.high(i),
                        strayCells.low(i),
                        strayCells.sketch(i),
                        keyNumbers[positions[i]],
                        first + positions[i]);
            }
        }

        /** Ends the strays. */
        void finish() {
            flush();
            strayWork.await();
            strays.finish();
        }

        @Override
        public void close() {
            strayWork.close();
            try {
                strays.close();
            } finally {
                if (stream != null) {
                    stream.close();
                }
            }
        }
    }
}
