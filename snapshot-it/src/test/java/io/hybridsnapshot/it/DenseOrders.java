package io.hybridsnapshot.it;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * 268 columns full of texts and numbers that do not compress: about 4 kB of Parquet a row, so that a file beyond a
 * gigabyte takes some hundred thousand rows. The same rows every time; a batch in memory.
 */
record DenseOrders(long rows) implements RowSource {
    static final Dataset DATASET = Dataset.of("dense_orders", List.of("ID")).withCarriedColumns(List.of("TEXT 0"));

    private static final int TEXTS = 107;
    private static final int NUMBERS = 160;
    private static final int TEXT_BYTES = 40;
    private static final byte[] LETTERS =
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-".getBytes(StandardCharsets.US_ASCII);

    static final Schema SCHEMA = schema();

    private static Schema schema() {
        List<Column> columns = new ArrayList<>(List.of(new Column("ID", ColumnType.INT64)));
        for (int i = 0; i < TEXTS; i++) {
            columns.add(new Column("TEXT " + i, ColumnType.TEXT));
        }
        for (int i = 0; i < NUMBERS; i++) {
            columns.add(new Column("NUMBER " + i, ColumnType.INT32));
        }
        return Schema.of(columns);
    }

    @Override
    public String description() {
        return rows + " dense orders";
    }

    @Override
    public RowStream open(ReadOptions options) {
        Schema wanted = options.columns().isEmpty() ? SCHEMA : SCHEMA.select(options.columns());
        return new RowStream() {
            private long next;

            @Override
            public Schema schema() {
                return wanted;
            }

            @Override
            public Optional<RowBatch> next() {
                int count = (int) Math.min(Math.min(options.batchRows(), 1_024), rows - next);
                if (count == 0) {
                    return Optional.empty();
                }
                List<ColumnVector> vectors = new ArrayList<>();
                for (String name : wanted.names()) {
                    vectors.add(vector(SCHEMA.indexOf(name), next, count));
                }
                next += count;
                return Optional.of(new RowBatch(wanted, vectors));
            }

            @Override
            public void close() {
                next = rows;
            }
        };
    }

    private static ColumnVector vector(int column, long first, int count) {
        ColumnVector vector = ColumnVector.forType(SCHEMA.column(column).type(), count);
        byte[] text = new byte[TEXT_BYTES];
        for (long row = first; row < first + count; row++) {
            if (column == 0) {
                ((LongVector) vector).append(row);
                continue;
            }
            SplittableRandom random = new SplittableRandom(row * SCHEMA.size() + column);
            if (vector instanceof LongVector numbers) {
                numbers.append(random.nextInt());
                continue;
            }
            for (int at = 0; at < TEXT_BYTES; at += 10) {
                long letters = random.nextLong();
                for (int i = 0; i < 10; i++) {
                    text[at + i] = LETTERS[(int) (letters >>> (6 * i)) & 63];
                }
            }
            ((BytesVector) vector).append(text);
        }
        return vector;
    }
}
