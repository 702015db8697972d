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
    private static final Duration LONGEST = Duration.ofMillis(Integer.MAX_VALUE);

    public WriterRequest {
        Objects.requireNonNull(holder, "holder");
        if (patience.isNegative()) {
            throw new IllegalArgumentException("negative patience " + patience);
        }
    }

    /** Returns the patience in milliseconds, cut to the largest int. */
    public int patienceMillis() {
        return (int) (patience.compareTo(LONGEST) < 0 ? patience : LONGEST).toMillis();
    }
}
