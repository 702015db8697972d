package io.hybridsnapshot.engine.verification;

import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.pass.Progress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A request to verify a dataset. Immutable.
 *
 * @param dataset the dataset; its key and hash rules serve to hash archived rows anew
 * @param partition of one partition only
 * @param levels the levels to check; the catalogue is always checked
 * @param sampling the choice and order of the archives to open, on the levels that open any; with a time limit give
 *     another seed each time, or the same archives are never reached
 * @param maxDuration how long to go on with digests and contents; catalogue and references are always checked
 *     completely
 * @param anchors heads of chains that were noted earlier; those of other datasets and partitions are ignored
 * @param progress receives the progress
 */
public record VerifyRequest(
        Dataset dataset,
        Optional<Partition> partition,
        Set<VerificationLevel> levels,
        Sampling sampling,
        Optional<Duration> maxDuration,
        List<ChainHead> anchors,
        Progress progress) {
    public VerifyRequest {
        Objects.requireNonNull(dataset, "dataset");
        Objects.requireNonNull(partition, "partition");
        EnumSet<VerificationLevel> all = EnumSet.of(VerificationLevel.CATALOGUE);
        all.addAll(levels);
        levels = Set.copyOf(all);
        Objects.requireNonNull(sampling, "sampling");
        anchors = List.copyOf(anchors);
        Objects.requireNonNull(progress, "progress");
        if (maxDuration.filter(Duration::isNegative).isPresent()) {
            throw SnapshotException.invalidRequest("a negative duration")
                    .actual(maxDuration.get())
                    .expected("zero or more")
                    .build();
        }
    }

    /** Returns all of a dataset on these levels: every archive, without a limit of time and without anchors. */
    public static VerifyRequest of(Dataset dataset, Set<VerificationLevel> levels) {
        return new VerifyRequest(
                dataset, Optional.empty(), levels, Sampling.ALL, Optional.empty(), List.of(), Progress.NONE);
    }

    /** Returns the same request for one partition only. */
    public VerifyRequest in(Partition only) {
        return new VerifyRequest(dataset, Optional.of(only), levels, sampling, maxDuration, anchors, progress);
    }

    /** Returns the same request for a sample of the archives. */
    public VerifyRequest withSampling(Sampling sample) {
        return new VerifyRequest(dataset, partition, levels, sample, maxDuration, anchors, progress);
    }

    /** Returns the same request within a limit of time. */
    public VerifyRequest within(Duration limit) {
        return new VerifyRequest(dataset, partition, levels, sampling, Optional.of(limit), anchors, progress);
    }

    /** Returns the same request with heads that were noted earlier. */
    public VerifyRequest withAnchors(List<ChainHead> heads) {
        return new VerifyRequest(dataset, partition, levels, sampling, maxDuration, heads, progress);
    }
}
