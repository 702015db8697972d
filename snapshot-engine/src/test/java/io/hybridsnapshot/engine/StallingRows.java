package io.hybridsnapshot.engine;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowStream;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** Rows of which the second batch comes late. An interruption while it is awaited is an error. For one thread. */
public final class StallingRows implements RowStream {
    private final RowStream rows;
    private final CountDownLatch go;
    private final CountDownLatch interruption;
    private int batches;

    /**
     * Delays the rows of a stream.
     *
     * @param go lets the second batch come
     * @param interruption is counted down by an interruption
     */
    public StallingRows(RowStream rows, CountDownLatch go, CountDownLatch interruption) {
        this.rows = rows;
        this.go = go;
        this.interruption = interruption;
    }

    @Override
    public Schema schema() {
        return rows.schema();
    }

    @Override
    public Optional<RowBatch> next() {
        if (++batches == 2) {
            try {
                go.await();
            } catch (InterruptedException e) {
                interruption.countDown();
                throw new IllegalStateException("the source was interrupted", e);
            }
        }
        return rows.next();
    }

    @Override
    public void close() {
        rows.close();
    }
}
