package io.hybridsnapshot.benchmarks;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The CPU time of a PostgreSQL server on this machine: of its first process, of all that have ended and of those that
 * run. It is read from Linux's {@code /proc/PID/stat} (proc_pid_stat(5), fields 14 to 17, in hundredths of a second).
 */
final class ServerCpu {
    private static final Path PROCESSES = Path.of("/proc");
    private static final double TICKS_A_SECOND = 100;
    /**
     * Fields 14 and 15 are a process's own time, 16 and 17 that of its ended children; the third field follows the
     * name.
     */
    private static final int OWN_TIME = 14 - 3;

    private static final int OWN_FIELDS = 2;
    private static final int ALL_FIELDS = 4;

    private final ProcessHandle postmaster;

    private ServerCpu(ProcessHandle postmaster) {
        this.postmaster = postmaster;
    }

    /** The server that a backend belongs to; empty where the system does not tell. */
    static Optional<ServerCpu> ofBackend(long pid) {
        if (!Files.isReadable(PROCESSES.resolve("self/stat"))) {
            return Optional.empty();
        }
        return ProcessHandle.of(pid).flatMap(ProcessHandle::parent).map(ServerCpu::new);
    }

    /** The seconds so far; those of a backend that has just ended may come a moment late. */
    double seconds() {
        double ticks = ticks(postmaster.pid(), ALL_FIELDS);
        for (ProcessHandle child : postmaster.children().toList()) {
            ticks += ticks(child.pid(), OWN_FIELDS);
        }
        return ticks / TICKS_A_SECOND;
    }

    private static long ticks(long pid, int fields) {
        try {
            String line = Files.readString(PROCESSES.resolve(Long.toString(pid)).resolve("stat"));
            // The name stands in brackets and may hold blanks and brackets itself.
            String[] words = line.substring(line.lastIndexOf(')') + 2).split(" ");
            long ticks = 0;
            for (int i = 0; i < fields; i++) {
                ticks += Long.parseLong(words[OWN_TIME + i]);
            }
            return ticks;
        } catch (IOException e) {
            if (ProcessHandle.of(pid).isEmpty()) {
                // It ended since it was listed; its time is among that of the ended.
                return 0;
            }
            throw SnapshotException.unavailable("the CPU time of the server cannot be read")
                    .where("process " + pid)
                    .actual(e.toString())
                    .cause(e)
                    .build();
        }
    }
}
