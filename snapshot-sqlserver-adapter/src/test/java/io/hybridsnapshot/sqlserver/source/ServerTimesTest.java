package io.hybridsnapshot.sqlserver.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.TimestampVector;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Calendar;
import java.util.GregorianCalendar;
import java.util.Locale;
import java.util.SimpleTimeZone;
import microsoft.sql.DateTimeOffset;
import org.junit.jupiter.api.Test;

class ServerTimesTest {
    private static final int TICKS_A_DAY = 300 * 86_400;

    @Test
    void threeHundredthsOfASecondAreWhatTheServerShows() {
        assertEquals("1900-01-01T00:00", datetime(0, 0));
        assertEquals("1900-01-01T00:00:00.003", datetime(0, 1));
        assertEquals("1900-01-01T00:00:00.007", datetime(0, 2));
        assertEquals("1900-01-01T00:00:00.010", datetime(0, 3));
        assertEquals("1753-01-01T00:00", datetime(-53_690, 0));
        assertEquals("9999-12-31T23:59:59.997", datetime(2_958_463, TICKS_A_DAY - 1));
        assertEquals("1899-12-31T23:59:59.997", datetime(-1, TICKS_A_DAY - 1));
    }

    @Test
    void minutesCountFromMidnight() {
        assertEquals("1900-01-01T00:00", smallDatetime(0, 0));
        assertEquals("2079-06-06T23:59", smallDatetime(65_535, 1_439));
    }

    @Test
    void instantsAreThoseOfTheGregorianCalendarAtAnyTime() {
        for (String text : new String[] {
            "0001-01-01T00:00:00Z",
            "0001-01-03T14:00:00.0000001+14:00",
            "0004-02-29T23:59:59.9999999-14:00",
            "1500-03-01T12:00:00+01:00",
            "1582-10-04T23:59:59Z",
            "1582-10-25T00:00:00Z",
            "1582-10-25T00:30:00+01:00",
            "1582-10-04T23:30:00-01:00",
            "1969-12-31T23:59:59.9999999Z",
            "2026-03-29T02:30:00.1234567+02:00",
            "9999-12-31T23:59:59.9999999Z"
        }) {
            OffsetDateTime expected = OffsetDateTime.parse(text);
            TimestampVector vector = new TimestampVector(1);
            assertTrue(ServerTimes.append(asTheDriverMakesIt(expected), vector), text);
            assertEquals(expected.toEpochSecond(), vector.epochSecond(0), text);
            assertEquals(expected.getNano(), vector.nanoOfSecond(0), text);
        }
    }

    @Test
    void theDaysAroundTheReformOf1582AreNotGuessed() {
        for (String text : new String[] {
            "1582-10-05T00:00:00Z", "1582-10-10T12:00:00.12Z", "1582-10-15T00:00:00+01:00", "1582-10-24T23:59:59.9Z"
        }) {
            TimestampVector vector = new TimestampVector(1);
            assertFalse(ServerTimes.append(asTheDriverMakesIt(OffsetDateTime.parse(text)), vector), text);
            assertEquals(0, vector.size());
        }
    }

    /** The driver sets a calendar with the reform of 1582 to the day and time on the clock. */
    private static DateTimeOffset asTheDriverMakesIt(OffsetDateTime value) {
        int minutes = value.getOffset().getTotalSeconds() / 60;
        GregorianCalendar calendar = new GregorianCalendar(new SimpleTimeZone(minutes * 60_000, ""), Locale.US);
        calendar.clear();
        calendar.set(
                value.getYear(),
                value.getMonthValue() - 1,
                value.getDayOfMonth(),
                value.getHour(),
                value.getMinute(),
                value.getSecond());
        calendar.set(Calendar.MILLISECOND, 0);
        Timestamp timestamp = new Timestamp(calendar.getTimeInMillis());
        timestamp.setNanos(value.getNano());
        return DateTimeOffset.valueOf(timestamp, minutes);
    }

    private static String datetime(int days, int ticks) {
        TimestampVector vector = new TimestampVector(1);
        ServerTimes.appendDatetime(days, ticks, vector);
        return text(vector);
    }

    private static String smallDatetime(int days, int minutes) {
        TimestampVector vector = new TimestampVector(1);
        ServerTimes.appendSmallDatetime(days, minutes, vector);
        return text(vector);
    }

    private static String text(TimestampVector vector) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(vector.epochSecond(0), vector.nanoOfSecond(0), ZoneOffset.UTC);
        assertEquals(LocalDate.ofEpochDay(Math.floorDiv(vector.epochSecond(0), 86_400L)), time.toLocalDate());
        return time.toString();
    }
}
