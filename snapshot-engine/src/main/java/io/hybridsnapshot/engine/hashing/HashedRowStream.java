package io.hybridsnapshot.engine.hashing;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowStream;
import java.util.Objects;
import java.util.Optional;

/**
 * Rows with their identities and hashes, batch by batch. The caller who opened it closes it; one batch is in memory at
 * a time. For one thread.
 */
public final class HashedRowStream implements AutoCloseable {
    private final RowStream rows;
    private final Hasher hasher;
    private final String specId;

    HashedRowStream(RowStream rows, Hasher hasher, String specId) {
        this.rows = rows;
        this.hasher = hasher;
        this.specId = specId;
    }

    /** Hashes a batch. */
    interface Hasher {
        KeyedHashes hash(RowBatch batch);
    }

    /**
     * Rows and their hashes.
     *
     * @param rows the rows as the source gives them
     * @param hashes identity and hash of each row, by the same row number
     */
    public record Batch(RowBatch rows, KeyedHashes hashes) {
        public Batch {
            Objects.requireNonNull(rows, "rows");
            Objects.requireNonNull(hashes, "hashes");
        }
    }

    /** Returns the columns of the rows. */
    public Schema schema() {
        return rows.schema();
    }

    /** Returns the id of the hash spec, as a snapshot records it. */
    public String specId() {
        return specId;
    }

    /**
     * Reads and hashes the next batch; empty after the last one.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException as the source throws
     */
    public Optional<Batch> next() {
        return rows.next().map(batch -> new Batch(batch, hasher.hash(batch)));
    }

    /** Closes the source's stream. */
    @Override
    public void close() {
        rows.close();
    }
}
