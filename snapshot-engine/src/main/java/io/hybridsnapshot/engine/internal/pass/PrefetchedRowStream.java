package io.hybridsnapshot.engine.internal.pass;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowStream;
import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Opens, reads and closes a stream in a reader thread of its own. The thread reads a few batches ahead from the first
 * {@link #next} on, so that the next batch is read while this one is worked on. {@link #place} and {@link #remark} ask
 * the stream in the caller's thread, but only once the reader has come to the end of it.
 *
 * <p>Interrupting the caller interrupts the reader. A reader that does not answer holds the caller for {@link
 * #PATIENCE} at most. The stream is then left to the reader, which closes the stream as soon as its call returns.
 *
 * <p>One caller's thread, which closes this stream. If another thread closes it, a waiting {@link #next} fails.
 */
public final class PrefetchedRowStream implements RowStream {
    /** The longest wait for a reader that is to stop before the end of its stream. */
    public static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int BATCHES_AHEAD = 2;
    private static final long POLL_MILLIS = 50;

    private final Duration patience;
    private boolean shared;
    private final BlockingQueue<Item> queue = new ArrayBlockingQueue<>(BATCHES_AHEAD);
    private final CountDownLatch opened = new CountDownLatch(1);
    private final CountDownLatch wanted = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread reader;
    private volatile @Nullable Opened inner;
    private volatile @Nullable Throwable openingFailure;
    private volatile @Nullable Throwable closingFailure;
    private volatile @Nullable Throwable readingFailure;
    private volatile boolean stopped;
    /** Whether the reader hands over no further item. */
    private volatile boolean readingEnded;

    private volatile boolean ended;
    private volatile boolean closed;

    /** The source's stream and its columns. A stream need not answer for its columns once it is closed. */
    private record Opened(RowStream rows, Schema schema) {}

    /** A batch, the end, or the failure. */
    private record Item(Optional<RowBatch> batch, Optional<Throwable> failure) {}

    private PrefetchedRowStream(Supplier<? extends RowStream> opening, Duration patience, boolean shared) {
        this.patience = patience;
        this.shared = shared;
        this.reader = new Thread(() -> run(opening), "snapshot-reader");
        this.reader.setDaemon(true);
    }

    /**
     * Opens a stream in a thread of its own, and waits until it is open.
     *
     * @param opening opens the stream
     * @throws io.hybridsnapshot.domain.error.SnapshotException the opening's failure, or UNAVAILABLE if the caller is
     *     interrupted
     */
    public static PrefetchedRowStream open(Supplier<? extends RowStream> opening) {
        return open(opening, PATIENCE);
    }

    /**
     * Opens a stream like {@link #open(Supplier)} whose rows another reading awaits as well. Closing it before its end
     * waits for no reader and interrupts none; the reader closes the stream once its call returns. Only an interruption
     * of the caller interrupts the reader.
     *
     * @param opening opens the stream
     * @throws io.hybridsnapshot.domain.error.SnapshotException as {@link #open(Supplier)}
     */
    public static PrefetchedRowStream openShared(Supplier<? extends RowStream> opening) {
        return open(opening, PATIENCE, true);
    }

    static PrefetchedRowStream open(Supplier<? extends RowStream> opening, Duration patience) {
        return open(opening, patience, false);
    }

    private static PrefetchedRowStream open(Supplier<? extends RowStream> opening, Duration patience, boolean shared) {
        PrefetchedRowStream stream = new PrefetchedRowStream(opening, patience, shared);
        stream.reader.start();
        try {
            stream.opened.await();
        } catch (InterruptedException e) {
            throw stream.interrupted(e);
        }
        Throwable failure = stream.openingFailure;
        if (failure != null) {
            throw thrown(failure);
        }
        return stream;
    }

    @Override
    public Schema schema() {
        return inner().schema();
    }

    @Override
    public String place(long ordinal) {
        requireEnd();
        return inner().rows().place(ordinal);
    }

    @Override
    public Optional<String> remark() {
        requireEnd();
        return inner().rows().remark();
    }

    private Opened inner() {
        Opened stream = inner;
        if (stream == null) {
            throw new IllegalStateException("the stream is not open");
        }
        return stream;
    }

    private void requireEnd() {
        if (!ended) {
            throw new IllegalStateException("the reader is still at work on the stream");
        }
    }

    @Override
    public Optional<RowBatch> next() {
        if (ended) {
            return Optional.empty();
        }
        wanted.countDown();
        Item item;
        try {
            item = nextItem();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        ended = item.batch().isEmpty();
        if (item.failure().isPresent()) {
            throw thrown(item.failure().get());
        }
        return item.batch();
    }

    /** Waits for an item as long as the reader may hand one over. */
    private Item nextItem() throws InterruptedException {
        while (true) {
            boolean reading = !readingEnded;
            Item item = queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
            if (item != null) {
                return item;
            }
            if (!reading) {
                Throwable failure = readingFailure;
                throw failure != null
                        ? thrown(failure)
                        : new IllegalStateException("the stream was closed while its next batch was awaited");
            }
        }
    }

    /** Interrupts the reader, whose rows are not wanted any more. */
    void interrupt() {
        reader.interrupt();
    }

    /** Stops the reader, and returns the caller's error. */
    private RuntimeException interrupted(InterruptedException cause) {
        RuntimeException error = Interruption.error(cause);
        shared = false;
        reader.interrupt();
        try {
            close();
        } catch (RuntimeException e) {
            error.addSuppressed(e);
        }
        return error;
    }

    /** Returns or throws a failure of the stream. Code in other languages may throw a checked exception undeclared. */
    static RuntimeException thrown(Throwable failure) {
        if (failure instanceof RuntimeException runtime) {
            return runtime;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return new UndeclaredThrowableException(failure);
    }

    private void run(Supplier<? extends RowStream> opening) {
        try {
            try {
                open(opening.get());
            } catch (Throwable e) {
                openingFailure = e;
                return;
            } finally {
                opened.countDown();
            }
            awaitUninterruptibly(wanted);
            try {
                readAll();
            } catch (Throwable e) {
                // Memory may be too short to hand over a failure.
                readingFailure = e;
            } finally {
                readingEnded = true;
            }
            awaitUninterruptibly(released);
            // The stream is not at fault for an interruption, and its closing may have to wait for a server.
            Thread.interrupted();
            try {
                inner().rows().close();
            } catch (Throwable e) {
                closingFailure = e;
            }
        } finally {
            done.countDown();
        }
    }

    private void open(RowStream stream) {
        Objects.requireNonNull(stream, "the source returned null for a stream");
        try {
            inner = new Opened(
                    stream,
                    Objects.requireNonNull(stream.schema(), "the source's stream returned null for its columns"));
        } catch (Throwable e) {
            try {
                stream.close();
            } catch (Throwable closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    private void readAll() {
        Item item;
        do {
            if (stopped) {
                return;
            }
            try {
                item = new Item(
                        Objects.requireNonNull(inner().rows().next(), "the source's stream returned null for a batch"),
                        Optional.empty());
            } catch (Throwable e) {
                item = new Item(Optional.empty(), Optional.of(e));
            }
        } while (offer(item) && item.batch().isPresent());
    }

    /**
     * Hands an item to the caller, who waits for it or stops the reader. An interruption waits for the next read: it
     * may be the stream's own, and a lost item would hold the caller for ever.
     */
    private boolean offer(Item item) {
        boolean interrupted = false;
        try {
            while (!stopped) {
                try {
                    if (queue.offer(item, POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                        return true;
                    }
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            return false;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits for the caller, which always comes. An interruption is kept for the next read. */
    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Closes the stream after its last batch, and waits as long as that takes.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException UNAVAILABLE if the caller is interrupted meanwhile
     */
    void end() {
        Optional<InterruptedException> interruption = release();
        if (interruption.isPresent()) {
            RuntimeException error = Interruption.error(interruption.get());
            Throwable failure = closingFailure;
            if (failure != null) {
                error.addSuppressed(failure);
            }
            throw error;
        }
        throwClosingFailure();
    }

    /**
     * Waits until the reader has closed the stream. At the end of the stream the wait takes as long as the closing.
     * Before the end, or once the caller is interrupted, it takes the patience at most; before the end of a stream
     * that another reading awaits as well, it takes no time.
     */
    @Override
    public void close() {
        if (release().isPresent()) {
            Thread.currentThread().interrupt();
        }
        throwClosingFailure();
    }

    private void throwClosingFailure() {
        Throwable failure = closingFailure;
        closingFailure = null;
        if (failure != null) {
            throw thrown(failure);
        }
    }

    /** Lets the reader close the stream. Returns the interruption of the wait for it, and leaves the flag clear. */
    private Optional<InterruptedException> release() {
        if (closed) {
            return Optional.empty();
        }
        closed = true;
        stopped = true;
        wanted.countDown();
        released.countDown();
        InterruptedException interruption = null;
        boolean bounded = !ended;
        if (bounded && shared) {
            return Optional.empty();
        }
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                if (!bounded) {
                    done.await();
                } else if (!done.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    // The reader closes the stream by itself once its call returns.
                    reader.interrupt();
                }
                return Optional.ofNullable(interruption);
            } catch (InterruptedException e) {
                reader.interrupt();
                deadline = interruption == null ? System.nanoTime() + patience.toNanos() : deadline;
                interruption = e;
                bounded = true;
            }
        }
    }
}
