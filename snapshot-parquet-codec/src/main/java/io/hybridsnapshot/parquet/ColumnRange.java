package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import java.math.BigInteger;

/**
 * The numbers that a column's type allows, both ends included. Vectors hold a {@code long} whatever the type: a value outside would
 * be cut off in the file without a word.
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

    static SnapshotException outside(Column column, String actual) {
        return SnapshotException.invalidRequest("a value is outside its column's type")
                .where("column '" + column.name() + "'")
                .actual(actual)
                .expected("a value of type " + column.type())
                .nextStep("declare a wider type for the column")
                .build();
    }
}
