package io.hybridsnapshot.domain.encoding;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Hashes rows as the Python pipeline did ({@link LegacySpec}), in two passes, because pandas derives a column's type
 * from all of its values. Every batch of the read is shown to {@link #observe} first, and then again to {@link #hash}.
 * Identities are those of {@link RowHasher}. Not thread-safe; memory does not grow with the rows.
 */
public final class LegacyRowHasher {
    private final Schema schema;
    private final LegacyRowEncoder encoder;
    private final RowHasher hasher;
    private boolean hashing;

    private LegacyRowHasher(Schema schema, LegacyRowEncoder encoder, RowHasher hasher) {
        this.schema = schema;
        this.encoder = encoder;
        this.hasher = hasher;
    }

    /**
     * Returns a hasher of rows of a source.
     *
     * @param source the source's columns
     * @param legacy the legacy spec of the rows' hashes
     * @param spec the rules under which key columns make an identity; it has no effect on the hashes
     * @param keyColumns the columns that identify a row
     * @throws SnapshotException INVALID_REQUEST if a column that is hashed or a key column is not there, or is an
     *     instant, for which the pipeline had no text
     */
    public static LegacyRowHasher of(Schema source, LegacySpec legacy, HashSpec spec, Collection<String> keyColumns) {
        Set<String> columns = new LinkedHashSet<>(keyColumns);
        columns.addAll(legacy.columns(source));
        Schema schema = source.select(columns);
        LegacyRowEncoder encoder = new LegacyRowEncoder(schema, legacy);
        return new LegacyRowHasher(schema, encoder, RowHasher.of(schema, spec, keyColumns, encoder));
    }

    /** Returns the columns that are needed of a batch, the key first. */
    public Schema schema() {
        return schema;
    }

    /**
     * Notes the effect of a batch's values on the types of its columns. The batch has {@link #schema()}'s columns among
     * its own.
     *
     * @throws IllegalStateException if a batch was hashed already
     */
    public void observe(RowBatch batch) {
        if (hashing) {
            throw new IllegalStateException("every batch has to be observed before the first is hashed");
        }
        encoder.observe(needed(batch));
    }

    /**
     * Returns the identities and hashes of the rows of a batch that was observed before; see {@link RowHasher#hash}.
     */
    public KeyedHashes hash(RowBatch batch) {
        hashing = true;
        return hasher.hash(needed(batch));
    }

    private RowBatch needed(RowBatch batch) {
        return batch.schema().equals(schema) ? batch : batch.select(schema);
    }
}
