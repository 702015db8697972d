package io.hybridsnapshot.engine.internal.pass;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowStream;
import java.util.BitSet;
import java.util.Optional;

/** Some rows of a stream. It keeps one bit for each row of the inner stream, to name the places of rows. */
public final class FilteredRowStream implements RowStream {
    private final RowStream inner;
    private final Filter filter;
    private final BitSet kept = new BitSet();
    private int read;

    /** Chooses rows of a batch. */
    @FunctionalInterface
    public interface Filter {
        /**
         * Chooses the rows to keep.
         *
         * @param first the ordinal of the batch's first row in the inner stream
         * @param positions receives the positions of the rows to keep, in ascending order; as long as the batch
         * @return the number of rows to keep
         */
        int keep(RowBatch batch, long first, int[] positions);
    }

    /** The rows of a stream that a filter keeps. Closing this closes the stream. */
    public FilteredRowStream(RowStream inner, Filter filter) {
        this.inner = inner;
        this.filter = filter;
    }

    @Override
    public Schema schema() {
        return inner.schema();
    }

    @Override
    public Optional<String> remark() {
        return inner.remark();
    }

    @Override
    public Optional<RowBatch> next() {
        for (Optional<RowBatch> batch = inner.next(); batch.isPresent(); batch = inner.next()) {
            RowBatch rows = batch.get();
            int[] positions = new int[rows.rowCount()];
            int count = filter.keep(rows, read, positions);
            for (int i = 0; i < count; i++) {
                kept.set(read + positions[i]);
            }
            read += rows.rowCount();
            if (count > 0) {
                return Optional.of(count == rows.rowCount() ? rows : rows.rows(positions, count));
            }
        }
        return Optional.empty();
    }

    /** Returns the place in the source of a row that was kept. */
    @Override
    public String place(long ordinal) {
        int position = kept.nextSetBit(0);
        for (long i = 0; i < ordinal && position >= 0; i++) {
            position = kept.nextSetBit(position + 1);
        }
        return inner.place(Math.max(0, position));
    }

    @Override
    public void close() {
        inner.close();
    }
}
