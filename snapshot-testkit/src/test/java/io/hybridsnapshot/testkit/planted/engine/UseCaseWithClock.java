package io.hybridsnapshot.testkit.planted.engine;

import java.time.Clock;
import java.time.LocalDate;

/** Allowed: the wiring can replace the default clock. */
public final class UseCaseWithClock {
    private final Clock clock;

    public UseCaseWithClock() {
        this(Clock.systemUTC());
    }

    public UseCaseWithClock(Clock clock) {
        this.clock = clock;
    }

    LocalDate today() {
        return LocalDate.now(clock);
    }
}
