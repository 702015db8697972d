package io.hybridsnapshot.report;

import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.catalogue.TrendPeriod;
import io.hybridsnapshot.engine.catalogue.TrendStep;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Trends for tests. */
final class Trends {
    static final Instant MOMENT = Instant.parse("2026-11-30T08:00:00Z");
    static final LocalDate FIRST = LocalDate.parse("2026-09-01");

    private Trends() {}

    /** A day with one archive. */
    static TrendPeriod day(String partition, int day, long rows, long changed, boolean removed) {
        LocalDate from = FIRST.plusDays(day);
        return new TrendPeriod(
                new Partition(partition),
                from,
                from.plusDays(1),
                1,
                removed ? 1 : 0,
                OptionalLong.of(rows),
                1_000 + rows,
                removed ? 1_000 + rows : 0,
                Optional.of(0.3),
                new DeltaSummary(rows / 20, changed, rows - rows / 20 - changed, rows / 40),
                0);
    }

    /** Some months of two partitions, of which one misses a fortnight. */
    static List<TrendPeriod> months(String first, String second) {
        List<TrendPeriod> all = new ArrayList<>();
        for (int day = 0; day < 90; day++) {
            if (day < 40 || day > 54) {
                all.add(day(first, day, 18_000 + 55L * day, 120 + 37 * day % 90, day < 45 && day % 7 != 0));
            }
        }
        for (int day = 5; day < 90; day++) {
            all.add(day(second, day, 3_000 + 10L * (day % 30), 20 + day % 11, false));
        }
        return all;
    }

    static TrendReport report(List<TrendPeriod> periods) {
        return new TrendReport("orders", TrendStep.DAY, periods, MOMENT);
    }
}
