package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.sorting.NumberSorter;
import java.util.Arrays;

/**
 * Finds out whether a row in step may share its identity with another row of its side: whether their keys have one
 * digest of 64 bits. Two strays are not compared with each other. Memory holds as many digests as sorting may hold
 * rows, the others are in files. One thread; the caller that made this closes it.
 */
final class UniqueKeys implements AutoCloseable {
    private static final int FEW = 1 << 16;

    private final NumberSorter aligned;
    private final NumberSorter before;
    private final NumberSorter after;
    private final long[] stray = new long[1];
    private final FirstPositions fewAligned = new FirstPositions();
    private long[] few = new long[0];
    private long alignedCount;
    private boolean repeated;

    UniqueKeys(RowHashing hashing) {
        this.aligned = new NumberSorter(hashing.scratch(), hashing.rowsInMemory());
        this.before = new NumberSorter(hashing.scratch(), hashing.rowsInMemory());
        this.after = new NumberSorter(hashing.scratch(), hashing.rowsInMemory());
    }

    /** Adds the keys of {@code count} rows in step. */
    void addAligned(long[] digests, int from, int count) {
        aligned.add(digests, from, count);
        if (alignedCount + count <= FEW) {
            int size = (int) alignedCount;
            if (few.length < size + count) {
                few = Arrays.copyOf(few, Math.max(size + count, Math.min(FEW, 2 * few.length)));
            }
            System.arraycopy(digests, from, few, size, count);
        }
        alignedCount += count;
    }

    private boolean hasFewAligned() {
        return alignedCount <= FEW;
    }

    /** Ends the rows in step, and begins with the strays. */
    void startStrays() {
        if (hasFewAligned()) {
            fewAligned.fill(few, 0, (int) alignedCount);
        }
    }

    /** Adds a stray of the earlier side by the digest of its key. */
    void addBefore(long digest) {
        add(before, digest);
    }

    /** Adds a stray of the later side by the digest of its key. */
    void addAfter(long digest) {
        add(after, digest);
    }

    private void add(NumberSorter strays, long digest) {
        if (!hasFewAligned()) {
            stray[0] = digest;
            strays.add(stray, 0, 1);
        } else if (alignedCount > 0) {
            repeated |= fewAligned.find(digest) >= 0;
        }
    }

    /** Checks whether every row in step has a digest of its own. */
    boolean areUnique() {
        if (!repeated) {
            repeated = NumberSorter.holdRepeated(aligned, before) || NumberSorter.holdRepeated(aligned, after);
        }
        return !repeated;
    }

    @Override
    public void close() {
        few = new long[0];
        fewAligned.clear();
        aligned.close();
        before.close();
        after.close();
    }
}
