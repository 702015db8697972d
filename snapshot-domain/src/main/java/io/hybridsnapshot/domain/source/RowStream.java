package io.hybridsnapshot.domain.source;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Schema;
import java.util.Optional;

/**
 * A stream of row batches. It is read once, in one thread; the caller that opened the stream closes it. A stream is
 * never retried; only the opening of one is.
 *
 * <p>Threads: {@link #next} and {@link #close} are called in the thread that opened the stream. {@link #schema} may be
 * called in any thread. {@link #place} and {@link #remark} may be called in another thread, but only while no other
 * call is under way and before {@link #close}. A stream needs no locks for that.
 */
public interface RowStream extends AutoCloseable {
    /** Returns the columns of every batch; known before the first. */
    Schema schema();

    /**
     * Returns the next batch, never an empty one; empty at the end and ever after. Batches are not reused.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST for a row that is wrong (naming line and
     *     column), CORRUPT for damaged bytes, UNAVAILABLE if the source went away
     */
    Optional<RowBatch> next();

    /**
     * Names the place of a row in the source, for messages, such as {@code line 17}. The ordinal counts from 0, in
     * stream order.
     */
    default String place(long ordinal) {
        return "row " + (ordinal + 1);
    }

    /**
     * Returns a remark on this read for users of the rows, for example that the read does not show one single moment;
     * empty: no remark.
     */
    default Optional<String> remark() {
        return Optional.empty();
    }

    /** Releases the source. May be called more than once and before the end. */
    @Override
    void close();
}
