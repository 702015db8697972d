package io.hybridsnapshot.engine.internal.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.domain.source.ReadListener;
import io.hybridsnapshot.engine.pass.Progress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadProgressTest {
    private final List<String> heard = new ArrayList<>();
    private final Progress progress = new Progress() {
        @Override
        public void at(Step step, long done) {
            heard.add(step + " " + done);
        }

        @Override
        public void at(Step step, long done, long whole) {
            heard.add(step + " " + done + " of " + whole);
        }
    };

    private final ReadProgress reading = new ReadProgress(progress, Progress.Step.READING);

    @Test
    void thePartOfTheSourceGivesTheNumberOfRows() {
        reading.at(ReadListener.Purpose.ROWS, 25, 100);
        reading.add(50);
        reading.at(ReadListener.Purpose.ROWS, 100, 100);
        reading.add(100);
        assertEquals(List.of("READING 50 of 200", "READING 150 of 150"), heard);
    }

    @Test
    void theInferenceOfTypesIsAStepOfItsOwn() {
        reading.at(ReadListener.Purpose.TYPES, 25, 100);
        assertEquals(List.of("INFERRING 25 of 100"), heard);
        assertEquals(0, reading.expectedRows(10), "the rows have not been read");
    }

    @Test
    void theRowsOfTheSnapshotBeforeAreExpectedUntilThereAreMore() {
        reading.expect(100);
        reading.add(60);
        reading.add(60);
        assertEquals(List.of("READING 60 of 100", "READING 120 of 0"), heard);
    }

    @Test
    void aSourceThatKnowsItsPartWinsOverTheSnapshotBefore() {
        reading.expect(100);
        reading.at(ReadListener.Purpose.ROWS, 1, 10);
        reading.add(60);
        assertEquals(List.of("READING 60 of 600"), heard);
    }

    @Test
    void noEndIsKnownWithoutBoth() {
        reading.add(60);
        assertEquals(List.of("READING 60 of 0"), heard);
    }
}
