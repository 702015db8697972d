package io.hybridsnapshot.engine.internal.sorting;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.error.Counted;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a file at the ordinals of a cursor, in ascending order, in any number. The ordinals are requested in
 * blocks, large enough that the file is not opened again and again. Batches are small, so few rows are held even if
 * they are wide. One thread.
 */
public final class RowsAtOrdinals implements RowStream {
    /** The most rows of a batch. */
    static final int BATCH_ROWS = 128;

    private static final int MOST_ORDINALS = 1 << 17;

    private final SnapshotReader reader;
    private final Schema columns;
    private final KeyedRowCursor cursor;
    private final Ordinal ordinal;
    private final int blockRows;
    private @Nullable RowStream block;
    private int missing;

    /** Which word of a cursor's record is the ordinal. */
    @FunctionalInterface
    public interface Ordinal {
        /** Returns the ordinal of the row that the cursor is at. */
        long of(KeyedRowCursor cursor);
    }

    /**
     * Makes a stream of rows of a file.
     *
     * @param rows names them; sorted by the ordinal
     */
    public RowsAtOrdinals(SnapshotReader reader, Schema columns, SortedKeyedRows rows, Ordinal ordinal) {
        this.reader = reader;
        this.columns = columns;
        this.cursor = rows.open();
        this.ordinal = ordinal;
        this.blockRows = (int) Math.min(MOST_ORDINALS, rows.size());
    }

    @Override
    public Schema schema() {
        return columns;
    }

    @Override
    public Optional<RowBatch> next() {
        while (true) {
            RowStream rows = block == null ? openBlock() : block;
            if (rows == null) {
                return Optional.empty();
            }
            Optional<RowBatch> batch = rows.next();
            if (batch.isPresent()) {
                missing -= batch.get().rowCount();
                return batch;
            }
            if (missing != 0) {
                throw SnapshotException.corrupt("a snapshot's file holds fewer rows than it says")
                        .actual(Counted.of(missing, "row") + " fewer")
                        .nextStep("check the archive; restore it from a backup")
                        .build();
            }
            closeBlock();
        }
    }

    /** Opens the next rows; null at the end. */
    private @Nullable RowStream openBlock() {
        long[] ordinals = new long[blockRows];
        int count = 0;
        while (count < blockRows && cursor.next()) {
            ordinals[count++] = ordinal.of(cursor);
        }
        if (count == 0) {
            return null;
        }
        missing = count;
        block = reader.rowsAt(
                Arrays.copyOf(ordinals, count), new ReadOptions(columns.names(), BATCH_ROWS, Optional.empty()));
        return block;
    }

    private void closeBlock() {
        if (block != null) {
            block.close();
            block = null;
        }
    }

    @Override
    public void close() {
        closeBlock();
        cursor.close();
    }
}
