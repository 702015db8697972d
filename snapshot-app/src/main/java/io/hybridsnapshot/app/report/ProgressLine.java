package io.hybridsnapshot.app.report;

import io.hybridsnapshot.engine.pass.Progress;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * One line on a terminal that shows the progress of long work, with rows and rate, rewritten a few times a second. Not
 * thread-safe.
 */
public final class ProgressLine implements Progress, AutoCloseable {
    /** No line appears for work shorter than this. */
    private static final long QUIET_NANOS = 500_000_000L;

    private static final long EVERY_NANOS = 150_000_000L;
    private static final String CLEAR = "\r\u001b[K";

    private final PrintStream terminal;
    private final LongSupplier nanoTime;
    private final long start;
    private long stepStart;
    private long last;
    private Step step = Step.READING;
    private boolean shown;

    /** A line on a terminal, with a clock that counts nanoseconds. */
    public ProgressLine(PrintStream terminal, LongSupplier nanoTime) {
        this.terminal = Objects.requireNonNull(terminal, "terminal");
        this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
        this.start = nanoTime.getAsLong();
        this.stepStart = start;
        this.last = start;
    }

    @Override
    public void at(Step at, long rows) {
        long now = nanoTime.getAsLong();
        boolean stepChanged = at != step;
        if (stepChanged) {
            step = at;
            stepStart = now;
        }
        if (now - start < QUIET_NANOS || !stepChanged && now - last < EVERY_NANOS) {
            return;
        }
        last = now;
        shown = true;
        terminal.print(CLEAR + at.name().toLowerCase(Locale.ROOT) + amount(rows, now));
        terminal.flush();
    }

    private String amount(long rows, long now) {
        if (rows == 0) {
            return " …";
        }
        double seconds = Math.max(1e-3, (now - stepStart) / 1e9);
        return " " + Amounts.counted(rows, "row") + ", " + Amounts.count(Math.round(rows / seconds)) + " rows/s";
    }

    /** Wipes the line. */
    @Override
    public void close() {
        if (shown) {
            terminal.print(CLEAR);
            terminal.flush();
        }
    }
}
