package io.hybridsnapshot.domain.retention;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a clean-up removes and what it keeps, with the rule for each archive.
 *
 * @param windowSnapshots snapshots that leave the window
 * @param archives every archive looked at, newest first
 */
public record RetentionPlan(List<WindowSnapshot> windowSnapshots, List<Verdict> archives) {
    /**
     * What becomes of an archive.
     *
     * @param archive the archive
     * @param fate whether it goes
     * @param rule why, for people
     */
    public record Verdict(ArchivedSnapshot archive, Fate fate, String rule) {}

    /** Whether an archive goes. */
    public enum Fate {
        /** It stays. */
        KEEP,
        /** It goes. */
        REMOVE
    }

    public RetentionPlan {
        windowSnapshots = List.copyOf(windowSnapshots);
        archives = List.copyOf(archives);
    }

    /**
     * A plan.
     *
     * @param rule what is kept at least
     * @param now the present moment
     * @param leaving snapshots that leave the window
     * @param visible all snapshots of the window, those that leave included
     * @param archives the dataset's archives
     */
    public static RetentionPlan of(
            RetentionRule rule,
            Instant now,
            List<WindowSnapshot> leaving,
            List<WindowSnapshot> visible,
            List<ArchivedSnapshot> archives) {
        Set<ArchiveId> referred = new HashSet<>();
        visible.stream()
                .filter(snapshot -> !leaving.contains(snapshot))
                .forEach(snapshot -> snapshot.archiveId().ifPresent(referred::add));
        List<ArchivedSnapshot> newestFirst = new ArrayList<>(archives);
        newestFirst.sort(Comparator.comparing(ArchivedSnapshot::date)
                .thenComparing(archive -> archive.id().value())
                .reversed());
        Map<Partition, Integer> ranks = new HashMap<>();
        List<Verdict> verdicts = new ArrayList<>();
        for (ArchivedSnapshot archive : newestFirst) {
            int rank = ranks.merge(archive.partition(), 1, Integer::sum);
            verdicts.add(verdict(rule, now, archive, rank, referred));
        }
        return new RetentionPlan(leaving, verdicts);
    }

    private static Verdict verdict(
            RetentionRule rule, Instant now, ArchivedSnapshot archive, int rank, Set<ArchiveId> referred) {
        if (archive.hold().filter(hold -> hold.holdsAt(now)).isPresent()) {
            return new Verdict(archive, Fate.KEEP, "held: " + archive.hold().get());
        }
        if (rank <= RetentionRule.NEWEST_ARCHIVES_KEPT) {
            return new Verdict(
                    archive, Fate.KEEP, "newest " + RetentionRule.NEWEST_ARCHIVES_KEPT + " of its partition");
        }
        if (referred.contains(archive.id())) {
            return new Verdict(archive, Fate.KEEP, "the window refers to it");
        }
        if (archive.retentionUntil()
                .filter(day -> now.atZone(ZoneOffset.UTC).toLocalDate().isBefore(day))
                .isPresent()) {
            return new Verdict(
                    archive, Fate.KEEP, "kept until " + archive.retentionUntil().get());
        }
        boolean old = archive.date().isBefore(now.minus(Duration.ofDays(rule.keepDays())));
        return old
                ? new Verdict(archive, Fate.REMOVE, "older than " + rule.keepDays() + " days")
                : new Verdict(archive, Fate.KEEP, "not older than " + rule.keepDays() + " days");
    }

    /** The archives that go. */
    public List<ArchivedSnapshot> removals() {
        return archives.stream()
                .filter(verdict -> verdict.fate() == Fate.REMOVE)
                .map(Verdict::archive)
                .toList();
    }
}
