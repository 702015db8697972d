package io.hybridsnapshot.engine;

import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import java.util.List;
import java.util.Optional;

/**
 * Any number of rows, made while they are read: keys from {@code first} on in an order of their own, a quantity and an
 * amount. In the later of two such tables every hundredth key has another quantity.
 *
 * @param first the smallest key
 * @param count the number of rows
 * @param stride the step from one row's key to the next, without a common divisor with the count
 * @param added the amount added to every hundredth quantity
 */
public record NumberedRows(long first, long count, long stride, long added) implements RowSource {
    static final Schema SCHEMA = Schema.of(
            new Column("ID", ColumnType.INT64),
            new Column("QTY", ColumnType.INT32),
            new Column("AMOUNT", ColumnType.decimal(12, 2)));

    @Override
    public String description() {
        return count + " rows from " + first;
    }

    @Override
    public RowStream open(ReadOptions options) {
        return new Rows(options.batchRows());
    }

    private final class Rows implements RowStream {
        private final int batchRows;
        private long done;

        Rows(int batchRows) {
            this.batchRows = batchRows;
        }

        @Override
        public Schema schema() {
            return SCHEMA;
        }

        @Override
        public Optional<RowBatch> next() {
            if (done == count) {
                return Optional.empty();
            }
            List<ColumnVector> vectors = RowBatch.vectorsFor(SCHEMA, batchRows);
            LongVector ids = (LongVector) vectors.get(0);
            LongVector quantities = (LongVector) vectors.get(1);
            LongVector amounts = (LongVector) vectors.get(2);
            for (int i = 0; i < batchRows && done < count; i++, done++) {
                long id = first + Math.floorMod(done * stride, count);
                ids.append(id);
                quantities.append(id % 1_000 + (id % 100 == 0 ? added : 0));
                amounts.append(id * 7 % 1_000_003);
            }
            return Optional.of(new RowBatch(SCHEMA, vectors));
        }

        @Override
        public void close() {}
    }
}
