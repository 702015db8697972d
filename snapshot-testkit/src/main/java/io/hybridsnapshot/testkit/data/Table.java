package io.hybridsnapshot.testkit.data;

import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Some rows in memory, in batches. Immutable and safe to share; for tests, not for size.
 *
 * @param schema the columns, at least one
 * @param batches the rows in order; no batch is empty
 */
public record Table(Schema schema, List<RowBatch> batches) {
    public Table {
        Objects.requireNonNull(schema, "schema");
        batches = List.copyOf(batches);
        for (RowBatch batch : batches) {
            if (!batch.schema().equals(schema) || batch.rowCount() == 0) {
                throw new IllegalArgumentException("an empty batch or one of another schema");
            }
        }
    }

    /** The rows that are left in a stream, which the caller closes. */
    public static Table read(RowStream stream) {
        List<RowBatch> batches = new ArrayList<>();
        for (Optional<RowBatch> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
            batches.add(batch.get());
        }
        return new Table(stream.schema(), batches);
    }

    /** The number of rows. */
    public long rowCount() {
        return batches.stream().mapToLong(RowBatch::rowCount).sum();
    }

    /**
     * The same rows with some of the columns, in the order of the names.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if a name is unknown or comes twice
     */
    public Table select(List<String> names) {
        Schema selected = schema.select(names);
        return new Table(
                selected, batches.stream().map(batch -> batch.select(selected)).toList());
    }

    /** The same rows in batches of this size, the last one aside. */
    public Table inBatchesOf(int batchRows) {
        List<RowBatch> cut = new ArrayList<>();
        List<ColumnVector> vectors = RowBatch.vectorsFor(schema, batchRows);
        int filled = 0;
        for (RowBatch batch : batches) {
            for (int row = 0; row < batch.rowCount(); row++) {
                append(batch, row, vectors);
                if (++filled == batchRows) {
                    cut.add(new RowBatch(schema, vectors));
                    vectors = RowBatch.vectorsFor(schema, batchRows);
                    filled = 0;
                }
            }
        }
        if (filled > 0) {
            cut.add(new RowBatch(schema, vectors));
        }
        return new Table(schema, cut);
    }

    /** The rows of these ordinals (from 0, ascending), found by counting through all of them. */
    public Table rowsAt(long[] ordinals) {
        List<ColumnVector> vectors = RowBatch.vectorsFor(schema, Math.max(1, ordinals.length));
        long ordinal = 0;
        int found = 0;
        for (RowBatch batch : batches) {
            for (int row = 0; row < batch.rowCount(); row++, ordinal++) {
                if (found < ordinals.length && ordinals[found] == ordinal) {
                    append(batch, row, vectors);
                    found++;
                }
            }
        }
        return new Table(schema, found == 0 ? List.of() : List.of(new RowBatch(schema, vectors)));
    }

    /**
     * A stream of the rows as a source would return them. The batches have the requested size. The stream ignores the
     * known types of the options.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if a column is unknown or requested
     *     twice
     */
    public RowStream stream(ReadOptions options) {
        Table asked = options.columns().isEmpty() ? this : select(options.columns());
        return new TableStream(asked.inBatchesOf(options.batchRows()));
    }

    /** Every row, in the table's own batches. */
    public RowStream stream() {
        return new TableStream(this);
    }

    private static void append(RowBatch batch, int row, List<ColumnVector> vectors) {
        for (int column = 0; column < vectors.size(); column++) {
            vectors.get(column).appendFrom(batch.vector(column), row);
        }
    }

    @Override
    public String toString() {
        return rowCount() + " rows of " + schema;
    }
}
