package io.hybridsnapshot.embedded;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One directory's server as this process shares it with all others. Two lock files in the directory carry the protocol:
 *
 * <ul>
 *   <li>{@code users.lock}: every process that uses the server holds a shared lock. The system ends it when the process
 *       dies, so the count of users is right after a {@code kill -9} too.
 *   <li>{@code start-stop.lock}: held while a process joins or leaves. A leaving process that then gets an exclusive
 *       lock on {@code users.lock} was the last one and stops the server. A newcomer waits meanwhile and then starts it
 *       again.
 * </ul>
 *
 * <p>Within the process the uses are counted under this object's monitor, since the system's locks belong to processes
 * and cannot be taken twice. For the same reason the registry of these objects is static. It mirrors the locks that the
 * system keeps per process, and a second registry would only break the locks of the first. It holds no settings, and an
 * entry without users is only a name.
 */
final class SharedServer {
    private static final Logger LOG = LoggerFactory.getLogger(SharedServer.class);
    private static final ConcurrentMap<Path, SharedServer> BY_DIRECTORY = new ConcurrentHashMap<>();

    private final ServerDirectory directory;
    private int users;
    private Use use;

    private SharedServer(ServerDirectory directory) {
        this.directory = directory;
    }

    /** The resources of this process from its first use of the server to its last. */
    private record Use(LockFile lock, Thread exitHook, Duration stopTimeout) {}

    static SharedServer of(ServerDirectory directory) {
        return BY_DIRECTORY.computeIfAbsent(directory.root(), root -> new SharedServer(directory));
    }

    /** Counts one more use, starts the server if it does not run, and waits until it answers. */
    synchronized Endpoint join(EmbeddedPostgresSettings settings) throws IOException {
        ServerLifecycle server = new ServerLifecycle(directory, settings);
        boolean first = users == 0;
        if (first) {
            KeptServer.endOtherBuild(directory, settings);
        }
        LockFile mutex = startStopLock(settings.startTimeout()).orElseThrow(() -> busy(settings));
        try {
            directory.claim();
            boolean othersUseIt = !first || !enter(settings.stopTimeout());
            Endpoint endpoint = server.ensureRunning(othersUseIt);
            users++;
            directory.noteUse();
            return endpoint;
        } catch (IOException | RuntimeException e) {
            if (first && use != null) {
                abandon(server, e);
            }
            throw e;
        } finally {
            mutex.close();
        }
    }

    /** Counts one use less; the last one of all processes stops the server. */
    synchronized void leave() {
        if (users == 0) {
            // The exit hook was here before.
            return;
        }
        users--;
        if (users > 0) {
            return;
        }
        // Stopping must complete even in an interrupted thread.
        boolean interrupted = Thread.interrupted();
        try {
            exit();
        } catch (IOException e) {
            throw Failures.of("the embedded PostgreSQL could not be stopped", directory.root(), e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Makes this process a user. Returns whether it is the only one. */
    private boolean enter(Duration stopTimeout) throws IOException {
        Thread exitHook = new Thread(this::leaveAtExit, "embedded-postgres-exit");
        try {
            Runtime.getRuntime().addShutdownHook(exitHook);
        } catch (IllegalStateException e) {
            throw SnapshotException.unavailable("the embedded PostgreSQL is not started while the program ends")
                    .cause(e)
                    .build();
        }
        use = new Use(LockFile.open(directory.usersLock()), exitHook, stopTimeout);
        boolean alone = use.lock().tryLock(LockFile.Mode.EXCLUSIVE);
        // No other process can intervene: the exclusive lock is taken only under the start-stop lock, which is held
        // here.
        use.lock().tryLock(LockFile.Mode.SHARED);
        return alone;
    }

    /**
     * Ends the one use of this process and stops the server if no other process uses it. Otherwise nothing changes.
     *
     * @return whether the use has ended
     */
    synchronized boolean leaveIfAlone() throws IOException {
        Optional<LockFile> mutex = startStopLock(Duration.ZERO);
        if (mutex.isEmpty()) {
            // A process that joins or leaves is using it.
            return false;
        }
        try {
            if (!use.lock().tryLock(LockFile.Mode.EXCLUSIVE)) {
                use.lock().tryLock(LockFile.Mode.SHARED);
                return false;
            }
            Use ended = use;
            use = null;
            users = 0;
            try {
                new ServerLifecycle(directory, withStopTimeout(ended.stopTimeout())).stop();
            } finally {
                end(ended);
            }
            return true;
        } finally {
            mutex.get().close();
        }
    }

    /** Stops a server without users, such as one that a killed process left. Returns whether it may go on. */
    synchronized boolean isUsedOrStops(EmbeddedPostgresSettings settings) throws IOException {
        if (users > 0) {
            return true;
        }
        LockFile mutex = startStopLock(settings.startTimeout()).orElseThrow(() -> busy(settings));
        try (LockFile lock = LockFile.open(directory.usersLock())) {
            if (!lock.tryLock(LockFile.Mode.EXCLUSIVE)) {
                return true;
            }
            new ServerLifecycle(directory, settings).stop();
            return false;
        } finally {
            mutex.close();
        }
    }

    private SnapshotException busy(EmbeddedPostgresSettings settings) {
        return SnapshotException.unavailable("the embedded PostgreSQL is being started or stopped")
                .where(directory.root().toString())
                .actual("another process that is still busy after " + settings.startTimeout())
                .nextStep("wait for the other process, or end it, then run this again")
                .build();
    }

    private void exit() throws IOException {
        directory.noteUse();
        Use ended = use;
        use = null;
        try {
            Optional<LockFile> mutex = startStopLock(ended.stopTimeout());
            if (mutex.isEmpty()) {
                LOG.warn(
                        "Another process has been starting the embedded PostgreSQL in {} for {}: it stops the server",
                        directory.root(),
                        ended.stopTimeout());
                return;
            }
            try {
                if (ended.lock().tryLock(LockFile.Mode.EXCLUSIVE)) {
                    new ServerLifecycle(directory, withStopTimeout(ended.stopTimeout())).stop();
                }
            } finally {
                mutex.get().close();
            }
        } finally {
            end(ended);
        }
    }

    /** Reverts {@link #enter} after a failed start; the start-stop lock is held. */
    private void abandon(ServerLifecycle server, Exception failure) {
        Use ended = use;
        use = null;
        boolean interrupted = Thread.interrupted();
        try {
            if (ended.lock().tryLock(LockFile.Mode.EXCLUSIVE)) {
                server.stopUnlessStarting();
            }
            end(ended);
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void end(Use ended) throws IOException {
        try {
            Runtime.getRuntime().removeShutdownHook(ended.exitHook());
        } catch (IllegalStateException e) {
            LOG.trace("The program ends, the exit hook stays", e);
        }
        ended.lock().close();
    }

    private synchronized void leaveAtExit() {
        users = Math.min(users, 1);
        try {
            leave();
        } catch (RuntimeException e) {
            // The last thread of a program that ends: no caller is left to catch the error.
            LOG.error("The embedded PostgreSQL goes on running; the next start adopts it", e);
        }
    }

    private EmbeddedPostgresSettings withStopTimeout(Duration stopTimeout) {
        return new EmbeddedPostgresSettings(
                directory.root(), EmbeddedPostgresSettings.ANY_PORT, stopTimeout, stopTimeout);
    }

    private Optional<LockFile> startStopLock(Duration timeout) throws IOException {
        return LockFile.exclusive(directory.startStopLock(), timeout);
    }
}
