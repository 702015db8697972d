package io.hybridsnapshot.jdbc.connection;

import io.hybridsnapshot.domain.batch.RowBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Batches of several ranges that are read concurrently, handed out range by range. A range waits when it is some
 * batches ahead of its turn, and begins only when its turn is near. So at most ranges × batches are held. Ranges begin
 * in their order, so the range with the current turn always has a reader. A failure of any reader surfaces at the next
 * take. Safe for any number of readers and one taker.
 */
final class OrderedBatches {
    private final List<Deque<RowBatch>> ranges;
    private final boolean[] ended;
    private final int rangesAhead;
    private final int batchesAhead;
    private int turn;
    private int begun;
    private boolean stopped;
    private @Nullable RuntimeException failure;

    /**
     * Batches of {@code count} ranges. Of these, {@code rangesAhead} are held at a time, with {@code batchesAhead}
     * batches each.
     */
    OrderedBatches(int count, int rangesAhead, int batchesAhead) {
        this.ranges = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ranges.add(new ArrayDeque<>());
        }
        this.ended = new boolean[count];
        this.rangesAhead = rangesAhead;
        this.batchesAhead = batchesAhead;
    }

    /** The next range for a reader, when its turn is near, or -1 where none is left or all is stopped. */
    synchronized int beginRange() throws InterruptedException {
        while (!stopped && begun < ranges.size() && begun - turn >= rangesAhead) {
            wait();
        }
        return stopped || begun == ranges.size() ? -1 : begun++;
    }

    /** Adds a batch to a range, once there is room. Returns false after a stop. */
    synchronized boolean add(int range, RowBatch batch) throws InterruptedException {
        while (!stopped && ranges.get(range).size() >= batchesAhead) {
            wait();
        }
        if (!stopped) {
            ranges.get(range).add(batch);
            notifyAll();
        }
        return !stopped;
    }

    /** Says that a range has no more batches. */
    synchronized void endRange(int range) {
        ended[range] = true;
        notifyAll();
    }

    /** Says that a reader failed; the first failure counts, and none once all is stopped. */
    synchronized void fail(RuntimeException cause) {
        if (!stopped) {
            failure = cause;
            stop();
        }
    }

    /** Ends every wait. */
    synchronized void stop() {
        stopped = true;
        // First, because a failure to clear must not leave a thread waiting.
        notifyAll();
        ranges.forEach(Deque::clear);
    }

    /** Whether readers should go. */
    synchronized boolean isStopped() {
        return stopped;
    }

    /**
     * The next batch in the order of the ranges. Empty after the last batch, or once reading is stopped. Throws the
     * failure of a reader.
     */
    synchronized Optional<RowBatch> take() throws InterruptedException {
        while (true) {
            if (failure != null) {
                throw failure;
            }
            if (stopped || turn == ranges.size()) {
                return Optional.empty();
            }
            RowBatch batch = ranges.get(turn).poll();
            if (batch != null) {
                notifyAll();
                return Optional.of(batch);
            }
            if (ended[turn]) {
                turn++;
                notifyAll();
            } else {
                wait();
            }
        }
    }
}
