package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.error.SnapshotException;

/**
 * A file of records whose cells are texts, in another form than CSV. {@link RecordRowSource} gives its columns types by
 * the rules of CSV files, so that the same contents in two forms are equal. Implementations are immutable, and any
 * number of streams may be open at once.
 */
public interface RecordFile {
    /** Names the file for messages and the ledger: its path, or words such as {@code standard input} for a copy. */
    String name();

    /** The file as the place of an error: {@code file orders.jsonl}. */
    String place();

    /** Whether the file can be read more than once: a pipe cannot. */
    boolean isRepeatable();

    /** The whole that {@link RecordStream#position} is a part of, in any unit; 0 if streams do not know it. */
    default long length() {
        return 0;
    }

    /**
     * Opens the file and finds its columns. The caller closes the stream.
     *
     * @throws SnapshotException INVALID_REQUEST if the file is missing or is not of this form; CORRUPT for damage;
     *     UNAVAILABLE if it cannot be read
     */
    RecordStream open();
}
