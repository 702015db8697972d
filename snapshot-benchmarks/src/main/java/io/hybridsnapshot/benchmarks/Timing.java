package io.hybridsnapshot.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * What one piece of work took.
 *
 * @param wallSeconds by the clock
 * @param cpuSeconds of all threads of this process, those of the collector and the compiler included: what the work
 *     takes on one core that it has for itself, also where others are at work on the machine
 */
record Timing(double wallSeconds, double cpuSeconds) {
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final double NANOS = 1e9;

    /** Does the work and takes its time. */
    static Timing of(Runnable work) {
        long cpu = PROCESS.getProcessCpuTime();
        long wall = System.nanoTime();
        work.run();
        return new Timing((System.nanoTime() - wall) / NANOS, (PROCESS.getProcessCpuTime() - cpu) / NANOS);
    }

    /** Both one after the other. */
    Timing plus(Timing other) {
        return new Timing(wallSeconds + other.wallSeconds, cpuSeconds + other.cpuSeconds);
    }
}
