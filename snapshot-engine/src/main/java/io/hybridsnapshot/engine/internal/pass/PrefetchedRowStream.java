package io.hybridsnapshot.engine.internal.pass;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowStream;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Reads a stream in a thread of its own, a few batches ahead, so that the next batch is read while this one is worked
 * on. The stream is touched by that thread alone until {@link #close}.
 */
public final class PrefetchedRowStream implements RowStream {
    private static final int BATCHES_AHEAD = 2;
    private static final long POLL_MILLIS = 50;

    private final RowStream inner;
    private final BlockingQueue<Item> queue = new ArrayBlockingQueue<>(BATCHES_AHEAD);
    private final Thread reader;
    private volatile boolean stopped;
    private boolean ended;

    /** A batch, the end, or the failure. */
    private record Item(Optional<RowBatch> batch, Optional<Throwable> failure) {}

    /** Starts reading. Closing this stream closes the inner one. */
    public PrefetchedRowStream(RowStream inner) {
        this.inner = inner;
        this.reader = new Thread(this::readAll, "snapshot-reader");
        this.reader.setDaemon(true);
        this.reader.start();
    }

    @Override
    public Schema schema() {
        return inner.schema();
    }

    @Override
    public String place(long ordinal) {
        return inner.place(ordinal);
    }

    @Override
    public Optional<String> remark() {
        return inner.remark();
    }

    @Override
    public Optional<RowBatch> next() {
        if (ended) {
            return Optional.empty();
        }
        Item item;
        try {
            item = queue.take();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        ended = item.batch().isEmpty();
        if (item.failure().isPresent()) {
            Throwable failure = item.failure().get();
            if (failure instanceof RuntimeException runtime) {
                throw runtime;
            }
            throw (Error) failure;
        }
        return item.batch();
    }

    private void readAll() {
        Item item;
        do {
            try {
                item = new Item(inner.next(), Optional.empty());
            } catch (RuntimeException | Error e) {
                item = new Item(Optional.empty(), Optional.of(e));
            }
        } while (offer(item) && item.batch().isPresent());
    }

    private boolean offer(Item item) {
        try {
            while (!stopped) {
                if (queue.offer(item, POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                    return true;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    @Override
    public void close() {
        stopped = true;
        boolean interrupted = false;
        while (reader.isAlive()) {
            try {
                reader.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        inner.close();
    }

    static SnapshotException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return SnapshotException.unavailable("the work was interrupted")
                .nextStep("run it again")
                .cause(cause)
                .build();
    }
}
