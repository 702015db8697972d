package io.hybridsnapshot.app.cli.terminal;

import java.time.Duration;

/** Measures a duration. */
public final class Stopwatch {
    private final long start = System.nanoTime();

    public Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** Seconds with milliseconds, for documents. */
    public double seconds() {
        return elapsed().toMillis() / 1_000.0;
    }
}
