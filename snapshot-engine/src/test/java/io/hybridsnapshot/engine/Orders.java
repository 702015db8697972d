package io.hybridsnapshot.engine;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.testkit.data.Table;
import io.hybridsnapshot.testkit.memory.InMemoryRowSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A small table of orders that a test changes row by row; keyed by text, so that identities are hashes. */
public final class Orders {
    public static final Dataset DATASET =
            Dataset.of("orders_test", List.of("ORDER")).withCarriedColumns(List.of("ORDER", "CUSTOMER"));

    private final Map<String, Map<String, Object>> rows = new TreeMap<>();
    private final Map<String, ColumnType> columns = new LinkedHashMap<>();

    public Orders() {
        columns.put("ORDER", ColumnType.TEXT);
        columns.put("CUSTOMER", ColumnType.TEXT);
        columns.put("QTY", ColumnType.INT32);
        columns.put("NOTE", ColumnType.TEXT);
    }

    public static Orders numbered(int count) {
        Orders orders = new Orders();
        for (int i = 0; i < count; i++) {
            orders.put("JOO-" + i, i % 2 == 0 ? "GREYSON" : "OTHER", i, i % 3 == 0 ? null : "note " + i);
        }
        return orders;
    }

    public Orders copy() {
        Orders copy = new Orders();
        copy.columns.clear();
        copy.columns.putAll(columns);
        rows.forEach((key, row) -> copy.rows.put(key, new LinkedHashMap<>(row)));
        return copy;
    }

    public Orders put(String order, String customer, Integer quantity, String note) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("ORDER", order);
        row.put("CUSTOMER", customer);
        row.put("QTY", quantity);
        row.put("NOTE", note);
        rows.put(order, row);
        return this;
    }

    public Orders set(String order, String column, Object value) {
        rows.get(order).put(column, value);
        return this;
    }

    public Orders remove(String order) {
        rows.remove(order);
        return this;
    }

    public Orders column(String name, ColumnType type) {
        columns.put(name, type);
        return this;
    }

    public Orders dropColumn(String name) {
        columns.remove(name);
        return this;
    }

    public int size() {
        return rows.size();
    }

    public Schema schema() {
        return Schema.of(columns.entrySet().stream()
                .map(column -> new Column(column.getKey(), column.getValue()))
                .toList());
    }

    public Table table() {
        return table(List.copyOf(rows.values()));
    }

    private Table table(List<Map<String, Object>> ordered) {
        Schema schema = schema();
        List<RowBatch> batches = new ArrayList<>();
        for (int from = 0; from < ordered.size(); from += 7) {
            List<ColumnVector> vectors = RowBatch.vectorsFor(schema, 7);
            for (Map<String, Object> row : ordered.subList(from, Math.min(from + 7, ordered.size()))) {
                for (int i = 0; i < schema.size(); i++) {
                    append(vectors.get(i), row.get(schema.column(i).name()));
                }
            }
            batches.add(new RowBatch(schema, vectors));
        }
        return new Table(schema, batches);
    }

    private static void append(ColumnVector vector, Object value) {
        if (value == null) {
            vector.appendNull();
        } else if (vector instanceof BytesVector texts) {
            texts.append((String) value);
        } else {
            ((LongVector) vector).append(((Number) value).longValue());
        }
    }

    public RowSource source() {
        return new InMemoryRowSource("orders", table());
    }

    /** The rows of a table by their keys, as objects: the naive view that tests compare with. */
    public static Map<String, Map<String, Object>> rowsOf(Table table) {
        Map<String, Map<String, Object>> rows = new TreeMap<>();
        for (RowBatch batch : table.batches()) {
            for (int row = 0; row < batch.rowCount(); row++) {
                Map<String, Object> cells = new LinkedHashMap<>();
                for (int i = 0; i < batch.schema().size(); i++) {
                    ColumnVector vector = batch.vector(i);
                    Object cell = null;
                    if (!vector.isNull(row)) {
                        cell = vector instanceof BytesVector texts
                                ? (Object) texts.text(row)
                                : (Object) ((LongVector) vector).get(row);
                    }
                    cells.put(batch.schema().column(i).name(), cell);
                }
                rows.put((String) cells.get("ORDER"), cells);
            }
        }
        return rows;
    }
}
