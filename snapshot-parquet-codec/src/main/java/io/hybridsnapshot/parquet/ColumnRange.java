package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import java.math.BigInteger;

/**
 * The numbers that a column's type allows, both ends included. Vectors hold a {@code long} for every such type; without
 * this check, a value outside the range would be silently truncated in the file.
 */
record ColumnRange(long least, long greatest) {
    static ColumnRange of(Column column) {
        return switch (column.type().kind()) {
            case INT8 -> new ColumnRange(Byte.MIN_VALUE, Byte.MAX_VALUE);
            case INT16 -> new ColumnRange(Short.MIN_VALUE, Short.MAX_VALUE);
            case INT32, DATE -> new ColumnRange(Integer.MIN_VALUE, Integer.MAX_VALUE);
            case DECIMAL -> decimal(column.type().precision());
            default -> new ColumnRange(Long.MIN_VALUE, Long.MAX_VALUE);
        };
    }

    private static ColumnRange decimal(int precision) {
        long greatest = BigInteger.TEN.pow(precision).subtract(BigInteger.ONE).longValueExact();
        return new ColumnRange(-greatest, greatest);
    }

    boolean holds(long from, long to) {
        return from >= least && to <= greatest;
    }

    /** The error about a value of a row; {@code row} is the row's ordinal in the file. */
    static SnapshotException outside(Column column, long row, String actual, String expected) {
        return SnapshotException.invalidRequest("a value is outside its column's type")
                .where("column '" + column.name() + "', row " + (row + 1))
                .actual(actual)
                .expected(expected)
                .nextStep("declare a wider type for the column, or replace the value where the rows come from")
                .build();
    }

    static SnapshotException outside(Column column, long row, String actual) {
        return outside(column, row, actual, "a value of type " + column.type());
    }
}
