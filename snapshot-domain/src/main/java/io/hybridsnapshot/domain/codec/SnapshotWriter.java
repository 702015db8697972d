package io.hybridsnapshot.domain.codec;

import io.hybridsnapshot.domain.batch.RowBatch;

/** Writes one file of rows. One thread; closed by whoever opened it. */
public interface SnapshotWriter extends AutoCloseable {
    /** Appends the rows of a batch of the writer's schema; the batch is not kept. */
    void append(RowBatch batch);

    /** Ends the file, which is whole and on the disk (forced) when this returns. Called once, after the last batch. */
    WrittenFile finish();

    /** Releases what is held; a file that was not finished is deleted. */
    @Override
    void close();
}
