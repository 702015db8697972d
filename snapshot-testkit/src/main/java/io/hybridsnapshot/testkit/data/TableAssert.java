package io.hybridsnapshot.testkit.data;

import io.hybridsnapshot.domain.batch.BooleanVector;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DecimalVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.source.RowStream;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;

/**
 * Compares two streams of rows cell by cell, regardless of how they are cut into batches. The report names the first
 * difference with its row, its column and both values. Values are equal if their vectors hold the same bits: −0 and +0
 * differ, and every NaN equals every other NaN. Stateless.
 */
public final class TableAssert {
    private static final int SHOWN = 60;

    private TableAssert() {}

    /** Fails unless both tables have the same columns and rows in the same order. */
    public static void assertSameRows(Table expected, Table actual) {
        assertSameRows(expected.stream(), actual.stream());
    }

    /**
     * Fails unless the rest of the stream has the table's columns and rows, in the table's order. The caller closes the
     * stream.
     */
    public static void assertSameRows(Table expected, RowStream actual) {
        assertSameRows(expected.stream(), actual);
    }

    /**
     * Fails unless the rest of both streams has the same columns and rows, in the same order. The caller closes both
     * streams.
     */
    public static void assertSameRows(RowStream expected, RowStream actual) {
        Assertions.assertEquals(expected.schema(), actual.schema(), "the columns differ");
        Walk one = new Walk(expected);
        Walk other = new Walk(actual);
        long ordinal = 0;
        while (one.next()) {
            if (!other.next()) {
                Assertions.fail("there are " + ordinal + " rows, expected more");
            }
            compareRow(ordinal++, one, other);
        }
        if (other.next()) {
            Assertions.fail("there are more rows than the " + ordinal + " expected");
        }
    }

    private static void compareRow(long ordinal, Walk expected, Walk actual) {
        for (int i = 0; i < expected.batch.schema().size(); i++) {
            ColumnVector one = expected.batch.vector(i);
            ColumnVector other = actual.batch.vector(i);
            if (!sameCell(one, expected.row, other, actual.row)) {
                Column column = expected.batch.schema().column(i);
                Assertions.fail("row " + ordinal + ", column '" + column.name() + "' " + column.type() + ": expected "
                        + text(column, one, expected.row) + ", found " + text(column, other, actual.row));
            }
        }
    }

    private static boolean sameCell(ColumnVector one, int row, ColumnVector other, int otherRow) {
        if (one.isNull(row) || other.isNull(otherRow)) {
            return one.isNull(row) && other.isNull(otherRow);
        }
        if (one instanceof BytesVector bytes) {
            BytesVector others = (BytesVector) other;
            return Arrays.equals(
                    bytes.data(),
                    bytes.start(row),
                    bytes.end(row),
                    others.data(),
                    others.start(otherRow),
                    others.end(otherRow));
        }
        if (one instanceof LongVector longs) {
            return longs.get(row) == ((LongVector) other).get(otherRow);
        }
        if (one instanceof DoubleVector doubles) {
            return Double.doubleToLongBits(doubles.get(row))
                    == Double.doubleToLongBits(((DoubleVector) other).get(otherRow));
        }
        if (one instanceof DecimalVector decimals) {
            DecimalVector others = (DecimalVector) other;
            return decimals.high(row) == others.high(otherRow) && decimals.low(row) == others.low(otherRow);
        }
        if (one instanceof TimestampVector times) {
            TimestampVector others = (TimestampVector) other;
            return times.epochSecond(row) == others.epochSecond(otherRow)
                    && times.nanoOfSecond(row) == others.nanoOfSecond(otherRow);
        }
        if (one instanceof UuidVector uuids) {
            UuidVector others = (UuidVector) other;
            return uuids.high(row) == others.high(otherRow) && uuids.low(row) == others.low(otherRow);
        }
        if (one instanceof BooleanVector booleans) {
            return booleans.get(row) == ((BooleanVector) other).get(otherRow);
        }
        throw new IllegalArgumentException(
                "no comparison of a " + one.getClass().getSimpleName());
    }

    private static String text(Column column, ColumnVector vector, int row) {
        if (vector.isNull(row)) {
            return "NULL";
        }
        if (!(vector instanceof BytesVector bytes)) {
            return CellText.of(column.type(), vector, row);
        }
        StringBuilder shown = new StringBuilder("'");
        String text = bytes.text(row);
        for (int i = 0; i < Math.min(SHOWN, text.length()); i++) {
            char c = text.charAt(i);
            shown.append(c >= ' ' && c < 0x7F ? String.valueOf(c) : String.format("\\u%04X", (int) c));
        }
        return shown.append(text.length() > SHOWN ? "…" : "")
                .append("' of ")
                .append(bytes.length(row))
                .append(" bytes")
                .toString();
    }

    /** A stream row by row. */
    private static final class Walk {
        private final RowStream stream;
        private @Nullable RowBatch batch;
        private int row;

        Walk(RowStream stream) {
            this.stream = stream;
        }

        boolean next() {
            if (batch != null && ++row < batch.rowCount()) {
                return true;
            }
            Optional<RowBatch> following = stream.next();
            row = 0;
            batch = following.orElse(null);
            if (batch != null && batch.rowCount() == 0) {
                Assertions.fail("a batch is empty");
            }
            return batch != null;
        }
    }
}
