package io.hybridsnapshot.jdbc.connection;

import io.hybridsnapshot.silence.SilenceWatch;
import io.hybridsnapshot.silence.WatchedSockets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * The names of a driver's properties about its sockets, and the watch that they let a session set up. Immutable.
 *
 * @param readLimit the property that limits the wait of a read; 0: no limit
 * @param unit the unit of that limit
 * @param factory the property that names the class of the socket factory
 * @param argument the property with the text that the driver passes to the factory
 */
public record DriverSockets(String readLimit, ChronoUnit unit, String factory, String argument) {
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,8}");
    private static final int MAX_PROBE_SECONDS = 10;

    public DriverSockets {
        Objects.requireNonNull(readLimit, "readLimit");
        Objects.requireNonNull(unit, "unit");
        Objects.requireNonNull(factory, "factory");
        Objects.requireNonNull(argument, "argument");
    }

    /**
     * The watch of a session that detects a silent server. Drivers do not limit writes. If the user limits reads, the
     * watch uses that limit as its patience for both reads and writes. The caller closes the watch.
     *
     * @param chosen the user's own properties
     * @param purpose the purpose of the session; it names the thread
     * @return empty if the user allows endless reads or names a socket factory
     */
    public Optional<SilenceWatch> watch(Map<String, String> chosen, String purpose, SilenceWatch.Limits limits) {
        String limit = chosen.getOrDefault(readLimit, "").strip();
        if (limit.equals("0") || chosen.containsKey(factory)) {
            return Optional.empty();
        }
        return Optional.of(new SilenceWatch("hybrid-snapshots watch of " + purpose, wanted(limit, limits)));
    }

    SilenceWatch.Limits wanted(String limit, SilenceWatch.Limits usual) {
        return NUMBER.matcher(limit).matches() ? usual.withPatience(Duration.of(Long.parseLong(limit), unit)) : usual;
    }

    /** Makes the driver create its sockets through the watch. */
    public void watchBy(SilenceWatch watch, Properties properties) {
        properties.setProperty(factory, WatchedSockets.class.getName());
        properties.setProperty(argument, watch.key());
    }

    /** A copy of a session's properties for a probe of its server, without a socket factory. */
    public Properties ofProbe(Properties session) {
        Properties properties = new Properties();
        session.stringPropertyNames().forEach(name -> properties.setProperty(name, session.getProperty(name)));
        properties.remove(factory);
        properties.remove(argument);
        return properties;
    }

    /** The longest wait for each step of a probe, in seconds: the patience of the watch, from one to ten seconds. */
    public static int probeSeconds(Duration patience) {
        return (int) Math.max(1, Math.min(MAX_PROBE_SECONDS, patience.toSeconds()));
    }
}
