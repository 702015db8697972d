package io.hybridsnapshot.app.cli.terminal;

import java.util.concurrent.atomic.AtomicBoolean;

/** Whether the process is being stopped from outside: Ctrl-C or SIGTERM. Thread-safe. */
public final class Shutdown {
    private static final AtomicBoolean UNDER_WAY = new AtomicBoolean();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> UNDER_WAY.set(true), "shutdown-notice"));
    }

    private Shutdown() {}

    /** Starts to watch; called before the work begins. */
    public static void watch() {
        UNDER_WAY.get();
    }

    public static boolean isUnderWay() {
        return UNDER_WAY.get();
    }
}
