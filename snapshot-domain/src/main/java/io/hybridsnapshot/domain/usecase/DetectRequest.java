package io.hybridsnapshot.domain.usecase;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.Partition;
import java.util.Objects;
import java.util.Optional;

/**
 * What a source is to be compared with.
 *
 * @param dataset what it is a table of
 * @param partition which part of it
 * @param details how much is wanted of the rows that changed; empty: the counts alone, and nothing is written but hashes
 * @param progress hears how far it has come
 */
public record DetectRequest(Dataset dataset, Partition partition, Optional<DetailRequest> details, Progress progress) {
    public DetectRequest {
        Objects.requireNonNull(dataset, "dataset");
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(details, "details");
        Objects.requireNonNull(progress, "progress");
    }
}
