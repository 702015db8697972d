package io.hybridsnapshot.engine.comparison;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.LegacySpec;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.pass.Progress;
import java.util.Objects;
import java.util.Optional;

/**
 * What a source is to be compared with.
 *
 * @param dataset what it is a table of
 * @param partition which part of it
 * @param details how much is wanted of the rows that changed; empty: the counts alone, and nothing is written but
 *     hashes
 * @param progress hears how far it has come
 * @param foreignHashes how the rows of the current snapshot were hashed, where a foreign writer made it; empty: nobody
 *     knows, or it is the platform's own
 */
public record DetectRequest(
        Dataset dataset,
        Partition partition,
        Optional<DetailRequest> details,
        Progress progress,
        Optional<LegacySpec> foreignHashes) {
    public DetectRequest {
        Objects.requireNonNull(dataset, "dataset");
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(details, "details");
        Objects.requireNonNull(progress, "progress");
        Objects.requireNonNull(foreignHashes, "foreignHashes");
    }

    /** A comparison with a snapshot that the platform made, or of which nobody knows how it was hashed. */
    public DetectRequest(Dataset dataset, Partition partition, Optional<DetailRequest> details, Progress progress) {
        this(dataset, partition, details, progress, Optional.empty());
    }

    /** The same with a current snapshot that a foreign writer hashed so. */
    public DetectRequest withForeignHashes(LegacySpec spec) {
        return new DetectRequest(dataset, partition, details, progress, Optional.of(spec));
    }
}
