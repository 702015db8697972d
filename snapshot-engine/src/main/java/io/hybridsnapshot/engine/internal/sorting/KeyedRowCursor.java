package io.hybridsnapshot.engine.internal.sorting;

/**
 * Walks over identities, hashes and ordinals in ascending byte order of the identity (as unsigned numbers). One thread;
 * the caller that opened the cursor closes it.
 */
public interface KeyedRowCursor extends AutoCloseable {
    /** Moves to the next row; false at the end. */
    boolean next();

    /** Returns the first eight bytes of the row's identity. */
    long identityHigh();

    /** Returns the last eight bytes of the row's identity. */
    long identityLow();

    /** Returns one of the four words of the row's hash. */
    long hashWord(int word);

    /** Returns the row's position in its stream, from 0. */
    long ordinal();

    @Override
    void close();
}
