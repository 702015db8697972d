package io.hybridsnapshot.engine.internal.pass;

import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.RowStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The rows of a stream that belong to one partition: the partition column holds the partition's name. */
final class PartitionedRowStream {
    private PartitionedRowStream() {}

    /** Returns the partition's rows; all of them for the whole table or where the dataset names no partition column. */
    static RowStream of(RowStream stream, Dataset dataset, Partition partition) {
        if (partition.isWhole() || dataset.partitionColumn().isEmpty()) {
            return stream;
        }
        int column = stream.schema().indexOf(dataset.partitionColumn().get());
        ColumnType type = stream.schema().column(column).type();
        byte[] name = partition.name().getBytes(StandardCharsets.UTF_8);
        return new FilteredRowStream(
                stream, (batch, first, positions) -> keep(batch, batch.vector(column), type, name, positions));
    }

    private static int keep(RowBatch batch, ColumnVector vector, ColumnType type, byte[] name, int[] positions) {
        int count = 0;
        byte[] text = new byte[64];
        for (int row = 0; row < batch.rowCount(); row++) {
            if (!vector.isNull(row)) {
                int most = CellText.maxBytes(type, vector, row);
                if (most > text.length) {
                    text = new byte[most];
                }
                int length = CellText.write(type, vector, row, text, 0);
                if (Arrays.equals(text, 0, length, name, 0, name.length)) {
                    positions[count++] = row;
                }
            }
        }
        return count;
    }
}
