package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.schema.ColumnType;

/**
 * Finds, for some columns of a CSV file, the narrowest type that reproduces every cell letter for letter. A column
 * starts with all candidates. Each cell removes every candidate for which it is not the canonical text of a value. A
 * hot path: arrays by field position. For one thread.
 */
final class TypeInference implements CellReader {
    private final EmptyCells emptyCells;
    private final CellParser parser = new CellParser();

    private final TypeCandidates found;

    /** By field: the column's place among the candidates, or -1 for a column that is not asked for. */
    private final int[] places;

    /** An inference that removes the candidates contradicted by the cells of one file. */
    TypeInference(EmptyCells emptyCells, TypeCandidates found, int[] placesByField) {
        this.emptyCells = emptyCells;
        this.found = found;
        this.places = placesByField.clone();
    }

    @Override
    public void read(CellScanner block) {
        int width = places.length;
        for (int field = 0; field < width; field++) {
            int place = places[field];
            if (place >= 0 && found.left[place] != 0) {
                int first = field - block.firstField;
                column(place, block, first < 0 ? first + width : first);
            }
        }
    }

    private void column(int place, CellScanner block, int first) {
        byte[] b = block.buffer;
        int left = found.left[place];
        for (int cell = first; cell < block.cells && left != 0; cell += places.length) {
            int length = block.lengths[cell];
            if (length > 0) {
                left = left(place, left, b, block.starts[cell], length);
            } else if (emptyCells == EmptyCells.EMPTY_IS_TEXT
                    || length == CellScanner.QUOTED_EMPTY && emptyCells == EmptyCells.UNQUOTED_EMPTY_IS_NULL) {
                left = 0;
            }
        }
        found.left[place] = left;
    }

    /** The candidates that are left after a cell. */
    private int left(int place, int candidates, byte[] b, int offset, int length) {
        int left = candidates;
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
        return left;
    }

    private int number(int place, int candidatesLeft, byte[] b, int offset, int length) {
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

    private boolean decimal(int place, byte[] b, int offset, int length) {
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
