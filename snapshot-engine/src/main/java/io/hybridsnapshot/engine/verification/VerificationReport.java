package io.hybridsnapshot.engine.verification;

import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.snapshot.Partition;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a verification looked at and what it found. Immutable.
 *
 * @param dataset the dataset
 * @param partition the one partition looked at; empty: all
 * @param sampling which archives were opened
 * @param findings errors first, then by partition, archive and type
 * @param coverage what was looked at, by level
 * @param leftOut what was not, by level and reason
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

    /** How many findings are so bad. */
    public long count(Severity severity) {
        return findings.stream()
                .filter(finding -> finding.severity() == severity)
                .count();
    }
}
