package io.hybridsnapshot.domain.changeset;

import java.util.Arrays;
import java.util.Objects;

/**
 * A Bloom filter over the entries of a change set (Bloom, Space/Time Trade-offs in Hash Coding with Allowable Errors,
 * 1970): the identities of its rows and some of their values. It answers whether a change set may concern a row, so
 * that few change sets have to be read. Positions follow from two numbers (Kirsch and Mitzenmacher, Less Hashing, Same
 * Performance, 2008). A filter has a power of two of bits, at least {@link #BITS_AN_ENTRY} an entry, so of 1,000
 * entries that are not in it, about three seem to be. Bit {@code n} is the bit {@code n % 8}, lowest first, of byte
 * {@code n / 8}, as PostgreSQL's {@code get_bit} counts. Immutable.
 */
public final class RowFilter {
    /** The least number of bits for each entry. */
    public static final int BITS_AN_ENTRY = 12;

    /** The number of bits that an entry sets. */
    public static final int PROBES = 8;

    private static final int LEAST_BITS = 64;
    private static final int MOST_BITS = 1 << 30;

    private final byte[] bits;

    private RowFilter(byte[] bits) {
        this.bits = bits;
    }

    /** Makes a filter of entries. */
    public static RowFilter of(Iterable<FilterEntry> entries) {
        long count = 0;
        for (FilterEntry entry : entries) {
            Objects.requireNonNull(entry, "entry");
            count++;
        }
        long size = LEAST_BITS;
        while (size < count * BITS_AN_ENTRY && size < MOST_BITS) {
            size <<= 1;
        }
        byte[] bits = new byte[(int) (size / Byte.SIZE)];
        for (FilterEntry entry : entries) {
            for (int probe = 0; probe < PROBES; probe++) {
                long bit = entry.probe(probe) & size - 1;
                bits[(int) (bit >>> 3)] |= (byte) (1 << (bit & 7));
            }
        }
        return new RowFilter(bits);
    }

    /**
     * Returns the filter that a store kept.
     *
     * @throws IllegalArgumentException if the bytes are no filter
     */
    public static RowFilter ofBytes(byte[] bytes) {
        if (bytes.length < LEAST_BITS / Byte.SIZE || Integer.bitCount(bytes.length) != 1) {
            throw new IllegalArgumentException("a filter of " + bytes.length + " bytes");
        }
        return new RowFilter(bytes.clone());
    }

    /** Checks whether an entry may be in the filter; an entry that is in it always may be. */
    public boolean mayHold(FilterEntry entry) {
        long mask = (long) bits.length * Byte.SIZE - 1;
        for (int probe = 0; probe < PROBES; probe++) {
            long bit = entry.probe(probe) & mask;
            if ((bits[(int) (bit >>> 3)] & 1 << (bit & 7)) == 0) {
                return false;
            }
        }
        return true;
    }

    /** Returns the bytes to keep. */
    public byte[] bytes() {
        return bits.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RowFilter filter && Arrays.equals(bits, filter.bits);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bits);
    }

    @Override
    public String toString() {
        return "a filter of " + bits.length + " bytes";
    }
}
