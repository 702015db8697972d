package io.hybridsnapshot.domain.source;

import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A table with other names for some columns. Immutable.
 *
 * @param table the table
 * @param renames the other names
 */
record RenamedRows(RowSource table, ColumnRenames renames) implements RowSource {
    @Override
    public String description() {
        return table.description();
    }

    @Override
    public RowStream open(ReadOptions options) {
        List<String> columns = new ArrayList<>();
        for (String name : options.columns()) {
            columns.add(renames.original(name).orElseThrow(() -> missing(name)));
        }
        RowStream rows = table.open(
                options.withColumns(columns).withKnownTypes(options.knownTypes().map(this::original)));
        try {
            List<String> names = options.columns().isEmpty()
                    ? renames.applyTo(rows.schema().names(), table.description())
                    : options.columns();
            return new Renamed(rows, renamed(rows.schema(), names));
        } catch (RuntimeException | Error e) {
            rows.close();
            throw e;
        }
    }

    private SnapshotException missing(String name) {
        return SnapshotException.invalidRequest("the table has no such column")
                .where(table.description())
                .actual("'" + name + "', which is renamed to '"
                        + renames.names().get(name) + "'")
                .expected("the column's other name")
                .build();
    }

    /** The columns of a schema with the table's own names; those that the table does not have are left out. */
    private Schema original(Schema schema) {
        List<Column> columns = new ArrayList<>();
        for (Column column : schema.columns()) {
            renames.original(column.name()).ifPresent(name -> columns.add(new Column(name, column.type())));
        }
        return Schema.of(columns);
    }

    private static Schema renamed(Schema schema, List<String> names) {
        List<Column> columns = new ArrayList<>();
        for (int column = 0; column < names.size(); column++) {
            columns.add(new Column(names.get(column), schema.column(column).type()));
        }
        return Schema.of(columns);
    }

    /** A stream whose batches have other names for their columns. */
    private record Renamed(RowStream rows, Schema schema) implements RowStream {
        @Override
        public Optional<RowBatch> next() {
            return rows.next().map(batch -> {
                List<ColumnVector> vectors = new ArrayList<>();
                for (int column = 0; column < schema.size(); column++) {
                    vectors.add(batch.vector(column));
                }
                return new RowBatch(schema, vectors);
            });
        }

        @Override
        public String place(long ordinal) {
            return rows.place(ordinal);
        }

        @Override
        public Optional<String> remark() {
            return rows.remark();
        }

        @Override
        public void close() {
            rows.close();
        }
    }
}
