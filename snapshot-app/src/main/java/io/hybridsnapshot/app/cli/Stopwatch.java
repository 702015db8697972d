package io.hybridsnapshot.app.cli;

import java.time.Duration;

/** Measures a duration. */
final class Stopwatch {
    private final long start = System.nanoTime();

    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** Seconds with milliseconds, for documents. */
    double seconds() {
        return elapsed().toMillis() / 1_000.0;
    }
}
