package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.time.Duration;

/** The time to wait, as given in an option. */
public final class Waiting {
    private Waiting() {}

    public static Duration patience(int seconds) {
        if (seconds < 0) {
            throw SnapshotException.invalidRequest("option --wait")
                    .actual(seconds)
                    .expected("0 or more seconds")
                    .build();
        }
        return Duration.ofSeconds(seconds);
    }
}
