package io.hybridsnapshot.engine.comparison;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.expectation.Expectations;
import io.hybridsnapshot.engine.pass.Progress;
import java.util.Objects;
import java.util.Optional;

/**
 * A request to compare two states. Immutable.
 *
 * @param dataset the dataset of both states
 * @param partition the partition of both states
 * @param before the earlier state
 * @param after the later state
 * @param details the wanted details of the changed rows; empty: the counts alone
 * @param progress receives the progress
 * @param expectations the rules that the changes are checked with
 */
public record CompareRequest(
        Dataset dataset,
        Partition partition,
        SnapshotReference before,
        SnapshotReference after,
        Optional<DetailRequest> details,
        Progress progress,
        Expectations expectations) {
    public CompareRequest {
        Objects.requireNonNull(dataset, "dataset");
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(before, "before");
        Objects.requireNonNull(after, "after");
        Objects.requireNonNull(details, "details");
        Objects.requireNonNull(progress, "progress");
        Objects.requireNonNull(expectations, "expectations");
    }

    /** Makes a request without expectations. */
    public CompareRequest(
            Dataset dataset,
            Partition partition,
            SnapshotReference before,
            SnapshotReference after,
            Optional<DetailRequest> details,
            Progress progress) {
        this(dataset, partition, before, after, details, progress, Expectations.NONE);
    }

    /** Returns the same request with expectations, whose verdicts are part of the report. */
    public CompareRequest withExpectations(Expectations expected) {
        return new CompareRequest(dataset, partition, before, after, details, progress, expected);
    }
}
