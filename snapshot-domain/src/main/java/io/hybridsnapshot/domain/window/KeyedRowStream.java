package io.hybridsnapshot.domain.window;

import io.hybridsnapshot.domain.encoding.KeyedHashes;
import java.util.Optional;

/** A stream of identities and hashes. It is read once, in one thread; the caller that opened the stream closes it. */
public interface KeyedRowStream extends AutoCloseable {
    /** The rows of a batch that {@link #batch} fills. */
    int BATCH_ROWS = 4_096;

    /**
     * Reads one row of a database into a batch.
     *
     * @param <E> the database's error
     */
    @FunctionalInterface
    interface RowReader<E extends Exception> {
        /** Appends the next row; returns whether there was one. */
        boolean append(KeyedHashes batch) throws E;
    }

    /**
     * Fills a batch row by row, for stores that read rows one by one.
     *
     * @return the batch with up to {@link #BATCH_ROWS} rows; empty at the end of the rows
     * @throws E of the reader
     */
    static <E extends Exception> Optional<KeyedHashes> batch(RowReader<E> reader) throws E {
        KeyedHashes batch = new KeyedHashes(BATCH_ROWS);
        while (batch.size() < BATCH_ROWS && reader.append(batch)) {
            // The reader has appended a row.
        }
        return batch.size() == 0 ? Optional.empty() : Optional.of(batch);
    }

    /** Returns the next rows, at least one; empty at the end. */
    Optional<KeyedHashes> next();

    @Override
    void close();
}
