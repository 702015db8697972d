package io.hybridsnapshot.domain.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainLink;
import io.hybridsnapshot.domain.archive.Hold;
import io.hybridsnapshot.domain.retention.RetentionPlan.Fate;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TimeZone;
import java.util.UUID;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RetentionPlanTest {
    private static final List<String> ZONES = List.of(
            "UTC",
            "Europe/Berlin",
            "America/New_York",
            "Australia/Lord_Howe",
            "Pacific/Apia",
            "Asia/Kathmandu",
            "America/Sao_Paulo");

    /**
     * Changes of the clock, a day that a country skipped, leap days that are and are not, ends of years and of ISO
     * years.
     */
    private static final List<Instant> TURNS = List.of(
            Instant.parse("2026-03-29T01:00:00Z"),
            Instant.parse("2026-10-25T01:00:00Z"),
            Instant.parse("2026-11-01T06:00:00Z"),
            Instant.parse("2026-04-04T15:00:00Z"),
            Instant.parse("2018-11-04T03:00:00Z"),
            Instant.parse("2011-12-30T10:00:00Z"),
            Instant.parse("2024-02-29T00:00:00Z"),
            Instant.parse("2000-02-29T23:30:00Z"),
            Instant.parse("1900-03-01T00:00:00Z"),
            Instant.parse("2021-01-03T23:59:59Z"),
            Instant.parse("2025-12-29T00:00:00Z"),
            Instant.parse("2027-01-01T00:00:00Z"),
            Instant.parse("1969-12-31T23:59:59Z"));

    @Test
    void plansAgreeWithABruteForceOracle() {
        int removed = 0;
        int kept = 0;
        for (long seed = 1; seed <= 6_000; seed++) {
            Case drawn = new Case(new Random(seed));
            RetentionPlan plan = drawn.plan(drawn.rule);
            Set<ArchiveId> expected = drawn.archives.stream()
                    .filter(archive -> !drawn.isKept(archive))
                    .map(ArchivedSnapshot::id)
                    .collect(Collectors.toSet());
            assertEquals(expected, removals(plan), "seed " + seed + ", " + drawn.rule);
            assertEquals(drawn.archives.size(), plan.archives().size(), "seed " + seed);
            for (RetentionPlan.Verdict verdict : plan.archives()) {
                assertTrue(!verdict.rules().isEmpty(), "seed " + seed + ": " + verdict);
            }
            removed += expected.size();
            kept += drawn.archives.size() - expected.size();
        }
        // The random draw is meaningful only if both fates are frequent.
        assertTrue(removed > 5_000 && kept > 5_000, removed + " removed, " + kept + " kept");
    }

    @Test
    void aLargerRuleNeverRemovesMore() {
        for (long seed = 1; seed <= 1_500; seed++) {
            Random random = new Random(seed);
            Case drawn = new Case(random);
            CalendarRule calendar = drawn.rule.calendar();
            RetentionRule larger = new RetentionRule(
                    drawn.rule.keepCount(),
                    drawn.rule.keepDays() + random.nextInt(3),
                    new CalendarRule(
                            calendar.last() + random.nextInt(2),
                            calendar.daily() + random.nextInt(2),
                            calendar.weekly() + random.nextInt(2),
                            calendar.monthly() + random.nextInt(2),
                            calendar.yearly() + random.nextInt(2),
                            calendar.zone()));
            Set<ArchiveId> fewer = removals(drawn.plan(larger));
            assertTrue(removals(drawn.plan(drawn.rule)).containsAll(fewer), "seed " + seed);
        }
    }

    @Test
    void theDigestStaysWhileTheSameGoesAndChangesWithWhatGoes() {
        int told = 0;
        for (long seed = 1; seed <= 1_500; seed++) {
            Case drawn = new Case(new Random(seed));
            RetentionPlan plan = drawn.plan(drawn.rule);
            assertEquals(plan.digest(), drawn.plan(drawn.rule).digest(), "seed " + seed);
            List<ArchivedSnapshot> going = plan.removals();
            if (going.isEmpty()) {
                continue;
            }
            told++;
            // One removed archive less, one with other bytes, another rule, another scope.
            RetentionPlan without = new RetentionPlan(
                    plan.scope(),
                    plan.windowSnapshots(),
                    plan.archives().stream()
                            .filter(verdict -> !verdict.archive().equals(going.get(0)))
                            .toList());
            assertNotEquals(plan.digest(), without.digest(), "seed " + seed);
            RetentionPlan rewritten = new RetentionPlan(
                    plan.scope(),
                    plan.windowSnapshots(),
                    plan.archives().stream()
                            .map(verdict -> verdict.archive().equals(going.get(0))
                                    ? new RetentionPlan.Verdict(
                                            rewritten(verdict.archive()), verdict.fate(), verdict.rules())
                                    : verdict)
                            .toList());
            assertNotEquals(plan.digest(), rewritten.digest(), "seed " + seed);
            RetentionPlan keptMore = new RetentionPlan(
                    plan.scope(),
                    plan.windowSnapshots(),
                    plan.archives().stream()
                            .filter(verdict -> verdict.fate() == Fate.REMOVE)
                            .toList());
            assertEquals(plan.digest(), keptMore.digest(), "seed " + seed);
        }
        assertTrue(told > 500, told + " plans removed something");
    }

    @Test
    void everyRuleThatKeepsAnArchiveIsNamed() {
        Case fixed = new Case(new Random(1));
        fixed.now = Instant.parse("2026-11-22T12:00:00Z");
        fixed.archives.clear();
        fixed.referred.clear();
        fixed.add("ALL", Instant.parse("2026-11-22T06:00:00Z"), Optional.empty(), Optional.empty());
        fixed.add("ALL", Instant.parse("2026-11-21T06:00:00Z"), Optional.empty(), Optional.empty());
        fixed.add(
                "ALL",
                Instant.parse("2026-11-21T05:00:00Z"),
                Optional.of(LocalDate.of(2026, 11, 23)),
                Optional.of(new Hold(Optional.of("finance"), "audit", Optional.of(LocalDate.of(2026, 12, 1)))));
        fixed.add(
                "ALL",
                Instant.parse("2025-12-31T23:30:00Z"),
                Optional.of(LocalDate.of(2026, 11, 22)),
                Optional.of(new Hold(Optional.empty(), "over", Optional.of(LocalDate.of(2026, 11, 22)))));
        RetentionPlan plan =
                fixed.plan(new RetentionRule(2, 1, new CalendarRule(1, 2, 0, 3, 0, ZoneId.of("Europe/Berlin"))));
        assertEquals(
                List.of(
                        List.of(
                                "newest 2 of its partition",
                                "not older than 1 day",
                                "last 1 of 1",
                                "daily 1 of 2 (2026-11-22)",
                                "monthly 1 of 3 (2026-11)"),
                        List.of("newest 2 of its partition", "daily 2 of 2 (2026-11-21)"),
                        List.of("held: 'audit', owner finance, until 2026-12-01", "kept until 2026-11-23"),
                        List.of("monthly 2 of 3 (2026-01)")),
                plan.archives().stream().map(RetentionPlan.Verdict::rules).toList());
    }

    @Test
    void noRuleOfAgeIsNamedWhereItIsSwitchedOff() {
        Case fixed = new Case(new Random(1));
        fixed.now = Instant.parse("2026-11-22T12:00:00Z");
        fixed.archives.clear();
        fixed.referred.clear();
        fixed.add("ALL", Instant.parse("2026-11-23T06:00:00Z"), Optional.empty(), Optional.empty());
        fixed.add("ALL", Instant.parse("2026-11-22T06:00:00Z"), Optional.empty(), Optional.empty());
        fixed.add("ALL", Instant.parse("2026-11-21T06:00:00Z"), Optional.empty(), Optional.empty());
        RetentionPlan plan = fixed.plan(new RetentionRule(2, 0, new CalendarRule(0, 0, 0, 0, 0, ZoneId.of("UTC"))));
        assertEquals(
                List.of(
                        List.of("newest 2 of its partition", "not dated before now"),
                        List.of("newest 2 of its partition"),
                        List.of("no rule keeps it")),
                plan.archives().stream().map(RetentionPlan.Verdict::rules).toList());
    }

    private static Set<ArchiveId> removals(RetentionPlan plan) {
        return plan.removals().stream().map(ArchivedSnapshot::id).collect(Collectors.toSet());
    }

    private static ArchivedSnapshot rewritten(ArchivedSnapshot archive) {
        return archived(
                archive.id(),
                archive.partition(),
                archive.date(),
                archive.retentionUntil(),
                archive.hold(),
                "b".repeat(64));
    }

    private static ArchivedSnapshot archived(
            ArchiveId id,
            Partition partition,
            Instant date,
            Optional<LocalDate> until,
            Optional<Hold> hold,
            String digest) {
        return ArchivedSnapshot.builder(id, "orders", partition, date)
                .snapshotId(Optional.of(new SnapshotId(new UUID(7, id.value()))))
                .sourceDatabase("ORDERS")
                .rowCount(OptionalLong.of(1))
                .size(1)
                .uncompressedSize(OptionalLong.of(1))
                .columnCount(OptionalInt.of(1))
                .sha256(Optional.of("c".repeat(64)))
                .retentionUntil(until)
                .hold(hold)
                .link(Optional.of(new ChainLink(1, ChainLink.NONE, digest)))
                .build();
    }

    /** Archives, holds, references and a rule as they were drawn. */
    private static final class Case {
        private final List<ArchivedSnapshot> archives = new ArrayList<>();
        private final Set<ArchiveId> referred = new HashSet<>();
        private final List<WindowSnapshot> window = new ArrayList<>();
        private final RetentionRule rule;
        private Instant now;
        private long numbers;

        Case(Random random) {
            Instant turn = TURNS.get(random.nextInt(TURNS.size()));
            now = turn.plus(Duration.ofMinutes(random.nextInt(20_000) - 5_000));
            int scale = new int[] {600, 6_000, 60_000, 600_000}[random.nextInt(4)];
            int count = random.nextInt(22);
            List<Instant> dates = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                boolean again = !dates.isEmpty() && random.nextInt(5) == 0;
                Instant date = again
                        ? dates.get(random.nextInt(dates.size()))
                        : turn.plusSeconds(60L * (random.nextInt(2 * scale) - scale) * (1 + random.nextInt(2)))
                                .plusNanos(1_000L * (random.nextInt(3) - 1));
                dates.add(date);
                LocalDate today = now.atZone(ZoneOffset.UTC).toLocalDate();
                Optional<LocalDate> until =
                        random.nextInt(4) == 0 ? Optional.of(today.plusDays(random.nextInt(3) - 1)) : Optional.empty();
                Optional<Hold> hold = random.nextInt(6) == 0
                        ? Optional.of(new Hold(
                                Optional.of("finance"),
                                "audit",
                                random.nextBoolean()
                                        ? Optional.of(today.plusDays(random.nextInt(3) - 1))
                                        : Optional.empty()))
                        : Optional.empty();
                ArchiveId id = add("P" + random.nextInt(1 + random.nextInt(3)), date, until, hold);
                if (random.nextInt(8) == 0) {
                    refer(id);
                }
            }
            rule = new RetentionRule(
                    1 + random.nextInt(3),
                    random.nextInt(3) == 0 ? 0 : random.nextInt(40),
                    new CalendarRule(
                            random.nextInt(4),
                            random.nextInt(5),
                            random.nextInt(4),
                            random.nextInt(4),
                            random.nextInt(3),
                            ZoneId.of(ZONES.get(random.nextInt(ZONES.size())))));
        }

        ArchiveId add(String partition, Instant date, Optional<LocalDate> until, Optional<Hold> hold) {
            ArchiveId id = new ArchiveId(++numbers);
            archives.add(archived(id, new Partition(partition), date, until, hold, "a".repeat(64)));
            return id;
        }

        private void refer(ArchiveId id) {
            referred.add(id);
            window.add(WindowSnapshot.builder("orders", Partition.ALL, now, SnapshotState.PREVIOUS)
                    .id(Optional.of(new SnapshotId(new UUID(9, id.value()))))
                    .rowCount(1)
                    .archiveId(Optional.of(id))
                    .build());
        }

        RetentionPlan plan(RetentionRule by) {
            return RetentionPlan.of(
                    new RetentionPlan.Scope("orders", Optional.empty(), by), now, List.of(), window, archives);
        }

        /**
         * Decides by counting, for each archive separately: the newer archives of its partition, and the later periods
         * with archives.
         */
        boolean isKept(ArchivedSnapshot archive) {
            List<ArchivedSnapshot> others = archives.stream()
                    .filter(other -> other.partition().equals(archive.partition()))
                    .toList();
            long newer =
                    others.stream().filter(other -> isNewer(other, archive)).count();
            String today = now.toString().substring(0, 10);
            boolean held = archive.hold().isPresent()
                    && (archive.hold().get().until().isEmpty()
                            || today.compareTo(
                                            archive.hold().get().until().get().toString())
                                    < 0);
            boolean until = archive.retentionUntil().isPresent()
                    && today.compareTo(archive.retentionUntil().get().toString()) < 0;
            boolean young =
                    Duration.between(archive.date(), now).compareTo(Duration.ofHours(24L * rule.keepDays())) <= 0;
            CalendarRule calendar = rule.calendar();
            return newer < 2
                    || newer < calendar.last()
                    || held
                    || until
                    || young
                    || referred.contains(archive.id())
                    || isNewestOf(this::day, calendar.daily(), archive, others)
                    || isNewestOf(this::monday, calendar.weekly(), archive, others)
                    || isNewestOf(this::month, calendar.monthly(), archive, others)
                    || isNewestOf(other -> local(other).get(Calendar.YEAR), calendar.yearly(), archive, others);
        }

        private static boolean isNewer(ArchivedSnapshot one, ArchivedSnapshot other) {
            int order = one.date().compareTo(other.date());
            return order > 0 || order == 0 && one.id().value() > other.id().value();
        }

        private static boolean isNewestOf(
                ToLongFunction<ArchivedSnapshot> period,
                int wanted,
                ArchivedSnapshot archive,
                List<ArchivedSnapshot> others) {
            long own = period.applyAsLong(archive);
            boolean newest =
                    others.stream().noneMatch(other -> period.applyAsLong(other) == own && isNewer(other, archive));
            long later = others.stream()
                    .mapToLong(period)
                    .filter(other -> other > own)
                    .distinct()
                    .count();
            return newest && later < wanted;
        }

        private long day(ArchivedSnapshot archive) {
            GregorianCalendar local = local(archive);
            return (local.get(Calendar.YEAR) * 12L + local.get(Calendar.MONTH)) * 31 + local.get(Calendar.DAY_OF_MONTH);
        }

        private long month(ArchivedSnapshot archive) {
            GregorianCalendar local = local(archive);
            return local.get(Calendar.YEAR) * 12L + local.get(Calendar.MONTH);
        }

        /** Days since 1970 of the Monday on or before the local date, found by going back day by day. */
        private long monday(ArchivedSnapshot archive) {
            GregorianCalendar local = local(archive);
            GregorianCalendar day = new GregorianCalendar(TimeZone.getTimeZone("UTC"), Locale.ROOT);
            day.setGregorianChange(new Date(Long.MIN_VALUE));
            day.clear();
            day.set(local.get(Calendar.YEAR), local.get(Calendar.MONTH), local.get(Calendar.DAY_OF_MONTH));
            while (day.get(Calendar.DAY_OF_WEEK) != Calendar.MONDAY) {
                day.add(Calendar.DAY_OF_MONTH, -1);
            }
            return Math.floorDiv(day.getTimeInMillis(), 86_400_000L);
        }

        private GregorianCalendar local(ArchivedSnapshot archive) {
            GregorianCalendar local =
                    new GregorianCalendar(TimeZone.getTimeZone(rule.calendar().zone()), Locale.ROOT);
            local.setGregorianChange(new Date(Long.MIN_VALUE));
            local.setTimeInMillis(Math.floorDiv(
                    archive.date().getEpochSecond() * 1_000_000_000L
                            + archive.date().getNano(),
                    1_000_000L));
            return local;
        }
    }
}
