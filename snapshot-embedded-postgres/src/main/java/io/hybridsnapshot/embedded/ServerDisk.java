package io.hybridsnapshot.embedded;

import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.FullDisk;
import io.hybridsnapshot.domain.error.RemedyText;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The disk of a server's directory. PostgreSQL cannot start on a full disk, not even for reading, so a file beside its
 * data keeps some room in reserve. A start that finds the disk full gives up the reserve. The reserve is created again
 * once there is room. Stateless.
 */
record ServerDisk(ServerDirectory directory) {
    private static final Logger LOG = LoggerFactory.getLogger(ServerDisk.class);

    static final long MEBIBYTE = 1L << 20;

    /**
     * Two segments of the transaction log: the room that a start with recovery may need, and the least that a snapshot
     * needs.
     */
    static final long RESERVE = 32 * MEBIBYTE;

    /** With less the server cannot write its first files. */
    private static final long LEAST_TO_START = 256 << 10;

    private static final long WAL_SEGMENT = 16 * MEBIBYTE;
    private static final int LOG_BYTES = 64 << 10;

    /** An older message does not explain the present failure. */
    private static final Duration RECENT = Duration.ofMinutes(10);

    private static final DateTimeFormatter LOGGED_AT = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
    private static final int LOGGED_AT_LENGTH = "2026-01-01 00:00:00".length();

    /** The number of free bytes. */
    long free() {
        return FullDisk.usableBytes(directory.root());
    }

    /** Whether a start should spare the disk. */
    boolean isTight() {
        return free() < RESERVE;
    }

    /** Whether not even a start can be tried. */
    boolean isFull() {
        return free() < LEAST_TO_START;
    }

    /** Gives up the reserve, if there is one. */
    void giveUpReserve() throws IOException {
        if (Files.deleteIfExists(directory.reserve())) {
            LOG.warn(
                    "The disk of {} is full: the room kept in reserve is used to start the embedded PostgreSQL",
                    directory.root());
        }
    }

    /**
     * Creates the reserve if twice as much room is free. Without a reserve, everything works as long as the disk is not
     * full.
     */
    void keepReserve() {
        Path unfinished = directory.reserve().resolveSibling("reserve.new");
        try {
            Files.deleteIfExists(unfinished);
            if (Files.exists(directory.reserve()) || free() < 2 * RESERVE) {
                return;
            }
            try {
                write(unfinished);
                Files.move(unfinished, directory.reserve(), StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(unfinished);
            }
        } catch (IOException e) {
            LOG.debug("No room is kept in reserve in {}", directory.root(), e);
        }
    }

    /** Bytes that no file system compresses or leaves out. */
    private static void write(Path file) throws IOException {
        byte[] bytes = new byte[(int) MEBIBYTE];
        new SplittableRandom(1).nextBytes(bytes);
        try (FileChannel channel = FileChannel.open(
                file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OwnerOnly.file(file))) {
            for (long written = 0; written < RESERVE; ) {
                written += channel.write(ByteBuffer.wrap(bytes));
            }
        }
    }

    /** Whether there is too little room for a snapshot. A reserve that was given up does not count as room. */
    boolean isShort() {
        return free() < (Files.exists(directory.reserve()) ? RESERVE : 2 * RESERVE);
    }

    /** The present end of the server's log. */
    long logEnd() {
        try {
            return Files.size(directory.log());
        } catch (IOException e) {
            return 0;
        }
    }

    /**
     * The reason why a full disk explains a failure: the server's own last words about it, or the lack of room for its
     * transaction log.
     *
     * @param logBegin the length of the log of earlier runs
     */
    Optional<String> explanation(long logBegin) {
        Optional<String> said = lastComplaint(logBegin);
        long free = free();
        if (said.isEmpty() && free >= WAL_SEGMENT) {
            return Optional.empty();
        }
        return Optional.of(room() + said.map(message -> ", '" + message + "'").orElse(""));
    }

    /** The room on the disk, for messages. */
    String room() {
        return free() / MEBIBYTE + " MiB free";
    }

    /** The advice on space to free, for messages. */
    RemedyText remedy() {
        return RemedyText.of(
                "free at least {0} MiB on the disk of {1}, then {2}; what was saved stays, and the next save tidies up"
                        + " what this one left",
                4 * RESERVE / MEBIBYTE, directory.root(), CommonRemedy.REPEAT);
    }

    private Optional<String> lastComplaint(long logBegin) {
        Instant old = directory.clock().instant().minus(RECENT);
        return end(directory.log(), logBegin)
                .lines()
                .filter(FullDisk::isIn)
                .filter(line -> !isBefore(line, old))
                .reduce((first, second) -> second)
                .map(line -> line.replaceFirst("^.*?\\b([A-Z]{3,}: +)", "$1"));
    }

    private static boolean isBefore(String line, Instant moment) {
        if (line.length() < LOGGED_AT_LENGTH) {
            return false;
        }
        try {
            return LocalDateTime.parse(line.substring(0, LOGGED_AT_LENGTH), LOGGED_AT)
                    .toInstant(ZoneOffset.UTC)
                    .isBefore(moment);
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private static String end(Path log, long begin) {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            long size = file.length();
            // A log that is shorter than it was is a new one.
            long from = Math.max(begin > size ? 0 : begin, size - LOG_BYTES);
            byte[] bytes = new byte[(int) (size - from)];
            file.seek(from);
            file.readFully(bytes);
            return new String(bytes, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
