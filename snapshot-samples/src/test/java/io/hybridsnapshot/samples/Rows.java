package io.hybridsnapshot.samples;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Rows as lists of objects, to compare by what the eye sees: slow and simple on purpose. NULL is null. */
final class Rows {
    private Rows() {}

    static ReadOptions batchesOf(int rows) {
        return new ReadOptions(List.of(), rows, Optional.empty());
    }

    static List<List<Object>> all(OrdersMaker maker, ReadOptions options) {
        List<List<Object>> rows = new ArrayList<>();
        try (RowStream stream = maker.open(options)) {
            for (Optional<RowBatch> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
                for (int row = 0; row < batch.get().rowCount(); row++) {
                    rows.add(row(batch.get(), row));
                }
            }
        }
        return rows;
    }

    static Map<UUID, List<Object>> byKey(OrdersSpec spec) {
        int key = OrdersUnified.SCHEMA.indexOf(OrdersUnified.KEY);
        Map<UUID, List<Object>> rows = new LinkedHashMap<>();
        for (List<Object> row : all(new OrdersMaker(spec), ReadOptions.ALL)) {
            if (rows.put((UUID) row.get(key), row) != null) {
                throw new AssertionError("two rows of one key");
            }
        }
        return rows;
    }

    static List<Object> column(List<List<Object>> rows, String name) {
        int index = OrdersUnified.SCHEMA.indexOf(name);
        return rows.stream().map(row -> row.get(index)).toList();
    }

    private static List<Object> row(RowBatch batch, int row) {
        Schema schema = batch.schema();
        Object[] cells = new Object[schema.size()];
        for (int column = 0; column < cells.length; column++) {
            cells[column] = cell(batch.vector(column), row);
        }
        return Arrays.asList(cells);
    }

    private static Object cell(ColumnVector vector, int row) {
        if (vector.isNull(row)) {
            return null;
        }
        if (vector instanceof BytesVector texts) {
            return texts.text(row);
        }
        if (vector instanceof LongVector numbers) {
            return numbers.get(row);
        }
        UuidVector uuids = (UuidVector) vector;
        return new UUID(uuids.high(row), uuids.low(row));
    }
}
