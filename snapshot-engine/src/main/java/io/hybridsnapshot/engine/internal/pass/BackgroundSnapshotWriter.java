package io.hybridsnapshot.engine.internal.pass;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes a file in a thread of its own, at most a few batches behind. The next call here throws any failure of that
 * thread, and {@link #finish} returns no file unless the thread has written every batch. Only that thread uses the
 * inner writer until the thread has ended.
 */
public final class BackgroundSnapshotWriter implements SnapshotWriter {
    private static final int BATCHES_BEHIND = 2;
    private static final long POLL_MILLIS = 50;

    private final SnapshotWriter inner;
    private final BlockingQueue<Optional<RowBatch>> queue = new ArrayBlockingQueue<>(BATCHES_BEHIND);
    private final Thread writer;
    private volatile @Nullable Throwable failure;
    private volatile boolean stopped;
    private volatile boolean complete;

    /** Starts the thread. Closing this writer closes the inner one. */
    public BackgroundSnapshotWriter(SnapshotWriter inner) {
        this.inner = inner;
        this.writer = new Thread(this::writeAll, "snapshot-writer");
        this.writer.setDaemon(true);
        this.writer.start();
    }

    @Override
    public void append(RowBatch batch) {
        put(Optional.of(batch));
    }

    @Override
    public WrittenFile finish() {
        put(Optional.empty());
        try {
            writer.join();
        } catch (InterruptedException e) {
            throw Interruption.error(e);
        }
        throwFailure();
        if (!complete) {
            throw new IllegalStateException("the writer's thread ended before the last batch");
        }
        return inner.finish();
    }

    private void put(Optional<RowBatch> item) {
        try {
            do {
                requireWriting();
            } while (!queue.offer(item, POLL_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            throw Interruption.error(e);
        }
    }

    /** Fails if the thread has ended, so that no caller waits for room in a queue that stays full. */
    private void requireWriting() {
        boolean writing = writer.isAlive();
        throwFailure();
        if (!writing) {
            throw new IllegalStateException("the writer's thread has ended and takes no batch any more");
        }
    }

    private void throwFailure() {
        Throwable thrown = failure;
        if (thrown != null) {
            throw PrefetchedRowStream.thrown(thrown);
        }
    }

    private void writeAll() {
        try {
            while (!stopped) {
                Optional<RowBatch> item = queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (item == null) {
                    continue;
                }
                if (item.isEmpty()) {
                    complete = true;
                    return;
                }
                inner.append(item.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = Interruption.error(e);
        } catch (Throwable e) {
            failure = e;
        }
    }

    @Override
    public void close() {
        stopped = true;
        boolean interrupted = false;
        while (writer.isAlive()) {
            try {
                writer.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        inner.close();
    }
}
