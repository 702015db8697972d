package io.hybridsnapshot.domain.changeset;

/**
 * An entry of a {@link RowFilter}: 128 bits of a digest of an identity, or of a column and a value. Immutable.
 *
 * @param first the first 64 bits
 * @param second the next 64 bits
 */
public record FilterEntry(long first, long second) {
    /** The one entry of a filter that tells nothing. Every search looks for it as well. */
    public static final FilterEntry ANY = new FilterEntry(0, 0);

    /** Returns one of the numbers whose lowest bits are the entry's positions in a filter, from 0 on. */
    public long probe(int number) {
        return first + number * (second | 1);
    }
}
