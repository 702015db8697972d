package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.schema.ColumnType;
import java.util.Arrays;

/**
 * The types that some columns may still have after the cells seen so far. {@link TypeInference} fills the object from
 * one file, or from several in turn. A hot path: arrays by the column's position. For one thread a column.
 */
final class TypeCandidates {
    static final int BOOLEAN = 1;
    static final int INT64 = 1 << 1;
    static final int DATE = 1 << 2;
    static final int TIMESTAMP = 1 << 3;
    static final int DECIMAL = 1 << 4;
    static final int FLOAT64 = 1 << 5;
    static final int UUID = 1 << 6;
    static final int NUMBERS = INT64 | DECIMAL | FLOAT64;
    private static final int ALL = (1 << 7) - 1;

    /** The candidates that are left. */
    final int[] left;

    final boolean[] seen;
    final int[] integerDigits;

    /** The digits after the point that all decimals so far have, or -1 before the first. */
    final int[] scales;

    /** The most digits of a second. */
    final int[] secondDigits;

    /** All candidates for this number of columns. */
    TypeCandidates(int columns) {
        left = new int[columns];
        seen = new boolean[columns];
        integerDigits = new int[columns];
        scales = new int[columns];
        secondDigits = new int[columns];
        Arrays.fill(left, ALL);
        Arrays.fill(scales, -1);
    }

    /** The type of a column after the last row; text where no cell had a value. */
    ColumnType type(int column) {
        int types = seen[column] ? left[column] : 0;
        if ((types & BOOLEAN) != 0) {
            return ColumnType.BOOLEAN;
        }
        // Only a date format without separators makes integers of dates.
        if ((types & DATE) != 0) {
            return ColumnType.DATE;
        }
        if ((types & INT64) != 0) {
            return ColumnType.INT64;
        }
        if ((types & TIMESTAMP) != 0) {
            return ColumnType.timestamp(secondDigits[column] <= 6 ? 6 : 9);
        }
        if ((types & DECIMAL) != 0) {
            // As many digits as the representation holds: tomorrow's numbers may be longer than today's.
            boolean isLong = integerDigits[column] + scales[column] <= ColumnType.MAX_LONG_PRECISION;
            return ColumnType.decimal(
                    isLong ? ColumnType.MAX_LONG_PRECISION : ColumnType.MAX_DECIMAL_PRECISION, scales[column]);
        }
        if ((types & FLOAT64) != 0) {
            return ColumnType.FLOAT64;
        }
        return (types & UUID) != 0 ? ColumnType.UUID : ColumnType.TEXT;
    }
}
