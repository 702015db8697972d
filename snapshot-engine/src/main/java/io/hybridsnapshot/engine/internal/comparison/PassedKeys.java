package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.encoding.CellDigests;
import java.util.Arrays;

/**
 * A bounded sample of the digests that a side passed over. A digest's own bits decide whether it is in the sample, so
 * both sides sample the same keys. Whenever the sample is full, the share of keys in it is halved. No digest is ever
 * made up. One thread.
 */
final class PassedKeys {
    private static final int SLOTS = 1 << 17;
    private static final int MOST = SLOTS / 2;
    private static final int TENTHS = 9;
    /** Numbers without 0, one to one with digests. */
    private long[] slots = new long[0];

    private int size;
    private boolean holdsZero;
    /** Numbers at this bit and above it are 0 in a sampled number. */
    private int bits = Long.SIZE;

    /** Adds {@code count} digests of an array, from a position on. */
    void add(long[] digests, int from, int count) {
        if (slots.length == 0) {
            slots = new long[SLOTS];
        }
        for (int i = from; i < from + count; i++) {
            long number = CellDigests.mixed(digests[i]);
            if (isSampled(number)) {
                insert(number);
            }
        }
    }

    private void insert(long number) {
        if (number == 0) {
            holdsZero = true;
            return;
        }
        int slot = slot(number);
        while (slots[slot] != 0 && slots[slot] != number) {
            slot = slot + 1 & SLOTS - 1;
        }
        if (slots[slot] == 0) {
            slots[slot] = number;
            size++;
            if (size > MOST) {
                halve();
            }
        }
    }

    private void halve() {
        bits--;
        long[] numbers = slots.clone();
        Arrays.fill(slots, 0);
        size = 0;
        for (long number : numbers) {
            if (number != 0 && isSampled(number)) {
                insert(number);
            }
        }
    }

    /** Checks whether nearly all of these rows were passed over, as far as the sample shows. */
    boolean holdMost(long[] digests, int from, int count) {
        if (slots.length == 0) {
            return false;
        }
        int sampled = 0;
        int found = 0;
        for (int i = from; i < from + count; i++) {
            long number = CellDigests.mixed(digests[i]);
            if (isSampled(number)) {
                sampled++;
                found += holds(number) ? 1 : 0;
            }
        }
        return sampled > 0 && found * 10 >= sampled * TENTHS;
    }

    private boolean holds(long number) {
        if (number == 0) {
            return holdsZero;
        }
        int slot = slot(number);
        while (slots[slot] != 0) {
            if (slots[slot] == number) {
                return true;
            }
            slot = slot + 1 & SLOTS - 1;
        }
        return false;
    }

    private boolean isSampled(long number) {
        return bits == Long.SIZE || number >>> bits == 0;
    }

    private static int slot(long number) {
        return (int) number & SLOTS - 1;
    }
}
