package io.hybridsnapshot.domain.codec;

import io.hybridsnapshot.domain.source.RowSource;
import java.util.Optional;

/**
 * Capability of a {@link RowSource}: its rows lie in a file that can be read in any order and more than once. A source
 * that wraps another one passes the capability on.
 */
public interface FileRowSource extends RowSource {
    /**
     * Opens the file of the rows. Its columns, its rows and their order MUST be those of {@link #open} without wishes.
     * Called in the caller's thread. The caller closes the reader.
     *
     * @return empty if these rows can only be read as a stream
     * @throws io.hybridsnapshot.domain.error.SnapshotException as {@link #open} says
     */
    Optional<SnapshotReader> openFile();

    /** Opens the file of any source; empty if it has none, or its rows can only be read as a stream. */
    static Optional<SnapshotReader> openFileOf(RowSource source) {
        return source instanceof FileRowSource file ? file.openFile() : Optional.empty();
    }
}
