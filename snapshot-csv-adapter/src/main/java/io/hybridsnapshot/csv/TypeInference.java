package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.schema.ColumnType;
import java.util.Arrays;

/**
 * Finds for some columns of a CSV file the narrowest type that gives every cell back letter for letter. A column starts with all
 * candidates, and every cell that is not the canonical text of a value of a candidate strikes it out. A hot path: arrays by field
 * position. One thread.
 */
final class TypeInference extends RecordHandler {
    private static final int BOOLEAN = 1;
    private static final int INT64 = 1 << 1;
    private static final int DATE = 1 << 2;
    private static final int TIMESTAMP = 1 << 3;
    private static final int DECIMAL = 1 << 4;
    private static final int FLOAT64 = 1 << 5;
    private static final int UUID = 1 << 6;
    private static final int ALL = (1 << 7) - 1;
    private static final int NUMBERS = INT64 | DECIMAL | FLOAT64;

    private final EmptyCells emptyCells;
    private final CellParser parser = new CellParser();

    /** By field: the candidates that are left; none for a column that is not asked for. */
    private int[] candidates;

    private boolean[] seen;
    private int[] integerDigits;

    /** By field: the digits after the point that all decimals so far have, or -1 before the first. */
    private int[] scales;

    /** By field: the most digits of a second. */
    private int[] secondDigits;

    TypeInference(CsvErrors errors, EmptyCells emptyCells) {
        super(errors);
        this.emptyCells = emptyCells;
    }

    /** Says which fields to look at; called once, between the header and the first row. */
    void start(boolean[] wanted) {
        candidates = new int[wanted.length];
        seen = new boolean[wanted.length];
        integerDigits = new int[wanted.length];
        scales = new int[wanted.length];
        secondDigits = new int[wanted.length];
        Arrays.fill(scales, -1);
        for (int field = 0; field < wanted.length; field++) {
            candidates[field] = wanted[field] ? ALL : 0;
        }
    }

    /** The type of a field that was asked for, after the last row; text where no cell had a value. */
    ColumnType type(int field) {
        int left = seen[field] ? candidates[field] : 0;
        if ((left & BOOLEAN) != 0) {
            return ColumnType.BOOLEAN;
        }
        if ((left & INT64) != 0) {
            return ColumnType.INT64;
        }
        if ((left & DATE) != 0) {
            return ColumnType.DATE;
        }
        if ((left & TIMESTAMP) != 0) {
            return ColumnType.timestamp(secondDigits[field] <= 6 ? 6 : 9);
        }
        if ((left & DECIMAL) != 0) {
            // As many digits as the representation holds: tomorrow's numbers may be longer than today's.
            boolean isLong = integerDigits[field] + scales[field] <= ColumnType.MAX_LONG_PRECISION;
            return ColumnType.decimal(
                    isLong ? ColumnType.MAX_LONG_PRECISION : ColumnType.MAX_DECIMAL_PRECISION, scales[field]);
        }
        if ((left & FLOAT64) != 0) {
            return ColumnType.FLOAT64;
        }
        return (left & UUID) != 0 ? ColumnType.UUID : ColumnType.TEXT;
    }

    @Override
    void row() {
        // Every cell was looked at already.
    }

    @Override
    void cell(int field, char[] b, int offset, int length, boolean quoted) {
        int left = candidates[field];
        if (left == 0) {
            return;
        }
        if (length == 0) {
            if (emptyCells == EmptyCells.EMPTY_IS_TEXT || quoted && emptyCells == EmptyCells.UNQUOTED_EMPTY_IS_NULL) {
                candidates[field] = 0;
            }
            return;
        }
        seen[field] = true;
        if ((left & NUMBERS) != 0) {
            left = number(field, left, b, offset, length);
        }
        if ((left & BOOLEAN) != 0 && !(parser.bool(b, offset, length) && parser.canonical)) {
            left &= ~BOOLEAN;
        }
        if ((left & DATE) != 0 && !(length == 10 && parser.date(b, offset, length))) {
            left &= ~DATE;
        }
        if ((left & TIMESTAMP) != 0) {
            if (parser.timestamp(b, offset, length, 9) && parser.canonical) {
                secondDigits[field] = Math.max(secondDigits[field], length - 20);
            } else {
                left &= ~TIMESTAMP;
            }
        }
        if ((left & UUID) != 0 && !(parser.uuid(b, offset, length) && parser.canonical)) {
            left &= ~UUID;
        }
        candidates[field] = left;
    }

    private int number(int field, int candidatesLeft, char[] b, int offset, int length) {
        int left = candidatesLeft;
        if ((left & DECIMAL) != 0 && !decimal(field, b, offset, length)) {
            left &= ~DECIMAL;
        }
        if ((left & INT64) != 0
                && !(parser.integer(b, offset, length, Long.MIN_VALUE, Long.MAX_VALUE) && parser.canonical)) {
            left &= ~INT64;
        }
        if ((left & FLOAT64) != 0 && !(parser.float64(b, offset, length) && parser.canonical)) {
            left &= ~FLOAT64;
        }
        return left;
    }

    private boolean decimal(int field, char[] b, int offset, int length) {
        if (!parser.plainNumber(b, offset, length)) {
            return false;
        }
        if (scales[field] < 0) {
            scales[field] = parser.fractionDigits;
        }
        integerDigits[field] = Math.max(integerDigits[field], parser.integerDigits);
        return scales[field] == parser.fractionDigits
                && integerDigits[field] + scales[field] <= ColumnType.MAX_DECIMAL_PRECISION;
    }
}
