package io.hybridsnapshot.domain.snapshot;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Which dates a snapshot can have: those of the years 1 to 9999 in UTC, which every store keeps. A foreign writer may
 * put others where its database lets it, up to PostgreSQL's {@code infinity}. Stateless.
 */
public final class SnapshotDates {
    /** Represents a database's {@code infinity}. */
    public static final Instant INFINITY = LocalDateTime.MAX.toInstant(ZoneOffset.UTC);

    /** Represents a database's {@code -infinity}. */
    public static final Instant NEGATIVE_INFINITY = LocalDateTime.MIN.toInstant(ZoneOffset.UTC);

    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant END = LocalDate.of(10_000, 1, 1).atStartOfDay().toInstant(ZoneOffset.UTC);

    private SnapshotDates() {}

    /** Checks whether a snapshot can have this date. */
    public static boolean isPossible(Instant date) {
        return !date.isBefore(FIRST) && date.isBefore(END);
    }

    /**
     * Returns the moment that a foreign writer meant by a date.
     *
     * @param read the date as a store read it, as if it were UTC
     * @param zone the zone of the clock that the writer wrote by; empty means UTC
     * @return the earlier moment of a time that the zone's clocks show twice
     */
    public static Instant ofForeignClock(Instant read, Optional<ZoneId> zone) {
        return zone.map(there -> LocalDateTime.ofInstant(read, ZoneOffset.UTC)
                        .atZone(there)
                        .toInstant())
                .orElse(read);
    }

    /**
     * Returns the date of a foreign snapshot that becomes a previous one. A date at the end of time would keep it the
     * newest previous one for all time.
     *
     * @param next the date of the snapshot that follows it
     * @return the date itself, if it is possible and before {@code next}; otherwise the microsecond before that
     */
    public static Instant ofRetired(Instant foreign, Instant next) {
        return isPossible(foreign) && foreign.isBefore(next) ? foreign : next.minus(1, ChronoUnit.MICROS);
    }

    /** Returns a date for people: as ISO 8601 has it, or {@code infinity} or {@code -infinity}. */
    public static String text(Instant date) {
        if (date.equals(INFINITY)) {
            return "infinity";
        }
        return date.equals(NEGATIVE_INFINITY) ? "-infinity" : date.toString();
    }
}
