package io.hybridsnapshot.sqlserver.source;

import java.lang.management.ManagementFactory;

/** Time by the clock and CPU time of one thread's read. For one thread. */
final class MeasuredRead {
    private static final long NANOS_A_MILLI = 1_000_000;

    private final long wall = System.nanoTime();
    private final long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();

    void report(String what, long rows) {
        System.out.printf(
                "%s: %d rows in %d ms, %d ms CPU of the reading thread%n",
                what,
                rows,
                (System.nanoTime() - wall) / NANOS_A_MILLI,
                (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu) / NANOS_A_MILLI);
    }
}
