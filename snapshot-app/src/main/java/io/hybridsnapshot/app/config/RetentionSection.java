package io.hybridsnapshot.app.config;

import io.hybridsnapshot.domain.retention.CalendarRule;
import java.util.Objects;

/**
 * The retention rules of datasets without rules of their own. Immutable.
 *
 * @param keepCount snapshots of each partition in the window, the current one included; at least 1
 * @param keepDays days for which an archive is kept; 0 or more
 * @param calendar archives kept by their place in the calendar
 */
public record RetentionSection(int keepCount, int keepDays, CalendarRule calendar) {
    public RetentionSection {
        Objects.requireNonNull(calendar, "calendar");
    }
}
