package io.hybridsnapshot.samples;

import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rows of one day: a batch's rows are settled first, then made column by column, so that each column is one tight
 * loop. A hot path; used by one thread.
 */
final class OrdersStream implements RowStream {
    /** At about 2.5 kB a row this stays below {@link RowBatch#DEFAULT_BYTES}. */
    static final int MOST_ROWS = 4_096;

    private final OrderHistory history;
    private final OrderLine line;
    private final Schema schema;
    private final CellMaker[] makers;
    private final int batchRows;
    private final OrderBatch rows;
    private long nextId;

    OrdersStream(OrderHistory history, OrderLine line, Schema schema, int batchRows) {
        this.history = history;
        this.line = line;
        this.schema = schema;
        this.makers = OrdersColumns.makersOf(schema);
        this.batchRows = Math.min(batchRows, MOST_ROWS);
        this.rows = new OrderBatch(this.batchRows);
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public Optional<RowBatch> next() {
        rows.count = 0;
        while (rows.count < batchRows && nextId < history.ids()) {
            if (history.moveTo(nextId++, line)) {
                rows.add(line);
            }
        }
        if (rows.count == 0) {
            return Optional.empty();
        }
        List<ColumnVector> vectors = new ArrayList<>(makers.length);
        for (CellMaker maker : makers) {
            vectors.add(maker.make(rows));
        }
        return Optional.of(new RowBatch(schema, vectors));
    }

    /** Ends the stream; there is nothing else to release. */
    @Override
    public void close() {
        nextId = history.ids();
    }
}
