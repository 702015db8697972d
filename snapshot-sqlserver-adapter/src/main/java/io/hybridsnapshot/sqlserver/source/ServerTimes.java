package io.hybridsnapshot.sqlserver.source;

import io.hybridsnapshot.domain.batch.TimestampVector;
import java.sql.Timestamp;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Calendar;
import java.util.GregorianCalendar;
import java.util.Locale;
import java.util.TimeZone;
import microsoft.sql.DateTimeOffset;

/** Converts SQL Server's older times and the driver's instants to the time line. Stateless. */
final class ServerTimes {
    /** 1900-01-01, from which DATETIME and SMALLDATETIME count days, before 1970-01-01. */
    private static final int EPOCH_DAY = -25_567;

    private static final long SECONDS_A_DAY = 86_400;
    private static final int SECONDS_A_MINUTE = 60;
    private static final int MILLIS_A_SECOND = 1_000;
    private static final int NANOS_A_MILLI = 1_000_000;

    /** 1582-10-15T00:00Z in milliseconds: before it, {@link GregorianCalendar} counts the days of Julius Caesar. */
    private static final long FIRST_GREGORIAN_MILLI = -12_219_292_800_000L;

    private static final long SKIPPED_MILLIS = 10 * SECONDS_A_DAY * MILLIS_A_SECOND;

    private ServerTimes() {}

    /**
     * A DATETIME: days since 1900 and three-hundredths of a second. Rounded to a millisecond, as the server shows it
     * (.000, .003, .007).
     */
    static void appendDatetime(int days, int ticks, TimestampVector vector) {
        int millis = (10 * ticks + 1) / 3;
        vector.append(second(days) + millis / MILLIS_A_SECOND, millis % MILLIS_A_SECOND * NANOS_A_MILLI);
    }

    /** A SMALLDATETIME: days since 1900 and minutes. */
    static void appendSmallDatetime(int days, int minutes, TimestampVector vector) {
        vector.append(second(days) + (long) minutes * SECONDS_A_MINUTE, 0);
    }

    private static long second(int days) {
        return (days + (long) EPOCH_DAY) * SECONDS_A_DAY;
    }

    /**
     * A DATETIMEOFFSET; false if the value is ambiguous. The driver keeps the local day and time, and counts days
     * before 1582-10-15 by the Julian calendar. The server counts all days by the Gregorian one. The ten days skipped
     * by the reform arrive as the ten days after it.
     */
    static boolean append(DateTimeOffset value, TimestampVector vector) {
        Timestamp moment = value.getTimestamp();
        long offsetSeconds = (long) value.getMinutesOffset() * SECONDS_A_MINUTE;
        long clock = moment.getTime() + offsetSeconds * MILLIS_A_SECOND;
        if (clock >= FIRST_GREGORIAN_MILLI && clock < FIRST_GREGORIAN_MILLI + SKIPPED_MILLIS) {
            return false;
        }
        long second = clock >= FIRST_GREGORIAN_MILLI
                ? Math.floorDiv(moment.getTime(), (long) MILLIS_A_SECOND)
                : julian(clock) - offsetSeconds;
        vector.append(second, moment.getNanos());
        return true;
    }

    private static long julian(long clockMillis) {
        GregorianCalendar calendar = new GregorianCalendar(TimeZone.getTimeZone("UTC"), Locale.ROOT);
        calendar.setTimeInMillis(clockMillis);
        return LocalDateTime.of(
                        calendar.get(Calendar.YEAR),
                        calendar.get(Calendar.MONTH) + 1,
                        calendar.get(Calendar.DAY_OF_MONTH),
                        calendar.get(Calendar.HOUR_OF_DAY),
                        calendar.get(Calendar.MINUTE),
                        calendar.get(Calendar.SECOND))
                .toEpochSecond(ZoneOffset.UTC);
    }
}
