package io.hybridsnapshot.engine.internal.pass;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Opens, reads and closes a stream in a reader thread of its own. The thread reads a few batches ahead from the first
 * {@link #next} on, so that the next batch is read while this one is worked on. {@link #place} and {@link #remark} ask
 * the stream in the caller's thread, but only once the reader has come to the end of it.
 *
 * <p>Interrupting the caller interrupts the reader. A reader that does not answer holds the caller for {@link
 * #PATIENCE} at most. The stream is then left to the reader, which closes the stream as soon as its call returns.
 *
 * <p>One caller's thread, which closes this stream.
 */
public final class PrefetchedRowStream implements RowStream {
    /** The longest wait for a reader that is to stop before the end of its stream. */
    public static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int BATCHES_AHEAD = 2;
    private static final long POLL_MILLIS = 50;

    private final Duration patience;
    private final BlockingQueue<Item> queue = new ArrayBlockingQueue<>(BATCHES_AHEAD);
    private final CountDownLatch opened = new CountDownLatch(1);
    private final CountDownLatch wanted = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread reader;
    private volatile RowStream inner;
    private volatile Throwable openingFailure;
    private volatile Throwable closingFailure;
    private volatile boolean stopped;
    private boolean ended;
    private boolean closed;

    /** A batch, the end, or the failure. */
    private record Item(Optional<RowBatch> batch, Optional<Throwable> failure) {}

    private PrefetchedRowStream(Supplier<? extends RowStream> opening, Duration patience) {
        this.patience = patience;
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

    static PrefetchedRowStream open(Supplier<? extends RowStream> opening, Duration patience) {
        PrefetchedRowStream stream = new PrefetchedRowStream(opening, patience);
        stream.reader.start();
        try {
            stream.opened.await();
        } catch (InterruptedException e) {
            throw stream.interrupted(e);
        }
        if (stream.openingFailure != null) {
            throw thrown(stream.openingFailure);
        }
        return stream;
    }

    @Override
    public Schema schema() {
        return inner.schema();
    }

    @Override
    public String place(long ordinal) {
        requireEnd();
        return inner.place(ordinal);
    }

    @Override
    public Optional<String> remark() {
        requireEnd();
        return inner.remark();
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
            item = queue.take();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        ended = item.batch().isEmpty();
        if (item.failure().isPresent()) {
            throw thrown(item.failure().get());
        }
        return item.batch();
    }

    /** Interrupts the reader, whose rows are not wanted any more. */
    void interrupt() {
        reader.interrupt();
    }

    /** Stops the reader, and returns the caller's error. */
    private RuntimeException interrupted(InterruptedException cause) {
        RuntimeException error = Interruption.error(cause);
        reader.interrupt();
        try {
            close();
        } catch (RuntimeException e) {
            error.addSuppressed(e);
        }
        return error;
    }

    private static RuntimeException thrown(Throwable failure) {
        if (failure instanceof RuntimeException runtime) {
            return runtime;
        }
        throw (Error) failure;
    }

    private void run(Supplier<? extends RowStream> opening) {
        try {
            inner = opening.get();
        } catch (RuntimeException | Error e) {
            openingFailure = e;
            done.countDown();
            opened.countDown();
            return;
        }
        opened.countDown();
        try {
            wanted.await();
            readAll();
            released.await();
        } catch (InterruptedException e) {
            // Only a caller that closes the stream interrupts its reader.
            stopped = true;
        }
        // The stream is not at fault for the interruption, and its closing may have to wait for a server.
        Thread.interrupted();
        try {
            inner.close();
        } catch (RuntimeException | Error e) {
            closingFailure = e;
        }
        done.countDown();
    }

    private void readAll() throws InterruptedException {
        Item item;
        do {
            if (stopped) {
                return;
            }
            try {
                item = new Item(inner.next(), Optional.empty());
            } catch (RuntimeException | Error e) {
                item = new Item(Optional.empty(), Optional.of(e));
            }
        } while (offer(item) && item.batch().isPresent());
    }

    private boolean offer(Item item) throws InterruptedException {
        while (!stopped) {
            if (queue.offer(item, POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                return true;
            }
        }
        return false;
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
            if (closingFailure != null) {
                error.addSuppressed(closingFailure);
            }
            throw error;
        }
        throwClosingFailure();
    }

    /**
     * Waits until the reader has closed the stream. At the end of the stream the wait takes as long as the closing.
     * Before the end, or once the caller is interrupted, it takes the patience at most.
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
