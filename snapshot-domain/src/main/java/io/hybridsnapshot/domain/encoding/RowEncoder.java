package io.hybridsnapshot.domain.encoding;

import io.hybridsnapshot.domain.batch.BooleanVector;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DecimalVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.batch.Wtf8;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnId;
import io.hybridsnapshot.domain.schema.Schema;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Writes rows as HSR1 messages ({@code docs/row-encoding.md}), one after the other into one buffer. A hot path: it works on arrays
 * and makes no object a cell, save for decimals beyond 64 bits and numbers that a {@code scale} rule rounds. Not thread-safe.
 */
final class RowEncoder {
    /** What a message is about. */
    enum MessageKind {
        /** A row: NULL fields are left out. */
        ROW(1),
        /** A key: NULL fields are written. */
        KEY(2);

        private final int code;

        MessageKind(int code) {
            this.code = code;
        }
    }

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int HEADROOM = 16;
    private static final int COLUMN_ID_BYTES = 8;
    /** More than any field without a variable payload takes: id, tag and two varints. */
    private static final int FIXED_FIELD_BYTES = 48;

    private static final byte TAG_NULL = 0x00;
    private static final byte TAG_FALSE = 0x01;
    private static final byte TAG_TRUE = 0x02;
    private static final byte TAG_NUMBER = 0x10;
    private static final byte TAG_FLOAT = 0x11;
    private static final byte TAG_TEXT = 0x20;
    private static final byte TAG_ILL_FORMED_TEXT = 0x21;
    private static final byte TAG_BINARY = 0x30;
    private static final byte TAG_DATE = 0x40;
    private static final byte TAG_TIME = 0x41;
    private static final byte TAG_TIMESTAMP = 0x42;
    private static final byte TAG_INSTANT = 0x43;
    private static final byte TAG_UUID = 0x50;

    private final MessageKind kind;
    private final List<Field> fields;
    private final ColumnVector[] vectors;
    private final boolean[] wellFormed;
    private byte[] buffer = new byte[8 << 10];
    private int start;
    private int end;

    private RowEncoder(MessageKind kind, List<Field> fields) {
        this.kind = kind;
        this.fields = fields;
        this.vectors = new ColumnVector[fields.size()];
        this.wellFormed = new boolean[fields.size()];
    }

    /** An encoder of the columns that a spec covers. */
    static RowEncoder ofRows(Schema schema, HashSpec spec) {
        List<String> covered = new ArrayList<>();
        for (Column column : schema.columns()) {
            if (spec.covers(column.name())) {
                covered.add(column.name());
            }
        }
        return new RowEncoder(MessageKind.ROW, fields(schema, spec, covered));
    }

    /** An encoder of key columns. */
    static RowEncoder ofKeys(Schema schema, HashSpec spec, Collection<String> keyColumns) {
        return new RowEncoder(MessageKind.KEY, fields(schema, spec, keyColumns));
    }

    private static List<Field> fields(Schema schema, HashSpec spec, Collection<String> names) {
        List<Field> fields = new ArrayList<>(names.size());
        for (String name : names) {
            int index = schema.indexOf(name);
            Column column = schema.column(index);
            ColumnRules rules = spec.rulesOf(name);
            rules.requireFit(column);
            fields.add(new Field(index, ColumnId.of(name), column, rules));
        }
        fields.sort(Comparator.comparing(Field::id, Long::compareUnsigned));
        return fields;
    }

    /** Takes the rows of a batch; {@link #encode} then encodes any of them. */
    void read(RowBatch batch) {
        for (int i = 0; i < vectors.length; i++) {
            ColumnVector vector = batch.vector(fields.get(i).index);
            vectors[i] = vector;
            wellFormed[i] =
                    !(vector instanceof BytesVector bytes) || Wtf8.isWellFormed(bytes.data(), 0, bytes.bytesUsed());
        }
    }

    /** Encodes a row of the batch; {@link #buffer()} holds the message until the next call. */
    void encode(int row) {
        end = HEADROOM;
        int written = 0;
        for (int i = 0; i < vectors.length; i++) {
            Field field = fields.get(i);
            if (end + FIXED_FIELD_BYTES > buffer.length) {
                grow(FIXED_FIELD_BYTES);
            }
            int fieldStart = end;
            if (vectors[i].isNull(row) || !write(field, i, row)) {
                end = fieldStart;
                if (kind == MessageKind.ROW) {
                    continue;
                }
                tag(field, TAG_NULL);
            }
            written++;
        }
        writeHeader(written);
    }

    /** The position of a column's field among the fields, or -1 where the column is not encoded. */
    int fieldOf(String column) {
        for (int i = 0; i < vectors.length; i++) {
            if (fields.get(i).name.equals(column)) {
                return i;
            }
        }
        return -1;
    }

    /** Encodes one field of a row of the batch as a message without a header; false where it is NULL, after the rules. */
    boolean encodeField(int field, int row) {
        start = HEADROOM;
        end = HEADROOM;
        return !vectors[field].isNull(row) && write(fields.get(field), field, row);
    }

    /** Whether every field of a row is NULL, after the rules. */
    boolean isAllNull(int row) {
        for (int i = 0; i < vectors.length; i++) {
            if (encodeField(i, row)) {
                return false;
            }
        }
        return true;
    }

    /** The bytes that hold the message; replaced when a message needs more. */
    byte[] buffer() {
        return buffer;
    }

    /** Where the message starts. */
    int start() {
        return start;
    }

    /** How many bytes the message has. */
    int length() {
        return end - start;
    }

    private void writeHeader(int count) {
        int headerLength = 6 + uvarintLength(count);
        int afterHeader = end;
        start = HEADROOM - headerLength;
        end = start;
        buffer[end++] = 'H';
        buffer[end++] = 'S';
        buffer[end++] = 'R';
        buffer[end++] = 0;
        buffer[end++] = 1;
        buffer[end++] = (byte) kind.code;
        uvarint(count);
        end = afterHeader;
    }

    /** Writes a field that is not NULL; false where a rule makes it NULL. */
    private boolean write(Field field, int i, int row) {
        ColumnVector vector = vectors[i];
        switch (field.op) {
            case BOOLEAN -> tag(field, ((BooleanVector) vector).get(row) ? TAG_TRUE : TAG_FALSE);
            case LONG_NUMBER -> {
                long value = ((LongVector) vector).get(row);
                if (field.rounds) {
                    bigNumber(
                            field,
                            BigDecimal.valueOf(value, field.scale).setScale(field.roundTo, RoundingMode.HALF_UP));
                } else {
                    tag(field, TAG_NUMBER);
                    number(value, field.scale);
                }
            }
            case WIDE_NUMBER -> {
                DecimalVector decimals = (DecimalVector) vector;
                if (field.rounds || !decimals.fitsLong(row)) {
                    BigDecimal value = new BigDecimal(decimals.unscaled(row), field.scale);
                    bigNumber(field, field.rounds ? value.setScale(field.roundTo, RoundingMode.HALF_UP) : value);
                } else {
                    tag(field, TAG_NUMBER);
                    number(decimals.low(row), field.scale);
                }
            }
            case FLOAT -> {
                tag(field, TAG_FLOAT);
                fixedLong(floatBits(field, ((DoubleVector) vector).get(row)));
            }
            case TEXT -> {
                return text(field, (BytesVector) vector, row, wellFormed[i]);
            }
            case BINARY -> {
                BytesVector bytes = (BytesVector) vector;
                tag(field, TAG_BINARY);
                bytes(bytes.data(), bytes.start(row), bytes.length(row));
            }
            case DATE -> {
                tag(field, TAG_DATE);
                uvarint(zigzag(((LongVector) vector).get(row)));
            }
            case TIME -> {
                tag(field, TAG_TIME);
                long nanos = ((LongVector) vector).get(row);
                uvarint(nanos - nanos % field.cutTo);
            }
            case TIMESTAMP, INSTANT -> {
                TimestampVector times = (TimestampVector) vector;
                tag(field, field.op == Op.TIMESTAMP ? TAG_TIMESTAMP : TAG_INSTANT);
                uvarint(zigzag(times.epochSecond(row)));
                int nanos = times.nanoOfSecond(row);
                uvarint(nanos - nanos % field.cutTo);
            }
            case UUID -> {
                UuidVector uuids = (UuidVector) vector;
                tag(field, TAG_UUID);
                fixedLong(uuids.high(row));
                fixedLong(uuids.low(row));
            }
        }
        return true;
    }

    private boolean text(Field field, BytesVector vector, int row, boolean columnIsWellFormed) {
        byte[] data = vector.data();
        int from = vector.start(row);
        int to = vector.end(row);
        if (field.trims) {
            from = UnicodeSpace.skipForward(data, from, to);
            to = UnicodeSpace.skipBackward(data, from, to);
        }
        if (from == to && field.emptyIsNull) {
            return false;
        }
        if (columnIsWellFormed || Wtf8.isWellFormed(data, from, to - from)) {
            tag(field, TAG_TEXT);
            bytes(data, from, to - from);
        } else {
            tag(field, TAG_ILL_FORMED_TEXT);
            byte[] wide = new byte[2 * (to - from)];
            bytes(wide, 0, Wtf8.toUtf16(data, from, to - from, wide, 0));
        }
        return true;
    }

    private static long floatBits(Field field, double value) {
        double rounded = value;
        if (field.rounds && Double.isFinite(value)) {
            rounded = new BigDecimal(value)
                    .setScale(field.roundTo, RoundingMode.HALF_UP)
                    .doubleValue();
        }
        // Adding +0 turns −0 into +0; doubleToLongBits knows one NaN only.
        return Double.doubleToLongBits(rounded + 0.0);
    }

    /** The smallest scale ≥ 0 that holds the value; zero has scale 0. */
    private void number(long unscaled, int scale) {
        long value = unscaled;
        int digits = scale;
        if (value == 0) {
            digits = 0;
        }
        while (digits > 0) {
            long tenth = value / 10;
            if (tenth * 10 != value) {
                break;
            }
            value = tenth;
            digits--;
        }
        uvarint(2L * digits);
        int length = 9 - (Long.numberOfLeadingZeros(value ^ value >> 63) + 7 >> 3);
        buffer[end++] = (byte) length;
        for (int shift = 8 * (length - 1); shift >= 0; shift -= 8) {
            buffer[end++] = (byte) (value >> shift);
        }
    }

    private void bigNumber(Field field, BigDecimal value) {
        tag(field, TAG_NUMBER);
        BigDecimal stripped = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
        if (stripped.scale() < 0) {
            stripped = stripped.setScale(0);
        }
        BigInteger unscaled = stripped.unscaledValue();
        if (unscaled.bitLength() < Long.SIZE) {
            number(unscaled.longValue(), stripped.scale());
        } else {
            uvarint(2L * stripped.scale());
            byte[] magnitude = unscaled.toByteArray();
            bytes(magnitude, 0, magnitude.length);
        }
    }

    private void tag(Field field, byte tag) {
        LONG.set(buffer, end, field.id);
        buffer[end + COLUMN_ID_BYTES] = tag;
        end += COLUMN_ID_BYTES + 1;
    }

    private void fixedLong(long value) {
        LONG.set(buffer, end, value);
        end += Long.BYTES;
    }

    private void bytes(byte[] source, int offset, int length) {
        uvarint(length);
        if (end + length + FIXED_FIELD_BYTES > buffer.length) {
            grow(length + FIXED_FIELD_BYTES);
        }
        System.arraycopy(source, offset, buffer, end, length);
        end += length;
    }

    private void uvarint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            buffer[end++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        buffer[end++] = (byte) rest;
    }

    private static int uvarintLength(long value) {
        return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
    }

    private static long zigzag(long value) {
        return value << 1 ^ value >> 63;
    }

    private void grow(int more) {
        long needed = (long) end + more;
        buffer = Arrays.copyOf(buffer, (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(needed, 2L * buffer.length)));
    }

    private enum Op {
        BOOLEAN,
        LONG_NUMBER,
        WIDE_NUMBER,
        FLOAT,
        TEXT,
        BINARY,
        DATE,
        TIME,
        TIMESTAMP,
        INSTANT,
        UUID
    }

    /** One column as the loop needs it. */
    private static final class Field {
        private final int index;
        private final String name;
        private final long id;
        private final Op op;
        private final int scale;
        private final boolean trims;
        private final boolean emptyIsNull;
        private final boolean rounds;
        private final int roundTo;
        private final int cutTo;

        Field(int index, long id, Column column, ColumnRules rules) {
            this.index = index;
            this.name = column.name();
            this.id = id;
            this.op = switch (column.type().kind()) {
                case BOOLEAN -> Op.BOOLEAN;
                case INT8, INT16, INT32, INT64 -> Op.LONG_NUMBER;
                case DECIMAL -> column.type().isWideDecimal() ? Op.WIDE_NUMBER : Op.LONG_NUMBER;
                case FLOAT32, FLOAT64 -> Op.FLOAT;
                case TEXT -> Op.TEXT;
                case BINARY -> Op.BINARY;
                case DATE -> Op.DATE;
                case TIME -> Op.TIME;
                case TIMESTAMP -> Op.TIMESTAMP;
                case INSTANT -> Op.INSTANT;
                case UUID -> Op.UUID;
            };
            this.scale = column.type().scale();
            this.trims = rules.has(ColumnRules.Flag.TRIM);
            this.emptyIsNull = rules.has(ColumnRules.Flag.EMPTY_AS_NULL);
            this.roundTo = rules.scale().orElse(0);
            this.rounds = rules.scale().isPresent() && (op == Op.FLOAT || roundTo < scale);
            this.cutTo = rules.precision().map(ColumnRules.TimePrecision::nanos).orElse(1);
        }

        long id() {
            return id;
        }
    }
}
