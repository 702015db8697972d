package io.hybridsnapshot.domain.codec;

import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/** Reads one file of rows. One thread; the caller that opened the reader closes it, after its streams. */
public interface SnapshotReader extends AutoCloseable {
    /** Returns the columns in the file's order. */
    Schema schema();

    /** Returns the rows in the file. */
    long rowCount();

    /** Returns the texts kept beside the rows. */
    Map<String, String> metadata();

    /**
     * Streams all rows in the file's order with the columns asked for. Only the bytes of these columns are fetched.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST for an unknown column; the stream throws
     *     CORRUPT
     */
    RowStream rows(ReadOptions options);

    /**
     * Streams the rows of these ordinals (from 0, ascending, without repetition), skipping parts of the file that hold
     * none of them.
     */
    RowStream rowsAt(long[] ordinals, ReadOptions options);

    /**
     * Finds columns whose stored bytes show that another file holds equal cells of the same type in the same rows. Only
     * bytes are compared; no cell is decoded. Damage that both files share is not found.
     *
     * @param other another open reader, of any format
     * @param columns names of columns that both files have
     * @return some of the columns, perhaps none; a column that is left out may be equal or not
     * @throws io.hybridsnapshot.domain.error.SnapshotException CORRUPT or UNAVAILABLE if bytes cannot be read
     */
    default Set<String> columnsStoredAlike(SnapshotReader other, Collection<String> columns) {
        return Set.of();
    }

    /** Releases the file. */
    @Override
    void close();
}
