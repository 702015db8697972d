package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.TypeKind;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Runs after a first cell that does not fit its column's type. Reads the file to its end and finds every such
 * column. For each, the advice is a type that holds the values of the column's type and the cells of the file. For one
 * thread.
 */
final class TypeAdvice implements CellReader {
    private final EmptyCells emptyCells;
    private final Optional<ValueSpelling> spelling;
    /** The format's dates with one or two digits for days and months; empty: they are so already, or there are none. */
    private final Optional<DatePattern> lenientDates;

    private final Optional<ValueSpelling> lenient;
    private final ColumnType[] types;
    private final boolean[] exact;
    private final CellParser parser = new CellParser();
    /** The columns with wrong cells, by field. */
    private final WrongCells[] wrong;

    /**
     * Advice for a file.
     *
     * @param types by field the type to read its cells as, or null for a column that was not requested
     * @param exact by field whether a cell MUST be the canonical text of its value
     */
    private TypeAdvice(CsvFormat format, ColumnType[] types, boolean[] exact) {
        this.emptyCells = format.emptyCells();
        this.spelling = ValueSpelling.of(format);
        this.lenientDates = format.values().dateFormat().map(DatePattern::of).flatMap(DatePattern::lenient);
        this.lenient = lenientDates.flatMap(
                dates -> ValueSpelling.of(format.withValues(format.values().withDateFormat(dates.parts()))));
        this.types = types;
        this.exact = exact;
        this.wrong = new WrongCells[types.length];
    }

    /**
     * The error about a cell that does not fit its column's type, and about all others of the file.
     *
     * @param line the line of the first such cell
     * @param field its field
     * @param cell the cell
     */
    static SnapshotException error(
            CellErrors errors,
            CsvFormat format,
            TypeDeclaration declaration,
            String[] header,
            ColumnType[] types,
            boolean[] exact,
            long line,
            int field,
            String cell) {
        TypeAdvice advice = new TypeAdvice(format, types, exact);
        // A source that can be read only once is not read again.
        if (errors.table().isRepeatable()) {
            advice.readAll(errors.table());
        }
        if (advice.wrong[field] == null) {
            advice.add(field, line, cell);
        }
        Map<String, ColumnType> declared = new LinkedHashMap<>();
        Map<String, String> found = new LinkedHashMap<>();
        for (int i = 0; i < types.length; i++) {
            if (advice.wrong[i] != null) {
                declared.put(header[i], advice.wrong[i].typeFor(types[i]));
                found.put(header[i], advice.wrong[i].text(header[i], types[i]));
            }
        }
        RemedyText nextStep = advice.nextStep(declared, declaration);
        if (found.size() == 1) {
            String form = form(types[field], format.values());
            String expected =
                    exact[field] ? form + " in its canonical form, as in the earlier rows or snapshots" : form;
            WrongCells first = advice.wrong[field];
            return errors.wrongCell(first.line, header[field], first.cell, expected, nextStep);
        }
        return errors.wrongCells(found.values(), nextStep);
    }

    private static String form(ColumnType type, CsvValues values) {
        TypeKind kind = type.kind();
        if (values.hasOwnNumbers() && (kind.isExactNumber() || kind.isFloat())) {
            return CellErrors.form(type) + ", with the decimal separator " + CsvFormat.shown(values.decimalSeparator())
                    + values.thousandsSeparator()
                            .map(thousands -> " and the thousands separator " + CsvFormat.shown(thousands))
                            .orElse("");
        }
        boolean hasDate = kind == TypeKind.DATE || kind == TypeKind.TIMESTAMP;
        return values.dateFormat()
                .filter(format -> hasDate)
                .map(format -> type + " (" + format + (kind == TypeKind.DATE ? ")" : " HH:MM:SS)"))
                .orElse(CellErrors.form(type));
    }

    private RemedyText nextStep(Map<String, ColumnType> declared, TypeDeclaration declaration) {
        if (Arrays.stream(wrong).filter(Objects::nonNull).allMatch(cells -> cells.lenientDates)) {
            return RemedyText.of(
                    "{0} {1}, which also reads days and months of one digit; or correct the cells",
                    CsvRemedy.DATE_FORMAT, lenientDates.map(DatePattern::parts).orElseThrow());
        }
        return RemedyText.plain(types(declared, declaration));
    }

    private static String types(Map<String, ColumnType> declared, TypeDeclaration declaration) {
        boolean one = declared.size() == 1;
        boolean textsAlone = declared.values().stream().allMatch(ColumnType.TEXT::equals);
        return "declare " + (one ? "a type that holds" : "types that hold") + " these and the earlier cells: "
                + declaration.of(declared)
                + (textsAlone ? "" : ", or text, by which another spelling is another value")
                + "; or correct the cells";
    }

    private void readAll(CellTable table) {
        try (CellPass pass = table.pass()) {
            if (pass.readHeader().size() == types.length) {
                pass.readAll(this);
            }
        } catch (SnapshotException e) {
            // The rest of the file has another fault; the columns found so far remain valid.
            return;
        }
    }

    @Override
    public void read(CellBlock block) {
        for (int i = 0; i < block.cells; i++) {
            int field = (block.firstField + i) % types.length;
            if (types[field] != null) {
                read(field, block, i);
            }
        }
    }

    private void read(int field, CellBlock block, int i) {
        ColumnType type = types[field];
        int length = Math.max(0, block.lengths[i]);
        boolean quotedEmpty = block.lengths[i] == CellBlock.QUOTED_EMPTY;
        boolean valid = length == 0
                ? emptyCells != EmptyCells.UNQUOTED_EMPTY_IS_NULL || !quotedEmpty || !hasSpellings(type)
                : reads(type, block.buffer, block.starts[i], length) && (parser.canonical || !exact[field]);
        if (!valid) {
            String cell = new String(block.buffer, block.starts[i], length, StandardCharsets.UTF_8);
            add(field, block.lineOf(i), cell);
        }
    }

    private void add(int field, long line, String cell) {
        if (wrong[field] == null) {
            wrong[field] = new WrongCells(line, cell);
        }
        ColumnType type = types[field];
        wrong[field].add(type, parser, spelled(type, cell));
        wrong[field].lenientDates &= isLenientDate(type, cell);
    }

    private boolean isLenientDate(ColumnType type, String cell) {
        return lenient.filter(dates -> type.kind() == TypeKind.DATE || type.kind() == TypeKind.TIMESTAMP)
                .flatMap(dates -> dates.rewritten(type.kind(), cell.getBytes(StandardCharsets.UTF_8)))
                .filter(date -> date.length > 0 && parser.reads(type, date, 0, date.length))
                .isPresent();
    }

    private boolean reads(ColumnType type, byte[] b, int start, int length) {
        if (spelling.filter(each -> each.concerns(type.kind())).isEmpty()) {
            return parser.reads(type, b, start, length);
        }
        int rewritten = spelling.get().rewrite(type.kind(), b, start, length);
        return rewritten > 0 && parser.reads(type, spelling.get().bytes, 0, rewritten);
    }

    /** The cell as the parser reads it; nothing, which is no value of any type, if it is not of the spelling. */
    private byte[] spelled(ColumnType type, String cell) {
        byte[] b = cell.getBytes(StandardCharsets.UTF_8);
        return spelling.map(each -> each.rewritten(type.kind(), b).orElse(new byte[0]))
                .orElse(b);
    }

    /** Whether an empty text is no value of the type. */
    private static boolean hasSpellings(ColumnType type) {
        return !type.equals(ColumnType.TEXT) && !type.equals(ColumnType.BINARY);
    }

    /** The cells of a column that are not of its type. */
    private static final class WrongCells {
        private final long line;
        private final String cell;
        private long count;
        /** Whether all are numbers in the form of a decimal column, and the most digits among them. */
        private boolean plain = true;

        private int integerDigits;
        private int fractionDigits;
        /** Whether all are, exactly, floating-point numbers without superfluous zeros. */
        private boolean floats = true;
        /** Whether all are values of the column's type, or of one with finer seconds, in some spelling. */
        private boolean spellings = true;

        private boolean fine = true;
        /** Whether the format's dates with one or two digits for days and months read all of them. */
        private boolean lenientDates = true;

        WrongCells(long line, String cell) {
            this.line = line;
            this.cell = cell;
        }

        void add(ColumnType type, CellParser parser, byte[] b) {
            count++;
            if (plain && b.length > 0 && parser.plainNumber(b, 0, b.length)) {
                integerDigits = Math.max(integerDigits, parser.integerDigits);
                fractionDigits = Math.max(fractionDigits, parser.fractionDigits);
            } else {
                plain = false;
            }
            floats &= isExactFloat(parser, b);
            spellings &= b.length > 0 && parser.reads(type, b, 0, b.length);
            fine &= b.length > 0
                    && finer(type)
                            .map(other -> parser.reads(other, b, 0, b.length))
                            .orElse(false);
        }

        /**
         * Whether a cell is a number that FLOAT64 holds exactly by its shortest text, spelled without superfluous zeros
         * before the point.
         */
        private static boolean isExactFloat(CellParser parser, byte[] b) {
            int mantissa = 0;
            while (mantissa < b.length && b[mantissa] != 'e' && b[mantissa] != 'E') {
                mantissa++;
            }
            if (mantissa == 0 || !parser.plainNumber(b, 0, mantissa) || !parser.float64(b, 0, b.length)) {
                return false;
            }
            try {
                byte[] text = new byte[CellText.maxBytes(ColumnType.FLOAT64)];
                int length = CellText.write(parser.real, text, 0);
                BigDecimal held = new BigDecimal(new String(text, 0, length, StandardCharsets.US_ASCII));
                return new BigDecimal(new String(b, StandardCharsets.US_ASCII)).compareTo(held) == 0;
            } catch (NumberFormatException e) {
                return false;
            }
        }

        private static Optional<ColumnType> finer(ColumnType type) {
            return switch (type.kind()) {
                case TIME -> Optional.of(ColumnType.time(9));
                case TIMESTAMP -> Optional.of(ColumnType.timestamp(9));
                case INSTANT -> Optional.of(ColumnType.instant(9));
                default -> Optional.empty();
            };
        }

        /** A type that holds the values of a type and these cells: text where no other does. */
        ColumnType typeFor(ColumnType type) {
            if (type.kind().isExactNumber()) {
                return plain ? number(type) : ColumnType.TEXT;
            }
            if (type.kind().isFloat()) {
                return floats ? ColumnType.FLOAT64 : ColumnType.TEXT;
            }
            if (spellings) {
                return type;
            }
            return fine ? finer(type).orElse(ColumnType.TEXT) : ColumnType.TEXT;
        }

        private ColumnType number(ColumnType type) {
            if (type.kind().isInteger() && fractionDigits == 0 && integerDigits < 19) {
                return ColumnType.INT64;
            }
            int scale = Math.max(type.scale(), fractionDigits);
            int digits =
                    Math.max(integerDigits, type.kind().isInteger() ? 19 : type.precision() - type.scale()) + scale;
            if (digits > ColumnType.MAX_DECIMAL_PRECISION) {
                return ColumnType.TEXT;
            }
            // As many digits as the representation holds: tomorrow's numbers may be longer than today's.
            return ColumnType.decimal(
                    digits <= ColumnType.MAX_LONG_PRECISION
                            ? ColumnType.MAX_LONG_PRECISION
                            : ColumnType.MAX_DECIMAL_PRECISION,
                    scale);
        }

        String text(String column, ColumnType type) {
            return "'" + CellErrors.cut(cell) + "' in '" + CellErrors.cut(column) + "' (" + type + ", line " + line
                    + (count > 1 ? ", " + count + " cells" : "") + ")";
        }
    }
}
