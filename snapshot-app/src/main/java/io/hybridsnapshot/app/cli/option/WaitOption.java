package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How long a command waits for another writer of a partition. */
public final class WaitOption {
    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            order = 28,
            defaultValue = "60",
            description = "How long to wait for another writer of a partition (default: ${DEFAULT-VALUE}).")
    private int seconds;

    /**
     * Returns the longest wait.
     *
     * @throws SnapshotException INVALID_REQUEST if it is negative
     */
    public Duration patience() {
        if (seconds < 0) {
            throw SnapshotException.invalidRequest("option --wait")
                    .actual(seconds)
                    .expected("0 or more seconds")
                    .build();
        }
        return Duration.ofSeconds(seconds);
    }
}
