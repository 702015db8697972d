package io.hybridsnapshot.app.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.Progress.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StepTimesTest {
    private long now = 5_000_000_000L;

    @Test
    void aStepLastsUntilTheNextOneBegins() {
        StepTimes times = new StepTimes(Progress.NONE, () -> now);
        now += 1_000_000_000L;
        times.at(Step.READING, 10);
        now += 500_000_000L;
        times.at(Step.COMPARING, 0);
        now += 250_000_000L;
        times.at(Step.READING, 20);
        now += 7_000_400L;
        times.at(Step.PUBLISHING, 0);
        now += 2_000_000L;
        assertEquals(
                List.of(
                        Map.of("step", "reading", "seconds", 1.507),
                        Map.of("step", "comparing", "seconds", 0.25),
                        Map.of("step", "publishing", "seconds", 0.002)),
                times.json());
    }

    @Test
    void progressIsPassedOn() {
        List<String> passed = new ArrayList<>();
        StepTimes times = new StepTimes((step, rows) -> passed.add(step + " " + rows), () -> now);
        times.at(Step.READING, 3);
        times.at(Step.ARCHIVING, 0);
        assertEquals(List.of("READING 3", "ARCHIVING 0"), passed);
    }
}
