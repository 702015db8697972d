package io.hybridsnapshot.sqlserver.source;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Reads ranges with one thread per connection and hands their batches out in order. An error in one range stops all.
 * Closing the stream tells the server to stop sending, waits for the threads and closes the connections.
 */
final class SplitRowStream implements RowStream {
    private static final long PATIENCE_MILLIS = TimeUnit.SECONDS.toMillis(10);

    private final SqlServerRowSource source;
    private final List<SelectedRows.Selection> selections;
    private final KeyRanges ranges;
    private final int batchRows;
    private final OrderedBatches batches;
    private final List<RangeReader> readers = new ArrayList<>();
    private boolean closed;

    SplitRowStream(
            SqlServerRowSource source,
            List<SqlServerSession> sessions,
            List<SelectedRows.Selection> selections,
            KeyRanges ranges,
            int batchRows) {
        this.source = source;
        this.selections = List.copyOf(selections);
        this.ranges = ranges;
        this.batchRows = batchRows;
        this.batches = new OrderedBatches(
                selections.size(), KeyRanges.RANGES_A_CONNECTION * sessions.size(), KeyRanges.BATCHES_AHEAD);
        sessions.forEach(session -> readers.add(new RangeReader(session)));
        readers.forEach(Thread::start);
    }

    @Override
    public Schema schema() {
        return selections.get(0).schema();
    }

    @Override
    public Optional<RowBatch> next() {
        try {
            return batches.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            batches.stop();
            throw SnapshotException.unavailable("interrupted while " + source.reading())
                    .cause(e)
                    .build();
        } catch (SnapshotException e) {
            throw source.explained(e);
        }
    }

    /** Connections share no moment, so the reader is told unless the database cannot change. */
    @Override
    public Optional<String> remark() {
        return ranges.remark();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        batches.stop();
        readers.forEach(RangeReader::cancel);
        boolean interrupted = false;
        for (RangeReader reader : readers) {
            try {
                reader.join(PATIENCE_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            reader.session.close();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads one range after the other in its session. */
    private final class RangeReader extends Thread {
        private final SqlServerSession session;
        private Optional<SelectedRows> running = Optional.empty();

        RangeReader(SqlServerSession session) {
            super("source-range");
            this.session = session;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                for (int range = batches.beginRange(); range >= 0; range = batches.beginRange()) {
                    SelectedRows rows =
                            SelectedRows.open(session, source.description(), selections.get(range), batchRows);
                    if (!isWanted(rows)) {
                        return;
                    }
                    Optional<RowBatch> next = rows.next();
                    while (next.isPresent() && batches.add(range, next.get())) {
                        next = rows.next();
                    }
                    batches.endRange(range);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                // After a stop, the error only reports the cancelled statement, and no caller reads it.
                batches.fail(e);
            } catch (Error e) {
                batches.fail(new IllegalStateException("a reader of a range died", e));
                throw e;
            }
        }

        /** Registers the statement for cancelling. Returns false if reading is cancelled already. */
        private synchronized boolean isWanted(SelectedRows rows) {
            running = Optional.of(rows);
            if (batches.isStopped()) {
                rows.cancel();
                return false;
            }
            return true;
        }

        synchronized void cancel() {
            running.ifPresent(SelectedRows::cancel);
        }
    }
}
