package io.hybridsnapshot.app.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.engine.pass.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream terminal = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private final AtomicLong now = new AtomicLong(1_000_000_000L);

    private ProgressLine line(int width) {
        return new ProgressLine(terminal, width, now::get);
    }

    private void seconds(double seconds) {
        now.addAndGet((long) (seconds * 1e9));
    }

    /** The line as it is on the terminal. */
    private String last() {
        String all = shown();
        return all.substring(all.lastIndexOf("\u001b[K") + 3);
    }

    private String shown() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void quickWorkShowsNothing() {
        try (ProgressLine line = line(80)) {
            line.at(Progress.Step.READING, 2_048);
            now.addAndGet(400_000_000L);
            line.at(Progress.Step.PUBLISHING, 2_048);
        }
        assertEquals("", shown());
    }

    @Test
    void longWorkShowsRowsAndRateAndIsWipedAtTheEnd() {
        try (ProgressLine line = line(80)) {
            line.at(Progress.Step.READING, 0);
            seconds(2);
            line.at(Progress.Step.READING, 100_000);
            line.at(Progress.Step.READING, 100_001);
        }
        assertEquals("\r\u001b[Kreading 100,000 rows, 50,000 rows/s\r\u001b[K", shown());
    }

    @Test
    void theRateIsThatOfTheStep() {
        try (ProgressLine line = line(80)) {
            now.addAndGet(9_000_000_000L);
            line.at(Progress.Step.DETAILING, 0);
            now.addAndGet(1_000_000_000L);
            line.at(Progress.Step.DETAILING, 500);
        }
        assertTrue(shown().contains("detailing 500 rows, 500 rows/s"), shown());
    }

    @Test
    void aKnownEndGivesTheShareAndTheTimeLeft() {
        try (ProgressLine line = line(80)) {
            line.at(Progress.Step.READING, 0, 1_000_000);
            seconds(4);
            line.at(Progress.Step.READING, 200_000, 1_000_000);
            assertEquals("reading 20 %, 200,000 rows, 50,000 rows/s, 16 s left", last());
            seconds(1);
            line.at(Progress.Step.READING, 1_000_000, 1_000_000);
            assertEquals("reading 100 %, 1,000,000 rows, 200,000 rows/s", last());
        }
    }

    @Test
    void aStepThatHasJustBegunHasNoTimeLeft() {
        try (ProgressLine line = line(80)) {
            seconds(2);
            line.at(Progress.Step.READING, 0, 100);
            seconds(0.5);
            line.at(Progress.Step.READING, 10, 100);
            assertEquals("reading 10 %, 10 rows, 20 rows/s", last());
        }
    }

    @Test
    void theLineMovesOnWhileTheWorkReportsNothing() {
        try (ProgressLine line = line(80)) {
            seconds(2);
            line.tick();
            assertEquals("starting, 2 s", last());
            line.at(Progress.Step.WAITING, 0, 90);
            seconds(61);
            line.tick();
            assertEquals("waiting for another writer, 1 min 1 s of at most 1 min 30 s", last());
            line.at(Progress.Step.COMPARING, 0);
            seconds(3);
            line.tick();
            assertEquals("comparing, 3 s", last());
        }
    }

    @Test
    void bytesAndTypesHaveUnitsOfTheirOwn() {
        try (ProgressLine line = line(80)) {
            line.at(Progress.Step.INFERRING, 0, 4_000);
            seconds(2);
            line.at(Progress.Step.INFERRING, 1_000, 4_000);
            assertEquals("inferring types 25 %, 6 s left", last());
            line.at(Progress.Step.ARCHIVING, 0, 8_000_000);
            seconds(2);
            line.at(Progress.Step.ARCHIVING, 2_000_000, 8_000_000);
            assertEquals("archiving 25 %, 2.0 MB, 1.0 MB/s, 6 s left", last());
        }
    }

    @Test
    void aSecondReadingOfTheSameStepBeginsAnew() {
        try (ProgressLine line = line(80)) {
            seconds(10);
            line.at(Progress.Step.KEYING, 90, 100);
            line.at(Progress.Step.KEYING, 5, 100);
            seconds(5);
            line.at(Progress.Step.KEYING, 10, 100);
            assertEquals("looking at keys 10 %, 10 rows, 2 rows/s, 45 s left", last());
        }
    }

    @Test
    void aLongLineIsCutBeforeTheLastColumn() {
        try (ProgressLine line = line(40)) {
            line.at(Progress.Step.READING, 0, 1_000_000);
            seconds(4);
            line.at(Progress.Step.READING, 200_000, 1_000_000);
            assertEquals("reading 20 %, 200,000 rows, 50,000 row…", last());
            assertEquals(39, last().length());
        }
    }

    @Test
    void aClosedLineStaysEmpty() {
        ProgressLine line = line(80).ticking();
        seconds(2);
        line.at(Progress.Step.READING, 5);
        line.close();
        line.at(Progress.Step.READING, 6);
        line.tick();
        assertEquals("", last());
    }

    @Test
    void theLineOfAWorkThatReportsNothingIsRewrittenByItself() throws InterruptedException {
        ProgressLine line = new ProgressLine(terminal, 80, System::nanoTime).ticking();
        for (int i = 0; i < 100 && shown().isEmpty(); i++) {
            Thread.sleep(100);
        }
        assertTrue(last().startsWith("starting, "), shown());
        line.close();
    }
}
