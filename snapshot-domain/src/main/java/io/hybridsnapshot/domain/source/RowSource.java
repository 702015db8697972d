package io.hybridsnapshot.domain.source;

/**
 * Port: a table that can be read as a stream of typed batches (a file, a query). Implementations are immutable and may
 * be opened any number of times. Each opening is one consistent read, as far as the source offers one.
 *
 * <p>Threads: {@link #description} and {@link #inferringOver} are called in the caller's thread. A save, a detection
 * and a comparison call {@link #open} in a reader thread, which makes every call of {@link RowStream} that may block.
 * They interrupt that thread when the caller is interrupted. An implementation SHOULD then end a call that blocks, with
 * any error; the caller waits for it ten seconds at most.
 */
public interface RowSource {
    /** Names the source, for messages and the ledger: a file name or a query's name; never a secret. */
    String description();

    /**
     * Opens a stream that the caller closes.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if the source is not there, names a
     *     column twice, has a column of an unsupported type or lacks a wanted one; UNAVAILABLE if it cannot be reached;
     *     CORRUPT if it is damaged
     */
    RowStream open(ReadOptions options);

    /**
     * Returns a source of the same rows with inferred column types that also hold the cells of another source. Returns
     * this source if it infers no types, or cannot infer them over the other source. Nothing is read before a stream is
     * opened.
     */
    default RowSource inferringOver(RowSource other) {
        return this;
    }

    /**
     * Returns a source of the same rows with other names for some columns. Read options, known types and errors then
     * have the other names. A source that infers types SHOULD override this method, so that {@link #inferringOver} goes
     * by the other names. Opening throws INVALID_REQUEST if the table lacks a renamed column, or has one with the other
     * name.
     */
    default RowSource renaming(ColumnRenames renames) {
        return renames.isEmpty() ? this : new RenamedRows(this, renames);
    }
}
