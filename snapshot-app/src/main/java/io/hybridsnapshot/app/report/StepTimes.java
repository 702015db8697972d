package io.hybridsnapshot.app.report;

import io.hybridsnapshot.engine.pass.Progress;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * Measures the steps of one piece of work by the clock, and passes its progress on. A step lasts from its first report
 * to the first report of another step. The first step also counts the time before, and the last one the time until the
 * result is asked for. Thread-safe.
 */
public final class StepTimes implements Progress {
    private static final double NANOS = 1e9;
    private static final double MILLIS = 1e3;

    private final Progress next;
    private final LongSupplier nanoTime;
    private final Map<Step, Long> nanos = new EnumMap<>(Step.class);
    private Step current = Step.READING;
    private long since;

    /** Starts with the step of reading, by a clock that counts nanoseconds. */
    public StepTimes(Progress next, LongSupplier nanoTime) {
        this.next = Objects.requireNonNull(next, "next");
        this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
        this.since = nanoTime.getAsLong();
    }

    @Override
    public void at(Step step, long done) {
        at(step, done, 0);
    }

    @Override
    public void at(Step step, long done, long whole) {
        synchronized (nanos) {
            if (step != current) {
                count();
                current = step;
            }
        }
        next.at(step, done, whole);
    }

    /** The steps that there were, each with its seconds to the millisecond, as values of a JSON document. */
    public List<Map<String, Object>> json() {
        synchronized (nanos) {
            count();
            return nanos.entrySet().stream()
                    .map(step -> Json.object(
                            "step",
                            step.getKey().name().toLowerCase(Locale.ROOT),
                            "seconds",
                            Math.round(step.getValue() / NANOS * MILLIS) / MILLIS))
                    .toList();
        }
    }

    private void count() {
        long now = nanoTime.getAsLong();
        nanos.merge(current, now - since, Long::sum);
        since = now;
    }
}
