package io.hybridsnapshot.domain.retention;

import io.hybridsnapshot.domain.snapshot.SnapshotDates;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Walks through the archives of one partition, newest first, and finds the parts of a calendar rule that keep each of
 * them. The first archive of a period in this walk is its newest. Not thread-safe.
 */
final class CalendarKeeper {
    private final CalendarRule rule;
    private final List<Periods> periods;
    private int seen;

    CalendarKeeper(CalendarRule rule) {
        this.rule = rule;
        this.periods = List.of(
                new Periods("daily", rule.daily(), LocalDate::toString),
                new Periods("weekly", rule.weekly(), CalendarKeeper::week),
                new Periods(
                        "monthly", rule.monthly(), day -> YearMonth.from(day).toString()),
                new Periods("yearly", rule.yearly(), day -> Integer.toString(day.getYear())));
    }

    /** Returns the rules that keep the next archive, which has this date; empty if none keeps it. */
    List<String> next(Instant date) {
        List<String> rules = new ArrayList<>();
        if (++seen <= rule.last()) {
            rules.add("last " + seen + " of " + rule.last());
        }
        // At the calendar's ends, the day in another zone may lie outside the calendar.
        ZoneId zone = SnapshotDates.isPossible(date) ? rule.zone() : ZoneOffset.UTC;
        LocalDate day = date.atZone(zone).toLocalDate();
        for (Periods each : periods) {
            each.keep(day, rules);
        }
        return rules;
    }

    private static String week(LocalDate day) {
        return day.get(IsoFields.WEEK_BASED_YEAR) + "-W" + day.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
    }

    /** The latest periods of one length that have archives. */
    private static final class Periods {
        private final String name;
        private final int wanted;
        private final Function<LocalDate, String> period;
        private @Nullable String latest;
        private int kept;

        Periods(String name, int wanted, Function<LocalDate, String> period) {
            this.name = name;
            this.wanted = wanted;
            this.period = period;
        }

        void keep(LocalDate day, List<String> rules) {
            if (kept == wanted) {
                return;
            }
            String current = period.apply(day);
            // Dates only decrease, so a period never recurs after another one.
            if (!Objects.equals(current, latest)) {
                latest = current;
                kept++;
                rules.add(name + " " + kept + " of " + wanted + " (" + current + ")");
            }
        }
    }
}
