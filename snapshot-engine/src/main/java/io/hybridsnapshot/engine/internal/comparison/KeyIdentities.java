package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.schema.Schema;
import java.util.Collection;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The identities of rows that are at hand, computed from their keys a batch at a time. One thread. */
final class KeyIdentities {
    private final Schema keys;
    private final RowHasher hasher;
    private @Nullable RowBatch batch;
    private KeyedHashes hashes = new KeyedHashes(0);

    /** Makes the identities of batches that have the columns of a schema, and perhaps others. */
    KeyIdentities(Schema schema, HashSpec spec, Collection<String> keyColumns) {
        this.keys = schema.select(keyColumns);
        this.hasher = RowHasher.ofIdentities(keys, spec, keyColumns);
    }

    /** Returns the identity of a row. */
    UUID of(RowBatch rows, int row) {
        if (batch != rows) {
            batch = rows;
            hashes = hasher.hash(rows.select(keys));
        }
        return hashes.identity(row);
    }
}
