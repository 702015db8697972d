package io.hybridsnapshot.engine;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DecimalVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.testkit.data.Table;
import io.hybridsnapshot.testkit.memory.InMemoryRowSource;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** A small table made of objects: texts, numbers ({@code BigDecimal} for decimals) and {@code null}. */
public final class Cells {
    private final List<Column> columns = new ArrayList<>();
    private final List<Object[]> rows = new ArrayList<>();

    public Cells column(String name, ColumnType type) {
        columns.add(new Column(name, type));
        return this;
    }

    public Cells row(Object... cells) {
        rows.add(cells);
        return this;
    }

    public Table table() {
        Schema schema = Schema.of(columns);
        List<RowBatch> batches = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += 100) {
            List<ColumnVector> vectors = RowBatch.vectorsFor(schema, 100);
            for (Object[] row : rows.subList(from, Math.min(from + 100, rows.size()))) {
                for (int i = 0; i < row.length; i++) {
                    append(vectors.get(i), columns.get(i).type(), row[i]);
                }
            }
            batches.add(new RowBatch(schema, vectors));
        }
        return new Table(schema, batches);
    }

    public RowSource source(String description) {
        return new InMemoryRowSource(description, table());
    }

    private static void append(ColumnVector vector, ColumnType type, Object value) {
        if (value == null) {
            vector.appendNull();
        } else if (vector instanceof BytesVector texts) {
            texts.append((String) value);
        } else if (vector instanceof DoubleVector doubles) {
            doubles.append(((Number) value).doubleValue());
        } else if (vector instanceof DecimalVector decimals) {
            decimals.append(((BigDecimal) value).setScale(type.scale()).unscaledValue());
        } else if (value instanceof BigDecimal decimal) {
            ((LongVector) vector)
                    .append(decimal.setScale(type.scale()).unscaledValue().longValueExact());
        } else {
            ((LongVector) vector).append(((Number) value).longValue());
        }
    }
}
