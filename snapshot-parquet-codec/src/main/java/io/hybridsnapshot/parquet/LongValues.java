package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;

/** How the values of a column become the numbers that Parquet holds: of 4 or 8 bytes, floating point as its bits. */
@FunctionalInterface
interface LongValues {
    /**
     * The smallest number that DuckDB and NumPy read as a time and not as "infinite" or "missing"; the greatest of
     * those is one less.
     */
    long FIRST_NANOS = Long.MIN_VALUE + 2;

    /** The greatest number that DuckDB reads as a time and not as "infinite". */
    long LAST_NANOS = Long.MAX_VALUE - 1;

    /**
     * Writes the number of each row of {@code [from, to)} from position 0. The number of a NULL row is arbitrary.
     *
     * @param firstRow the ordinal in the file of the row {@code from}
     */
    void fill(ColumnVector vector, int from, int to, long firstRow, long[] numbers);

    /** The numbers of a column. Values that the numbers cannot hold go to the collector. */
    static LongValues of(Column column, PrimitiveType type, ExactValues.Collector exact) {
        return switch (column.type().kind()) {
            case TIME -> TypeMapping.isNanos(column.type()) ? LongValues::copy : micros(column);
            case TIMESTAMP, INSTANT ->
                !TypeMapping.isNanos(column.type())
                        ? timestampMicros(column)
                        : isInMicros(type) ? timestampMicrosAndRest(exact) : timestampNanos(exact);
            case FLOAT32 -> floats(column);
            case FLOAT64 ->
                (vector, from, to, firstRow, numbers) -> {
                    double[] values = ((DoubleVector) vector).values();
                    for (int row = from; row < to; row++) {
                        numbers[row - from] = Double.doubleToRawLongBits(values[row]);
                    }
                };
            default -> LongValues::copy;
        };
    }

    private static void copy(ColumnVector vector, int from, int to, long firstRow, long[] numbers) {
        System.arraycopy(((LongVector) vector).values(), from, numbers, 0, to - from);
    }

    private static LongValues micros(Column column) {
        return (vector, from, to, firstRow, numbers) -> {
            long[] nanos = ((LongVector) vector).values();
            for (int row = from; row < to; row++) {
                long micro = nanos[row] / 1_000;
                if (micro * 1_000 != nanos[row]) {
                    throw tooPrecise(column, firstRow + row - from);
                }
                numbers[row - from] = micro;
            }
        };
    }

    private static LongValues timestampMicros(Column column) {
        return (vector, from, to, firstRow, numbers) -> {
            TimestampVector timestamps = (TimestampVector) vector;
            for (int row = from; row < to; row++) {
                long second = timestamps.epochSecond(row);
                int nano = timestamps.nanoOfSecond(row);
                int micro = nano / 1_000;
                if (micro * 1_000 != nano) {
                    throw tooPrecise(column, firstRow + row - from);
                }
                // The multiplication is exact within these bounds; beyond them lie the years ±292,000.
                if (second >= Long.MAX_VALUE / 1_000_000 || second <= Long.MIN_VALUE / 1_000_000) {
                    throw ColumnRange.outside(
                            column,
                            firstRow + row - from,
                            CellText.of(column.type(), vector, row),
                            column.type() + " from the year -290308 to 294247");
                }
                numbers[row - from] = second * 1_000_000 + micro;
            }
        };
    }

    private static LongValues timestampNanos(ExactValues.Collector exact) {
        return (vector, from, to, firstRow, numbers) -> {
            TimestampVector timestamps = (TimestampVector) vector;
            for (int row = from; row < to; row++) {
                if (timestamps.isNull(row)) {
                    continue;
                }
                long second = timestamps.epochSecond(row);
                int nano = timestamps.nanoOfSecond(row);
                boolean inside = second > FIRST_NANOS / 1_000_000_000 && second < LAST_NANOS / 1_000_000_000;
                if (inside) {
                    exact.interrupt();
                    numbers[row - from] = second * 1_000_000_000 + nano;
                } else {
                    exact.add(firstRow + row - from, second, nano);
                    numbers[row - from] = second < 0 ? FIRST_NANOS : LAST_NANOS;
                }
            }
        };
    }

    private static boolean isInMicros(PrimitiveType type) {
        return type.getLogicalTypeAnnotation() instanceof TimestampLogicalTypeAnnotation timestamp
                && timestamp.getUnit() == TimeUnit.MICROS;
    }

    /** Microseconds of a column that has more digits, which are kept aside. */
    private static LongValues timestampMicrosAndRest(ExactValues.Collector exact) {
        return (vector, from, to, firstRow, numbers) -> {
            TimestampVector timestamps = (TimestampVector) vector;
            for (int row = from; row < to; row++) {
                if (timestamps.isNull(row)) {
                    continue;
                }
                long second = timestamps.epochSecond(row);
                int nano = timestamps.nanoOfSecond(row);
                if (second >= Long.MAX_VALUE / 1_000_000 || second <= Long.MIN_VALUE / 1_000_000) {
                    exact.add(firstRow + row - from, second, nano);
                    numbers[row - from] = second < 0 ? FIRST_NANOS : LAST_NANOS;
                    continue;
                }
                numbers[row - from] = second * 1_000_000 + nano / 1_000;
                if (nano % 1_000 == 0) {
                    exact.interrupt();
                } else {
                    exact.add(firstRow + row - from, nano % 1_000);
                }
            }
        };
    }

    private static LongValues floats(Column column) {
        return (vector, from, to, firstRow, numbers) -> {
            double[] values = ((DoubleVector) vector).values();
            for (int row = from; row < to; row++) {
                float value = (float) values[row];
                if (value != values[row] && !Double.isNaN(values[row])) {
                    throw ColumnRange.outside(column, firstRow + row - from, Double.toString(values[row]));
                }
                numbers[row - from] = Float.floatToRawIntBits(value);
            }
        };
    }

    /** The error about a time with nanoseconds in a column without. */
    static SnapshotException tooPrecise(Column column, long row) {
        return SnapshotException.invalidRequest("a time has more digits than its column")
                .where("column '" + column.name() + "', row " + (row + 1))
                .actual("a fraction beyond microseconds")
                .expected(column.type().toString())
                .nextStep("declare the column with precision 9")
                .build();
    }
}
