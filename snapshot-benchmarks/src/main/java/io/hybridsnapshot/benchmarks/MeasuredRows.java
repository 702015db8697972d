package io.hybridsnapshot.benchmarks;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rows that are in memory before anything is measured. Immutable. */
record MeasuredRows(Schema schema, List<RowBatch> batches) {
    /** How many rows one call of a micro-benchmark works on: eight batches. */
    static final int ROWS_A_CALL = 8 * RowBatch.DEFAULT_ROWS;

    MeasuredRows {
        batches = List.copyOf(batches);
    }

    /** The rows that one call of a micro-benchmark works on. */
    static MeasuredRows ofOneCall(TableShape shape) {
        return readAll(shape.rows(ROWS_A_CALL, 0), ReadOptions.ALL);
    }

    /** All rows of a source. */
    static MeasuredRows readAll(RowSource source, ReadOptions options) {
        List<RowBatch> batches = new ArrayList<>();
        try (RowStream rows = source.open(options)) {
            for (Optional<RowBatch> batch = rows.next(); batch.isPresent(); batch = rows.next()) {
                batches.add(batch.get());
            }
            return new MeasuredRows(rows.schema(), batches);
        }
    }

    /** Reads a stream to its end and counts its rows. */
    static long count(RowStream rows) {
        long count = 0;
        for (Optional<RowBatch> batch = rows.next(); batch.isPresent(); batch = rows.next()) {
            count += batch.get().rowCount();
        }
        return count;
    }
}
