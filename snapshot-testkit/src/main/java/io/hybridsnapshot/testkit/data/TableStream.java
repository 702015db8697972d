package io.hybridsnapshot.testkit.data;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowStream;
import java.util.Iterator;
import java.util.Optional;

/** The batches of a table, one after the other. */
final class TableStream implements RowStream {
    private final Schema schema;
    private final Iterator<RowBatch> rest;

    TableStream(Table table) {
        this.schema = table.schema();
        this.rest = table.batches().iterator();
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public Optional<RowBatch> next() {
        return rest.hasNext() ? Optional.of(rest.next()) : Optional.empty();
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
