package io.hybridsnapshot.parquet;

import java.util.Arrays;

/** The distinct values of a column in a row group, numbered in the order they came; open addressing. A hot path. */
final class LongDictionary {
    private static final int SMALLEST_TABLE = 64;

    private long[] values = new long[SMALLEST_TABLE / 2];
    private int[] table = new int[SMALLEST_TABLE];
    private int size;

    /** The number of a value, which is added if it is new. */
    int idOf(long value) {
        int mask = table.length - 1;
        int slot = (int) ((value * 0x9E3779B97F4A7C15L) >>> 32) & mask;
        while (true) {
            int id = table[slot] - 1;
            if (id < 0) {
                return add(value, slot);
            }
            if (values[id] == value) {
                return id;
            }
            slot = slot + 1 & mask;
        }
    }

    int size() {
        return size;
    }

    long value(int id) {
        return values[id];
    }

    void clear() {
        if (size > 0) {
            size = 0;
            Arrays.fill(table, 0);
        }
    }

    private int add(long value, int slot) {
        int id = size++;
        values[id] = value;
        table[slot] = id + 1;
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
            table = new int[size * 4];
            int mask = table.length - 1;
            for (int i = 0; i < size; i++) {
                int at = (int) ((values[i] * 0x9E3779B97F4A7C15L) >>> 32) & mask;
                while (table[at] != 0) {
                    at = at + 1 & mask;
                }
                table[at] = i + 1;
            }
        }
        return id;
    }
}
