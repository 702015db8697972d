package io.hybridsnapshot.benchmarks;

import io.hybridsnapshot.engine.pass.Progress;
import java.util.EnumMap;
import java.util.Map;

/** How long each step of one save takes, by the clock: from its first report to the next step's. One thread. */
final class SaveSteps implements Progress {
    private static final double NANOS = 1e9;

    private final Map<Step, Double> seconds = new EnumMap<>(Step.class);
    private Step current = Step.READING;
    private long since = System.nanoTime();

    @Override
    public void at(Step step, long rows) {
        if (step != current) {
            end();
            current = step;
        }
    }

    /** Ends the last step; the seconds of each step that there was. */
    Map<Step, Double> finish() {
        end();
        return Map.copyOf(seconds);
    }

    private void end() {
        long now = System.nanoTime();
        seconds.merge(current, (now - since) / NANOS, Double::sum);
        since = now;
    }
}
