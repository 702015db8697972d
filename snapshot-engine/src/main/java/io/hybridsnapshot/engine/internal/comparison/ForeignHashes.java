package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.encoding.LegacyRowHasher;
import io.hybridsnapshot.domain.encoding.LegacySpec;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.error.EngineRemedy;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import java.util.Optional;

/**
 * The way in which a foreign writer hashed a snapshot of the window, as the user names it. The later rows are hashed in
 * the same way, from the file that the pass wrote, after every batch was observed. One thread.
 */
final class ForeignHashes {
    private final LegacySpec spec;
    private final LegacyRowHasher hasher;
    private final Dataset dataset;

    /**
     * Makes the hashes of later rows.
     *
     * @param later the columns of the later rows
     * @throws SnapshotException INVALID_REQUEST if the snapshot is not a foreign writer's, or a hashed column is
     *     missing
     */
    ForeignHashes(LegacySpec spec, Dataset dataset, Side earlier, Schema later) {
        requireForeign(spec, dataset, earlier);
        this.spec = spec;
        this.dataset = dataset;
        this.hasher = LegacyRowHasher.of(later, spec, dataset.hashSpec(), dataset.keyColumns());
    }

    private static void requireForeign(LegacySpec spec, Dataset dataset, Side earlier) {
        Optional<WindowSnapshot> window = earlier instanceof StoredSide stored ? stored.window() : Optional.empty();
        WindowSnapshot current = window.orElseThrow(() -> SnapshotException.invalidRequest(
                        "there is no snapshot whose hashes a foreign writer could have made")
                .where("dataset '" + dataset.name() + "'")
                .actual("hash spec " + spec.id() + ", and no current snapshot of this partition")
                .expected("rows of another writer in the window")
                .nextStep("check the dataset's name and the partition, or leave the hash spec out")
                .build());
        if (!current.isForeign()) {
            throw SnapshotException.invalidRequest("the current snapshot is not a foreign writer's")
                    .where("dataset '" + current.dataset() + "', partition '" + current.partition() + "'")
                    .actual("hash spec " + spec.id() + " for a snapshot of "
                            + current.hashSpecId().orElse("an unknown spec") + ", batch "
                            + current.id().map(Object::toString).orElse("unknown"))
                    .expected("no legacy hash spec: the snapshot says itself how its rows were hashed")
                    .nextStep("leave the hash spec out ({0})", EngineRemedy.HASH_SPEC)
                    .build();
        }
    }

    /** Observes a batch of the later rows. Every batch of them MUST be passed to this method. */
    void observe(RowBatch batch) {
        hasher.observe(batch);
    }

    /** Hashes the later rows as the foreign writer did. */
    SortedKeyedRows rows(SnapshotReader laterCells, RowHashing hashing) {
        return hashing.legacyRows(laterCells, hasher);
    }

    /**
     * Returns why the rows look as if they were hashed by another legacy spec or had another key than was said; empty:
     * they do not.
     */
    Optional<String> mismatch(DeltaSummary counts) {
        if (counts.unchanged() == 0 && counts.changed() > 0) {
            return Optional.of(
                    "no row has the hash that the window holds of it: unless every row changed, the rows were hashed by"
                            + " another spec than " + spec.id()
                            + ", or over other columns or types than the source has");
        }
        if (counts.unchanged() == 0 && counts.deleted() > 0 && counts.added() > 0) {
            return Optional.of("no row of the source is in the window: unless all were replaced, the key "
                    + dataset.keyColumns() + " is not what the foreign writer wrote to record_uuid");
        }
        return Optional.empty();
    }
}
