package io.hybridsnapshot.engine.comparison;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.pass.Progress;
import java.util.Objects;
import java.util.Optional;

/**
 * Two states to be compared.
 *
 * @param dataset whose states they are
 * @param partition which part of it
 * @param before the earlier state
 * @param after the later state
 * @param details how much is wanted of the rows that changed; empty: the counts alone
 * @param progress hears how far it has come
 */
public record CompareRequest(
        Dataset dataset,
        Partition partition,
        SnapshotReference before,
        SnapshotReference after,
        Optional<DetailRequest> details,
        Progress progress) {
    public CompareRequest {
        Objects.requireNonNull(dataset, "dataset");
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(before, "before");
        Objects.requireNonNull(after, "after");
        Objects.requireNonNull(details, "details");
        Objects.requireNonNull(progress, "progress");
    }
}
