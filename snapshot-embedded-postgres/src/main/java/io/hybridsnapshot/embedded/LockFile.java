package io.hybridsnapshot.embedded;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * A file that exists to be locked. The operating system ends the locks of a process that dies. POSIX ends all locks of
 * a process on a file as soon as the process closes any of its channels to the file. A process therefore has at most
 * one instance per file; {@link SharedServer} ensures that. Not thread-safe.
 */
final class LockFile implements Closeable {
    private static final long POLL_MILLIS = 20;

    private final Path path;
    private final FileChannel channel;
    private FileLock lock;

    private LockFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    static LockFile open(Path path) throws IOException {
        Set<StandardOpenOption> options =
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        return new LockFile(path, FileChannel.open(path, options, OwnerOnly.file(path)));
    }

    /** Waits for the lock; empty when the time is over. The caller closes the result. */
    static Optional<LockFile> exclusive(Path path, Duration timeout) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        LockFile file = open(path);
        try {
            while (!file.tryLock(Mode.EXCLUSIVE)) {
                if (System.nanoTime() - deadline > 0) {
                    file.close();
                    return Optional.empty();
                }
                pause(POLL_MILLIS);
            }
            return Optional.of(file);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    enum Mode {
        SHARED,
        EXCLUSIVE
    }

    /**
     * Replaces the lock that is held, if any, by the given one. Returns false, and holds no lock, if another process
     * holds a conflicting one.
     */
    boolean tryLock(Mode mode) throws IOException {
        release();
        try {
            lock = channel.tryLock(0, Long.MAX_VALUE, mode == Mode.SHARED);
        } catch (OverlappingFileLockException e) {
            throw SnapshotException.conflict("the embedded PostgreSQL is in use by another copy of this library")
                    .where(path.toString())
                    .actual("a lock that this Java process holds through another class loader")
                    .expected("one copy a process")
                    .nextStep("load the library once, or give each copy a directory of its own")
                    .cause(e)
                    .build();
        }
        return lock != null;
    }

    void release() throws IOException {
        if (lock != null) {
            lock.release();
            lock = null;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    static void pause(long millis) throws InterruptedIOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the embedded PostgreSQL");
        }
    }
}
