package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.app.config.TimeZones;
import io.hybridsnapshot.domain.encoding.LegacySpec;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.time.ZoneId;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How a foreign writer hashed and dated the rows that are in the window. */
public final class ForeignHashesOption {
    @Option(
            names = "--hash-spec",
            paramLabel = "NAME",
            order = 30,
            description = "Hash spec of the current rows, if the Python pipeline wrote them: legacy-py-a, "
                    + "legacy-py-b or legacy-py-c.")
    private String name;

    @Option(
            names = "--take-over-zone",
            paramLabel = "ZONE",
            order = 31,
            description =
                    "The time zone in which a foreign writer dates its rows, for example Europe/Berlin (default: UTC).")
    private String zone;

    /** Returns the time zone in which a foreign writer dates its rows, if it is named. */
    public Optional<ZoneId> zone() {
        return Optional.ofNullable(zone)
                .map(text -> TimeZones.find(text)
                        .orElseThrow(() -> SnapshotException.invalidRequest("option --take-over-zone")
                                .actual(TimeZones.unknown(text))
                                .expected("a time zone")
                                .build()));
    }

    public Optional<LegacySpec> spec() {
        return Optional.ofNullable(name).map(LegacySpec::parse);
    }
}
