package io.hybridsnapshot.engine.redaction;

import io.hybridsnapshot.domain.encoding.KeyedHashes;
import java.util.Arrays;
import java.util.BitSet;

/**
 * A set of identities for looking up rows, each with the positions of the keys that have it. An open hash table (Knuth,
 * The Art of Computer Programming, volume 3, 6.4) in arrays, so a look-up makes no object. One thread fills and reads
 * it.
 */
final class RowIdentities {
    private static final int NONE = -1;

    private final long[] highs;
    private final long[] lows;
    private final int[] firstKeys;
    /** The next key of the same identity, indexed by key. */
    private final int[] nextKeys;

    private final int mask;

    /** Makes an empty set for the identities of this number of keys. */
    RowIdentities(int keys) {
        int slots = Integer.highestOneBit(Math.max(4, Math.min(keys, 1 << 28))) << 2;
        this.highs = new long[slots];
        this.lows = new long[slots];
        this.firstKeys = new int[slots];
        this.nextKeys = new int[keys];
        this.mask = slots - 1;
        Arrays.fill(firstKeys, NONE);
        Arrays.fill(nextKeys, NONE);
    }

    void add(long high, long low, int key) {
        int slot = slot(high, low);
        nextKeys[key] = firstKeys[slot];
        firstKeys[slot] = key;
        highs[slot] = high;
        lows[slot] = low;
    }

    /**
     * Finds the positions of a batch's rows with identities outside the set.
     *
     * @param others receives them; as long as the batch
     * @param matched notes the keys with rows in the batch
     * @return the number of positions
     */
    int others(KeyedHashes rows, int[] others, BitSet matched) {
        int count = 0;
        for (int row = 0; row < rows.size(); row++) {
            int key = rows.lacksIdentity(row) ? NONE : firstKeys[slot(rows.identityHigh(row), rows.identityLow(row))];
            if (key == NONE) {
                others[count++] = row;
            }
            for (; key != NONE; key = nextKeys[key]) {
                matched.set(key);
            }
        }
        return count;
    }

    /** Checks whether an identity is in the set. */
    boolean holds(long high, long low) {
        return firstKeys[slot(high, low)] != NONE;
    }

    /** Returns the slot of an identity, or the free one where it would be. */
    private int slot(long high, long low) {
        // UUIDs of version 7 begin with a time, so both words are mixed.
        long mixed = (high ^ Long.rotateLeft(low, 32)) * 0x9E3779B97F4A7C15L;
        int slot = (int) (mixed >>> 32) & mask;
        while (firstKeys[slot] != NONE && (highs[slot] != high || lows[slot] != low)) {
            slot = slot + 1 & mask;
        }
        return slot;
    }
}
