package io.hybridsnapshot.app.config;

import io.hybridsnapshot.domain.schema.NearestName;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;

/** Time zones as users write them: {@code UTC}, {@code Europe/Berlin} or {@code +02:00}. Stateless. */
public final class TimeZones {
    private TimeZones() {}

    /** The zone of a name; empty if there is none. */
    public static Optional<ZoneId> find(String name) {
        if (name.equals("UTC")) {
            return Optional.of(ZoneOffset.UTC);
        }
        try {
            return Optional.of(ZoneId.of(name));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** The error for an unknown name of a zone, with a suggestion. */
    public static String unknown(String name) {
        return "unknown time zone '" + name + "' ("
                + NearestName.among(ZoneId.getAvailableZoneIds(), name)
                        .map(nearest -> "did you mean '" + nearest + "'?")
                        .orElse("expected a name such as UTC, Europe/Berlin or +02:00")
                + ")";
    }

    /** The name of a zone. */
    public static String name(ZoneId zone) {
        return zone.equals(ZoneOffset.UTC) ? "UTC" : zone.getId();
    }
}
