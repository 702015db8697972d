package io.hybridsnapshot.testkit.planted.embedded;

import java.time.Duration;

/** Asks for the time of day beside the adapters. Waiting by {@code System.nanoTime} is allowed. */
final class ServerOfClocks {
    long startedAt() {
        return System.currentTimeMillis();
    }

    boolean isOver(long begin, Duration patience) {
        return System.nanoTime() - begin > patience.toNanos();
    }
}
