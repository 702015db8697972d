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
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.batch.Wtf8;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnId;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.TypeKind;
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
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Writes rows as HSR1 messages ({@code docs/row-encoding.md}). Not thread-safe. Some rows are encoded together, column
 * by column, each into a part of one buffer. A column's values lie side by side, and so do the messages' ends, so both
 * stay in the processor's nearest cache. A walk along rows of some hundred columns would leave that cache. A hot path:
 * it works on arrays and makes no object a cell. The exceptions are decimals beyond 64 bits, numbers that a {@code
 * scale} rule rounds, and floating-point cells that are compared with exact numbers.
 */
final class RowEncoder implements RowMessages {
    /** The subjects of a message. */
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
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle NATIVE_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    /** More than the header of a message takes. */
    private static final int HEADROOM = 16;
    /** A payload is copied in pieces of this many bytes; the last piece may reach beyond it. */
    private static final int PIECE = 4 * Long.BYTES;
    /** A longer payload is copied as a whole. A shorter one has a length of one byte. */
    private static final int MOST_PIECES = 3 * PIECE;

    private static final int COLUMN_ID_BYTES = 8;
    /** Rows encoded together. */
    private static final int BLOCK_ROWS = 64;
    /** Fewer rows are encoded together where they might take more than this; one row may take more. */
    private static final int BLOCK_BYTES = 1 << 20;

    /** Scale, length and the 128 bytes of the largest binary64 number as an integer. */
    private static final int MOST_FLOAT_NUMBER = 3 + 2 + 136;

    private static final long MOST_BYTES = Integer.MAX_VALUE - 8;

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
    /** Whether the texts of the rows that are encoded together hold no lone surrogate; by field. */
    private final boolean[] wellFormed;

    /** The fields with an unbounded payload. */
    private final int[] variableFields;

    private final long fixedBytes;
    private final long[] bounds = new long[BLOCK_ROWS];
    private final int[] starts = new int[BLOCK_ROWS];
    private final int[] ends = new int[BLOCK_ROWS];
    private final int[] written = new int[BLOCK_ROWS];
    private byte[] buffer = new byte[8 << 10];
    private int rowCount;
    /** The rows that the buffer holds. */
    private int blockFrom;

    private int blockTo;
    /** The row asked for last, within the block. */
    private int current;

    private RowEncoder(MessageKind kind, List<Field> fields) {
        this.kind = kind;
        this.fields = fields;
        this.vectors = new ColumnVector[fields.size()];
        this.wellFormed = new boolean[fields.size()];
        this.variableFields = IntStream.range(0, fields.size())
                .filter(i -> fields.get(i).isVariable())
                .toArray();
        this.fixedBytes = fields.stream().mapToLong(field -> field.fixedBytes).sum();
    }

    /** Returns an encoder of the columns that a spec covers. */
    static RowEncoder ofRows(Schema schema, HashSpec spec) {
        List<String> covered = new ArrayList<>();
        for (Column column : schema.columns()) {
            if (spec.covers(column.name())) {
                covered.add(column.name());
            }
        }
        return new RowEncoder(MessageKind.ROW, fields(schema, spec, covered));
    }

    /** Returns an encoder of key columns. */
    static RowEncoder ofKeys(Schema schema, HashSpec spec, Collection<String> keyColumns) {
        return new RowEncoder(MessageKind.KEY, fields(schema, spec, keyColumns));
    }

    private static List<Field> fields(Schema schema, HashSpec spec, Collection<String> names) {
        List<Field> fields = new ArrayList<>(names.size());
        for (String name : names) {
            int index = schema.indexOf(name);
            Column column = schema.column(index);
            ColumnRules rules = spec.rulesOf(name);
            Optional<CommonForm> form = Optional.ofNullable(spec.commonForms().get(name));
            if (form.isEmpty()) {
                rules.requireFit(column);
            }
            fields.add(new Field(index, ColumnId.of(name), column, rules, form));
        }
        fields.sort(Comparator.comparing(Field::id, Long::compareUnsigned));
        return fields;
    }

    /** Takes the rows of a batch; {@link #encode} then encodes any of them. */
    @Override
    public void read(RowBatch batch) {
        rowCount = batch.rowCount();
        forgetBlock();
        for (int i = 0; i < vectors.length; i++) {
            vectors[i] = batch.vector(fields.get(i).index);
        }
    }

    /**
     * Encodes a row of the batch; {@link #buffer()} holds the message until the next call. Rows in ascending order are
     * fastest.
     */
    @Override
    public void encode(int row) {
        if (row < blockFrom || row >= blockTo) {
            encodeBlock(row);
        }
        current = row - blockFrom;
    }

    /** Checks whether all fields of the row encoded last are NULL, after the rules. */
    boolean holdsNullsAlone() {
        return written[current] == 0;
    }

    /** Returns the position of a column's field among the fields, or -1 where the column is not encoded. */
    int fieldOf(String column) {
        for (int i = 0; i < vectors.length; i++) {
            if (fields.get(i).name.equals(column)) {
                return i;
            }
        }
        return -1;
    }

    /**
     * Encodes one field of a row of the batch as a message without a header; false where it is NULL, after the rules.
     */
    boolean encodeField(int field, int row) {
        forgetBlock();
        long payload = 0;
        if (vectors[field] instanceof BytesVector bytes) {
            payload = bytes.length(row);
            wellFormed[field] = isWellFormed(bytes, row, row + 1);
        }
        requireRoom(HEADROOM + fields.get(field).fixedBytes + PIECE + growth(field) * payload);
        starts[0] = HEADROOM;
        ends[0] = HEADROOM;
        written[0] = 0;
        current = 0;
        encodeColumn(field, row, row + 1);
        return written[0] > 0;
    }

    /** Returns the bytes that hold the message; replaced when a message needs more. */
    @Override
    public byte[] buffer() {
        return buffer;
    }

    /** Returns where the message starts. */
    @Override
    public int start() {
        return starts[current];
    }

    /** Returns how many bytes the message has. */
    @Override
    public int length() {
        return ends[current] - starts[current];
    }

    private void forgetBlock() {
        blockFrom = 0;
        blockTo = 0;
    }

    private void encodeBlock(int from) {
        int to = makeRoom(from, Math.min(rowCount, from + BLOCK_ROWS));
        for (int i = 0; i < vectors.length; i++) {
            encodeColumn(i, from, to);
        }
        for (int i = 0; i < to - from; i++) {
            writeHeader(i);
        }
        blockFrom = from;
        blockTo = to;
    }

    /**
     * Gives each row a part of the buffer that is certainly large enough. Returns the end of the rows with room,
     * exclusive.
     */
    private int makeRoom(int from, int most) {
        int count = most - from;
        Arrays.fill(bounds, 0, count, HEADROOM + fixedBytes + PIECE);
        for (int field : variableFields) {
            BytesVector vector = (BytesVector) vectors[field];
            wellFormed[field] = isWellFormed(vector, from, most);
            long factor = growth(field);
            for (int i = 0; i < count; i++) {
                bounds[i] += factor * vector.length(from + i);
            }
        }
        long used = 0;
        int rows = 0;
        while (rows < count && (rows == 0 || used + bounds[rows] <= BLOCK_BYTES)) {
            starts[rows] = (int) used + HEADROOM;
            ends[rows] = starts[rows];
            written[rows] = 0;
            used += bounds[rows];
            rows++;
        }
        requireRoom(used);
        return from + rows;
    }

    private static boolean isWellFormed(BytesVector vector, int from, int to) {
        int start = vector.start(from);
        return Wtf8.isWellFormed(vector.data(), start, vector.end(to - 1) - start);
    }

    /**
     * Returns how many bytes a byte of the payload makes at the most: two in text that is written as UTF-16, and in hex
     * digits.
     */
    private long growth(int field) {
        return wellFormed[field] && fields.get(field).op != Op.HEX_TEXT ? 1 : 2;
    }

    private void requireRoom(long bytes) {
        if (bytes > MOST_BYTES) {
            throw SnapshotException.invalidRequest("a row is too long to be hashed")
                    .actual("about " + bytes + " bytes")
                    .expected("at most " + MOST_BYTES)
                    .nextStep("leave its longest column out of the hash (rule 'ignore') or of the source")
                    .build();
        }
        if (bytes > buffer.length) {
            buffer = new byte[(int) Math.min(MOST_BYTES, bytes + (bytes >> 2))];
        }
    }

    private void writeHeader(int i) {
        int count = kind == MessageKind.ROW ? written[i] : vectors.length;
        int at = starts[i] - 6 - uvarintLength(count);
        starts[i] = at;
        buffer[at] = 'H';
        buffer[at + 1] = 'S';
        buffer[at + 2] = 'R';
        buffer[at + 3] = 0;
        buffer[at + 4] = 1;
        buffer[at + 5] = (byte) kind.code;
        uvarint(at + 6, count);
    }

    /** Appends a column's fields of some rows, at most {@link #BLOCK_ROWS}, to their messages. */
    private void encodeColumn(int i, int from, int to) {
        Field field = fields.get(i);
        ColumnVector vector = vectors[i];
        if (vector.nullCount() == rowCount && kind == MessageKind.ROW) {
            return;
        }
        // The loops visit the rows with a value alone: a branch that depends on a NULL is hard to predict.
        long present = vector.presentBits(from, to - from);
        if (kind == MessageKind.KEY) {
            nulls(field, ~present & ColumnVector.lowBits(to - from));
        }
        switch (field.op) {
            case BOOLEAN -> booleans(field, (BooleanVector) vector, from, present);
            case LONG_NUMBER -> {
                if (field.rounds) {
                    roundedNumbers(field, (LongVector) vector, from, present);
                } else {
                    numbers(field, (LongVector) vector, from, present);
                }
            }
            case WIDE_NUMBER -> wideNumbers(field, (DecimalVector) vector, from, present);
            case FLOAT -> floats(field, (DoubleVector) vector, from, present);
            case TEXT -> {
                if (wellFormed[i] && !field.trims && !field.emptyIsNull) {
                    payloads(field, TAG_TEXT, (BytesVector) vector, from, present);
                } else {
                    texts(field, (BytesVector) vector, wellFormed[i], from, present);
                }
            }
            case BINARY -> payloads(field, TAG_BINARY, (BytesVector) vector, from, present);
            case DATE -> dates(field, (LongVector) vector, from, present);
            case TIME -> times(field, (LongVector) vector, from, present);
            case TIMESTAMP -> timestamps(field, TAG_TIMESTAMP, (TimestampVector) vector, from, present);
            case INSTANT -> timestamps(field, TAG_INSTANT, (TimestampVector) vector, from, present);
            case UUID -> uuids(field, (UuidVector) vector, from, present);
            case FLOAT_NUMBER -> floatNumbers(field, (DoubleVector) vector, from, present);
            case SHORT_TEXT -> shortTexts(field, vector, from, present);
            case HEX_TEXT -> hexTexts(field, (BytesVector) vector, from, present);
        }
    }

    private void nulls(Field field, long absent) {
        for (long rest = absent; rest != 0; rest &= rest - 1) {
            writeNull(field, Long.numberOfTrailingZeros(rest));
        }
    }

    private void writeNull(Field field, int i) {
        if (kind == MessageKind.KEY) {
            ends[i] = tag(ends[i], field, TAG_NULL);
        }
    }

    private void end(int i, int at) {
        ends[i] = at;
        written[i]++;
    }

    private void booleans(Field field, BooleanVector vector, int from, long present) {
        for (long rest = present; rest != 0; rest &= rest - 1) {
            int i = Long.numberOfTrailingZeros(rest);
            end(i, tag(ends[i], field, vector.get(from + i) ? TAG_TRUE : TAG_FALSE));
        }
    }

    private void numbers(Field field, LongVector vector, int from, long present) {
        long[] values = vector.values();
        for (long rest = present; rest != 0; rest &= rest - 1) {
            int i = Long.numberOfTrailingZeros(rest);
            end(i, number(tag(ends[i], field, TAG_NUMBER), values[from + i], field.scale));
        }
    }

    private void roundedNumbers(Field field, LongVector vector, int from, long present) {
        for (long rest = present; rest != 0; rest &= rest - 1) {
            int i = Long.numberOfTrailingZeros(rest);
            BigDecimal value = BigDecimal.valueOf(vector.get(from + i), field.scale);
            end(i, bigNumber(tag(ends[i], field, TAG_NUMBER), rounded(field, value)));
        }
    }

    private void wideNumbers(Field field, DecimalVector vector, int from, long present) {
        for (long rest = present; rest != 0; rest &= rest - 1) {
            int i = Long.numberOfTrailingZeros(rest);
            int row = from + i;
            int at = tag(ends[i], field, TAG_NUMBER);
            if (field.rounds || !vector.fitsLong(row)) {
                BigDecimal value = new BigDecimal(vector.unscaled(row), field.scale);
                end(i, bigNumber(at, field.rounds ? rounded(field, value) : value));
            } else {
                end(i, number(at, vector.low(row), field.scale));
            }
        }
    }

    private static BigDecimal rounded(Field field, BigDecimal value) {
        return value.setScale(field.roundTo, RoundingMode.HALF_UP);
    }

    private void floats(Field field, DoubleVector vector, int from, long present) {
        for (long rest = present; rest != 0; rest &= rest - 1) {
            int i = Long.numberOfTrailingZeros(rest);
            end(i, fixedLong(tag(ends[i], field, TAG_FLOAT), floatBits(field, vector.get(from + i))));
        }
    }

    private void texts(Field field, BytesVector vector, boolean columnIsWellFormed, int from, long present) {
        for (long rest = present; rest != 0; rest &= rest - 1) {
            int i = Long.numberOfTrailingZeros(rest);
            text(field, vector, from + i, columnIsWellFormed, i);
        }
    }

    /** Writes texts and binaries as they are. */
    private void payloads(Field field, byte tag, BytesVector vector, int from, long present) {
        byte[] out = buffer;
        byte[] data = vector.data();
        for (long rest = present; rest != 0; rest &= rest - 1) {
            int i = Long.numberOfTrailingZeros(rest);
            int start = vector.start(from + i);
            int length = vector.end(from + i) - start;
            int at = ends[i];
            LONG.set(out, at, field.id);
            if (length <= MOST_PIECES && start <= data.length - MOST_PIECES) {
                SHORT.set(out, at + COLUMN_ID_BYTES, (short) (tag << Byte.SIZE | length));
                at += COLUMN_ID_BYTES + 2;
                // Whole pieces are faster than a call of arraycopy. The bytes after the payload are overwritten later
                // or lie outside the message.
                for (int done = 0; done < length; done += PIECE) {
                    NATIVE_LONG.set(out, at + done, (long) NATIVE_LONG.get(data, start + done));
                    NATIVE_LONG.set(out, at + done + 8, (long) NATIVE_LONG.get(data, start + done + 8));
                    NATIVE_LONG.set(out, at + done + 16, (long) NATIVE_LONG.get(data, start + done + 16));
                    NATIVE_LONG.set(out, at + done + 24, (long) NATIVE_LONG.get(data, start + done + 24));
                }
                end(i, at + length);
            } else {
                out[at + COLUMN_ID_BYTES] = tag;
                end(i, bytes(at + COLUMN_ID_BYTES + 1, data, start, length));
            }
        }
    }

    private void dates(Field field, LongVector vector, int from, long present) {
        for (long rest = present; rest != 0; rest &= rest - 1) {
            int i = Long.numberOfTrailingZeros(rest);
            end(i, uvarint(tag(ends[i], field, TAG_DATE), zigzag(vector.get(from + i))));
        }
    }

    private void times(Field field, LongVector vector, int from, long present) {
        for (long rest = present; rest != 0; rest &= rest - 1) {
            int i = Long.numberOfTrailingZeros(rest);
            long nanos = vector.get(from + i);
            end(i, uvarint(tag(ends[i], field, TAG_TIME), nanos - nanos % field.cutTo));
        }
    }

    private void timestamps(Field field, byte tag, TimestampVector vector, int from, long present) {
        for (long rest = present; rest != 0; rest &= rest - 1) {
            int i = Long.numberOfTrailingZeros(rest);
            int at = uvarint(tag(ends[i], field, tag), zigzag(vector.epochSecond(from + i)));
            int nanos = vector.nanoOfSecond(from + i);
            end(i, uvarint(at, nanos - nanos % field.cutTo));
        }
    }

    private void uuids(Field field, UuidVector vector, int from, long present) {
        for (long rest = present; rest != 0; rest &= rest - 1) {
            int i = Long.numberOfTrailingZeros(rest);
            int row = from + i;
            end(i, fixedLong(fixedLong(tag(ends[i], field, TAG_UUID), vector.high(row)), vector.low(row)));
        }
    }

    /** Encodes binary floating-point cells as the numbers in their texts. */
    private void floatNumbers(Field field, DoubleVector vector, int from, long present) {
        for (long rest = present; rest != 0; rest &= rest - 1) {
            int i = Long.numberOfTrailingZeros(rest);
            int row = from + i;
            if (Double.isFinite(vector.get(row))) {
                BigDecimal value = new BigDecimal(CellText.of(field.type, vector, row));
                end(i, bigNumber(tag(ends[i], field, TAG_NUMBER), field.rounds ? rounded(field, value) : value));
            } else {
                end(i, fixedLong(tag(ends[i], field, TAG_FLOAT), floatBits(field, vector.get(row))));
            }
        }
    }

    /**
     * Writes the canonical texts of cells of a type with texts of fewer than 128 bytes, so the length takes one byte.
     */
    private void shortTexts(Field field, ColumnVector vector, int from, long present) {
        for (long rest = present; rest != 0; rest &= rest - 1) {
            int i = Long.numberOfTrailingZeros(rest);
            int length = tag(ends[i], field, TAG_TEXT);
            int end = CellText.write(field.type, vector, from + i, buffer, length + 1);
            buffer[length] = (byte) (end - length - 1);
            end(i, end);
        }
    }

    private void hexTexts(Field field, BytesVector vector, int from, long present) {
        for (long rest = present; rest != 0; rest &= rest - 1) {
            int i = Long.numberOfTrailingZeros(rest);
            int at = uvarint(tag(ends[i], field, TAG_TEXT), 2L * vector.length(from + i));
            end(i, CellText.write(field.type, vector, from + i, buffer, at));
        }
    }

    private void text(Field field, BytesVector vector, int row, boolean columnIsWellFormed, int i) {
        byte[] data = vector.data();
        int from = vector.start(row);
        int to = vector.end(row);
        if (field.trims) {
            from = UnicodeSpace.WHITE_SPACE.skipForward(data, from, to);
            to = UnicodeSpace.WHITE_SPACE.skipBackward(data, from, to);
        }
        if (from == to && field.emptyIsNull) {
            writeNull(field, i);
        } else if (columnIsWellFormed || Wtf8.isWellFormed(data, from, to - from)) {
            end(i, bytes(tag(ends[i], field, TAG_TEXT), data, from, to - from));
        } else {
            byte[] wide = new byte[2 * (to - from)];
            int length = Wtf8.toUtf16(data, from, to - from, wide, 0);
            end(i, bytes(tag(ends[i], field, TAG_ILL_FORMED_TEXT), wide, 0, length));
        }
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

    /**
     * Writes the value with the smallest scale ≥ 0 that holds it; zero has scale 0. Like all writing methods, it
     * returns its end position.
     */
    private int number(int from, long unscaled, int scale) {
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
        int at = uvarint(from, 2L * digits);
        int length = 9 - (Long.numberOfLeadingZeros(value ^ value >> 63) + 7 >> 3);
        buffer[at] = (byte) length;
        // Writes all eight bytes, the significant ones first. The bytes after them are overwritten later or lie outside
        // the message.
        fixedLong(at + 1, value << Long.SIZE - Byte.SIZE * length);
        return at + 1 + length;
    }

    private int bigNumber(int from, BigDecimal value) {
        BigDecimal stripped = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
        if (stripped.scale() < 0) {
            stripped = stripped.setScale(0);
        }
        BigInteger unscaled = stripped.unscaledValue();
        if (unscaled.bitLength() < Long.SIZE) {
            return number(from, unscaled.longValue(), stripped.scale());
        }
        byte[] magnitude = unscaled.toByteArray();
        return bytes(uvarint(from, 2L * stripped.scale()), magnitude, 0, magnitude.length);
    }

    private int tag(int at, Field field, byte tag) {
        LONG.set(buffer, at, field.id);
        buffer[at + COLUMN_ID_BYTES] = tag;
        return at + COLUMN_ID_BYTES + 1;
    }

    private int fixedLong(int at, long value) {
        LONG.set(buffer, at, value);
        return at + Long.BYTES;
    }

    private int bytes(int from, byte[] source, int offset, int length) {
        int at = uvarint(from, length);
        System.arraycopy(source, offset, buffer, at, length);
        return at + length;
    }

    private int uvarint(int from, long value) {
        int at = from;
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            buffer[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        buffer[at] = (byte) rest;
        return at + 1;
    }

    private static int uvarintLength(long value) {
        return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
    }

    private static long zigzag(long value) {
        return value << 1 ^ value >> 63;
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
        UUID,
        /** A floating-point cell as an exact number. */
        FLOAT_NUMBER,
        /** The canonical text of a cell, if that text has a bound. */
        SHORT_TEXT,
        /** The canonical text of a binary cell. */
        HEX_TEXT
    }

    /** One column as the loop needs it. */
    private static final class Field {
        private final int index;
        private final String name;
        private final long id;
        private final ColumnType type;
        private final Op op;
        private final int scale;
        private final boolean trims;
        private final boolean emptyIsNull;
        private final boolean rounds;
        private final int roundTo;
        private final int cutTo;
        /**
         * An upper bound of the field's bytes, including bytes that are written temporarily, without the payload of
         * texts and binaries.
         */
        private final int fixedBytes;

        Field(int index, long id, Column column, ColumnRules rules, Optional<CommonForm> form) {
            this.index = index;
            this.name = column.name();
            this.id = id;
            this.type = column.type();
            this.op = op(type, form);
            this.scale = column.type().scale();
            this.trims = rules.has(ColumnRules.Flag.TRIM);
            this.emptyIsNull = rules.has(ColumnRules.Flag.EMPTY_AS_NULL);
            this.roundTo = rules.scale().orElse(0);
            this.rounds = rules.scale().isPresent() && (op == Op.FLOAT || op == Op.FLOAT_NUMBER || roundTo < scale);
            this.fixedBytes = COLUMN_ID_BYTES
                    + 1
                    + switch (op) {
                        case BOOLEAN -> 0;
                        case FLOAT -> Long.BYTES;
                        case LONG_NUMBER, DATE, TIME -> 2 + Long.BYTES;
                        case TEXT, BINARY, HEX_TEXT -> 5;
                        case TIMESTAMP, INSTANT -> 2 * Long.BYTES;
                        case WIDE_NUMBER, UUID -> 3 * Long.BYTES;
                        case FLOAT_NUMBER -> MOST_FLOAT_NUMBER;
                        case SHORT_TEXT -> 1 + CellText.maxBytes(type);
                    };
            this.cutTo = rules.precision().map(ColumnRules.TimePrecision::nanos).orElse(1);
        }

        boolean isVariable() {
            return op == Op.TEXT || op == Op.BINARY || op == Op.HEX_TEXT;
        }

        private static Op op(ColumnType type, Optional<CommonForm> form) {
            if (form.equals(Optional.of(CommonForm.TEXT)) && type.kind() != TypeKind.TEXT) {
                return type.kind() == TypeKind.BINARY ? Op.HEX_TEXT : Op.SHORT_TEXT;
            }
            if (form.equals(Optional.of(CommonForm.NUMBER)) && type.kind().isFloat()) {
                return Op.FLOAT_NUMBER;
            }
            return switch (type.kind()) {
                case BOOLEAN -> Op.BOOLEAN;
                case INT8, INT16, INT32, INT64 -> Op.LONG_NUMBER;
                case DECIMAL -> type.isWideDecimal() ? Op.WIDE_NUMBER : Op.LONG_NUMBER;
                case FLOAT32, FLOAT64 -> Op.FLOAT;
                case TEXT -> Op.TEXT;
                case BINARY -> Op.BINARY;
                case DATE -> Op.DATE;
                case TIME -> Op.TIME;
                case TIMESTAMP -> Op.TIMESTAMP;
                case INSTANT -> Op.INSTANT;
                case UUID -> Op.UUID;
            };
        }

        long id() {
            return id;
        }
    }
}
