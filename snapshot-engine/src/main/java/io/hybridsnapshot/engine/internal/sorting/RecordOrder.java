package io.hybridsnapshot.engine.internal.sorting;

import java.util.Arrays;

/**
 * Sorts records of {@link KeyedRowSorter#WORDS} words by their first two, as unsigned numbers, and by the last among
 * equals.
 */
public final class RecordOrder {
    private static final int INSERTION_LIMIT = 12;
    /** A bucket holds about as many numbers as these bits count. */
    private static final int BITS_A_BUCKET = 3;

    private static final int LEAST_BUCKET_BITS = 8;
    private static final int FULL_BUCKET = 64;

    private RecordOrder() {}

    /**
     * Returns the positions of the first {@code count} records in ascending order; equal records keep their order. The
     * upper bits of the first word are sorted together with the positions, as numbers side by side. Records that agree
     * in these bits are then sorted by a merge sort.
     */
    static int[] sorted(long[] records, int count) {
        long positions = Long.highestOneBit(Math.max(1, count)) * 2 - 1;
        long[] packed = new long[count];
        for (int i = 0; i < count; i++) {
            // Signed order of the flipped word is unsigned order of the word.
            packed[i] = (records[KeyedRowSorter.WORDS * i] ^ Long.MIN_VALUE) & ~positions | i;
        }
        sort(packed);
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = (int) (packed[i] & positions);
        }
        int[] copy = new int[0];
        for (int from = 0, to; from < count; from = to) {
            to = from + 1;
            while (to < count && (packed[to] & ~positions) == (packed[from] & ~positions)) {
                to++;
            }
            if (to - from > 1) {
                copy = copy.length == 0 ? order.clone() : copy;
                sort(records, order, copy, from, to);
            }
        }
        return order;
    }

    /** Sorts numbers: those that are spread evenly, as digests are, by a distribution to buckets of a few each. */
    private static void sort(long[] numbers) {
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(numbers.length) - BITS_A_BUCKET;
        if (bits < LEAST_BUCKET_BITS) {
            Arrays.sort(numbers);
            return;
        }
        int shift = Long.SIZE - bits;
        int[] ends = new int[1 << bits];
        for (long number : numbers) {
            ends[(int) ((number ^ Long.MIN_VALUE) >>> shift)]++;
        }
        int end = 0;
        for (int bucket = 0; bucket < ends.length; bucket++) {
            if (ends[bucket] > FULL_BUCKET) {
                Arrays.sort(numbers);
                return;
            }
            end += ends[bucket];
            ends[bucket] = end;
        }
        long[] source = numbers.clone();
        for (int i = source.length - 1; i >= 0; i--) {
            numbers[--ends[(int) ((source[i] ^ Long.MIN_VALUE) >>> shift)]] = source[i];
        }
        // Every bucket is in its place, so no number moves far.
        for (int i = 1; i < numbers.length; i++) {
            long number = numbers[i];
            int at = i;
            for (; at > 0 && numbers[at - 1] > number; at--) {
                numbers[at] = numbers[at - 1];
            }
            numbers[at] = number;
        }
    }

    private static void sort(long[] records, int[] target, int[] source, int from, int to) {
        if (to - from <= INSERTION_LIMIT) {
            insertionSort(records, target, from, to);
            return;
        }
        int middle = from + to >>> 1;
        sort(records, source, target, from, middle);
        sort(records, source, target, middle, to);
        if (compare(records, source[middle - 1], source[middle]) <= 0) {
            System.arraycopy(source, from, target, from, to - from);
            return;
        }
        int left = from;
        int right = middle;
        for (int i = from; i < to; i++) {
            if (right >= to || left < middle && compare(records, source[left], source[right]) <= 0) {
                target[i] = source[left++];
            } else {
                target[i] = source[right++];
            }
        }
    }

    private static void insertionSort(long[] records, int[] order, int from, int to) {
        for (int i = from + 1; i < to; i++) {
            int moved = order[i];
            int at = i;
            while (at > from && compare(records, order[at - 1], moved) > 0) {
                order[at] = order[at - 1];
                at--;
            }
            order[at] = moved;
        }
    }

    private static int compare(long[] records, int a, int b) {
        int atA = KeyedRowSorter.WORDS * a;
        int atB = KeyedRowSorter.WORDS * b;
        return compare(records[atA], records[atA + 1], records[atB], records[atB + 1]);
    }

    /** Compares two identities as unsigned numbers. */
    public static int compare(long highA, long lowA, long highB, long lowB) {
        int high = Long.compareUnsigned(highA, highB);
        return high != 0 ? high : Long.compareUnsigned(lowA, lowB);
    }
}
