package io.hybridsnapshot.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The running main process of a server, as it describes itself in {@code postmaster.pid} (format:
 * {@code src/include/utils/pidfile.h} of PostgreSQL: process id, data directory, start time, port, socket directory,
 * listen address, shared memory, status). The server writes this record itself, from its first moment on. A program
 * that dies between starting a server and noting it down therefore leaves no unknown server.
 *
 * @param port 0 until the server has written its port
 */
record Postmaster(long pid, int port, Status status) {
    private static final String PID_FILE = "postmaster.pid";
    private static final int PORT_LINE = 3;
    private static final int STATUS_LINE = 7;

    enum Status {
        /** Starting, with recovery if it has to. */
        STARTING,
        /** Accepts connections. */
        READY,
        STOPPING
    }

    /**
     * The live server of the directory. Empty if the file is left from a dead server, or if its number now belongs to
     * another process.
     */
    static Optional<Postmaster> find(ServerDirectory directory) throws IOException {
        return read(directory).filter(server -> server.isServerOf(directory));
    }

    /**
     * Deletes the record of a dead server if a foreign process has its number by now. PostgreSQL takes any live process
     * for its own and would not start; with a free number, it cleans up by itself. If processes of that server are
     * still alive, PostgreSQL finds them by their shared memory and does not start.
     */
    static void forgetReplaced(ServerDirectory directory) throws IOException {
        Optional<Postmaster> recorded = read(directory);
        if (recorded.isPresent() && !recorded.get().isServerOf(directory)) {
            Files.deleteIfExists(directory.data().resolve(PID_FILE));
        }
    }

    /**
     * The program that the process runs, if it is from this directory's own binaries; no server of another directory
     * runs those. Empty otherwise. Process numbers are reused, so a live process alone proves nothing.
     */
    Optional<Path> program(ServerDirectory directory) {
        return ProcessHandle.of(pid)
                .flatMap(process -> program(process, directory))
                // "postgres", "postgres.exe", "postgres (deleted)"
                .filter(program -> program.getFileName().toString().startsWith("postgres"));
    }

    /** All processes that run a program of this directory, with or without a live server. */
    static List<ProcessHandle> processes(ServerDirectory directory) {
        return ProcessHandle.allProcesses()
                .filter(process -> program(process, directory).isPresent())
                .toList();
    }

    private static Optional<Path> program(ProcessHandle process, ServerDirectory directory) {
        return process.info().command().map(Path::of).filter(program -> program.startsWith(directory.binaries()));
    }

    private boolean isServerOf(ServerDirectory directory) {
        return program(directory).isPresent();
    }

    private static Optional<Postmaster> read(ServerDirectory directory) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(directory.data().resolve(PID_FILE), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        // Without a complete first line, the server died within its very first step or is still in it.
        String pid = lines.isEmpty() ? "" : lines.get(0).strip();
        if (!pid.matches("-?[0-9]{1,18}")) {
            return Optional.empty();
        }
        String port = lines.size() > PORT_LINE ? lines.get(PORT_LINE).strip() : "";
        String status = lines.size() > STATUS_LINE ? lines.get(STATUS_LINE).strip() : "";
        return Optional.of(new Postmaster(
                // A minus stands for a server in single-user mode.
                Math.abs(Long.parseLong(pid)),
                port.matches("[0-9]{1,5}") ? Integer.parseInt(port) : 0,
                switch (status) {
                    case "ready", "standby" -> Status.READY;
                    case "stopping" -> Status.STOPPING;
                    default -> Status.STARTING;
                }));
    }
}
