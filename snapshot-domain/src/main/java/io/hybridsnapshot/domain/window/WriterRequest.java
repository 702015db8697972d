package io.hybridsnapshot.domain.window;

import java.time.Duration;
import java.util.Objects;

/**
 * The writer that asks for a partition, and the time that it waits for the lock. Immutable.
 *
 * @param holder names the writer to others that find the partition locked: program, host, process
 * @param patience how long to wait for another writer; zero: not at all
 */
public record WriterRequest(String holder, Duration patience) {
    public WriterRequest {
        Objects.requireNonNull(holder, "holder");
        if (patience.isNegative()) {
            throw new IllegalArgumentException("negative patience " + patience);
        }
    }
}
