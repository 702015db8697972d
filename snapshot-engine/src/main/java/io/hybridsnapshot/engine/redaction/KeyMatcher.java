package io.hybridsnapshot.engine.redaction;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.schema.Schema;
import java.util.BitSet;
import java.util.Optional;

/** Tells the rows of some keys from others, in batches that have the key columns. Not for threads to share. */
final class KeyMatcher {
    private final Schema keySchema;
    private final RowHasher hasher;
    private final RowIdentities identities;
    private final BitSet matched;
    private int[] others = new int[RowBatch.DEFAULT_ROWS];

    KeyMatcher(RedactionRequest request, Schema schema, HashSpec spec, BitSet matched) {
        Dataset dataset = request.dataset();
        this.keySchema = schema.select(dataset.keyColumns());
        this.hasher = RowHasher.ofIdentities(keySchema, spec, dataset.keyColumns());
        this.identities = request.keys().identities(keySchema, spec);
        this.matched = matched;
    }

    int matches(RowBatch batch) {
        return batch.rowCount() - othersOf(batch);
    }

    int matches(KeyedHashes rows) {
        room(rows.size());
        return rows.size() - identities.others(rows, others, matched);
    }

    /** Returns the batch without the rows of the keys; empty if all are. */
    Optional<RowBatch> rest(RowBatch batch) {
        int count = othersOf(batch);
        if (count == batch.rowCount()) {
            return Optional.of(batch);
        }
        return count == 0 ? Optional.empty() : Optional.of(batch.rows(others, count));
    }

    /** Checks whether an identity is that of one of the keys. */
    boolean isMatch(long identityHigh, long identityLow) {
        return identities.holds(identityHigh, identityLow);
    }

    private int othersOf(RowBatch batch) {
        room(batch.rowCount());
        return identities.others(hasher.hash(batch.select(keySchema)), others, matched);
    }

    private void room(int rows) {
        if (others.length < rows) {
            others = new int[rows];
        }
    }
}
