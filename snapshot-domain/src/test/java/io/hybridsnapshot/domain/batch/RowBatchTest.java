package io.hybridsnapshot.domain.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowBatchTest {
    private static final Schema SCHEMA = Schema.of(VectorModel.TYPES.stream()
            .map(type -> new Column("c " + type, type))
            .toList());

    @Test
    void rowsAreCopiesOfTheWantedRowsInEveryColumn() {
        Random random = new Random(8);
        for (int round = 0; round < 30; round++) {
            int size = 1 + random.nextInt(200);
            RowBatch batch = batch(SCHEMA, size, random);
            int[] positions = random.ints(0, size)
                    .distinct()
                    .limit(random.nextInt(size + 1))
                    .sorted()
                    .toArray();
            int count = random.nextInt(positions.length + 1);
            RowBatch some = batch.rows(positions, count);
            assertEquals(count, some.rowCount());
            assertEquals(SCHEMA, some.schema());
            List<List<Object>> all = rows(batch);
            List<List<Object>> expected = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                expected.add(all.get(positions[i]));
            }
            assertEquals(expected, rows(some));
            assertEquals(all, rows(batch));
        }
    }

    @Test
    void aSelectionSharesTheWantedVectorsInTheWantedOrder() {
        Random random = new Random(9);
        RowBatch batch = batch(SCHEMA, 50, random);
        for (int round = 0; round < 50; round++) {
            List<String> names = new ArrayList<>(SCHEMA.names());
            Collections.shuffle(names, random);
            names = names.subList(0, 1 + random.nextInt(names.size()));
            RowBatch selected = batch.select(SCHEMA.select(names));
            assertEquals(names, selected.schema().names());
            assertEquals(50, selected.rowCount());
            for (int i = 0; i < names.size(); i++) {
                assertSame(batch.vector(SCHEMA.indexOf(names.get(i))), selected.vector(i));
            }
        }
    }

    @Test
    void aSelectionOfAnUnknownColumnIsRefused() {
        RowBatch batch = batch(SCHEMA, 3, new Random(10));
        assertThrows(SnapshotException.class, () -> batch.select(Schema.of(new Column("unknown", ColumnType.TEXT))));
    }

    @Test
    void aSelectedColumnOfAnotherClassOfVectorIsRefused() {
        RowBatch batch = batch(SCHEMA, 3, new Random(11));
        assertThrows(
                IllegalArgumentException.class, () -> batch.select(Schema.of(new Column("c int64", ColumnType.TEXT))));
    }

    @Test
    void vectorsAreMadeForTheColumnsOfASchema() {
        List<ColumnVector> vectors = RowBatch.vectorsFor(SCHEMA, 10);
        assertEquals(0, new RowBatch(SCHEMA, vectors).rowCount());
        assertEquals(0, new RowBatch(Schema.of(), List.of()).rowCount());
    }

    @Test
    void vectorsThatDoNotFitTheSchemaAreRefusedWithTheColumn() {
        Schema schema = Schema.of(new Column("a", ColumnType.INT32), new Column("b", ColumnType.TEXT));
        LongVector one = new LongVector(1);
        one.append(1);
        BytesVector two = new BytesVector(2);
        two.append("x");
        two.appendNull();
        assertRefused("1 vectors for 2 columns", schema, List.of(one));
        assertRefused("column 'b'", schema, List.of(one, two));
        assertRefused("column 'b'", schema, List.of(one, one));
        assertRefused("column 'a'", schema, List.of(two, two));
    }

    @Test
    void aBatchKeepsItsVectorsWhenTheListChanges() {
        List<ColumnVector> vectors = RowBatch.vectorsFor(SCHEMA, 1);
        RowBatch batch = new RowBatch(SCHEMA, vectors);
        ColumnVector first = vectors.get(0);
        vectors.clear();
        assertSame(first, batch.vector(0));
    }

    private static void assertRefused(String words, Schema schema, List<ColumnVector> vectors) {
        String message = assertThrows(IllegalArgumentException.class, () -> new RowBatch(schema, vectors))
                .getMessage();
        assertTrue(message.contains(words), message);
    }

    private static RowBatch batch(Schema schema, int rows, Random random) {
        List<ColumnVector> vectors = RowBatch.vectorsFor(schema, random.nextInt(20));
        for (int column = 0; column < schema.size(); column++) {
            ColumnType type = schema.column(column).type();
            for (int row = 0; row < rows; row++) {
                VectorModel.append(
                        vectors.get(column), type, random.nextInt(3) == 0 ? null : VectorModel.value(type, random));
            }
        }
        return new RowBatch(schema, vectors);
    }

    private static List<List<Object>> rows(RowBatch batch) {
        List<List<Object>> rows = new ArrayList<>();
        for (int row = 0; row < batch.rowCount(); row++) {
            Object[] cells = new Object[batch.schema().size()];
            for (int column = 0; column < cells.length; column++) {
                ColumnVector vector = batch.vector(column);
                cells[column] = vector.isNull(row)
                        ? null
                        : VectorModel.slot(vector, batch.schema().column(column).type(), row);
            }
            rows.add(Arrays.asList(cells));
        }
        return rows;
    }
}
