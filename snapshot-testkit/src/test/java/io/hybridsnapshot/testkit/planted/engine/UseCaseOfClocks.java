package io.hybridsnapshot.testkit.planted.engine;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.function.Supplier;

/** Violates: every way to ask for the time of day. Measuring a duration and asking a given clock are allowed. */
final class UseCaseOfClocks {
    private final Supplier<Instant> reference = Instant::now;

    Instant instant() {
        return Instant.now();
    }

    LocalDate zoned() {
        return LocalDate.now(ZoneOffset.UTC);
    }

    long millis() {
        return System.currentTimeMillis();
    }

    Date date() {
        return new Date();
    }

    Supplier<Date> dates() {
        return Date::new;
    }

    Clock clock() {
        return Clock.systemUTC();
    }

    Instant referenced() {
        return reference.get();
    }

    long allowed(long begin) {
        return System.nanoTime() - begin;
    }

    Date allowed(Instant instant) {
        return new Date(instant.toEpochMilli());
    }
}
