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
    private int[] hashes = new int[SMALLEST_TABLE / 2];
    private int[] table = new int[SMALLEST_TABLE];
    private int size;

    /** The number of a value, which is copied and added if it is new. */
    int idOf(byte[] bytes, int offset, int length) {
        int hash = hash(bytes, offset, length);
        int mask = table.length - 1;
        int slot = hash & mask;
        while (true) {
            int id = table[slot] - 1;
            if (id < 0) {
                return add(bytes, offset, length, hash, slot);
            }
            if (hashes[id] == hash) {
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
        hashes[id] = hash;
        table[slot] = id + 1;
        if (size == ends.length) {
            ends = Arrays.copyOf(ends, size * 2);
            hashes = Arrays.copyOf(hashes, size * 2);
            table = new int[size * 4];
            int mask = table.length - 1;
            for (int i = 0; i < size; i++) {
                int at = hashes[i] & mask;
                while (table[at] != 0) {
                    at = at + 1 & mask;
                }
                table[at] = i + 1;
            }
        }
        return id;
    }

    private static int hash(byte[] bytes, int offset, int length) {
        long hash = length * 0x9E3779B97F4A7C15L;
        int at = offset;
        int end = offset + length;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            hash = mix(hash ^ Bytes.longAt(bytes, at));
        }
        long rest = 0;
        for (; at < end; at++) {
            rest = rest << 8 | bytes[at] & 0xFF;
        }
        hash = mix(hash ^ rest);
        return (int) (hash ^ hash >>> 32);
    }

    private static long mix(long value) {
        long product = value * 0xD6E8FEB86659FD93L;
        return product ^ product >>> 32;
    }
}
