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

    private String shown() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void quickWorkShowsNothing() {
        try (ProgressLine line = new ProgressLine(terminal, now::get)) {
            line.at(Progress.Step.READING, 2_048);
            now.addAndGet(400_000_000L);
            line.at(Progress.Step.PUBLISHING, 2_048);
        }
        assertEquals("", shown());
    }

    @Test
    void longWorkShowsRowsAndRateAndIsWipedAtTheEnd() {
        try (ProgressLine line = new ProgressLine(terminal, now::get)) {
            now.addAndGet(2_000_000_000L);
            line.at(Progress.Step.READING, 100_000);
            line.at(Progress.Step.READING, 100_001);
        }
        assertEquals("\r\u001b[Kreading 100,000 rows, 50,000 rows/s\r\u001b[K", shown());
    }

    @Test
    void theRateIsThatOfTheStep() {
        try (ProgressLine line = new ProgressLine(terminal, now::get)) {
            now.addAndGet(9_000_000_000L);
            line.at(Progress.Step.DETAILING, 0);
            now.addAndGet(1_000_000_000L);
            line.at(Progress.Step.DETAILING, 500);
        }
        assertTrue(shown().contains("detailing 500 rows, 500 rows/s"), shown());
    }
}
