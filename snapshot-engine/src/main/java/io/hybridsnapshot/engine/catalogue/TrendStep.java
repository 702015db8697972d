package io.hybridsnapshot.engine.catalogue;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalAdjusters;
import java.util.Locale;

/** The lengths of the periods of a trend. Calendar days in UTC. */
public enum TrendStep {
    /** A day. */
    DAY,
    /** A week from Monday on (ISO 8601). */
    WEEK,
    /** A calendar month. */
    MONTH;

    /**
     * Returns the first day of the period that a day is in; the calendar's first day where the period begins before it.
     */
    public LocalDate start(LocalDate day) {
        return switch (this) {
            case DAY -> day;
            case WEEK ->
                day.isBefore(LocalDate.MIN.plusWeeks(1))
                        ? LocalDate.MIN
                        : day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
            case MONTH -> day.withDayOfMonth(1);
        };
    }

    /**
     * Returns the first day after the period that starts on a day; the calendar's last day where the period ends behind
     * it.
     */
    public LocalDate end(LocalDate start) {
        if (start.isAfter(LocalDate.MAX.minusMonths(1))) {
            return LocalDate.MAX;
        }
        return switch (this) {
            case DAY -> start.plusDays(1);
            case WEEK -> start.plusWeeks(1);
            case MONTH -> start.plusMonths(1);
        };
    }

    /** Returns the name of the period that starts on a day: {@code 2026-09-28}, {@code 2026-W40}, {@code 2026-09}. */
    public String name(LocalDate start) {
        return switch (this) {
            case DAY -> start.toString();
            case WEEK ->
                String.format(
                        Locale.ROOT,
                        "%04d-W%02d",
                        start.get(IsoFields.WEEK_BASED_YEAR),
                        start.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case MONTH -> String.format(Locale.ROOT, "%04d-%02d", start.getYear(), start.getMonthValue());
        };
    }
}
