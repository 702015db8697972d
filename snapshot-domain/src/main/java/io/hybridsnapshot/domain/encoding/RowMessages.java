package io.hybridsnapshot.domain.encoding;

import io.hybridsnapshot.domain.batch.RowBatch;

/** Rows as the bytes that are hashed. Not thread-safe. */
interface RowMessages {
    /** Takes the rows of a batch; {@link #encode} then encodes any of them. */
    void read(RowBatch batch);

    /** Encodes a row of the batch; {@link #buffer()} holds the message until the next call. */
    void encode(int row);

    /** Returns the bytes that hold the message; replaced when a message needs more. */
    byte[] buffer();

    /** Returns where the message starts. */
    int start();

    /** Returns how many bytes the message has. */
    int length();
}
