package io.hybridsnapshot.embedded;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * The directory of the embedded PostgreSQL and the time limits for it. All programs that name the same directory share
 * one server.
 *
 * @param directory holds everything: data, server files, password, log. A missing directory is created; a local disk is
 *     best
 * @param port the TCP port on the loopback interface, or {@link #ANY_PORT}
 * @param startTimeout the longest time for a start, recovery after a crash included. Also the longest wait for a start
 *     or stop by another process
 * @param stopTimeout the longest time for an orderly stop. After it the server is stopped harder, which loses no data
 *     but makes the next start recover
 */
public record EmbeddedPostgresSettings(Path directory, int port, Duration startTimeout, Duration stopTimeout) {
    /** The port of the last run if it is free, or else any free one. */
    public static final int ANY_PORT = 0;

    private static final Duration DEFAULT_START_TIMEOUT = Duration.ofMinutes(5);
    private static final Duration DEFAULT_STOP_TIMEOUT = Duration.ofMinutes(1);

    /**
     * Checks the values and makes the directory absolute.
     *
     * @throws SnapshotException INVALID_REQUEST for a port outside 0 to 65535 or a time that is not positive
     */
    public EmbeddedPostgresSettings {
        directory =
                Objects.requireNonNull(directory, "directory").toAbsolutePath().normalize();
        if (port < 0 || port > 65535) {
            throw SnapshotException.invalidRequest("the embedded PostgreSQL cannot have this port")
                    .actual(port)
                    .expected("1 to 65535, or 0 for any free port")
                    .build();
        }
        requirePositive(startTimeout, "start timeout");
        requirePositive(stopTimeout, "stop timeout");
    }

    /** Any port and patient timeouts, in the given directory. */
    public static EmbeddedPostgresSettings in(Path directory) {
        return new EmbeddedPostgresSettings(directory, ANY_PORT, DEFAULT_START_TIMEOUT, DEFAULT_STOP_TIMEOUT);
    }

    private static void requirePositive(Duration value, String name) {
        if (Objects.requireNonNull(value, name).isNegative() || value.isZero()) {
            throw SnapshotException.invalidRequest("the embedded PostgreSQL cannot have this " + name)
                    .actual(value)
                    .expected("a positive duration")
                    .build();
        }
    }
}
