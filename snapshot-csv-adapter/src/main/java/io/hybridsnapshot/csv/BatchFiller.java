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
import java.util.Arrays;

/**
 * Fills batches with the rows of a CSV file. Every cell goes from the parser's buffer into its column's vector. A hot
 * path: arrays by field position, no object per cell. For one thread.
 */
final class BatchFiller extends RecordHandler {
    private static final int MAX_FIRST_CAPACITY = 1_024;
    private static final int MIN_FIRST_CAPACITY = 16;

    /** The number of cells in the first batch's arrays; they grow if the file has more. */
    private static final int FIRST_CELLS = 1 << 18;

    private final CsvErrors errors;
    private final CsvFormat format;
    private final TypeDeclaration declaration;
    private final EmptyCells emptyCells;
    private final CellParser parser = new CellParser();
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

    /** The bytes of text and binary cells: of all rows, and of those before the current one. */
    private long textBytes;

    private long earlierBytes;

    BatchFiller(CsvErrors errors, CsvFormat format, TypeDeclaration declaration) {
        super(errors);
        this.errors = errors;
        this.format = format;
        this.declaration = declaration;
        this.emptyCells = format.emptyCells();
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
        int width = header().size();
        int capacity = Math.max(MIN_FIRST_CAPACITY, Math.min(MAX_FIRST_CAPACITY, FIRST_CELLS / width));
        kinds = new TypeKind[width];
        targets = new int[width];
        types = new ColumnType[width];
        exact = new boolean[width];
        vectors = new ColumnVector[width];
        textCapacity = new int[width];
        for (int field = 0; field < width; field++) {
            int target = columns.find(header().get(field)).orElse(-1);
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

    /** Whether the batch is to be taken before the next row. */
    boolean isFull() {
        return rows >= batchRows || textBytes + rows * bytesPerRow >= RowBatch.DEFAULT_BYTES;
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
        earlierBytes = 0;
    }

    @Override
    void row() {
        lines.add(line());
        rows++;
        earlierBytes = textBytes;
    }

    /** Counts the bytes of a text or binary cell. */
    private void took(int bytes) {
        textBytes += bytes;
        if (textBytes - earlierBytes > CsvPass.MAX_ROW_BYTES) {
            throw errors.rowTooLong(line());
        }
    }

    @Override
    void cell(int field, char[] buffer, int offset, int length, boolean quoted) {
        TypeKind kind = kinds[field];
        if (kind == null) {
            return;
        }
        ColumnVector vector = vectors[field];
        if (length == 0) {
            empty(field, kind, vector, quoted);
            return;
        }
        boolean valid = switch (kind) {
            case TEXT -> {
                BytesVector texts = (BytesVector) vector;
                int before = texts.bytesUsed();
                texts.append(buffer, offset, length);
                took(texts.bytesUsed() - before);
                yield true;
            }
            case INT64 -> integer(field, (LongVector) vector, buffer, offset, length, Long.MIN_VALUE, Long.MAX_VALUE);
            case INT32 ->
                integer(field, (LongVector) vector, buffer, offset, length, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case INT16 -> integer(field, (LongVector) vector, buffer, offset, length, Short.MIN_VALUE, Short.MAX_VALUE);
            case INT8 -> integer(field, (LongVector) vector, buffer, offset, length, Byte.MIN_VALUE, Byte.MAX_VALUE);
            case DECIMAL -> decimal(field, vector, buffer, offset, length);
            case FLOAT64 -> {
                boolean number = parser.float64(buffer, offset, length) && accepted(field);
                ((DoubleVector) vector).append(parser.real);
                yield number;
            }
            case FLOAT32 -> {
                boolean number = parser.float32(buffer, offset, length) && accepted(field);
                ((DoubleVector) vector).append(parser.real);
                yield number;
            }
            case BOOLEAN -> {
                boolean word = parser.bool(buffer, offset, length) && accepted(field);
                ((BooleanVector) vector).append(parser.value == 1);
                yield word;
            }
            case DATE -> {
                boolean day = parser.date(buffer, offset, length) && accepted(field);
                ((LongVector) vector).append(parser.value);
                yield day;
            }
            case TIME -> {
                boolean time = parser.time(buffer, offset, length, types[field].precision()) && accepted(field);
                ((LongVector) vector).append(parser.value);
                yield time;
            }
            case TIMESTAMP -> {
                boolean time = parser.timestamp(buffer, offset, length, types[field].precision()) && accepted(field);
                ((TimestampVector) vector).append(parser.value, parser.nanos);
                yield time;
            }
            case INSTANT -> {
                boolean time = parser.instant(buffer, offset, length, types[field].precision()) && accepted(field);
                ((TimestampVector) vector).append(parser.value, parser.nanos);
                yield time;
            }
            case UUID -> {
                boolean uuid = parser.uuid(buffer, offset, length) && accepted(field);
                ((UuidVector) vector).append(parser.value, parser.low);
                yield uuid;
            }
            case BINARY -> binary(field, (BytesVector) vector, buffer, offset, length);
        };
        if (!valid) {
            throw wrong(field, new String(buffer, offset, length));
        }
    }

    private void empty(int field, TypeKind kind, ColumnVector vector, boolean quoted) {
        boolean isNull = switch (emptyCells) {
            case EMPTY_IS_NULL -> true;
            case UNQUOTED_EMPTY_IS_NULL -> !quoted;
            case EMPTY_IS_TEXT -> kind != TypeKind.TEXT && kind != TypeKind.BINARY;
        };
        if (isNull) {
            vector.appendNull();
        } else if (vector instanceof BytesVector bytes) {
            bytes.reserve(0);
            bytes.commit(0);
        } else {
            throw wrong(field, "");
        }
    }

    private boolean integer(int field, LongVector vector, char[] buffer, int offset, int length, long min, long max) {
        boolean valid = parser.integer(buffer, offset, length, min, max) && accepted(field);
        vector.append(parser.value);
        return valid;
    }

    private boolean decimal(int field, ColumnVector vector, char[] buffer, int offset, int length) {
        ColumnType type = types[field];
        if (!parser.decimal(buffer, offset, length, type.precision(), type.scale()) || !accepted(field)) {
            return false;
        }
        if (!(vector instanceof DecimalVector big)) {
            ((LongVector) vector).append(parser.value);
        } else if (parser.wide == null) {
            big.append(parser.value);
        } else {
            big.append(parser.wide);
        }
        return true;
    }

    private boolean binary(int field, BytesVector vector, char[] buffer, int offset, int length) {
        int start = vector.reserve(length / 2);
        if (!parser.binary(buffer, offset, length, vector.data(), start) || !accepted(field)) {
            return false;
        }
        vector.commit(length / 2);
        took(length / 2);
        return true;
    }

    /** An undeclared type never changes a cell: an export reproduces the text of the file. */
    private boolean accepted(int field) {
        return parser.canonical || !exact[field];
    }

    private RuntimeException wrong(int field, String cell) {
        String[] names = header().toArray(String[]::new);
        return TypeAdvice.error(errors, format, declaration, names, types, exact, line(), field, cell);
    }
}
