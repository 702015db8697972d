package io.hybridsnapshot.jdbc.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.silence.SilenceWatch;
import io.hybridsnapshot.silence.WatchedSockets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class DriverSocketsTest {
    private static final DriverSockets SOCKETS =
            new DriverSockets("readLimit", ChronoUnit.SECONDS, "factory", "argument");

    private static boolean isWatched(Map<String, String> chosen) {
        var watch = SOCKETS.watch(chosen, "test", SilenceWatch.Limits.DEFAULT);
        watch.ifPresent(SilenceWatch::close);
        return watch.isPresent();
    }

    @Test
    void aSessionIsWatchedUnlessTheUserDecidesOtherwise() {
        assertTrue(isWatched(Map.of()));
        assertTrue(isWatched(Map.of("readLimit", "5")));
        assertFalse(isWatched(Map.of("readLimit", " 0 ")));
        assertFalse(isWatched(Map.of("factory", "com.example.Factory")));
    }

    @Test
    void theUsersLimitOfReadsIsThePatienceInTheDriversUnit() {
        assertEquals(
                Duration.ofSeconds(5),
                SOCKETS.wanted("5", SilenceWatch.Limits.DEFAULT).patience());
        assertEquals(
                Duration.ofMillis(5_500),
                new DriverSockets("readLimit", ChronoUnit.MILLIS, "factory", "argument")
                        .wanted("5500", SilenceWatch.Limits.DEFAULT)
                        .patience());
        for (String unusable : new String[] {"", "-1", "five", "99999999999"}) {
            assertEquals(SilenceWatch.Limits.DEFAULT, SOCKETS.wanted(unusable, SilenceWatch.Limits.DEFAULT), unusable);
        }
    }

    @Test
    void theDriverFindsTheWatchByItsProperties() {
        Properties properties = new Properties();
        try (SilenceWatch watch = new SilenceWatch("test", SilenceWatch.Limits.DEFAULT)) {
            SOCKETS.watchBy(watch, properties);
            assertEquals(WatchedSockets.class.getName(), properties.getProperty("factory"));
            assertEquals(watch.key(), properties.getProperty("argument"));
        }
    }

    @Test
    void aProbeUsesItsOwnSockets() {
        Properties session = new Properties();
        session.setProperty("user", "etl");
        session.setProperty("factory", "com.example.Factory");
        session.setProperty("argument", "key");
        assertEquals(Map.of("user", "etl"), Map.copyOf(SOCKETS.ofProbe(session)));
        assertEquals("key", session.getProperty("argument"));
    }

    @Test
    void aStepOfAProbeTakesOneToTenSeconds() {
        assertEquals(1, DriverSockets.probeSeconds(Duration.ofMillis(3)));
        assertEquals(4, DriverSockets.probeSeconds(Duration.ofSeconds(4)));
        assertEquals(10, DriverSockets.probeSeconds(Duration.ofDays(40_000)));
    }
}
