package io.hybridsnapshot.engine.comparison;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.LegacySpec;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.expectation.Expectations;
import io.hybridsnapshot.engine.pass.Progress;
import java.util.Objects;
import java.util.Optional;

/**
 * A request to compare a source with the current snapshot. Immutable.
 *
 * @param dataset the dataset of the source
 * @param partition the partition to compare
 * @param details the wanted details of the changed rows; empty: the counts alone, and nothing is written but hashes
 * @param progress receives the progress
 * @param foreignHashes the way in which a foreign writer hashed the rows of the current snapshot; empty: it is unknown,
 *     or the snapshot is the platform's own
 * @param join where the hashes of both sides are joined; every place gives the same changes
 * @param expectations the rules that the changes are checked with
 */
public record DetectRequest(
        Dataset dataset,
        Partition partition,
        Optional<DetailRequest> details,
        Progress progress,
        Optional<LegacySpec> foreignHashes,
        RowJoin join,
        Expectations expectations) {
    public DetectRequest {
        Objects.requireNonNull(dataset, "dataset");
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(details, "details");
        Objects.requireNonNull(progress, "progress");
        Objects.requireNonNull(foreignHashes, "foreignHashes");
        Objects.requireNonNull(join, "join");
        Objects.requireNonNull(expectations, "expectations");
    }

    /** Makes a comparison with a snapshot that the platform made, or that was hashed in an unknown way. */
    public DetectRequest(Dataset dataset, Partition partition, Optional<DetailRequest> details, Progress progress) {
        this(dataset, partition, details, progress, Optional.empty(), RowJoin.DEFAULT, Expectations.NONE);
    }

    /** Returns the same request with a current snapshot that a foreign writer hashed so. */
    public DetectRequest withForeignHashes(LegacySpec spec) {
        return new DetectRequest(dataset, partition, details, progress, Optional.of(spec), join, expectations);
    }

    /** Returns the same request with another place of the join. */
    public DetectRequest withJoin(RowJoin place) {
        return new DetectRequest(dataset, partition, details, progress, foreignHashes, place, expectations);
    }

    /** Returns the same request with expectations, whose verdicts are part of the report. */
    public DetectRequest withExpectations(Expectations expected) {
        return new DetectRequest(dataset, partition, details, progress, foreignHashes, join, expected);
    }
}
