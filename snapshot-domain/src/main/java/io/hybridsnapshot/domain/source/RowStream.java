package io.hybridsnapshot.domain.source;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Schema;
import java.util.Optional;

/**
 * A stream of row batches that is read once, in one thread, and closed by whoever opened it. A stream is never retried; only the
 * opening of one is.
 */
public interface RowStream extends AutoCloseable {
    /** The columns of every batch; known before the first. */
    Schema schema();

    /**
     * The next batch, never an empty one, or empty at the end and ever after. Batches are not reused.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST for a row that is wrong (naming line and column),
     *     CORRUPT for damaged bytes, UNAVAILABLE if the source went away
     */
    Optional<RowBatch> next();

    /** Where the row of this ordinal (from 0, in stream order) stands in the source, for messages: {@code line 17}. */
    default String place(long ordinal) {
        return "row " + (ordinal + 1);
    }

    /** What whoever uses the rows should know of this read, for example that it is not one of a single moment; empty: nothing. */
    default Optional<String> remark() {
        return Optional.empty();
    }

    /** Releases the source; may be called more than once and before the end. */
    @Override
    void close();
}
