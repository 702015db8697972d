package io.hybridsnapshot.engine.internal.sorting;

/**
 * Sorts records of {@link KeyedRowSorter#WORDS} words by their first two, as unsigned numbers, and by the last among
 * equals.
 */
public final class RecordOrder {
    private static final int INSERTION_LIMIT = 12;

    private RecordOrder() {}

    /** Returns the positions of the first {@code count} records in ascending order: a merge sort, which is stable. */
    static int[] sorted(long[] records, int count) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = i;
        }
        sort(records, order, order.clone(), 0, count);
        return order;
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
