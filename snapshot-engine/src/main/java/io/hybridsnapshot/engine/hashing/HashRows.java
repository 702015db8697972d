package io.hybridsnapshot.engine.hashing;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.LegacyRowHasher;
import io.hybridsnapshot.domain.encoding.LegacySpec;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import java.util.Objects;
import java.util.Optional;

/**
 * The use case: hash the rows of a source as a save hashes them. It needs no store. Immutable and safe to share, as far
 * as the source is; each opening reads the source anew, in the calling thread.
 */
public final class HashRows {
    private final Dataset dataset;
    private final RowSource source;

    /**
     * The rows of a source, hashed by a dataset's key and rules.
     *
     * @param dataset names the key columns, the columns that are left out and the rules for columns
     * @param source the rows
     */
    public HashRows(Dataset dataset, RowSource source) {
        this.dataset = Objects.requireNonNull(dataset, "dataset");
        this.source = Objects.requireNonNull(source, "source");
    }

    /**
     * Opens the source and hashes its rows batch by batch by the dataset's hash spec. The caller closes the stream.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if the source lacks a column that the
     *     dataset names, and as the source throws
     */
    public HashedRowStream open() {
        return opened(
                rows -> RowHasher.of(rows.schema(), dataset.hashSpec(), dataset.keyColumns())::hash,
                dataset.hashSpec().id());
    }

    /**
     * Opens the source and hashes its rows as a foreign writer did. The text of a cell depends on all rows there, so
     * this method reads the source twice: it returns after the first reading. The caller closes the stream.
     *
     * @param spec the writer's way of hashing
     * @throws io.hybridsnapshot.domain.error.SnapshotException as {@link #open()}
     */
    public HashedRowStream openAs(LegacySpec spec) {
        LegacyRowHasher hasher = observed(spec);
        return opened(rows -> hasher::hash, spec.id());
    }

    private LegacyRowHasher observed(LegacySpec spec) {
        try (RowStream rows = source.open(ReadOptions.ALL)) {
            dataset.requireColumnsIn(rows.schema());
            LegacyRowHasher hasher = LegacyRowHasher.of(rows.schema(), spec, dataset.hashSpec(), dataset.keyColumns());
            for (Optional<RowBatch> batch = rows.next(); batch.isPresent(); batch = rows.next()) {
                hasher.observe(batch.get());
            }
            return hasher;
        }
    }

    private HashedRowStream opened(HasherOfRows hashers, String specId) {
        RowStream rows = source.open(ReadOptions.ALL);
        try {
            dataset.requireColumnsIn(rows.schema());
            return new HashedRowStream(rows, hashers.of(rows), specId);
        } catch (RuntimeException | Error e) {
            try {
                rows.close();
            } catch (RuntimeException onClose) {
                e.addSuppressed(onClose);
            }
            throw e;
        }
    }

    /** Makes the hasher of an opened source. */
    private interface HasherOfRows {
        HashedRowStream.Hasher of(RowStream rows);
    }
}
