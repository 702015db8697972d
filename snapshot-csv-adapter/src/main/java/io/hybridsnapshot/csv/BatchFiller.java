package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.batch.BooleanVector;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DecimalVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.TypeKind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Fills batches with the rows of a table of text cells. Blocks of cells go into the vectors column by column, so that
 * the cells of a loop take the same branches. A hot path: arrays by field position, no object per cell. For one thread.
 */
final class BatchFiller implements CellReader {
    private static final int MAX_FIRST_CAPACITY = 1_024;
    private static final int MIN_FIRST_CAPACITY = 16;

    /** The number of cells in the first batch's arrays; they grow if the file has more. */
    private static final int FIRST_CELLS = 1 << 18;

    private final CellErrors errors;
    private final CsvFormat format;
    private final TypeDeclaration declaration;
    private final List<String> header;
    private final int width;

    /** Whether an empty cell of a text column is an empty text: without quotes, and in quotes. */
    private final boolean emptyTexts;

    private final boolean quotedEmptyTexts;

    /** Whether an empty cell in quotes is an error in a column without empty texts. */
    private final boolean refusesQuotedEmpty;

    private final CellParser parser = new CellParser();

    /** Rewrites cells of some types before they are parsed. */
    private final Optional<ValueSpelling> spelling;

    private final LineIndex lines = new LineIndex();

    private Schema schema;
    private int batchRows;

    /**
     * By field: the kind to read, or null for a column that was not requested; the column's position in the schema; its
     * type.
     */
    private TypeKind[] kinds;

    private int[] targets;
    private ColumnType[] types;

    /** By field: whether the type is undeclared, so that a cell MUST be the canonical text of its value. */
    private boolean[] exact;

    /** By field: the vector that is being filled. */
    private ColumnVector[] vectors;

    private int[] textCapacity;
    private long bytesPerRow;
    private int rows;

    /** The bytes of text and binary cells: of the batch, and of the part of a row that earlier blocks brought. */
    private long textBytes;

    private long bytesOfOpenRow;
    private boolean isRowOpen;

    BatchFiller(CellErrors errors, CsvFormat format, TypeDeclaration declaration, List<String> header) {
        this.errors = errors;
        this.format = format;
        this.declaration = declaration;
        this.header = List.copyOf(header);
        this.width = header.size();
        this.spelling = ValueSpelling.of(format);
        EmptyCells empty = format.emptyCells();
        this.emptyTexts = empty == EmptyCells.EMPTY_IS_TEXT;
        this.quotedEmptyTexts = empty != EmptyCells.EMPTY_IS_NULL;
        this.refusesQuotedEmpty = empty == EmptyCells.UNQUOTED_EMPTY_IS_NULL;
    }

    /**
     * Sets the columns to read. Called once, between the header and the first row.
     *
     * @param columns the columns of the batches, in order
     * @param declared by field whether the dataset declares its type
     */
    void start(Schema columns, boolean[] declared, int maxRows) {
        schema = columns;
        batchRows = maxRows;
        int capacity = Math.max(MIN_FIRST_CAPACITY, Math.min(MAX_FIRST_CAPACITY, FIRST_CELLS / width));
        kinds = new TypeKind[width];
        targets = new int[width];
        types = new ColumnType[width];
        exact = new boolean[width];
        vectors = new ColumnVector[width];
        textCapacity = new int[width];
        for (int field = 0; field < width; field++) {
            int target = columns.find(header.get(field)).orElse(-1);
            targets[field] = target;
            if (target >= 0) {
                types[field] = columns.column(target).type();
                kinds[field] = types[field].kind();
                exact[field] = !declared[field];
                textCapacity[field] = 16 * capacity;
                bytesPerRow += bytesPerRow(types[field]);
            }
        }
        renew(Math.min(batchRows, capacity));
    }

    private static int bytesPerRow(ColumnType type) {
        return switch (type.kind()) {
            case BOOLEAN -> 1;
            case TEXT, BINARY -> 4;
            case DECIMAL -> type.isWideDecimal() ? 16 : 8;
            case TIMESTAMP, INSTANT -> 12;
            case UUID -> 16;
            default -> 8;
        };
    }

    /** Whether the batch is to be taken before the next row. Never within a row. */
    boolean isFull() {
        return !isRowOpen
                && rows > 0
                && (rows >= batchRows || textBytes + rows * bytesPerRow >= RowBatch.DEFAULT_BYTES);
    }

    /** The rows that the batch has room for. */
    int rowsLeft() {
        return batchRows - rows;
    }

    boolean isEmpty() {
        return rows == 0;
    }

    LineIndex lines() {
        return lines;
    }

    /** Hands out the rows since the last call and starts anew, with the room that they took. */
    RowBatch take() {
        ColumnVector[] ordered = new ColumnVector[schema.size()];
        for (int field = 0; field < vectors.length; field++) {
            if (targets[field] >= 0) {
                ordered[targets[field]] = vectors[field];
                if (vectors[field] instanceof BytesVector bytes) {
                    textCapacity[field] = bytes.bytesUsed() + (bytes.bytesUsed() >> 3) + 64;
                }
            }
        }
        RowBatch batch = new RowBatch(schema, Arrays.asList(ordered));
        renew(rows);
        return batch;
    }

    private void renew(int capacity) {
        for (int field = 0; field < vectors.length; field++) {
            if (kinds[field] == TypeKind.TEXT || kinds[field] == TypeKind.BINARY) {
                vectors[field] = new BytesVector(capacity, textCapacity[field]);
            } else if (kinds[field] != null) {
                vectors[field] = ColumnVector.forType(types[field], capacity);
            }
        }
        rows = 0;
        textBytes = 0;
        bytesOfOpenRow = 0;
    }

    @Override
    public void read(CellBlock block) {
        int end = block.cells;
        long bytesBefore = textBytes;
        for (int field = 0; field < width; field++) {
            if (kinds[field] != null) {
                int first = field - block.firstField;
                end = column(field, block, first < 0 ? first + width : first, end);
            }
        }
        if (end < block.cells) {
            throw wrong(block, end);
        }
        requireShortRows(block, textBytes - bytesBefore);
        for (int row = 0; row < block.rows; row++) {
            lines.add(block.lines[row]);
        }
        rows += block.rows;
    }

    /**
     * Appends the cells of a column to its vector.
     *
     * @param first the column's first cell
     * @param end the cells from here on do not count
     * @return the first cell that is no value of the column's type, or {@code end}
     */
    private int column(int field, CellBlock block, int first, int end) {
        return switch (kinds[field]) {
            case TEXT -> texts((BytesVector) vectors[field], block, first, end);
            case BINARY -> binaries(field, (BytesVector) vectors[field], block, first, end);
            default -> values(field, block, first, end);
        };
    }

    private int texts(BytesVector vector, CellBlock block, int first, int end) {
        byte[] b = block.buffer;
        int[] lengths = block.lengths;
        int before = vector.bytesUsed();
        for (int cell = first; cell < end; cell += width) {
            int length = lengths[cell];
            if (length > 0) {
                vector.append(b, block.starts[cell], length);
            } else if (length == 0 ? emptyTexts : length == CellBlock.QUOTED_EMPTY && quotedEmptyTexts) {
                vector.append(b, 0, 0);
            } else {
                cell = nulls(vector, block, cell, end);
            }
        }
        textBytes += vector.bytesUsed() - before;
        return end;
    }

    private int binaries(int field, BytesVector vector, CellBlock block, int first, int end) {
        int before = vector.bytesUsed();
        for (int cell = first; cell < end; cell += width) {
            int length = block.lengths[cell];
            if (length > 0) {
                int start = vector.reserve(length / 2);
                boolean valid = parser.binary(block.buffer, block.starts[cell], length, vector.data(), start);
                if (!valid || isWrong(field)) {
                    return cell;
                }
                vector.commit(length / 2);
            } else if (length == 0 ? emptyTexts : length == CellBlock.QUOTED_EMPTY && quotedEmptyTexts) {
                vector.append(block.buffer, 0, 0);
            } else {
                cell = nulls(vector, block, cell, end);
            }
        }
        textBytes += vector.bytesUsed() - before;
        return end;
    }

    /** Appends NULL for a cell and for the column's empty cells next to it that are alike. Returns the last of them. */
    private int nulls(ColumnVector vector, CellBlock block, int cell, int end) {
        int[] lengths = block.lengths;
        int length = lengths[cell];
        int last = cell;
        while (last < end - width && lengths[last + width] == length) {
            last += width;
        }
        vector.appendNulls((last - cell) / width + 1);
        return last;
    }

    /** The same for a column without empty texts, or -1 if the cell is an empty text. */
    private int empties(ColumnVector vector, CellBlock block, int cell, int end) {
        return refusesQuotedEmpty && block.lengths[cell] == CellBlock.QUOTED_EMPTY
                ? -1
                : nulls(vector, block, cell, end);
    }

    private int values(int field, CellBlock block, int first, int end) {
        TypeKind kind = kinds[field];
        ColumnType type = types[field];
        ColumnVector vector = vectors[field];
        byte[] b = block.buffer;
        int[] lengths = block.lengths;
        ValueSpelling rewriting = spelling.filter(each -> each.concerns(kind)).orElse(null);
        for (int cell = first; cell < end; cell += width) {
            int length = lengths[cell];
            if (length > 0) {
                boolean valid = rewriting == null
                        ? append(kind, type, vector, b, block.starts[cell], length)
                        : appendRewritten(rewriting, type, vector, b, block.starts[cell], length);
                if (!valid || isWrong(field)) {
                    return cell;
                }
            } else {
                int last = empties(vector, block, cell, end);
                if (last < 0) {
                    return cell;
                }
                cell = last;
            }
        }
        return end;
    }

    private boolean appendRewritten(
            ValueSpelling rewriting, ColumnType type, ColumnVector vector, byte[] b, int start, int length) {
        int rewritten = rewriting.rewrite(type.kind(), b, start, length);
        return rewritten > 0 && append(type.kind(), type, vector, rewriting.bytes, 0, rewritten);
    }

    /** Appends the value of a cell, in any spelling; false for a cell that is no value of the type. */
    private boolean append(TypeKind kind, ColumnType type, ColumnVector vector, byte[] b, int start, int length) {
        switch (kind) {
            case INT64 -> {
                return integer((LongVector) vector, b, start, length, Long.MIN_VALUE, Long.MAX_VALUE);
            }
            case INT32 -> {
                return integer((LongVector) vector, b, start, length, Integer.MIN_VALUE, Integer.MAX_VALUE);
            }
            case INT16 -> {
                return integer((LongVector) vector, b, start, length, Short.MIN_VALUE, Short.MAX_VALUE);
            }
            case INT8 -> {
                return integer((LongVector) vector, b, start, length, Byte.MIN_VALUE, Byte.MAX_VALUE);
            }
            case DECIMAL -> {
                return parser.decimal(b, start, length, type.precision(), type.scale()) && decimal(vector);
            }
            case FLOAT64 -> {
                return parser.float64(b, start, length) && real((DoubleVector) vector);
            }
            case FLOAT32 -> {
                return parser.float32(b, start, length) && real((DoubleVector) vector);
            }
            case BOOLEAN -> {
                boolean valid = parser.bool(b, start, length);
                if (valid) {
                    ((BooleanVector) vector).append(parser.value == 1);
                }
                return valid;
            }
            case DATE -> {
                return parser.date(b, start, length) && number((LongVector) vector);
            }
            case TIME -> {
                return parser.time(b, start, length, type.precision()) && number((LongVector) vector);
            }
            case TIMESTAMP -> {
                return parser.timestamp(b, start, length, type.precision()) && moment((TimestampVector) vector);
            }
            case INSTANT -> {
                return parser.instant(b, start, length, type.precision()) && moment((TimestampVector) vector);
            }
            case UUID -> {
                boolean valid = parser.uuid(b, start, length);
                if (valid) {
                    ((UuidVector) vector).append(parser.value, parser.low);
                }
                return valid;
            }
            default -> throw new IllegalStateException(kind.toString());
        }
    }

    private boolean integer(LongVector vector, byte[] b, int start, int length, long min, long max) {
        return parser.integer(b, start, length, min, max) && number(vector);
    }

    private boolean number(LongVector vector) {
        vector.append(parser.value);
        return true;
    }

    private boolean real(DoubleVector vector) {
        vector.append(parser.real);
        return true;
    }

    private boolean moment(TimestampVector vector) {
        vector.append(parser.value, parser.nanos);
        return true;
    }

    private boolean decimal(ColumnVector vector) {
        if (!(vector instanceof DecimalVector wide)) {
            return number((LongVector) vector);
        }
        if (parser.wide == null) {
            wide.append(parser.value);
        } else {
            wide.append(parser.wide);
        }
        return true;
    }

    /** Whether the spelling is wrong: an undeclared type never changes a cell, so an export gives the text back. */
    private boolean isWrong(int field) {
        return exact[field] && !parser.canonical;
    }

    /** Refuses a row with too many bytes of texts. Only a block of more bytes can have one. */
    private void requireShortRows(CellBlock block, long bytesOfBlock) {
        if (bytesOfOpenRow + bytesOfBlock > CellPass.MAX_ROW_BYTES) {
            long bytes = bytesOfOpenRow;
            for (int cell = 0; cell < block.cells; cell++) {
                int field = (block.firstField + cell) % width;
                bytes = field == 0 ? 0 : bytes;
                if (vectors[field] instanceof BytesVector) {
                    bytes += Math.max(0, block.lengths[cell]) / (kinds[field] == TypeKind.TEXT ? 1 : 2);
                }
                if (bytes > CellPass.MAX_ROW_BYTES) {
                    throw errors.rowTooLong(block.lineOf(cell));
                }
            }
        }
        isRowOpen = block.fields > 0;
        bytesOfOpenRow = isRowOpen ? bytesOfOpenRow + bytesOfBlock : 0;
    }

    private RuntimeException wrong(CellBlock block, int cell) {
        String text =
                new String(block.buffer, block.starts[cell], Math.max(0, block.lengths[cell]), StandardCharsets.UTF_8);
        return TypeAdvice.error(
                errors,
                format,
                declaration,
                header.toArray(String[]::new),
                types,
                exact,
                block.lineOf(cell),
                (block.firstField + cell) % width,
                text);
    }
}
