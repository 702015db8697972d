package io.hybridsnapshot.domain.source;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Schema;
import java.util.List;
import java.util.Optional;

/**
 * What a reader asks of a source.
 *
 * @param columns the names of the columns wanted, in the order wanted; empty: all
 * @param batchRows rows a batch has at the most, at least 1
 * @param knownTypes the schema that an earlier snapshot of the dataset had: a source without types of its own (CSV) reads a
 *     column as the type it had then, so that a type once inferred stays
 */
public record ReadOptions(List<String> columns, int batchRows, Optional<Schema> knownTypes) {
    /** All columns in batches of the default size. */
    public static final ReadOptions ALL = new ReadOptions(List.of(), RowBatch.DEFAULT_ROWS, Optional.empty());

    public ReadOptions {
        columns = List.copyOf(columns);
        if (batchRows < 1) {
            throw new IllegalArgumentException("batchRows " + batchRows);
        }
    }

    /** The same with other columns. */
    public ReadOptions withColumns(List<String> names) {
        return new ReadOptions(names, batchRows, knownTypes);
    }

    /** The same with the types of an earlier snapshot. */
    public ReadOptions withKnownTypes(Optional<Schema> schema) {
        return new ReadOptions(columns, batchRows, schema);
    }
}
