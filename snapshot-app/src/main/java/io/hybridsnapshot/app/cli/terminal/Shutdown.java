package io.hybridsnapshot.app.cli.terminal;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** Whether the process is being stopped from outside, by Ctrl-C or SIGTERM, and what is said then. Thread-safe. */
public final class Shutdown {
    private static final AtomicBoolean UNDER_WAY = new AtomicBoolean();

    private static final long PATIENCE_MILLIS = 1_000;
    private static final AtomicReference<Optional<Runnable>> FAREWELL = new AtomicReference<>(Optional.empty());

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Shutdown::begin, "shutdown-notice"));
    }

    private static void begin() {
        UNDER_WAY.set(true);
        FAREWELL.getAndSet(Optional.empty()).ifPresent(Shutdown::say);
    }

    /** Nobody may read what is said any more, and the process has to end all the same. */
    private static void say(Runnable farewell) {
        Thread thread = new Thread(farewell, "farewell");
        thread.setDaemon(true);
        thread.start();
        try {
            thread.join(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Shutdown() {}

    /** Starts to watch; called before the work begins. */
    public static void watch() {
        UNDER_WAY.get();
    }

    /**
     * Does some work, and lets the process say a farewell if it is stopped meanwhile.
     *
     * @param farewell runs in a thread of its own, at most once
     */
    public static <T> T during(Runnable farewell, Supplier<T> work) {
        Optional<Runnable> mine = Optional.of(farewell);
        FAREWELL.set(mine);
        try {
            return work.get();
        } finally {
            FAREWELL.compareAndSet(mine, Optional.empty());
        }
    }

    public static boolean isUnderWay() {
        return UNDER_WAY.get();
    }
}
