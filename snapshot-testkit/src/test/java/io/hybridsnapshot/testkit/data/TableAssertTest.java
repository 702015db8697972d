package io.hybridsnapshot.testkit.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableAssertTest {
    @Test
    void rowsAreTheSameWhateverTheirBatches() {
        Table table = RandomTables.seeded(1).everyType(100, 100);
        for (int batchRows : List.of(1, 7, 99, 100, 1_000)) {
            TableAssert.assertSameRows(table, table.inBatchesOf(batchRows));
            TableAssert.assertSameRows(table.inBatchesOf(batchRows), table);
        }
    }

    @Test
    void everyCellThatDiffersIsFoundAndNamed() {
        Table table = RandomTables.seeded(2).everyType(40, 40);
        RowBatch batch = table.batches().get(0);
        for (int i = 0; i < table.schema().size(); i++) {
            for (int row : new int[] {0, 17, 39}) {
                ColumnVector changed = nullAt(batch, i, row);
                List<ColumnVector> vectors = new ArrayList<>();
                for (int other = 0; other < table.schema().size(); other++) {
                    vectors.add(other == i ? changed : batch.vector(other));
                }
                Table differs = new Table(table.schema(), List.of(new RowBatch(table.schema(), vectors)));
                String message = failure(table, differs);
                String place =
                        "row " + row + ", column '" + table.schema().column(i).name() + "'";
                if (batch.vector(i).isNull(row)) {
                    TableAssert.assertSameRows(table, differs);
                } else {
                    assertTrue(message.contains(place) && message.contains("found NULL"), message);
                }
            }
        }
    }

    @Test
    void valuesOfEveryTypeAreComparedToTheLastBit() {
        Table one = RandomTables.seeded(3).everyType(80, 80);
        RowBatch batch = one.batches().get(0);
        // Each column against itself one row on: rows that differ are found, and no others.
        for (int i = 0; i < one.schema().size(); i++) {
            Schema schema = one.schema().select(List.of(one.schema().column(i).name()));
            for (int row = 2; row < 30; row++) {
                Table left = cell(schema, batch.vector(i), row);
                Table right = cell(schema, batch.vector(i), row + 1);
                boolean same = text(left).equals(text(right));
                assertEquals(same, failure(left, right).isEmpty(), () -> text(left) + " and " + text(right));
            }
        }
    }

    @Test
    void negativeZeroDiffersFromZeroAndNanFromNothing() {
        assertTrue(failure(doubles(0.0), doubles(-0.0)).contains("row 0"));
        TableAssert.assertSameRows(
                doubles(Double.NaN), doubles(Double.longBitsToDouble(Double.doubleToLongBits(Double.NaN) | 1)));
    }

    @Test
    void rowsThatLackOrAreTooManyAreFound() {
        Table table = RandomTables.seeded(4).table(3, 20, 7);
        Table fewer = table.rowsAt(new long[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18});
        assertTrue(failure(table, fewer).contains("19 rows"));
        assertTrue(failure(fewer, table).contains("more rows than the 19"));
    }

    @Test
    void otherColumnsAreFound() {
        Table table = RandomTables.seeded(5).table(4, 0, 7);
        List<String> names = table.schema().names();
        assertTrue(failure(table, table.select(names.subList(0, 3))).contains("columns"));
        assertTrue(failure(table, table.select(List.of(names.get(1), names.get(0), names.get(2), names.get(3))))
                .contains("columns"));
    }

    @Test
    void textsAreShownWithoutTheirControlCharactersAndShort() {
        Table one = texts("tab\t\uD83D");
        Table other = texts("x".repeat(1_000));
        String message = failure(one, other);
        assertTrue(message.contains("'tab\\u0009\\uD83D' of 7 bytes"), message);
        assertTrue(message.contains("…' of 1000 bytes") && message.length() < 300, message);
    }

    private static String failure(Table expected, Table actual) {
        try {
            TableAssert.assertSameRows(expected, actual);
            return "";
        } catch (AssertionError e) {
            return e.getMessage();
        }
    }

    private static ColumnVector nullAt(RowBatch batch, int column, int row) {
        ColumnVector copy = ColumnVector.forType(batch.schema().column(column).type(), batch.rowCount());
        for (int i = 0; i < batch.rowCount(); i++) {
            if (i == row) {
                copy.appendNull();
            } else {
                copy.appendFrom(batch.vector(column), i);
            }
        }
        return copy;
    }

    private static Table cell(Schema schema, ColumnVector from, int row) {
        ColumnVector one = ColumnVector.forType(schema.column(0).type(), 1);
        one.appendFrom(from, row);
        return new Table(schema, List.of(new RowBatch(schema, List.of(one))));
    }

    /** The cell of a table of one cell, rendered independently of the comparison under test. */
    private static String text(Table cell) {
        ColumnVector vector = cell.batches().get(0).vector(0);
        if (vector.isNull(0)) {
            return "NULL";
        }
        if (vector instanceof BytesVector bytes) {
            return HexFormat.of().formatHex(bytes.bytes(0));
        }
        if (vector instanceof DoubleVector doubles) {
            return Double.toHexString(doubles.get(0));
        }
        return CellText.of(cell.schema().column(0).type(), vector, 0);
    }

    private static Table doubles(double value) {
        DoubleVector vector = new DoubleVector(1);
        vector.append(value);
        Schema schema = Schema.of(new Column("f", ColumnType.FLOAT64));
        return new Table(schema, List.of(new RowBatch(schema, List.of(vector))));
    }

    private static Table texts(String value) {
        BytesVector vector = new BytesVector(1);
        vector.append(value);
        Schema schema = Schema.of(new Column("t", ColumnType.TEXT));
        return new Table(schema, List.of(new RowBatch(schema, List.of(vector))));
    }

    @Test
    void emptyBatchIsNoTable() {
        Schema schema = Schema.of(new Column("t", ColumnType.TEXT));
        RowBatch empty = new RowBatch(schema, List.of(new BytesVector(1)));
        assertThrows(IllegalArgumentException.class, () -> new Table(schema, List.of(empty)));
    }
}
