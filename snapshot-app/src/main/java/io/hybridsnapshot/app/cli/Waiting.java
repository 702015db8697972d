package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.time.Duration;

/** How long to wait, as an option says. */
final class Waiting {
    private Waiting() {}

    static Duration patience(int seconds) {
        if (seconds < 0) {
            throw SnapshotException.invalidRequest("option --wait")
                    .actual(seconds)
                    .expected("0 or more seconds")
                    .build();
        }
        return Duration.ofSeconds(seconds);
    }
}
