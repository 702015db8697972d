package io.hybridsnapshot.sqlserver;

import io.hybridsnapshot.domain.batch.RowBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Batches of several ranges that are read at a time, handed out range by range. A range waits when it is some batches ahead of its turn, and
 * is not begun before it is near it, so that no more than ranges × batches are held; ranges are begun in their order, so that the one whose
 * turn it is always has a reader. A failure of any reader is what
 * the next taker meets. Safe for any number of readers and one taker.
 */
final class OrderedBatches {
    private final List<Deque<RowBatch>> ranges;
    private final boolean[] ended;
    private final int rangesAhead;
    private final int batchesAhead;
    private int turn;
    private int begun;
    private boolean stopped;
    private RuntimeException failure;

    /** For this many ranges, of which some are held at a time with some batches each. */
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

    /** Adds a batch to a range, when there is room; false where nobody wants it any more. */
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

    /** Lets everybody go. */
    synchronized void stop() {
        stopped = true;
        ranges.forEach(Deque::clear);
        notifyAll();
    }

    /** Whether readers should go. */
    synchronized boolean isStopped() {
        return stopped;
    }

    /** The next batch in the order of the ranges, or empty behind the last or once all is stopped; throws what a reader failed of. */
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
