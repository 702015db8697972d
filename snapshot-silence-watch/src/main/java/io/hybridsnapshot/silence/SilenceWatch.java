package io.hybridsnapshot.silence;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Watches one connection. Once a read or a write has waited for longer than the patience, a probe asks the server on
 * another connection. While the server answers and works, the wait may last indefinitely, and the probe repeats after
 * each patience. After several consecutive failed probes, the sockets are closed, and the read or write fails with a
 * {@link SilentConnectionException}. Any byte received or sent restarts the wait. Safe for threads. Runs one daemon
 * thread from {@link #start} to {@link #close}.
 */
public final class SilenceWatch implements AutoCloseable {
    /** Asks about the server. */
    @FunctionalInterface
    public interface Probe {
        /**
         * Asks on a separate connection, with separate time-outs.
         *
         * @return whether the server answers and is not itself waiting for the watched connection
         */
        boolean isServerAtWork();
    }

    /**
     * The limits of a wait.
     *
     * @param patience the longest wait of a read or a write before a probe asks the server; also the time between two
     *     answers
     * @param pause the time between two failed probes
     * @param attempts the number of consecutive probes that must fail
     */
    public record Limits(Duration patience, Duration pause, int attempts) {
        /** A minute, then three probes ten seconds apart: two to three minutes altogether. */
        public static final Limits DEFAULT = new Limits(Duration.ofSeconds(60), Duration.ofSeconds(10), 3);

        public Limits {
            if (patience.toMillis() < 1 || pause.isNegative() || attempts < 1) {
                throw new IllegalArgumentException(patience + ", " + pause + ", " + attempts);
            }
        }

        /** The same with another patience. */
        public Limits withPatience(Duration other) {
            return new Limits(other, pause, attempts);
        }
    }

    /** Drivers name a socket factory by its class and a text alone: the text finds the watch while it is open. */
    private static final Map<String, SilenceWatch> OPEN = new ConcurrentHashMap<>();

    private static final int LOOKS_PER_PATIENCE = 6;

    private final String key = UUID.randomUUID().toString();
    private final String name;
    private final Limits limits;
    private final Set<WatchedSocket> sockets = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable String verdict;

    /**
     * A watch without sockets.
     *
     * @param name names the thread
     */
    public SilenceWatch(String name, Limits limits) {
        this.name = Objects.requireNonNull(name, "name");
        this.limits = Objects.requireNonNull(limits, "limits");
        OPEN.put(key, this);
    }

    /** The text from which {@link WatchedSockets} finds this watch. */
    public String key() {
        return key;
    }

    static SilenceWatch of(String key) {
        SilenceWatch watch = OPEN.get(key);
        if (watch == null) {
            throw new IllegalArgumentException("no open watch " + key);
        }
        return watch;
    }

    /** Begins to watch; call it once. */
    public void start(Probe probe) {
        Objects.requireNonNull(probe, "probe");
        Thread thread = new Thread(() -> watch(probe), name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Why the connection was given up; empty: it was not. */
    public Optional<String> verdict() {
        return Optional.ofNullable(verdict);
    }

    void add(WatchedSocket socket) {
        sockets.add(socket);
    }

    void remove(WatchedSocket socket) {
        sockets.remove(socket);
    }

    private void watch(Probe probe) {
        Duration look = limits.patience().dividedBy(LOOKS_PER_PATIENCE);
        while (!isClosedWithin(look)) {
            for (WatchedSocket socket : sockets) {
                if (socket.waiting().filter(since -> isLong(since.get())).isPresent()) {
                    examine(socket, probe);
                }
            }
        }
    }

    private boolean isLong(long since) {
        return since != 0 && System.nanoTime() - since >= limits.patience().toNanos();
    }

    /** Asks about a wait that is long until the server is at work, the wait is over, or the attempts are used up. */
    private void examine(WatchedSocket socket, Probe probe) {
        Optional<AtomicLong> waiting = socket.waiting();
        if (waiting.isEmpty()) {
            return;
        }
        AtomicLong since = waiting.get();
        long begun = since.get();
        for (int attempt = 1; begun != 0 && since.get() == begun; attempt++) {
            if (isServerAtWork(probe)) {
                // A wait that is over meanwhile is not brought back.
                since.compareAndSet(begun, System.nanoTime());
                return;
            }
            if (since.get() != begun) {
                return;
            }
            if (attempt == limits.attempts()) {
                long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
                verdict = "no byte for " + seconds + " s, and " + attempt + (attempt == 1 ? " probe" : " probes")
                        + " on another connection found no server at work";
                socket.abort();
                return;
            }
            if (isClosedWithin(limits.pause())) {
                return;
            }
        }
    }

    /** A probe that fails has found no server at work. Its failure must not end the watch. */
    private static boolean isServerAtWork(Probe probe) {
        try {
            return probe.isServerAtWork();
        } catch (RuntimeException | Error e) {
            return false;
        }
    }

    private boolean isClosedWithin(Duration time) {
        try {
            return closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Ends the watch; closes no socket. */
    @Override
    public void close() {
        OPEN.remove(key);
        closed.countDown();
    }
}
