package io.hybridsnapshot.domain.encoding;

import io.hybridsnapshot.domain.batch.BooleanVector;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DecimalVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.TypeKind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes rows as the texts that the Python pipeline hashed ({@code docs/row-encoding.md}, Legacy specs). These are the
 * results of {@code str()} for the cells of a {@code pandas.read_sql} over pyodbc, both with their defaults. A hot
 * path: one buffer holds the row, and no object is made a cell, except for decimals with digits that a {@code double}
 * does not hold. Not thread-safe.
 */
final class LegacyRowEncoder implements RowMessages {
    /** Microseconds that a pandas Timestamp of nanoseconds holds, on both sides of 1970. */
    private static final long MOST_MICROS = Long.MAX_VALUE / 1_000;

    private static final long MICROS_A_SECOND = 1_000_000;
    private static final int NANOS_A_MICRO = 1_000;
    private static final int FRACTION_DIGITS = 6;

    /** The largest integer below which a double holds all, and the powers of ten that a double holds. */
    private static final long EXACT_DOUBLE = 1L << 53;

    private static final double[] POWERS_OF_TEN = powersOfTen();

    /** More than the text of any cell takes that is neither TEXT nor BINARY. */
    private static final int MOST_FIXED_BYTES = 64;
    /** {@code b''} and four bytes a byte. */
    private static final int BINARY_FRAME = 3;

    private static final int BINARY_FACTOR = 4;
    private static final long MOST_BYTES = Integer.MAX_VALUE - 8;

    private static final byte[] TRUE = ascii("True");
    private static final byte[] FALSE = ascii("False");
    private static final byte[] INFINITY = ascii("inf");
    private static final byte[] NONE = ascii("None");
    private static final byte[] NAN = ascii("nan");
    private static final byte[] NOT_A_TIME = ascii("NaT");
    private static final byte[] NOTHING = {};
    private static final byte[] HEX = ascii("0123456789abcdef");

    private final LegacySpec legacy;
    private final Field[] fields;
    private RowBatch batch;
    private byte[] buffer = new byte[8 << 10];
    private int length;

    /**
     * Makes an encoder of the columns that a spec hashes.
     *
     * @throws SnapshotException INVALID_REQUEST if one is not there or has no text
     */
    LegacyRowEncoder(Schema schema, LegacySpec legacy) {
        this.legacy = legacy;
        this.batch = new RowBatch(schema, RowBatch.vectorsFor(schema, 1));
        List<String> columns = legacy.columns(schema);
        this.fields = new Field[columns.size()];
        for (int i = 0; i < fields.length; i++) {
            int index = schema.indexOf(columns.get(i));
            Column column = schema.column(index);
            if (column.type().kind() == TypeKind.INSTANT) {
                throw noText(column, legacy);
            }
            fields[i] = new Field(index, column.type());
        }
    }

    private static SnapshotException noText(Column column, LegacySpec legacy) {
        return SnapshotException.invalidRequest("the Python pipeline had no text for a column of this type")
                .where("column '" + column.name() + "'")
                .actual(column.type())
                .expected("a type that " + legacy.id() + " can hash: any but instant")
                .nextStep("read the column as the pipeline's query did, as a timestamp or a text")
                .build();
    }

    /** Observes a batch that will be encoded. */
    void observe(RowBatch rows) {
        for (Field field : fields) {
            field.observe(rows.vector(field.index), rows.rowCount());
        }
    }

    @Override
    public void read(RowBatch rows) {
        batch = rows;
        for (Field field : fields) {
            field.vector = rows.vector(field.index);
            field.missing = legacy.missingValue() == LegacySpec.MissingValue.EMPTY ? NOTHING : field.printedMissing();
        }
    }

    @Override
    public void encode(int row) {
        requireRoom(row);
        int at = 0;
        for (int i = 0; i < fields.length; i++) {
            if (i > 0) {
                buffer[at++] = '|';
            }
            at = write(fields[i], row, at);
        }
        length = at;
    }

    @Override
    public byte[] buffer() {
        return buffer;
    }

    @Override
    public int start() {
        return 0;
    }

    @Override
    public int length() {
        return length;
    }

    private void requireRoom(int row) {
        long bytes = (long) MOST_FIXED_BYTES * fields.length;
        for (Field field : fields) {
            if (field.vector instanceof BytesVector vector) {
                bytes += field.kind == TypeKind.TEXT
                        ? vector.length(row)
                        : BINARY_FRAME + (long) BINARY_FACTOR * vector.length(row);
            }
        }
        if (bytes > MOST_BYTES) {
            throw SnapshotException.invalidRequest("a row is too long to be hashed")
                    .where("row " + (row + 1) + " of a batch of " + batch.rowCount())
                    .actual("about " + bytes + " bytes")
                    .expected("at most " + MOST_BYTES)
                    .nextStep("compare without the foreign hashes")
                    .build();
        }
        if (bytes > buffer.length) {
            buffer = new byte[(int) Math.min(MOST_BYTES, bytes + (bytes >> 2))];
        }
    }

    private int write(Field field, int row, int at) {
        ColumnVector vector = field.vector;
        if (vector.isNull(row)) {
            return bytes(field.missing, at);
        }
        return switch (field.kind) {
            case BOOLEAN -> bytes(((BooleanVector) vector).get(row) ? TRUE : FALSE, at);
            case INT8, INT16, INT32, INT64 ->
                field.holdsNulls()
                        ? floating((double) ((LongVector) vector).get(row), field, at)
                        : CellText.write(field.type, vector, row, buffer, at);
            case DECIMAL -> floating(decimal(field, row), field, at);
            case FLOAT32, FLOAT64 -> floating(((DoubleVector) vector).get(row), field, at);
            case TEXT -> text((BytesVector) vector, row, at);
            case BINARY -> binary((BytesVector) vector, row, at);
            case DATE -> CellText.write(field.type, vector, row, buffer, at);
            case TIME, TIMESTAMP -> sixDigits(at, CellText.write(field.type, vector, row, buffer, at));
            case UUID -> upperCase(at, CellText.write(field.type, vector, row, buffer, at));
            case INSTANT -> throw new IllegalStateException("an instant has no text");
        };
    }

    /** Python's {@code repr} of a float: an integral value has a fraction, and a NaN counts as missing. */
    private int floating(double value, Field field, int at) {
        if (Double.isNaN(value)) {
            return bytes(field.missing, at);
        }
        if (Double.isInfinite(value)) {
            int start = at;
            if (value < 0) {
                buffer[start++] = '-';
            }
            return bytes(INFINITY, start);
        }
        int end = CellText.write(value, buffer, at);
        for (int i = at; i < end; i++) {
            if (buffer[i] == '.' || buffer[i] == 'e') {
                return end;
            }
        }
        buffer[end] = '.';
        buffer[end + 1] = '0';
        return end + 2;
    }

    /** Returns the double nearest to a decimal, as pandas makes it of every decimal ({@code coerce_float}). */
    private static double decimal(Field field, int row) {
        if (field.vector instanceof DecimalVector wide && !wide.fitsLong(row)) {
            return new BigDecimal(wide.unscaled(row), field.scale).doubleValue();
        }
        long unscaled =
                field.vector instanceof DecimalVector wide ? wide.low(row) : ((LongVector) field.vector).get(row);
        if (Math.abs(unscaled) <= EXACT_DOUBLE && unscaled != Long.MIN_VALUE && field.scale < POWERS_OF_TEN.length) {
            // Both are exact, so their quotient is rounded once.
            return unscaled / POWERS_OF_TEN[field.scale];
        }
        return new BigDecimal(BigInteger.valueOf(unscaled), field.scale).doubleValue();
    }

    private int text(BytesVector vector, int row, int at) {
        byte[] data = vector.data();
        int from = vector.start(row);
        int to = vector.end(row);
        if (legacy.whiteSpace() == LegacySpec.WhiteSpace.STRIPPED) {
            from = UnicodeSpace.PYTHON.skipForward(data, from, to);
            to = UnicodeSpace.PYTHON.skipBackward(data, from, to);
        }
        System.arraycopy(data, from, buffer, at, to - from);
        return at + to - from;
    }

    /** Python's {@code repr} of bytes: in single quotes, or in double ones where it holds single ones alone. */
    private int binary(BytesVector vector, int row, int at) {
        byte[] data = vector.data();
        int from = vector.start(row);
        int to = vector.end(row);
        boolean singleQuotes = false;
        boolean doubleQuotes = false;
        for (int i = from; i < to; i++) {
            singleQuotes |= data[i] == '\'';
            doubleQuotes |= data[i] == '"';
        }
        byte quote = (byte) (singleQuotes && !doubleQuotes ? '"' : '\'');
        int o = at;
        buffer[o++] = 'b';
        buffer[o++] = quote;
        for (int i = from; i < to; i++) {
            o = binary(data[i], quote, o);
        }
        buffer[o++] = quote;
        return o;
    }

    private int binary(byte value, byte quote, int at) {
        int o = at;
        if (value == quote || value == '\\') {
            buffer[o++] = '\\';
            buffer[o++] = value;
        } else if (value >= ' ' && value < 0x7F) {
            buffer[o++] = value;
        } else {
            buffer[o++] = '\\';
            switch (value) {
                case '\t' -> buffer[o++] = 't';
                case '\n' -> buffer[o++] = 'n';
                case '\r' -> buffer[o++] = 'r';
                default -> {
                    buffer[o++] = 'x';
                    buffer[o++] = HEX[value >> 4 & 0xF];
                    buffer[o++] = HEX[value & 0xF];
                }
            }
        }
        return o;
    }

    /** Brings the fraction of a second to six digits, or to none if it is then zero: pyodbc cuts to microseconds. */
    private int sixDigits(int at, int end) {
        int point = end - 1;
        while (point >= at && buffer[point] != '.') {
            point--;
        }
        if (point < at) {
            return end;
        }
        int cut = point + 1 + FRACTION_DIGITS;
        boolean zero = true;
        for (int i = point + 1; i < cut; i++) {
            if (i >= end) {
                buffer[i] = '0';
            }
            zero &= buffer[i] == '0';
        }
        return zero ? point : cut;
    }

    private int upperCase(int at, int end) {
        for (int i = at; i < end; i++) {
            if (buffer[i] >= 'a') {
                buffer[i] = (byte) (buffer[i] - ('a' - 'A'));
            }
        }
        return end;
    }

    private int bytes(byte[] text, int at) {
        System.arraycopy(text, 0, buffer, at, text.length);
        return at + text.length;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static double[] powersOfTen() {
        double[] powers = new double[23];
        for (int i = 0; i < powers.length; i++) {
            powers[i] = BigDecimal.TEN.pow(i).doubleValue();
        }
        return powers;
    }

    /** A column that is hashed, and the type that pandas would give it by its values so far. */
    private static final class Field {
        private final int index;
        private final ColumnType type;
        private final TypeKind kind;
        private final int scale;
        private ColumnVector vector;
        private byte[] missing = NOTHING;
        private long values;
        private long nulls;
        private boolean beyondTimestamp;

        Field(int index, ColumnType type) {
            this.index = index;
            this.type = type;
            this.kind = type.kind();
            this.scale = type.scale();
            this.vector = ColumnVector.forType(type, 1);
        }

        void observe(ColumnVector rows, int rowCount) {
            nulls += rows.nullCount();
            values += rowCount - rows.nullCount();
            if (kind == TypeKind.TIMESTAMP && !beyondTimestamp) {
                TimestampVector times = (TimestampVector) rows;
                for (int row = 0; row < rowCount; row++) {
                    beyondTimestamp |= !times.isNull(row) && isBeyondTimestamp(times, row);
                }
            }
        }

        private static boolean isBeyondTimestamp(TimestampVector times, int row) {
            long second = times.epochSecond(row);
            if (Math.abs(second) > MOST_MICROS / MICROS_A_SECOND + 1) {
                return true;
            }
            long micros = second * MICROS_A_SECOND + times.nanoOfSecond(row) / NANOS_A_MICRO;
            return micros > MOST_MICROS || micros < -MOST_MICROS;
        }

        boolean holdsNulls() {
            return nulls > 0;
        }

        /**
         * Returns the printed form of a missing value. A column without any value keeps Python's None, regardless of
         * its type.
         */
        byte[] printedMissing() {
            if (values == 0) {
                return NONE;
            }
            return switch (kind) {
                case INT8, INT16, INT32, INT64, DECIMAL, FLOAT32, FLOAT64 -> NAN;
                case TIMESTAMP -> beyondTimestamp ? NONE : NOT_A_TIME;
                default -> NONE;
            };
        }
    }
}
