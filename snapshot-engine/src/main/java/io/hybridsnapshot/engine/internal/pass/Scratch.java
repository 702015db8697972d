package io.hybridsnapshot.engine.internal.pass;

import io.hybridsnapshot.domain.error.FullDisk;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
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
            sweep(workDirectory, PREFIX, Whose.ANY);
            return locked(workDirectory, PREFIX);
        } catch (IOException e) {
            throw unusable(workDirectory, e);
        }
    }

    /**
     * Makes a directory in a place that other users share. Sweeps only directories of this user: others could replace
     * parts of theirs by links to files of this one.
     *
     * @param prefix the start of the directory's name
     */
    public static Scratch inShared(Path parent, String prefix) throws IOException {
        Files.createDirectories(parent);
        try {
            sweep(parent, prefix, Whose.OWN);
        } catch (IOException | DirectoryIteratorException e) {
            // This user may not list the shared place. Abandoned directories there do not disturb this process.
            return locked(parent, prefix);
        }
        return locked(parent, prefix);
    }

    private static Scratch locked(Path parent, String prefix) throws IOException {
        Path directory = Files.createTempDirectory(parent, ownPrefix(prefix));
        FileChannel channel = openLock(directory);
        channel.lock();
        return new Scratch(directory, channel);
    }

    /** Deletes directories that killed processes left a minute ago or longer. */
    public static void sweepAbandoned(Path workDirectory) {
        if (Files.isDirectory(workDirectory)) {
            try {
                sweep(workDirectory, PREFIX, Whose.ANY);
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
    private static String ownPrefix(String prefix) {
        Object process = System.getProperties()
                .computeIfAbsent(PROCESS, name -> UUID.randomUUID().toString());
        return prefix + process + "-";
    }

    private static FileChannel openLock(Path directory) throws IOException {
        return FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static void sweep(Path parent, String prefix, Whose whose) throws IOException {
        String own = ownPrefix(prefix);
        Probe now = null;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent, prefix + "*")) {
            for (Path entry : entries) {
                if (entry.getFileName().toString().startsWith(own)) {
                    continue;
                }
                if (now == null) {
                    now = Probe.in(parent, own);
                }
                try {
                    boolean old = Files.getLastModifiedTime(entry, LinkOption.NOFOLLOW_LINKS)
                            .toInstant()
                            .isBefore(now.time.minus(YOUNG));
                    if (old && (whose == Whose.ANY || now.isOwnerOf(entry)) && isAbandoned(entry)) {
                        delete(entry);
                    }
                } catch (NoSuchFileException e) {
                    // The other process is done, or sweeps as well.
                    continue;
                }
            }
        }
    }

    /** Whose directories are swept. */
    private enum Whose {
        ANY,
        OWN
    }

    /**
     * What a directory made now shows.
     *
     * @param time the time on the clock of the file system, which may be another machine's
     * @param owner this user; empty where the file system knows no owners
     */
    private record Probe(Instant time, Optional<UserPrincipal> owner) {
        static Probe in(Path parent, String prefix) throws IOException {
            Path made = Files.createTempDirectory(parent, prefix);
            try {
                return new Probe(Files.getLastModifiedTime(made).toInstant(), owner(made));
            } finally {
                Files.deleteIfExists(made);
            }
        }

        boolean isOwnerOf(Path entry) throws IOException {
            return Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS) && owner.equals(owner(entry));
        }

        private static Optional<UserPrincipal> owner(Path path) throws IOException {
            try {
                return Optional.of(Files.getOwner(path, LinkOption.NOFOLLOW_LINKS));
            } catch (UnsupportedOperationException e) {
                return Optional.empty();
            }
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
