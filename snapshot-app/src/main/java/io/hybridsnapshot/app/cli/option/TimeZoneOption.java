package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.app.config.TimeZones;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.time.ZoneId;
import picocli.CommandLine.Option;

/** The time zone in which a command shows dates. */
public final class TimeZoneOption {
    @Option(
            names = "--time-zone",
            paramLabel = "ZONE",
            order = 32,
            defaultValue = "UTC",
            description = "Show dates in this zone, such as Europe/Berlin or +02:00 (default: ${DEFAULT-VALUE}). JSON "
                    + "stays in UTC, and so do dates that options take.")
    private String zone;

    /**
     * Returns the zone.
     *
     * @throws SnapshotException INVALID_REQUEST if there is none of this name
     */
    public ZoneId zone() {
        return TimeZones.find(zone)
                .orElseThrow(() -> SnapshotException.invalidRequest("option --time-zone")
                        .actual(TimeZones.unknown(zone))
                        .expected("a time zone")
                        .build());
    }
}
