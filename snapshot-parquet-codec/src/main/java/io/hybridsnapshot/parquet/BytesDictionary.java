package io.hybridsnapshot.parquet;

import java.util.Arrays;

/**
 * The distinct byte strings of a column in a row group, numbered in order of arrival. Open addressing over byte ranges
 * looks a value up in place, without a copy. A hot path: hands out its array.
 */
final class BytesDictionary {
    private static final int SMALLEST_TABLE = 64;

    /** Growth of the array beyond this size, caused by a few huge values, is released. */
    private static final int KEPT_BYTES = 4 << 20;

    private byte[] data = new byte[1 << 10];
    private int[] ends = new int[SMALLEST_TABLE / 2];
    /** A value's hash above its number plus one; 0 where a slot is empty. */
    private long[] table = new long[SMALLEST_TABLE];

    private int size;

    /** The number of a value, which is copied and added if it is new. */
    int idOf(byte[] bytes, int offset, int length) {
        int hash = hash(bytes, offset, length);
        int mask = table.length - 1;
        int slot = hash & mask;
        while (true) {
            long entry = table[slot];
            if (entry == 0) {
                return add(bytes, offset, length, hash, slot);
            }
            if ((int) (entry >>> Integer.SIZE) == hash) {
                int id = (int) entry - 1;
                int start = start(id);
                if (Arrays.equals(data, start, ends[id], bytes, offset, offset + length)) {
                    return id;
                }
            }
            slot = slot + 1 & mask;
        }
    }

    int size() {
        return size;
    }

    /** The bytes of all values together. */
    int bytes() {
        return size == 0 ? 0 : ends[size - 1];
    }

    byte[] data() {
        return data;
    }

    int start(int id) {
        return id == 0 ? 0 : ends[id - 1];
    }

    int end(int id) {
        return ends[id];
    }

    void clear() {
        if (size > 0) {
            size = 0;
            Arrays.fill(table, 0);
            if (data.length > KEPT_BYTES) {
                data = new byte[KEPT_BYTES];
            }
        }
    }

    private int add(byte[] bytes, int offset, int length, int hash, int slot) {
        int start = bytes();
        if (length > data.length - start) {
            data = Arrays.copyOf(data, Math.max(Math.addExact(start, length), data.length * 2));
        }
        System.arraycopy(bytes, offset, data, start, length);
        int id = size++;
        ends[id] = start + length;
        table[slot] = (long) hash << Integer.SIZE | id + 1;
        if (size == ends.length) {
            ends = Arrays.copyOf(ends, size * 2);
            long[] entries = table;
            table = new long[size * 4];
            int mask = table.length - 1;
            for (long entry : entries) {
                if (entry != 0) {
                    int at = (int) (entry >>> Integer.SIZE) & mask;
                    while (table[at] != 0) {
                        at = at + 1 & mask;
                    }
                    table[at] = entry;
                }
            }
        }
        return id;
    }

    /** Mixes eight bytes at a time; the last eight may overlap those before, so that no byte is taken alone. */
    private static int hash(byte[] bytes, int offset, int length) {
        long hash = length * 0x9E3779B97F4A7C15L;
        if (length >= Long.BYTES) {
            int last = offset + length - Long.BYTES;
            for (int at = offset; at < last; at += Long.BYTES) {
                hash = mix(hash ^ Bytes.longAt(bytes, at));
            }
            hash = mix(hash ^ Bytes.longAt(bytes, last));
        } else if (length >= Integer.BYTES) {
            long first = Bytes.intAt(bytes, offset);
            hash = mix(hash ^ first << 32 ^ Bytes.intAt(bytes, offset + length - Integer.BYTES) & 0xFFFF_FFFFL);
        } else if (length > 0) {
            long ends =
                    (long) bytes[offset] << 16 ^ (long) bytes[offset + length / 2] << 8 ^ bytes[offset + length - 1];
            hash = mix(hash ^ ends);
        }
        // The high half of a product depends on all bits of its factors, the low half on their low halves alone.
        return (int) (hash >>> Integer.SIZE);
    }

    private static long mix(long value) {
        long product = value * 0xD6E8FEB86659FD93L;
        return product ^ product >>> 32;
    }
}
