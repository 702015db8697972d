package io.hybridsnapshot.engine.internal.pass;

import io.hybridsnapshot.domain.error.FullDisk;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A directory for one piece of work. Closing deletes it with all its content. A lock in it is held as long as its
 * process lives. The next process therefore recognises and sweeps the remnants of a killed one.
 *
 * <p>POSIX ends all locks of a process on a file as soon as the process closes any of its handles of it. A process
 * therefore never opens the lock of a directory of its own again: the directory's name identifies its process.
 */
public final class Scratch implements AutoCloseable {
    private static final String PREFIX = "scratch-";
    private static final String LOCK = "lock";

    /**
     * A system property, so that copies of this class in several class loaders know of each other: locks are the
     * process's.
     */
    private static final String PROCESS = "io.hybridsnapshot.process";

    /** A directory this young may belong to a process that has not locked it yet. */
    private static final Duration YOUNG = Duration.ofMinutes(1);

    private final Path directory;
    private final FileChannel lock;

    private Scratch(Path directory, FileChannel lock) {
        this.directory = directory;
        this.lock = lock;
    }

    /** Makes a directory below the work directory, which is made too where it is missing. */
    public static Scratch in(Path workDirectory) {
        try {
            Files.createDirectories(workDirectory);
            sweep(workDirectory);
            Path directory = Files.createTempDirectory(workDirectory, ownPrefix());
            FileChannel channel = openLock(directory);
            channel.lock();
            return new Scratch(directory, channel);
        } catch (IOException e) {
            throw unusable(workDirectory, e);
        }
    }

    /** Deletes directories that killed processes left a minute ago or longer. */
    public static void sweepAbandoned(Path workDirectory) {
        if (Files.isDirectory(workDirectory)) {
            try {
                sweep(workDirectory);
            } catch (IOException e) {
                throw unusable(workDirectory, e);
            }
        }
    }

    public Path directory() {
        return directory;
    }

    public Path file(String name) {
        return directory.resolve(name);
    }

    /**
     * Returns the prefix of the names of this process's directories. The prefix is not the process's number, which
     * containers share.
     */
    private static String ownPrefix() {
        Object process = System.getProperties()
                .computeIfAbsent(PROCESS, name -> UUID.randomUUID().toString());
        return PREFIX + process + "-";
    }

    private static FileChannel openLock(Path directory) throws IOException {
        return FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static void sweep(Path workDirectory) throws IOException {
        String own = ownPrefix();
        Instant old = null;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(workDirectory, PREFIX + "*")) {
            for (Path entry : entries) {
                if (entry.getFileName().toString().startsWith(own)) {
                    continue;
                }
                if (old == null) {
                    old = timeOf(workDirectory).minus(YOUNG);
                }
                try {
                    if (Files.getLastModifiedTime(entry).toInstant().isBefore(old) && isAbandoned(entry)) {
                        delete(entry);
                    }
                } catch (NoSuchFileException e) {
                    // The other process is done, or sweeps as well.
                    continue;
                }
            }
        }
    }

    /** The time on the clock of the file system, which may be another machine's: that of a directory made now. */
    private static Instant timeOf(Path workDirectory) throws IOException {
        Path now = Files.createTempDirectory(workDirectory, ownPrefix());
        try {
            return Files.getLastModifiedTime(now).toInstant();
        } finally {
            Files.deleteIfExists(now);
        }
    }

    private static boolean isAbandoned(Path directory) throws IOException {
        // Creates no missing lock: the directory's owner may be deleting the directory at this moment.
        try (FileChannel channel = FileChannel.open(directory.resolve(LOCK), StandardOpenOption.WRITE);
                FileLock held = channel.tryLock()) {
            return held != null;
        } catch (OverlappingFileLockException e) {
            return false;
        } catch (NoSuchFileException e) {
            return true;
        }
    }

    private static void delete(Path directory) throws IOException {
        List<Path> entries;
        try (Stream<Path> walk = Files.walk(directory)) {
            entries = walk.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path entry : entries) {
            Files.deleteIfExists(entry);
        }
    }

    /** Returns the file system's message, without the names of classes. */
    public static String reason(IOException cause) {
        String said = cause instanceof FileSystemException at && at.getReason() != null
                ? at.getReason()
                : String.valueOf(cause.getMessage());
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (cause instanceof NoSuchFileException) {
            return "no such file: " + cause.getMessage();
        }
        if (cause instanceof FileAlreadyExistsException) {
            return "a file that is no directory is in the way: " + cause.getMessage();
        }
        return said;
    }

    public static SnapshotException unusable(Path directory, IOException cause) {
        SnapshotException.Builder error = FullDisk.unwritable("the work directory cannot be used", directory, cause)
                .actual(reason(cause))
                .expected("a writable directory with free space for one snapshot's file");
        return FullDisk.isCauseOf(cause, directory)
                ? error.build()
                : error.nextStep("free some space or name another work directory")
                        .build();
    }

    @Override
    public void close() {
        try {
            lock.close();
            delete(directory);
        } catch (NoSuchFileException e) {
            // Without its lock the directory counts as abandoned, and another process has swept it.
            return;
        } catch (IOException e) {
            throw unusable(directory, e);
        }
    }
}
