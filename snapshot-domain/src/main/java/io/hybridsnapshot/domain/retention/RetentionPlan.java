package io.hybridsnapshot.domain.retention;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainLink;
import io.hybridsnapshot.domain.error.Counted;
import io.hybridsnapshot.domain.schema.FieldDigest;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The snapshots and archives that a clean-up removes or keeps, with the rules for each archive. Immutable.
 *
 * @param scope the snapshots examined, and the rule applied
 * @param windowSnapshots snapshots that leave the window
 * @param archives every archive examined, newest first
 */
public record RetentionPlan(Scope scope, List<WindowSnapshot> windowSnapshots, List<Verdict> archives) {
    private static final String FORM = "hybrid-snapshots clean-up 1";

    /**
     * The snapshots that a plan examines, and the rule that it applies.
     *
     * @param dataset the dataset's name
     * @param partition one partition only; empty: all
     * @param rule the minimum that is kept
     */
    public record Scope(String dataset, Optional<Partition> partition, RetentionRule rule) {
        public Scope {
            Objects.requireNonNull(dataset, "dataset");
            Objects.requireNonNull(partition, "partition");
            Objects.requireNonNull(rule, "rule");
        }
    }

    /**
     * The decision about an archive.
     *
     * @param archive the archive
     * @param fate whether it is removed
     * @param rules for people: every rule that keeps it, or the reason why none does; at least one
     */
    public record Verdict(ArchivedSnapshot archive, Fate fate, List<String> rules) {
        public Verdict {
            Objects.requireNonNull(archive, "archive");
            Objects.requireNonNull(fate, "fate");
            rules = List.copyOf(rules);
        }
    }

    /** The possible decisions about an archive. */
    public enum Fate {
        /** It stays. */
        KEEP,
        /** The archive is removed. */
        REMOVE
    }

    public RetentionPlan {
        Objects.requireNonNull(scope, "scope");
        windowSnapshots = List.copyOf(windowSnapshots);
        archives = List.copyOf(archives);
    }

    /**
     * Returns a plan.
     *
     * @param now the present moment
     * @param leaving snapshots that leave the window
     * @param visible all snapshots of the window, those that leave included
     * @param archives the archives of the scope
     */
    public static RetentionPlan of(
            Scope scope,
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
        Map<Partition, CalendarKeeper> calendars = new HashMap<>();
        List<Verdict> verdicts = new ArrayList<>();
        for (ArchivedSnapshot archive : newestFirst) {
            List<String> rules = new ArrayList<>();
            int rank = ranks.merge(archive.partition(), 1, Integer::sum);
            archive.hold().filter(hold -> hold.holdsAt(now)).ifPresent(hold -> rules.add("held: " + hold));
            if (rank <= RetentionRule.NEWEST_ARCHIVES_KEPT) {
                rules.add("newest " + RetentionRule.NEWEST_ARCHIVES_KEPT + " of its partition");
            }
            if (referred.contains(archive.id())) {
                rules.add("the window refers to it");
            }
            keptUntil(archive, now).ifPresent(day -> rules.add("kept until " + day));
            if (!isOld(archive, scope.rule(), now)) {
                rules.add(
                        scope.rule().keepDays() == 0
                                ? "not dated before now"
                                : "not older than " + Counted.of(scope.rule().keepDays(), "day"));
            }
            rules.addAll(calendars
                    .computeIfAbsent(
                            archive.partition(),
                            partition -> new CalendarKeeper(scope.rule().calendar()))
                    .next(archive.date()));
            verdicts.add(
                    rules.isEmpty()
                            ? new Verdict(
                                    archive,
                                    Fate.REMOVE,
                                    List.of(
                                            scope.rule().keepDays() == 0
                                                    ? "no rule keeps it"
                                                    : "older than "
                                                            + Counted.of(
                                                                    scope.rule().keepDays(), "day")))
                            : new Verdict(archive, Fate.KEEP, rules));
        }
        return new RetentionPlan(scope, leaving, verdicts);
    }

    private static Optional<LocalDate> keptUntil(ArchivedSnapshot archive, Instant now) {
        LocalDate today = now.atZone(ZoneOffset.UTC).toLocalDate();
        return archive.retentionUntil().filter(today::isBefore);
    }

    private static boolean isOld(ArchivedSnapshot archive, RetentionRule rule, Instant now) {
        return archive.date().isBefore(now.minus(Duration.ofDays(rule.keepDays())));
    }

    /** Returns the archives that go. */
    public List<ArchivedSnapshot> removals() {
        return archives.stream()
                .filter(verdict -> verdict.fate() == Fate.REMOVE)
                .map(Verdict::archive)
                .toList();
    }

    /** Checks whether the plan removes nothing. */
    public boolean isEmpty() {
        return windowSnapshots.isEmpty() && removals().isEmpty();
    }

    /**
     * Returns the digest that names the plan's effects, so that a user can agree to exactly these. The digest ({@link
     * FieldDigest}) covers the scope, the snapshots that leave the window and the archives that are removed, each with
     * the digest of its record. Passing time and new snapshots do not change the digest while the same items are
     * removed. 64 lower-case hex digits.
     */
    public String digest() {
        CalendarRule calendar = scope.rule().calendar();
        FieldDigest digest = new FieldDigest(FORM)
                .line("dataset", scope.dataset())
                .line("partition", scope.partition().map(Partition::name))
                .line("keep_count", scope.rule().keepCount())
                .line("keep_days", scope.rule().keepDays())
                .line("keep_last", calendar.last())
                .line("keep_daily", calendar.daily())
                .line("keep_weekly", calendar.weekly())
                .line("keep_monthly", calendar.monthly())
                .line("keep_yearly", calendar.yearly())
                .line("time_zone", calendar.zone().getId());
        windowSnapshots.stream()
                .sorted(Comparator.comparing((WindowSnapshot snapshot) ->
                                snapshot.partition().name())
                        .thenComparing(WindowSnapshot::date)
                        .thenComparing(
                                snapshot -> snapshot.id().map(Object::toString).orElse("")))
                .forEach(snapshot -> digest.line(
                                "partition", snapshot.partition().name())
                        .line("date", snapshot.date().toString())
                        .line("batch_id", snapshot.id().map(Object::toString)));
        removals().stream()
                .sorted(Comparator.comparingLong(archive -> archive.id().value()))
                .forEach(archive -> digest.line("archive_id", archive.id().value())
                        .line(
                                "record_digest",
                                archive.link()
                                        .map(ChainLink::digest)
                                        .or(archive::sha256)
                                        .or(archive::md5)));
        return digest.hex();
    }
}
