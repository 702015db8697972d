package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.schema.ColumnType;
import org.jspecify.annotations.Nullable;

/**
 * Finds, for some columns of a CSV file, the narrowest type that reproduces every cell letter for letter. A column
 * starts with all candidates. Each cell removes every candidate for which it is not the canonical text of a value. A
 * hot path: arrays by field position. For one thread.
 */
final class TypeInference extends RecordHandler {
    private final EmptyCells emptyCells;
    private final CellParser parser = new CellParser();

    private final TypeCandidates found;

    /** By field: the column's place among the candidates, or -1 for a column that is not asked for. */
    private int @Nullable [] places;

    /** An inference that removes the candidates contradicted by the cells of one file. */
    TypeInference(CsvErrors errors, EmptyCells emptyCells, TypeCandidates found) {
        super(errors);
        this.emptyCells = emptyCells;
        this.found = found;
    }

    /** Sets the position of each field's candidates, or -1. Called once, between the header and the first row. */
    void start(int[] placesByField) {
        places = placesByField.clone();
    }

    @Override
    void row() {
        // Every cell was looked at already.
    }

    @Override
    void cell(int field, char[] b, int offset, int length, boolean quoted) {
        int place = places[field];
        if (place < 0) {
            return;
        }
        int left = found.left[place];
        if (left == 0) {
            return;
        }
        if (length == 0) {
            if (emptyCells == EmptyCells.EMPTY_IS_TEXT || quoted && emptyCells == EmptyCells.UNQUOTED_EMPTY_IS_NULL) {
                found.left[place] = 0;
            }
            return;
        }
        found.seen[place] = true;
        if ((left & TypeCandidates.NUMBERS) != 0) {
            left = number(place, left, b, offset, length);
        }
        if ((left & TypeCandidates.BOOLEAN) != 0 && !(parser.bool(b, offset, length) && parser.canonical)) {
            left &= ~TypeCandidates.BOOLEAN;
        }
        if ((left & TypeCandidates.DATE) != 0 && !(length == 10 && parser.date(b, offset, length))) {
            left &= ~TypeCandidates.DATE;
        }
        if ((left & TypeCandidates.TIMESTAMP) != 0) {
            if (parser.timestamp(b, offset, length, 9) && parser.canonical) {
                found.secondDigits[place] = Math.max(found.secondDigits[place], length - 20);
            } else {
                left &= ~TypeCandidates.TIMESTAMP;
            }
        }
        if ((left & TypeCandidates.UUID) != 0 && !(parser.uuid(b, offset, length) && parser.canonical)) {
            left &= ~TypeCandidates.UUID;
        }
        found.left[place] = left;
    }

    private int number(int place, int candidatesLeft, char[] b, int offset, int length) {
        int left = candidatesLeft;
        if ((left & TypeCandidates.DECIMAL) != 0 && !decimal(place, b, offset, length)) {
            left &= ~TypeCandidates.DECIMAL;
        }
        if ((left & TypeCandidates.INT64) != 0
                && !(parser.integer(b, offset, length, Long.MIN_VALUE, Long.MAX_VALUE) && parser.canonical)) {
            left &= ~TypeCandidates.INT64;
        }
        if ((left & TypeCandidates.FLOAT64) != 0 && !(parser.float64(b, offset, length) && parser.canonical)) {
            left &= ~TypeCandidates.FLOAT64;
        }
        return left;
    }

    private boolean decimal(int place, char[] b, int offset, int length) {
        if (!parser.plainNumber(b, offset, length)) {
            return false;
        }
        if (found.scales[place] < 0) {
            found.scales[place] = parser.fractionDigits;
        }
        found.integerDigits[place] = Math.max(found.integerDigits[place], parser.integerDigits);
        return found.scales[place] == parser.fractionDigits
                && found.integerDigits[place] + found.scales[place] <= ColumnType.MAX_DECIMAL_PRECISION;
    }
}
