package io.hybridsnapshot.engine.internal.changeset;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.Arrays;

/**
 * The positions of rows in two snapshots. The later order follows from the earlier one: rows that are DELETED are left
 * out, rows that are NEW stand at their positions, and the others follow in their earlier order, except where a run
 * begins: from there, they continue at another earlier row. Positions count from 0. Immutable; takes 8 bytes for each
 * row that is DELETED or NEW, and 16 for each run.
 */
final class RowOrder {
    private final long rowsBefore;
    private final long rowsAfter;
    private final long[] deleted;
    private final long[] added;
    private final long[] runsAfter;
    private final long[] runsBefore;

    /**
     * Makes an order.
     *
     * @param deleted the earlier positions of DELETED rows, ascending
     * @param added the later positions of NEW rows, ascending
     * @param runsAfter the later positions at which runs begin, ascending
     * @param runsBefore the earlier positions of the same rows
     * @throws SnapshotException CORRUPT if the numbers contradict each other
     */
    RowOrder(long rowsBefore, long rowsAfter, long[] deleted, long[] added, long[] runsAfter, long[] runsBefore) {
        this.rowsBefore = rowsBefore;
        this.rowsAfter = rowsAfter;
        this.deleted = deleted;
        this.added = added;
        this.runsAfter = runsAfter;
        this.runsBefore = runsBefore;
        if (rowsBefore - deleted.length != rowsAfter - added.length
                || !isAscendingBelow(deleted, rowsBefore)
                || !isAscendingBelow(added, rowsAfter)
                || !isAscendingBelow(runsAfter, rowsAfter)
                || runsAfter.length != runsBefore.length) {
            throw contradiction();
        }
    }

    private static boolean isAscendingBelow(long[] positions, long end) {
        long last = -1;
        for (long position : positions) {
            if (position <= last || position >= end) {
                return false;
            }
            last = position;
        }
        return true;
    }

    private static SnapshotException contradiction() {
        return SnapshotException.corrupt("the order of a change set's rows contradicts itself")
                .nextStep("remove the change set and build it again")
                .build();
    }

    long rowsBefore() {
        return rowsBefore;
    }

    long rowsAfter() {
        return rowsAfter;
    }

    /** Returns the number of rows that both snapshots have. */
    long survivors() {
        return rowsBefore - deleted.length;
    }

    long[] runsAfter() {
        return runsAfter;
    }

    long[] runsBefore() {
        return runsBefore;
    }

    /** Checks whether the rows of both snapshots stand in the same order. */
    boolean isKept() {
        return runsAfter.length == 0;
    }

    /** Walks over the later snapshot's rows, in their order. */
    Walk walk() {
        return new Walk();
    }

    /** Returns for each earlier row its later position, or -1 if it is DELETED. Takes 8 bytes a row. */
    long[] positionsAfter() {
        long[] positions = new long[Math.toIntExact(rowsBefore)];
        Arrays.fill(positions, -1);
        Walk walk = walk();
        while (walk.next()) {
            if (walk.before() >= 0) {
                if (positions[(int) walk.before()] >= 0) {
                    throw contradiction();
                }
                positions[(int) walk.before()] = walk.after();
            }
        }
        return positions;
    }

    /** A walk over the rows of the later snapshot. One thread. */
    final class Walk {
        private long after = -1;
        private long before = -1;
        private long next;
        private int nextDeleted;
        private int nextAdded;
        private int nextRun;

        /** Moves to the next row; false at the end. */
        boolean next() {
            after++;
            if (after >= rowsAfter) {
                return false;
            }
            if (nextAdded < added.length && added[nextAdded] == after) {
                nextAdded++;
                before = -1;
                return true;
            }
            if (nextRun < runsAfter.length && runsAfter[nextRun] == after) {
                next = runsBefore[nextRun++];
                int found = Arrays.binarySearch(deleted, next);
                nextDeleted = found < 0 ? -found - 1 : found;
            }
            while (nextDeleted < deleted.length && deleted[nextDeleted] == next) {
                nextDeleted++;
                next++;
            }
            if (next < 0 || next >= rowsBefore) {
                throw contradiction();
            }
            before = next++;
            return true;
        }

        /** Returns the row's position in the later snapshot. */
        long after() {
            return after;
        }

        /** Returns the row's position in the earlier snapshot; -1 for a NEW row. */
        long before() {
            return before;
        }
    }

    /** Finds the runs while the later snapshot's rows are walked over. One thread. */
    static final class Finder {
        private final long[] deleted;
        private final Positions runsAfter = new Positions();
        private final Positions runsBefore = new Positions();
        private long next;
        private int nextDeleted;

        /**
         * Makes a finder.
         *
         * @param deleted the earlier positions of DELETED rows, ascending
         */
        Finder(long[] deleted) {
            this.deleted = deleted;
        }

        /** Takes the next row that both snapshots have, in the later order. */
        void add(long after, long before) {
            while (nextDeleted < deleted.length && deleted[nextDeleted] == next) {
                nextDeleted++;
                next++;
            }
            if (before != next) {
                runsAfter.add(after);
                runsBefore.add(before);
                int found = Arrays.binarySearch(deleted, before);
                nextDeleted = found < 0 ? -found - 1 : found;
                next = before;
            }
            next++;
        }

        RowOrder finish(long rowsBefore, long rowsAfter, long[] added) {
            return new RowOrder(rowsBefore, rowsAfter, deleted, added, runsAfter.toArray(), runsBefore.toArray());
        }
    }
}
