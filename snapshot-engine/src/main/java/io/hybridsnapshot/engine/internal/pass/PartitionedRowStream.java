package io.hybridsnapshot.engine.internal.pass;

import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.RowStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;

/** The rows of a stream that belong to one partition: the partition column holds the partition's name. */
public final class PartitionedRowStream implements RowStream {
    private final RowStream inner;
    private final int column;
    private final byte[] name;
    private final BitSet kept = new BitSet();
    private int read;

    private PartitionedRowStream(RowStream inner, int column, byte[] name) {
        this.inner = inner;
        this.column = column;
        this.name = name;
    }

    /** Returns the partition's rows; all of them for the whole table or where the dataset names no partition column. */
    public static RowStream of(RowStream stream, Dataset dataset, Partition partition) {
        if (partition.isWhole() || dataset.partitionColumn().isEmpty()) {
            return stream;
        }
        int column = stream.schema().indexOf(dataset.partitionColumn().get());
        return new PartitionedRowStream(stream, column, partition.name().getBytes(StandardCharsets.UTF_8));
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
            int count = 0;
            ColumnVector vector = rows.vector(column);
            ColumnType type = schema().column(column).type();
            byte[] text = new byte[64];
            for (int row = 0; row < rows.rowCount(); row++) {
                if (!vector.isNull(row)) {
                    int most = CellText.maxBytes(type, vector, row);
                    if (most > text.length) {
                        text = new byte[most];
                    }
                    int length = CellText.write(type, vector, row, text, 0);
                    if (Arrays.equals(text, 0, length, name, 0, name.length)) {
                        positions[count++] = row;
                        kept.set(read + row);
                    }
                }
            }
            read += rows.rowCount();
            if (count > 0) {
                return Optional.of(count == rows.rowCount() ? rows : rows.rows(positions, count));
            }
        }
        return Optional.empty();
    }

    /**
     * Returns the place in the source of a row of this partition. The stream keeps one bit for each row of the source
     * to find it.
     */
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
