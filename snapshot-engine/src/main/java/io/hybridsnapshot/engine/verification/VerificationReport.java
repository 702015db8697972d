package io.hybridsnapshot.engine.verification;

import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.snapshot.Partition;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The result of a verification. Immutable.
 *
 * @param dataset the dataset
 * @param partition the one partition checked; empty: all
 * @param sampling the choice of the archives that were opened
 * @param findings errors first, then by partition, archive and type
 * @param coverage the checked items, by level
 * @param leftOut the items left out, by level and reason
 * @param heads the ends of the chains as they were read, by partition: an anchor to check the next time
 * @param elapsed how long it took
 */
public record VerificationReport(
        String dataset,
        Optional<Partition> partition,
        Sampling sampling,
        List<Finding> findings,
        List<Coverage> coverage,
        List<LeftOut> leftOut,
        List<ChainHead> heads,
        Duration elapsed) {
    public VerificationReport {
        Objects.requireNonNull(dataset, "dataset");
        Objects.requireNonNull(partition, "partition");
        Objects.requireNonNull(sampling, "sampling");
        findings = List.copyOf(findings);
        coverage = List.copyOf(coverage);
        leftOut = List.copyOf(leftOut);
        heads = List.copyOf(heads);
        Objects.requireNonNull(elapsed, "elapsed");
    }

    /** Returns how many findings are so bad. */
    public long count(Severity severity) {
        return findings.stream()
                .filter(finding -> finding.severity() == severity)
                .count();
    }
}
