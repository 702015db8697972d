package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.TypeKind;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Finds, for some columns of a table of text cells, the narrowest type that reproduces every cell letter for letter. A
 * column starts with all candidates. Each cell removes every candidate for which it is not the canonical text of a
 * value.
 *
 * <p>The columns of a block are shared out among the calling thread and the threads of the common pool, because no
 * other work of a save can begin before the types are known. A column's cells are read by one thread at a time. A hot
 * path: arrays by field position, written only where a value changes, so that threads do not contend for cache lines.
 * One caller.
 */
final class TypeInference implements CellReader {
    /** Fewer columns are not worth the hand-over to other threads. */
    private static final int FEW_COLUMNS = 4;

    /** The candidates that one rewriting serves, and a kind of each. */
    private static final int[] GROUPS = {TypeCandidates.NUMBERS, TypeCandidates.DATE, TypeCandidates.TIMESTAMP};

    private static final TypeKind[] KINDS = {TypeKind.DECIMAL, TypeKind.DATE, TypeKind.TIMESTAMP};

    private final EmptyCells emptyCells;
    private final TypeCandidates found;

    /** Rewrites the cells of a column, by its place; empty if no cell is rewritten. */
    private final ValueSpelling[] spellings;

    /** The candidates for which cells are rewritten. */
    private final int rewritten;

    /** By field: the column's place among the candidates, or -1 for a column that is not asked for. */
    private final int[] places;

    /** A parser for each column, by its place. */
    private final CellParser[] parsers;

    /** The fields whose columns still have candidates. */
    private final int[] open;

    /** An inference that removes the candidates contradicted by the cells of one file. */
    TypeInference(CsvFormat format, TypeCandidates found, int[] placesByField) {
        this.emptyCells = format.emptyCells();
        this.found = found;
        this.places = placesByField.clone();
        this.open = new int[places.length];
        this.parsers = new CellParser[found.left.length];
        for (int place = 0; place < parsers.length; place++) {
            parsers[place] = new CellParser();
        }
        Optional<ValueSpelling> spelling = ValueSpelling.of(format);
        int concerned = 0;
        for (int i = 0; i < GROUPS.length && spelling.isPresent(); i++) {
            concerned |= spelling.get().concerns(KINDS[i]) ? GROUPS[i] : 0;
        }
        this.rewritten = concerned;
        this.spellings = new ValueSpelling[spelling.isPresent() ? parsers.length : 0];
        for (int place = 0; place < spellings.length; place++) {
            spellings[place] = ValueSpelling.of(format).orElseThrow();
        }
    }

    @Override
    public void read(CellBlock block) {
        int count = 0;
        for (int field = 0; field < places.length; field++) {
            if (places[field] >= 0 && found.left[places[field]] != 0) {
                open[count++] = field;
            }
        }
        if (count < FEW_COLUMNS) {
            for (int i = 0; i < count; i++) {
                column(open[i], block);
            }
        } else {
            IntStream.range(0, count).parallel().forEach(i -> column(open[i], block));
        }
    }

    private void column(int field, CellBlock block) {
        int first = field - block.firstField;
        column(places[field], block, first < 0 ? first + places.length : first);
    }

    private void column(int place, CellBlock block, int first) {
        byte[] b = block.buffer;
        CellParser parser = parsers[place];
        int left = found.left[place];
        boolean seen = found.seen[place];
        for (int cell = first; cell < block.cells && left != 0; cell += places.length) {
            int length = block.lengths[cell];
            if (length > 0) {
                seen = true;
                left = rewritten == 0
                        ? left(parser, place, left, b, block.starts[cell], length)
                        : leftRewritten(parser, place, left, b, block.starts[cell], length);
            } else if (length != CellBlock.NULL_TEXT
                    && (emptyCells == EmptyCells.EMPTY_IS_TEXT
                            || length == CellBlock.QUOTED_EMPTY && emptyCells == EmptyCells.UNQUOTED_EMPTY_IS_NULL)) {
                left = 0;
            }
        }
        found.left[place] = left;
        found.seen[place] = seen;
    }

    /** The candidates that are left after a cell that is rewritten for some of them. */
    private int leftRewritten(CellParser parser, int place, int candidates, byte[] b, int offset, int length) {
        ValueSpelling spelling = spellings[place];
        int left = left(parser, place, candidates & ~rewritten, b, offset, length);
        for (int i = 0; i < GROUPS.length; i++) {
            int group = GROUPS[i] & rewritten & candidates;
            int spelled = group == 0 ? 0 : spelling.rewrite(KINDS[i], b, offset, length);
            if (spelled > 0) {
                left |= left(parser, place, group, spelling.bytes, 0, spelled);
            }
        }
        return left;
    }

    /** The candidates that are left after a cell. */
    private int left(CellParser parser, int place, int candidates, byte[] b, int offset, int length) {
        int left = candidates;
        if ((left & TypeCandidates.NUMBERS) != 0) {
            left = number(parser, place, left, b, offset, length);
        }
        if ((left & TypeCandidates.BOOLEAN) != 0 && !(parser.bool(b, offset, length) && parser.canonical)) {
            left &= ~TypeCandidates.BOOLEAN;
        }
        if ((left & TypeCandidates.DATE) != 0 && !(length == 10 && parser.date(b, offset, length))) {
            left &= ~TypeCandidates.DATE;
        }
        if ((left & TypeCandidates.TIMESTAMP) != 0) {
            if (parser.timestamp(b, offset, length, 9) && parser.canonical) {
                if (length - 20 > found.secondDigits[place]) {
                    found.secondDigits[place] = length - 20;
                }
            } else {
                left &= ~TypeCandidates.TIMESTAMP;
            }
        }
        if ((left & TypeCandidates.UUID) != 0 && !(parser.uuid(b, offset, length) && parser.canonical)) {
            left &= ~TypeCandidates.UUID;
        }
        return left;
    }

    private int number(CellParser parser, int place, int candidatesLeft, byte[] b, int offset, int length) {
        int left = candidatesLeft;
        boolean isShortWhole = false;
        if ((left & TypeCandidates.DECIMAL) != 0) {
            boolean isPlain = parser.plainNumber(b, offset, length);
            if (!isPlain || !decimal(parser, place)) {
                left &= ~TypeCandidates.DECIMAL;
            }
            // Such a number is its own canonical text, so it need not be parsed.
            isShortWhole =
                    isPlain && parser.fractionDigits == 0 && parser.integerDigits <= ColumnType.MAX_LONG_PRECISION;
        }
        if ((left & TypeCandidates.INT64) != 0
                && !isShortWhole
                && !(parser.integer(b, offset, length, Long.MIN_VALUE, Long.MAX_VALUE) && parser.canonical)) {
            left &= ~TypeCandidates.INT64;
        }
        if ((left & TypeCandidates.FLOAT64) != 0
                && !CellParser.isShortDecimal(b, offset, length)
                && !(parser.float64(b, offset, length) && parser.canonical)) {
            left &= ~TypeCandidates.FLOAT64;
        }
        return left;
    }

    private boolean decimal(CellParser parser, int place) {
        if (found.scales[place] < 0) {
            found.scales[place] = parser.fractionDigits;
        }
        if (parser.integerDigits > found.integerDigits[place]) {
            found.integerDigits[place] = parser.integerDigits;
        }
        return found.scales[place] == parser.fractionDigits
                && found.integerDigits[place] + found.scales[place] <= ColumnType.MAX_DECIMAL_PRECISION;
    }
}
