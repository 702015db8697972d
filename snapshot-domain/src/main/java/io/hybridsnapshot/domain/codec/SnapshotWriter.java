package io.hybridsnapshot.domain.codec;

import io.hybridsnapshot.domain.batch.RowBatch;

/** Writes one file of rows. One thread; the caller that opened the writer closes it. */
public interface SnapshotWriter extends AutoCloseable {
    /** Appends the rows of a batch of the writer's schema; the batch is not kept. */
    void append(RowBatch batch);

    /**
     * Ends the file. The file is complete and on the disk (forced) when this returns. Called once, after the last
     * batch.
     */
    WrittenFile finish();

    /** Releases all resources; deletes a file that was not finished. */
    @Override
    void close();
}
