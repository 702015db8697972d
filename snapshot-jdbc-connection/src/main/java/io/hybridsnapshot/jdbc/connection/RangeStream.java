package io.hybridsnapshot.jdbc.connection;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * The rows of ranges that several connections read at a time. Each connection has a thread of its own, and batches come
 * in the order of the ranges. An error in one range stops all of them. Closing the stream tells the server to stop
 * sending, waits for the threads and closes the connections. It waits 10 s at most, for all threads together. For one
 * caller's thread.
 *
 * <p>A range is read ahead by up to {@value #BATCHES_AHEAD} batches until its turn comes. Memory: up to
 * {@value #RANGES_A_CONNECTION} × connections × {@value #BATCHES_AHEAD} batches.
 */
public final class RangeStream implements RowStream {
    /** The most batches that a range may be ahead of its turn. */
    public static final int BATCHES_AHEAD = 4;

    /** The ranges held for each connection, so that it finds work while its last range waits for its turn. */
    public static final int RANGES_A_CONNECTION = 2;

    private static final int MAX_RANGES = 10_000;
    private static final int MAX_CONNECTIONS = 64;
    private static final long PATIENCE_MILLIS = TimeUnit.SECONDS.toMillis(10);

    private final String reading;
    private final Schema schema;
    private final Optional<String> remark;
    private final UnaryOperator<SnapshotException> explained;
    private final OrderedBatches batches;
    private final List<ReaderThread> threads = new ArrayList<>();
    private final long patienceMillis;
    private boolean closed;

    /** A connection that reads one range after the other. Used by one thread, and closed once that thread has ended. */
    public interface Reader {
        /** Begins to read a range, counted from 0. The range before has ended. */
        Rows open(int range);

        /** Drops the connection while {@link #open} waits for the server; {@code open} may then fail. Any thread. */
        void cancel();

        /** Closes the connection. Never throws. */
        void close();
    }

    /** The rows of one range. Used by one thread, except {@link #cancel}. */
    public interface Rows {
        /** Returns the next batch, or empty at the end. */
        Optional<RowBatch> next();

        /** Stops the reading if it is not at its end; the next read may then fail. For any thread. */
        void cancel();
    }

    /**
     * Starts to read.
     *
     * @param reading the work, worded to follow "while": {@code reading the query of orders}
     * @param schema the columns of all ranges
     * @param ranges the number of ranges, at least 1
     * @param readers one for each connection; the stream closes them
     * @param remark the remark on the read as a whole
     * @param explained translates a failure for the caller
     */
    public RangeStream(
            String reading,
            Schema schema,
            int ranges,
            List<? extends Reader> readers,
            Optional<String> remark,
            UnaryOperator<SnapshotException> explained) {
        this(reading, schema, ranges, readers, remark, explained, PATIENCE_MILLIS);
    }

    /** The same, with a limit to the wait for the threads of a stream that is closed. */
    RangeStream(
            String reading,
            Schema schema,
            int ranges,
            List<? extends Reader> readers,
            Optional<String> remark,
            UnaryOperator<SnapshotException> explained,
            long patienceMillis) {
        this.reading = Objects.requireNonNull(reading, "reading");
        this.schema = Objects.requireNonNull(schema, "schema");
        this.remark = Objects.requireNonNull(remark, "remark");
        this.explained = Objects.requireNonNull(explained, "explained");
        this.patienceMillis = patienceMillis;
        this.batches = new OrderedBatches(ranges, RANGES_A_CONNECTION * readers.size(), BATCHES_AHEAD);
        readers.forEach(reader -> threads.add(new ReaderThread(reader)));
        threads.forEach(Thread::start);
    }

    /**
     * Refuses numbers of ranges and connections outside the limits.
     *
     * @throws SnapshotException INVALID_REQUEST if there are not 1 to 10,000 ranges and 1 to 64 connections
     */
    public static void requireCounts(int ranges, int connections) {
        requireBetween("ranges", ranges, MAX_RANGES);
        requireBetween("connections", connections, MAX_CONNECTIONS);
    }

    private static void requireBetween(String what, int number, int most) {
        if (number < 1 || number > most) {
            throw SnapshotException.invalidRequest("a source cannot be split like this")
                    .actual(number + " " + what)
                    .expected("1 to " + most)
                    .nextStep("correct the number of " + what)
                    .build();
        }
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public Optional<RowBatch> next() {
        try {
            return batches.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            batches.stop();
            throw SnapshotException.unavailable("interrupted while " + reading)
                    .cause(e)
                    .build();
        } catch (SnapshotException e) {
            throw explained.apply(e);
        }
    }

    @Override
    public Optional<String> remark() {
        return remark;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        batches.stop();
        threads.forEach(ReaderThread::cancel);
        awaitThreads();
        threads.forEach(thread -> thread.reader.close());
    }

    /** Waits for all threads until one common deadline. An interrupt ends no wait, because a thread may still read. */
    private void awaitThreads() {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMillis);
        boolean interrupted = false;
        for (ReaderThread thread : threads) {
            long left = deadline - System.nanoTime();
            while (thread.isAlive() && left > 0) {
                try {
                    TimeUnit.NANOSECONDS.timedJoin(thread, left);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
                left = deadline - System.nanoTime();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads one range after the other over its connection. */
    private final class ReaderThread extends Thread {
        private final Reader reader;
        private Optional<Rows> running = Optional.empty();
        /** Made beforehand, because memory may be too short once it is needed. */
        private final IllegalStateException death = new IllegalStateException("a reader of a range died");

        private boolean opening;

        ReaderThread(Reader reader) {
            super("source-range");
            this.reader = reader;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                for (int range = batches.beginRange(); range >= 0; range = batches.beginRange()) {
                    if (!isToOpen()) {
                        return;
                    }
                    Rows rows = reader.open(range);
                    if (!isWanted(rows)) {
                        return;
                    }
                    Optional<RowBatch> next = rows.next();
                    while (next.isPresent() && batches.add(range, next.get())) {
                        next = rows.next();
                    }
                    batches.endRange(range);
                }
            } catch (RuntimeException e) {
                // After a stop, the error only reports the cancelled statement, and no caller reads it.
                batches.fail(e);
            } catch (Throwable e) {
                // An interruption too: the stream interrupts no thread, but a driver may, and the range has no end
                // then.
                death.initCause(e);
                batches.fail(death);
            }
        }

        /** Registers the opening for cancelling. Returns false if reading is cancelled already. */
        private synchronized boolean isToOpen() {
            opening = !batches.isStopped();
            return opening;
        }

        /** Registers the statement for cancelling. Returns false if reading is cancelled already. */
        private synchronized boolean isWanted(Rows rows) {
            opening = false;
            running = Optional.of(rows);
            if (batches.isStopped()) {
                rows.cancel();
                return false;
            }
            return true;
        }

        synchronized void cancel() {
            // A reader that has failed drops nothing.
            if (opening && isAlive()) {
                reader.cancel();
            } else {
                running.ifPresent(Rows::cancel);
            }
        }
    }
}
