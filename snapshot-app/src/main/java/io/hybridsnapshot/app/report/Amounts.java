package io.hybridsnapshot.app.report;

import io.hybridsnapshot.domain.snapshot.SnapshotDates;
import io.hybridsnapshot.report.ReportText;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Numbers, sizes, durations and dates as people read them: English and UTC, independent of the machine's settings.
 * Stateless.
 */
public final class Amounts {
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private static final DateTimeFormatter ZONED_DATE =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss xxx", Locale.ROOT);

    private Amounts() {}

    /** A count with commas between the thousands: {@code 18,700}. */
    public static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** A count and its noun: {@code 1 row}, {@code 2 rows}. */
    public static String counted(long count, String noun) {
        return count(count) + " " + noun + (count == 1 ? "" : "s");
    }

    /** A number of bytes: {@code 517 B}, {@code 573.6 KB}, {@code 1.2 GB} (powers of 1,000). */
    public static String size(long bytes) {
        return ReportText.size(bytes);
    }

    /** A duration: {@code 85 ms}, {@code 1.24 s}, {@code 3 min 5 s}. */
    public static String duration(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 1_000) {
            return millis + " ms";
        }
        if (millis < 60_000) {
            return String.format(Locale.ROOT, "%.2f s", millis / 1_000.0);
        }
        return millis / 60_000 + " min " + millis / 1_000 % 60 + " s";
    }

    /** A moment to the second in UTC: {@code 2026-09-27 08:15:00}; {@code infinity} as the database has it. */
    public static String date(Instant moment) {
        return SnapshotDates.isPossible(moment) ? DATE.format(moment) : SnapshotDates.text(moment);
    }

    /**
     * A moment to the second on the clock of a zone: as {@link #date(Instant)} in UTC, and with the offset from UTC in
     * any other, because an hour occurs twice where clocks are put back.
     */
    public static String date(Instant moment, ZoneId zone) {
        return zone.equals(ZoneOffset.UTC) || !SnapshotDates.isPossible(moment)
                ? date(moment)
                : ZONED_DATE.format(moment.atZone(zone));
    }

    /** A share as a percentage: {@code 4.2 %}; {@code -} if the whole is 0. */
    public static String share(long part, long whole) {
        return whole == 0 ? "-" : String.format(Locale.ROOT, "%.1f %%", 100.0 * part / whole);
    }
}
