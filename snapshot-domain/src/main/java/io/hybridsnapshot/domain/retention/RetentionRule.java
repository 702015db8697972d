package io.hybridsnapshot.domain.retention;

import io.hybridsnapshot.domain.dataset.KeepCount;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.Objects;

/**
 * The minimum that is kept. An archive is kept if any part of the rule keeps it. Immutable.
 *
 * @param keepCount snapshots of each partition that the window keeps, the current one included; at least 1
 * @param keepDays days (of 24 hours) for which an archive is kept; 0 or more
 * @param calendar archives that are kept by their place in the calendar
 */
public record RetentionRule(int keepCount, int keepDays, CalendarRule calendar) {
    /** Archives of each partition that are kept regardless of their age. */
    public static final int NEWEST_ARCHIVES_KEPT = 2;

    /** The default number of days for which an archive is kept. */
    public static final int DEFAULT_KEEP_DAYS = 90;

    public RetentionRule {
        Objects.requireNonNull(calendar, "calendar");
        KeepCount.require(keepCount);
        if (keepDays < 0) {
            throw SnapshotException.invalidRequest("not a retention rule")
                    .actual("keep days " + keepDays)
                    .expected("at least 0")
                    .build();
        }
    }

    /** Returns a rule that depends on the age alone. */
    public static RetentionRule ofAge(int keepCount, int keepDays) {
        return new RetentionRule(keepCount, keepDays, CalendarRule.NONE);
    }
}
