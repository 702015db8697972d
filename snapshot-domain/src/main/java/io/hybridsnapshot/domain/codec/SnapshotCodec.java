package io.hybridsnapshot.domain.codec;

import io.hybridsnapshot.domain.changeset.FilterDigest;
import io.hybridsnapshot.domain.schema.Schema;
import java.nio.file.Path;
import java.util.Map;

/**
 * Port: batches to and from one file format. The values read MUST equal the values written, one by one, so that the row
 * hashes are the same. Implementations are immutable and safe to share.
 */
public interface SnapshotCodec {
    /** Returns the format's name in lower case, for example {@code parquet}. */
    String format();

    /**
     * Starts a file; an existing one is replaced. Columns are fixed from here on.
     *
     * @param metadata texts to keep in the file beside the rows
     * @throws io.hybridsnapshot.domain.error.SnapshotException UNAVAILABLE if the file cannot be written
     */
    SnapshotWriter openWriter(Path file, Schema schema, Map<String, String> metadata);

    /**
     * Opens a file's rows. The reader closes the bytes when it is closed, and this method closes them if opening fails.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException CORRUPT if the bytes are not a whole file of this
     *     format, INVALID_REQUEST if a column's type has no counterpart here (naming it)
     */
    SnapshotReader openReader(SeekableBytes bytes);

    /**
     * Returns the function for entries of filters that stand beside the files of change sets. A codec that encrypts
     * MUST return {@link FilterDigest#NONE} or a keyed function, since values could otherwise be guessed. A keyed
     * function MUST stay the same when keys are exchanged. The default is SHA-256.
     */
    default FilterDigest filterDigest() {
        return FilterDigest.PLAIN;
    }
}
