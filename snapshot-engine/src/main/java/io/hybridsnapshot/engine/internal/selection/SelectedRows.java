package io.hybridsnapshot.engine.internal.selection;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.NearestName;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.internal.pass.FilteredRowStream;
import io.hybridsnapshot.engine.selection.RowCondition;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The rows of a table that meet all of some conditions. Immutable.
 *
 * @param table the table
 * @param conditions the conditions, which fit the table
 */
public record SelectedRows(RowSource table, List<RowCondition> conditions) implements RowSource {
    public SelectedRows {
        conditions = List.copyOf(conditions);
    }

    /**
     * Checks that the conditions fit a table.
     *
     * @param where names the table for people
     * @throws SnapshotException INVALID_REQUEST if the table lacks a column, or an operand is no value of its type
     */
    public static void requireFit(List<RowCondition> conditions, Schema schema, String where) {
        for (RowCondition condition : conditions) {
            int column = schema.find(condition.column())
                    .orElseThrow(() -> SnapshotException.invalidRequest("the table has no such column")
                            .where(where)
                            .actual("the condition '" + condition + "'")
                            .expected(NearestName.expected(
                                    "a condition on a column of every table", schema.names(), condition.column()))
                            .nextStep("correct the name; upper and lower case and blanks count")
                            .build());
            CellCondition.of(condition, schema.column(column));
        }
    }

    @Override
    public String description() {
        return table.description();
    }

    @Override
    public RowStream open(ReadOptions options) {
        Set<String> read = new LinkedHashSet<>(options.columns());
        if (!read.isEmpty()) {
            conditions.forEach(condition -> read.add(condition.column()));
        }
        RowStream stream = table.open(options.withColumns(List.copyOf(read)));
        try {
            RowStream selected = new FilteredRowStream(stream, filter(stream.schema()));
            return read.size() == options.columns().size()
                    ? selected
                    : new SomeColumns(selected, stream.schema().select(options.columns()));
        } catch (RuntimeException | Error e) {
            stream.close();
            throw e;
        }
    }

    private FilteredRowStream.Filter filter(Schema schema) {
        int[] columns = new int[conditions.size()];
        List<CellCondition> tests = new ArrayList<>();
        for (int i = 0; i < columns.length; i++) {
            columns[i] = schema.indexOf(conditions.get(i).column());
            tests.add(CellCondition.of(conditions.get(i), schema.column(columns[i])));
        }
        return (batch, first, positions) -> {
            int count = batch.rowCount();
            for (int row = 0; row < count; row++) {
                positions[row] = row;
            }
            for (int i = 0; i < columns.length; i++) {
                int kept = 0;
                for (int at = 0; at < count; at++) {
                    if (tests.get(i).holds(batch.vector(columns[i]), positions[at])) {
                        positions[kept++] = positions[at];
                    }
                }
                count = kept;
            }
            return count;
        };
    }

    /** Some columns of a stream. */
    private record SomeColumns(RowStream rows, Schema schema) implements RowStream {
        @Override
        public Optional<RowBatch> next() {
            return rows.next().map(batch -> batch.select(schema));
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
