package io.hybridsnapshot.engine.internal.changeset;

import java.util.Arrays;

/** A growing list of positions. One thread. */
final class Positions {
    private long[] values = new long[16];
    private int size;

    void add(long value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = value;
    }

    int size() {
        return size;
    }

    long get(int index) {
        return values[index];
    }

    /** Returns a copy of some. */
    long[] range(int from, int count) {
        return Arrays.copyOfRange(values, from, from + count);
    }

    /** Returns a copy of all. */
    long[] toArray() {
        return Arrays.copyOf(values, size);
    }
}
