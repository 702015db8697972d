package io.hybridsnapshot.domain.source;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Schema;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The wishes of a reader of a source. Immutable.
 *
 * @param columns the names of the columns wanted, in the order wanted; empty: all
 * @param batchRows the most rows in a batch, at least 1
 * @param knownTypes the schema of an earlier snapshot of the dataset; a source without types of its own (CSV) reads a
 *     column as its type in that schema, so that an inferred type stays
 * @param listener receives how far the reading has come, from sources that know it
 */
public record ReadOptions(List<String> columns, int batchRows, Optional<Schema> knownTypes, ReadListener listener) {
    /** Reads all columns in batches of the default size. */
    public static final ReadOptions ALL = new ReadOptions(List.of(), RowBatch.DEFAULT_ROWS, Optional.empty());

    public ReadOptions {
        columns = List.copyOf(columns);
        if (batchRows < 1) {
            throw new IllegalArgumentException("batchRows " + batchRows);
        }
        Objects.requireNonNull(listener, "listener");
    }

    /** The wishes of a reader that does not ask how far the reading has come. */
    public ReadOptions(List<String> columns, int batchRows, Optional<Schema> knownTypes) {
        this(columns, batchRows, knownTypes, ReadListener.NONE);
    }

    /** Returns the same options with other columns. */
    public ReadOptions withColumns(List<String> names) {
        return new ReadOptions(names, batchRows, knownTypes, listener);
    }

    /** Returns the same options with the types of an earlier snapshot. */
    public ReadOptions withKnownTypes(Optional<Schema> schema) {
        return new ReadOptions(columns, batchRows, schema, listener);
    }

    /** Returns the same options with a listener. */
    public ReadOptions withListener(ReadListener other) {
        return new ReadOptions(columns, batchRows, knownTypes, other);
    }
}
