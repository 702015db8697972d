package io.hybridsnapshot.engine.verification;

import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.engine.pass.Progress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The intermediate results of a running verification, and its remaining time. One thread. */
final class Verification {
    private static final Comparator<Finding> ORDER = Comparator.comparing(Finding::severity)
            .thenComparing(finding -> finding.partition().name())
            .thenComparing(finding -> finding.archive().map(ArchiveId::value).orElse(0L))
            .thenComparing(Finding::type);

    private final Clock clock;
    private final Instant start;
    private final Optional<Instant> deadline;
    private final Progress progress;
    private final List<Finding> findings = new ArrayList<>();
    private final Map<VerificationLevel, Coverage> coverage = new EnumMap<>(VerificationLevel.class);
    private final Map<VerificationLevel, Map<LeftOut.Reason, Skipped>> leftOut = new EnumMap<>(VerificationLevel.class);
    private long rows;
    private long expected;

    private static final class Skipped {
        private final List<ArchiveId> archives = new ArrayList<>();
        private long count;
    }

    Verification(Clock clock, Optional<Duration> limit, Progress progress) {
        this.clock = clock;
        this.start = clock.instant();
        this.deadline = limit.map(start::plus);
        this.progress = progress;
    }

    /** Adds a finding, unless a cheaper level has the same finding about the same archive. */
    void add(Finding finding) {
        boolean known = finding.type().level() == VerificationLevel.DIGEST
                && findings.stream()
                        .anyMatch(other -> other.type() == finding.type()
                                && other.archive().equals(finding.archive())
                                && other.snapshot().equals(finding.snapshot()));
        if (!known) {
            findings.add(finding);
        }
    }

    void leaveOut(VerificationLevel level, LeftOut.Reason reason) {
        skipped(level, reason).count++;
    }

    /** Leaves out an archive, or an item that is none. */
    void leaveOut(VerificationLevel level, LeftOut.Reason reason, Optional<ArchiveId> archive) {
        Skipped skipped = skipped(level, reason);
        skipped.count++;
        archive.ifPresent(skipped.archives::add);
    }

    void leaveOut(VerificationLevel level, LeftOut.Reason reason, List<ArchiveId> archives) {
        if (!archives.isEmpty()) {
            Skipped skipped = skipped(level, reason);
            skipped.count += archives.size();
            skipped.archives.addAll(archives);
        }
    }

    private Skipped skipped(VerificationLevel level, LeftOut.Reason reason) {
        return leftOut.computeIfAbsent(level, key -> new EnumMap<>(LeftOut.Reason.class))
                .computeIfAbsent(reason, key -> new Skipped());
    }

    /** Adds to the coverage of a level. */
    void covered(VerificationLevel level, long checked, long known, long hashedRows, long bytes) {
        coverage.merge(
                level,
                new Coverage(level, checked, known, hashedRows, bytes),
                (before, more) -> new Coverage(
                        level,
                        before.checked() + more.checked(),
                        before.known() + more.known(),
                        before.rows() + more.rows(),
                        before.bytes() + more.bytes()));
    }

    /** Expects so many rows in all. */
    void expect(long allRows) {
        expected = allRows;
    }

    void done(long moreRows) {
        rows += moreRows;
        progress.at(Progress.Step.VERIFYING, rows, rows > expected ? 0 : expected);
    }

    boolean isTimeUp() {
        return deadline.map(end -> !clock.instant().isBefore(end)).orElse(false);
    }

    Duration elapsed() {
        return Duration.between(start, clock.instant());
    }

    List<Finding> findings() {
        return findings.stream().sorted(ORDER).toList();
    }

    List<Coverage> coverage() {
        return List.copyOf(coverage.values());
    }

    List<LeftOut> leftOut() {
        List<LeftOut> all = new ArrayList<>();
        leftOut.forEach((level, reasons) -> reasons.forEach(
                (reason, skipped) -> all.add(new LeftOut(level, reason, skipped.count, skipped.archives))));
        return all;
    }
}
