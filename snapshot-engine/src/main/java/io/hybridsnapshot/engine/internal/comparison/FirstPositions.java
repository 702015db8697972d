package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.encoding.CellDigests;
import java.util.Arrays;

/**
 * Finds the first position of a number in a part of an array: an open hash table, filled anew each time. One thread.
 */
final class FirstPositions {
    private long[] numbers = new long[0];
    private int[] positions = new int[0];
    private int mask;

    /** Takes {@code count} numbers of an array, from a position on. */
    void fill(long[] source, int from, int count) {
        int size = Math.max(16, Integer.highestOneBit(Math.max(1, count)) << 2);
        if (size > numbers.length) {
            numbers = new long[size];
            positions = new int[size];
        }
        mask = size - 1;
        Arrays.fill(positions, 0, size, -1);
        for (int i = 0; i < count; i++) {
            long number = source[from + i];
            int slot = (int) CellDigests.mixed(number) & mask;
            while (positions[slot] >= 0 && numbers[slot] != number) {
                slot = slot + 1 & mask;
            }
            if (positions[slot] < 0) {
                positions[slot] = i;
                numbers[slot] = number;
            }
        }
    }

    /** Returns the position in that part, from 0; a negative number if it is not there. */
    int find(long number) {
        int slot = (int) CellDigests.mixed(number) & mask;
        while (positions[slot] >= 0) {
            if (numbers[slot] == number) {
                return positions[slot];
            }
            slot = slot + 1 & mask;
        }
        return -1;
    }

    /** Forgets the numbers. */
    void clear() {
        numbers = new long[0];
        positions = new int[0];
    }
}
