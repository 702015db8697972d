package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.engine.internal.sorting.PartitionedRecords;
import java.util.Arrays;

/**
 * The layout of a stray's record: the digest of its key (two words), the digest of its cells (two words), the sketch of
 * its cells, the number of its key, and its position in the file.
 */
final class StrayRows {
    static final int WORDS = PartitionedRecords.WORDS;
    static final int KEY_HIGH = 0;
    static final int KEY_LOW = 1;
    static final int CELLS_HIGH = 2;
    static final int CELLS_LOW = 3;
    static final int SKETCH = 4;
    static final int KEY_NUMBER = 5;
    static final int ORDINAL = 6;

    private StrayRows() {}

    /** Takes no row. */
    static final Differing UNHEARD = new Differing() {
        @Override
        public void changed(long[] records, int before, int after) {}

        @Override
        public void added(long[] records, int after) {}

        @Override
        public void deleted(long[] records, int before) {}
    };

    /** Receives the strays that are not UNCHANGED, as records in arrays, from a position on. */
    interface Differing {
        /** Takes a CHANGED row. */
        void changed(long[] records, int before, int after);

        /** Takes a NEW row. */
        void added(long[] records, int after);

        /** Takes a DELETED row. */
        void deleted(long[] records, int before);
    }

    /** The numbers of rows of each kind; they are not complete if a key occurs twice on a side. */
    record Counts(long added, long changed, long unchanged, long deleted, boolean unique) {}

    /**
     * Matches the strays of both sides, part by part: a hash join within the memory of one part.
     *
     * @param keys receives the number of each stray's key
     */
    static Counts match(PartitionedRecords before, PartitionedRecords after, UniqueKeys keys, Differing differing) {
        Join join = new Join(keys, differing);
        for (int partition = 0; partition < PartitionedRecords.PARTITIONS && join.unique; partition++) {
            int passes = passes(before.size(partition) + after.size(partition), before.recordsInMemory());
            for (int pass = 0; pass < passes && join.unique; pass++) {
                join.part(before, after, partition, pass, passes);
            }
        }
        return new Counts(join.added, join.changed, join.unchanged, join.deleted, join.unique);
    }

    /** Returns a power of two: into how many parts of at most the memory's size the records of a partition go. */
    private static int passes(long records, int recordsInMemory) {
        int passes = 1;
        while (records / passes > 2L * recordsInMemory && passes < 1 << 20) {
            passes *= 2;
        }
        return passes;
    }

    private static final class Join {
        /**
         * In a slot of the table: the record's number and 1, negative once it is matched or if it is of the later side.
         */
        private int[] table = new int[0];

        private final UniqueKeys keys;
        private final Differing differing;
        private long added;
        private long changed;
        private long unchanged;
        private long deleted;
        private boolean unique = true;

        Join(UniqueKeys keys, Differing differing) {
            this.keys = keys;
            this.differing = differing;
        }

        void part(PartitionedRecords before, PartitionedRecords after, int partition, int pass, int passes) {
            int lefts = before.load(partition, pass, passes);
            int all = lefts + after.loadBehind(before, partition, pass, passes, lefts);
            long[] records = before.loaded();
            int mask = Math.max(16, Integer.highestOneBit(Math.max(1, all)) << 2) - 1;
            if (table.length <= mask) {
                table = new int[mask + 1];
            } else {
                Arrays.fill(table, 0, mask + 1, 0);
            }
            for (int i = 0; i < all && unique; i++) {
                int at = WORDS * i;
                if (i < lefts) {
                    keys.addBefore(records[at + KEY_NUMBER]);
                } else {
                    keys.addAfter(records[at + KEY_NUMBER]);
                }
                take(records, at, i, i < lefts, mask);
            }
            for (int slot = 0; slot <= mask && unique; slot++) {
                if (table[slot] > 0) {
                    deleted++;
                    differing.deleted(records, WORDS * (table[slot] - 1));
                }
            }
        }

        private void take(long[] records, int at, int number, boolean isBefore, int mask) {
            int slot = (int) records[at + KEY_LOW] & mask;
            for (; table[slot] != 0; slot = slot + 1 & mask) {
                int other = WORDS * (Math.abs(table[slot]) - 1);
                if (records[other + KEY_LOW] == records[at + KEY_LOW]
                        && records[other + KEY_HIGH] == records[at + KEY_HIGH]) {
                    if (isBefore || table[slot] < 0) {
                        unique = false;
                        return;
                    }
                    table[slot] = -table[slot];
                    pair(records, other, at);
                    return;
                }
            }
            table[slot] = isBefore ? number + 1 : -number - 1;
            if (!isBefore) {
                added++;
                differing.added(records, at);
            }
        }

        private void pair(long[] records, int before, int after) {
            if (records[before + CELLS_LOW] == records[after + CELLS_LOW]
                    && records[before + CELLS_HIGH] == records[after + CELLS_HIGH]) {
                unchanged++;
            } else {
                changed++;
                differing.changed(records, before, after);
            }
        }
    }
}
