package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.encoding.CellDigests;

/**
 * A bounded set of the newest digests that a side passed over: a table of one slot a digest, in which a newer digest
 * replaces an older one. A digest may be lost, none is ever made up. One thread.
 */
final class PassedKeys {
    private static final int SLOTS = 1 << 17;
    private long[] slots = new long[0];
    private boolean holdsZero;

    void add(long digest) {
        if (slots.length == 0) {
            slots = new long[SLOTS];
        }
        if (digest == 0) {
            holdsZero = true;
        } else {
            slots[slot(digest)] = digest;
        }
    }

    boolean holds(long digest) {
        return digest == 0 ? holdsZero : slots.length > 0 && slots[slot(digest)] == digest;
    }

    private static int slot(long digest) {
        return (int) CellDigests.mixed(digest) & SLOTS - 1;
    }
}
