package io.hybridsnapshot.domain.encoding;

import io.hybridsnapshot.domain.batch.RowBatch;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.UUID;

/**
 * The identities and row hashes of some rows, as words. A hot path: filled in place by one thread, not to be changed
 * once it was handed on; then safe to share.
 */
public final class KeyedHashes {
    /** Words of a hash: 32 bytes. */
    public static final int HASH_WORDS = 4;

    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    private long[] identities;
    private long[] hashes;
    private final BitSet withoutIdentity = new BitSet();
    private int size;

    /** Empty, with room for {@code capacity} rows; it grows. */
    public KeyedHashes(int capacity) {
        this.identities = new long[2 * Math.max(1, capacity)];
        this.hashes = new long[HASH_WORDS * Math.max(1, capacity)];
    }

    /** Appends a row: the two words of its identity and the four of its hash, big-endian. */
    public void append(long identityHigh, long identityLow, long hash0, long hash1, long hash2, long hash3) {
        if (2 * size == identities.length) {
            identities = Arrays.copyOf(identities, 2 * identities.length);
            hashes = Arrays.copyOf(hashes, 2 * hashes.length);
        }
        identities[2 * size] = identityHigh;
        identities[2 * size + 1] = identityLow;
        int at = HASH_WORDS * size;
        hashes[at] = hash0;
        hashes[at + 1] = hash1;
        hashes[at + 2] = hash2;
        hashes[at + 3] = hash3;
        size++;
    }

    /** Appends a row with a NULL key. The encoding of such a key identifies nothing. */
    void appendWithoutIdentity(long identityHigh, long identityLow, long hash0, long hash1, long hash2, long hash3) {
        withoutIdentity.set(size);
        append(identityHigh, identityLow, hash0, hash1, hash2, hash3);
    }

    /** Returns the number of rows. */
    public int size() {
        return size;
    }

    /** Returns the first eight bytes of a row's identity. */
    public long identityHigh(int row) {
        return identities[2 * row];
    }

    /** Returns the last eight bytes of a row's identity. */
    public long identityLow(int row) {
        return identities[2 * row + 1];
    }

    /** Returns a row's identity as an object; off the hot path. */
    public UUID identity(int row) {
        return new UUID(identityHigh(row), identityLow(row));
    }

    /** Returns one of the four words of a row's hash. */
    public long hashWord(int row, int word) {
        return hashes[HASH_WORDS * row + word];
    }

    /** Returns how many rows have no identity. */
    public int missingIdentities() {
        return withoutIdentity.cardinality();
    }

    /** Checks whether a row has no identity. */
    public boolean lacksIdentity(int row) {
        return withoutIdentity.get(row);
    }

    /**
     * Checks that every row has an identity.
     *
     * @throws IllegalArgumentException if a row has none
     */
    public void requireIdentities() {
        if (missingIdentities() > 0) {
            throw new IllegalArgumentException(missingIdentities() + " rows without identity");
        }
    }

    /**
     * Checks that the rows of a batch have a hash and an identity each.
     *
     * @throws IllegalArgumentException if the numbers of rows differ, or a row has no identity
     */
    public void requireAllOf(RowBatch rows) {
        if (rows.rowCount() != size) {
            throw new IllegalArgumentException(rows.rowCount() + " rows with " + size + " hashes");
        }
        requireIdentities();
    }

    /** Writes a row's hash as 64 lower-case hex digits in ASCII from {@code at}. */
    public void writeHex(int row, byte[] out, int at) {
        int o = at;
        for (int word = 0; word < HASH_WORDS; word++) {
            long bits = hashWord(row, word);
            for (int shift = 60; shift >= 0; shift -= 4) {
                out[o++] = HEX[(int) (bits >>> shift) & 0xF];
            }
        }
    }

    /** Returns a row's hash as 64 lower-case hex digits; off the hot path. */
    public String hex(int row) {
        byte[] digits = new byte[64];
        writeHex(row, digits, 0);
        return new String(digits, StandardCharsets.US_ASCII);
    }
}
