package io.hybridsnapshot.app.cli;

import java.util.concurrent.atomic.AtomicBoolean;

/** Whether the process is being stopped from outside: Ctrl-C or SIGTERM. Thread-safe. */
final class Shutdown {
    private static final AtomicBoolean UNDER_WAY = new AtomicBoolean();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> UNDER_WAY.set(true), "shutdown-notice"));
    }

    private Shutdown() {}

    /** Starts to watch; called before the work begins. */
    static void watch() {
        UNDER_WAY.get();
    }

    static boolean isUnderWay() {
        return UNDER_WAY.get();
    }
}
