package io.hybridsnapshot.engine.internal.changeset;

import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads some rows of a file into one batch, which the caller keeps small by the columns that it asks for. Stateless.
 */
final class RowsInMemory {
    private static final int MOST_ORDINALS = 1 << 17;

    private RowsInMemory() {}

    /** Reads the rows at ascending positions. */
    static RowBatch at(SnapshotReader file, long[] positions, Schema columns) {
        List<ColumnVector> vectors = RowBatch.vectorsFor(columns, Math.max(1, positions.length));
        if (columns.size() > 0) {
            for (int from = 0; from < positions.length; from += MOST_ORDINALS) {
                long[] block = Arrays.copyOfRange(positions, from, Math.min(positions.length, from + MOST_ORDINALS));
                try (RowStream rows = file.rowsAt(block, ReadOptions.ALL.withColumns(columns.names()))) {
                    append(rows, vectors);
                }
            }
            require(vectors.get(0).size(), positions.length);
        }
        return new RowBatch(columns, vectors);
    }

    /** Reads all rows. */
    static RowBatch all(SnapshotReader file, Schema columns) {
        List<ColumnVector> vectors = RowBatch.vectorsFor(columns, Math.toIntExact(Math.max(1, file.rowCount())));
        try (RowStream rows = file.rows(ReadOptions.ALL.withColumns(columns.names()))) {
            append(rows, vectors);
        }
        require(vectors.get(0).size(), file.rowCount());
        return new RowBatch(columns, vectors);
    }

    private static void append(RowStream rows, List<ColumnVector> vectors) {
        for (Optional<RowBatch> next = rows.next(); next.isPresent(); next = rows.next()) {
            RowBatch batch = next.get();
            for (int column = 0; column < vectors.size(); column++) {
                ColumnVector from = batch.vector(column);
                ColumnVector to = vectors.get(column);
                for (int row = 0; row < batch.rowCount(); row++) {
                    to.appendFrom(from, row);
                }
            }
        }
    }

    private static void require(long actual, long expected) {
        if (actual != expected) {
            throw SnapshotException.corrupt("a snapshot's file holds another number of rows than it says")
                    .actual(actual + " rows")
                    .expected(expected + " rows")
                    .nextStep("check the archive; restore it from a backup")
                    .build();
        }
    }
}
