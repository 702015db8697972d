package io.hybridsnapshot.domain.delta;

import java.util.UUID;

/**
 * Walks over the rows that are NEW, CHANGED or DELETED, in ascending byte order of the identity (as unsigned numbers).
 * One thread; the caller that opened the cursor closes it.
 */
public interface DeltaCursor extends AutoCloseable {
    /** Moves to the next row; false at the end and ever after. */
    boolean next();

    /** Returns the row's kind of change; never UNCHANGED. */
    ChangeKind kind();

    /** Returns the first eight bytes of the row's identity. */
    long identityHigh();

    /** Returns the last eight bytes of the row's identity. */
    long identityLow();

    /** The row's identity as an object. */
    default UUID identity() {
        return new UUID(identityHigh(), identityLow());
    }

    @Override
    void close();
}
