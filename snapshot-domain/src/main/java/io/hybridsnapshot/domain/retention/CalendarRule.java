package io.hybridsnapshot.domain.retention;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;

/**
 * The numbers of archives of a partition that are kept by their place in the calendar. For each of the latest {@code
 * daily} days that have archives, the newest archive of the day is kept. The same applies to weeks (of ISO 8601, from
 * Monday), months and years. Periods without an archive do not count. An archive dated in the future counts like any
 * other. Immutable.
 *
 * @param last the newest archives that are kept
 * @param daily days with one archive kept each
 * @param weekly weeks with one archive kept each
 * @param monthly months with one archive kept each
 * @param yearly years with one archive kept each
 * @param zone the time zone of the calendar
 */
public record CalendarRule(int last, int daily, int weekly, int monthly, int yearly, ZoneId zone) {
    /** Keeps nothing by the calendar. */
    public static final CalendarRule NONE = new CalendarRule(0, 0, 0, 0, 0, ZoneOffset.UTC);

    public CalendarRule {
        Objects.requireNonNull(zone, "zone");
        if (last < 0 || daily < 0 || weekly < 0 || monthly < 0 || yearly < 0) {
            throw SnapshotException.invalidRequest("not a retention rule")
                    .actual("keep last " + last + ", daily " + daily + ", weekly " + weekly + ", monthly " + monthly
                            + ", yearly " + yearly)
                    .expected("numbers of 0 or more")
                    .build();
        }
    }
}
