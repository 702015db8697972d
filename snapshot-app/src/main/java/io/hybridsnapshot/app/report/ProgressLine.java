package io.hybridsnapshot.app.report;

import io.hybridsnapshot.engine.pass.Progress;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One line on a terminal that shows the progress of long work: the step, the share that is done, the amount, the rate
 * and the time left, as far as they are known. The line is rewritten a few times a second, also while the work reports
 * nothing. Thread-safe; the maker closes it.
 */
public final class ProgressLine implements Progress, AutoCloseable {
    /** No line appears for work shorter than this. */
    private static final long QUIET_NANOS = 500_000_000L;

    /** No time left is estimated before a step has lasted this long. */
    private static final long LEARNING_NANOS = 1_000_000_000L;

    private static final long EVERY_NANOS = 150_000_000L;
    private static final long TICK_MILLIS = 500;
    private static final double NANOS = 1e9;
    private static final long MINUTE = 60;
    private static final long HOUR = 3_600;
    private static final String CLEAR = "\r\u001b[K";

    private final PrintStream terminal;
    private final int width;
    private final LongSupplier nanoTime;
    private final long start;
    private @Nullable Step step;
    private long stepStart;
    private long done;
    private long whole;
    private long last;
    private boolean shown;
    private boolean closed;

    /**
     * A line on a terminal.
     *
     * @param width the columns of the terminal; a longer line is cut
     * @param nanoTime a clock that counts nanoseconds
     */
    public ProgressLine(PrintStream terminal, int width, LongSupplier nanoTime) {
        this.terminal = Objects.requireNonNull(terminal, "terminal");
        this.width = width;
        this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
        this.start = nanoTime.getAsLong();
        this.stepStart = start;
        this.last = start;
    }

    /** Rewrites the line in a thread of its own as well, until the line is closed. */
    public ProgressLine ticking() {
        Thread ticker = new Thread(this::tickUntilClosed, "progress");
        ticker.setDaemon(true);
        ticker.start();
        return this;
    }

    private void tickUntilClosed() {
        try {
            while (true) {
                synchronized (this) {
                    wait(TICK_MILLIS);
                    if (closed) {
                        return;
                    }
                    tick();
                }
            }
        } catch (InterruptedException e) {
            // Nothing interrupts this thread but the end of the program.
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void at(Step at, long amount) {
        at(at, amount, 0);
    }

    @Override
    public synchronized void at(Step at, long amount, long expected) {
        long now = nanoTime.getAsLong();
        boolean stepChanged = at != step || amount < done;
        if (stepChanged) {
            step = at;
            stepStart = now;
        }
        done = amount;
        whole = expected;
        if (stepChanged || now - last >= EVERY_NANOS) {
            show(now);
        }
    }

    /** Rewrites the line, because time has passed. */
    synchronized void tick() {
        show(nanoTime.getAsLong());
    }

    private void show(long now) {
        if (closed || now - start < QUIET_NANOS) {
            return;
        }
        last = now;
        shown = true;
        String text = text(now);
        // The last column stays empty, because some terminals would begin a new line behind it.
        terminal.print(CLEAR + (text.length() < width ? text : text.substring(0, width - 2) + "…"));
        terminal.flush();
    }

    private String text(long now) {
        double seconds = Math.max(1e-3, (now - stepStart) / NANOS);
        Step at = step;
        if (at == null) {
            return "starting, " + time((long) seconds);
        }
        return switch (at) {
            case WAITING ->
                "waiting for another writer, " + time((long) seconds) + (whole > 0 ? " of at most " + time(whole) : "");
            case INFERRING -> "inferring types" + share() + left(now, seconds);
            case KEYING -> "looking at keys" + share() + rows(seconds) + left(now, seconds);
            case ARCHIVING -> "archiving" + share() + bytes(seconds) + left(now, seconds);
            default -> at.name().toLowerCase(Locale.ROOT) + share() + rows(seconds) + left(now, seconds);
        };
    }

    private String share() {
        return whole == 0 || done == 0 ? "" : " " + Math.min(100, Math.round(100.0 * done / whole)) + " %";
    }

    private String rows(double seconds) {
        return done == 0
                ? ", " + time((long) seconds)
                : (whole == 0 ? " " : ", ") + Amounts.counted(done, "row") + ", "
                        + Amounts.count(Math.round(done / seconds)) + " rows/s";
    }

    private String bytes(double seconds) {
        return done == 0
                ? ", " + time((long) seconds)
                : (whole == 0 ? " " : ", ") + Amounts.size(done) + ", " + Amounts.size(Math.round(done / seconds))
                        + "/s";
    }

    private String left(long now, double seconds) {
        return done == 0 || done >= whole || now - stepStart < LEARNING_NANOS
                ? ""
                : ", " + time(Math.round(Math.max(1, seconds * (whole - done) / done))) + " left";
    }

    private static String time(long seconds) {
        if (seconds < MINUTE) {
            return seconds + " s";
        }
        return seconds < HOUR
                ? seconds / MINUTE + " min" + (seconds % MINUTE == 0 ? "" : " " + seconds % MINUTE + " s")
                : seconds / HOUR + " h " + seconds % HOUR / MINUTE + " min";
    }

    /** Wipes the line, and shows none any more. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
        if (shown) {
            shown = false;
            terminal.print(CLEAR);
            terminal.flush();
        }
    }
}
