package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * The values that standard readers cannot hold, kept in the footer beside a stand-in in the column. They are runs of
 * rows, each with the exact values of its rows that are not NULL. A text is stored as its WTF-8, a timestamp as its
 * second (8 bytes) and nanosecond (4), big-endian. {@code docs/parquet.md} defines the form. Immutable.
 */
final class ExactValues {
    /** The most that the block may take in the footer, as Base64. */
    static final int MAX_TEXT_BYTES = 16 << 20;

    private static final int MAX_BLOCK_BYTES = MAX_TEXT_BYTES / 4 * 3;
    private static final int FORM = 1;
    private static final int DEFLATED_FORM = 2;
    private static final int TIMESTAMP_BYTES = Long.BYTES + Integer.BYTES;
    /** The bytes for the rest of a timestamp after its microsecond, from 1 to 999 nanoseconds. */
    private static final int REST_BYTES = 2;

    private static final int MICRO = 1_000;

    private final byte[][] values;
    private final long[] starts;
    private final long[] counts;
    private final int[] valueOfRun;

    private ExactValues(byte[][] values, long[] starts, long[] counts, int[] valueOfRun) {
        this.values = values;
        this.starts = starts;
        this.counts = counts;
        this.valueOfRun = valueOfRun;
    }

    /** The bytes that all columns of a file have kept aside so far. Safe for the threads of several
     * columns; which of them exceeds the budget may depend on the threads. */
    static final class Budget {
        private long bytes;

        private synchronized void spend(Column column, int more) {
            bytes += more;
            if (bytes > MAX_BLOCK_BYTES) {
                boolean text = !column.type().kind().hasFraction();
                throw SnapshotException.invalidRequest(
                                text
                                        ? "too many texts that are not well-formed Unicode"
                                        : "too many timestamps that the file's column cannot hold")
                        .where("column '" + column.name() + "'")
                        .expected("such values to take at most 16 MiB beside the rows")
                        .nextStep(
                                text
                                        ? "clean the column's lone surrogates in the source's query"
                                        : "declare the column with precision 6")
                        .build();
            }
        }
    }

    /** Takes one column's values in ascending order of the rows. */
    static final class Collector {
        /** The bytes of a run in the block: three varints, which are short if runs are many and values few. */
        private static final int RUN_BYTES = 12;

        private static final int REST_RUN_BYTES = 4;

        private final Column column;
        private final Budget budget;
        private final byte[] timestamp = new byte[TIMESTAMP_BYTES];
        private final byte[] rest = new byte[REST_BYTES];
        private @Nullable BytesDictionary values;
        private long[] starts = new long[0];
        private long[] counts = new long[0];
        private int[] valueOfRun = new int[0];
        private int runs;
        private boolean interrupted;
        private boolean rests;

        Collector(Column column, Budget budget) {
            this.column = column;
            this.budget = budget;
        }

        /**
         * Ends the current run: a row after the last exact value holds a value that its column can hold. A NULL does
         * not end a run.
         */
        void interrupt() {
            interrupted = true;
        }

        void add(long row, long second, int nano) {
            ByteBuffer.wrap(timestamp).putLong(second).putInt(nano);
            add(row, timestamp, 0, TIMESTAMP_BYTES);
        }

        /** Takes the nanoseconds that a row's microseconds leave out. */
        void add(long row, int nanos) {
            rests = true;
            ByteBuffer.wrap(rest).putShort((short) nanos);
            add(row, rest, 0, REST_BYTES, REST_RUN_BYTES);
        }

        void add(long row, byte[] bytes, int offset, int length) {
            add(row, bytes, offset, length, RUN_BYTES);
        }

        private void add(long row, byte[] bytes, int offset, int length, int runBytes) {
            if (values == null) {
                values = new BytesDictionary();
                budget.spend(column, 20);
            }
            int known = values.size();
            int value = values.idOf(bytes, offset, length);
            if (value == known) {
                budget.spend(column, length + 5);
            }
            if (runs > 0 && !interrupted && valueOfRun[runs - 1] == value) {
                counts[runs - 1] = row - starts[runs - 1] + 1;
                return;
            }
            interrupted = false;
            budget.spend(column, runBytes);
            if (runs == starts.length) {
                int capacity = Math.max(16, runs * 2);
                starts = Arrays.copyOf(starts, capacity);
                counts = Arrays.copyOf(counts, capacity);
                valueOfRun = Arrays.copyOf(valueOfRun, capacity);
            }
            starts[runs] = row;
            counts[runs] = 1;
            valueOfRun[runs++] = value;
        }

        private boolean isEmpty() {
            return runs == 0;
        }

        private void write(int columnIndex, Bytes out) {
            out.putVarint(columnIndex);
            out.putVarint(values.size());
            for (int i = 0; i < values.size(); i++) {
                int length = values.end(i) - values.start(i);
                out.putVarint(length);
                out.put(values.data(), values.start(i), length);
            }
            out.putVarint(runs);
            long end = 0;
            for (int i = 0; i < runs; i++) {
                out.putVarint(starts[i] - end);
                out.putVarint(counts[i]);
                out.putVarint(valueOfRun[i]);
                end = starts[i] + counts[i];
            }
        }
    }

    /** The block of all columns as text; empty if no value was kept aside. */
    static String write(List<Collector> columns) {
        Bytes out = new Bytes(64);
        out.putVarint(FORM);
        for (int i = 0; i < columns.size(); i++) {
            if (!columns.get(i).isEmpty()) {
                columns.get(i).write(i, out);
            }
        }
        if (out.length() == 1) {
            return "";
        }
        if (columns.stream().anyMatch(column -> column.rests)) {
            out = deflated(out);
        }
        return Base64.getEncoder().withoutPadding().encodeToString(Arrays.copyOf(out.array(), out.length()));
    }

    /** The block in its second form, for runs of one row each: compressed, unlike the rest of a footer. */
    private static Bytes deflated(Bytes block) {
        Bytes out = new Bytes(block.length() / 4 + 64);
        out.putVarint(DEFLATED_FORM);
        out.putVarint(block.length() - 1);
        Deflater deflater = new Deflater();
        deflater.setInput(block.array(), 1, block.length() - 1);
        deflater.finish();
        byte[] part = new byte[1 << 16];
        while (!deflater.finished()) {
            out.put(part, 0, deflater.deflate(part));
        }
        deflater.end();
        return out;
    }

    private static ByteBuffer inflated(ByteBuffer in) {
        long length = varint(in);
        if (length > MAX_BLOCK_BYTES) {
            throw new IllegalArgumentException("exact values of " + length + " bytes");
        }
        byte[] block = new byte[(int) length];
        Inflater inflater = new Inflater();
        inflater.setInput(in);
        try {
            int made = inflater.inflate(block);
            while (made < length && !inflater.needsInput()) {
                made += inflater.inflate(block, made, block.length - made);
            }
            if (made < length) {
                throw new IllegalArgumentException("exact values end too early");
            }
        } catch (DataFormatException e) {
            throw new IllegalArgumentException("exact values that cannot be decompressed", e);
        } finally {
            inflater.end();
        }
        return ByteBuffer.wrap(block);
    }

    /**
     * Reads the block: the values of each column that has some, by the column's position.
     *
     * @throws RuntimeException if it is damaged
     */
    static Map<Integer, ExactValues> read(String text) {
        Map<Integer, ExactValues> columns = new HashMap<>();
        if (text.isEmpty()) {
            return columns;
        }
        ByteBuffer in = ByteBuffer.wrap(Base64.getDecoder().decode(text));
        long form = varint(in);
        if (form == DEFLATED_FORM) {
            in = inflated(in);
        } else if (form != FORM) {
            throw new IllegalArgumentException("exact values of an unknown form");
        }
        while (in.hasRemaining()) {
            int column = Math.toIntExact(varint(in));
            byte[][] values = new byte[count(in)][];
            for (int i = 0; i < values.length; i++) {
                values[i] = new byte[count(in)];
                in.get(values[i]);
            }
            int runs = count(in);
            long[] starts = new long[runs];
            long[] counts = new long[runs];
            int[] valueOfRun = new int[runs];
            long end = 0;
            for (int i = 0; i < runs; i++) {
                starts[i] = Math.addExact(end, varint(in));
                counts[i] = varint(in);
                valueOfRun[i] = Math.toIntExact(varint(in));
                if (valueOfRun[i] >= values.length) {
                    throw new IllegalArgumentException("a run of no value");
                }
                end = Math.addExact(starts[i], counts[i]);
            }
            columns.put(column, new ExactValues(values, starts, counts, valueOfRun));
        }
        return columns;
    }

    /**
     * Returns the vector with its exact values restored; {@code ordinalOf} gives the ordinal in the file of each of its
     * rows, ascending.
     */
    ColumnVector restore(ColumnVector vector, ColumnType type, IntToLongFunction ordinalOf) {
        int size = vector.size();
        int run = firstRunNotBefore(ordinalOf.applyAsLong(0));
        if (run == starts.length || starts[run] > ordinalOf.applyAsLong(size - 1)) {
            return vector;
        }
        ColumnVector restored = ColumnVector.forType(type, size);
        for (int row = 0; row < size; row++) {
            long ordinal = ordinalOf.applyAsLong(row);
            while (run < starts.length && starts[run] + counts[run] <= ordinal) {
                run++;
            }
            if (run == starts.length || ordinal < starts[run] || vector.isNull(row)) {
                restored.appendFrom(vector, row);
            } else {
                append(restored, values[valueOfRun[run]], vector, row);
            }
        }
        return restored;
    }

    private int firstRunNotBefore(long ordinal) {
        int found = Arrays.binarySearch(starts, ordinal);
        if (found >= 0) {
            return found;
        }
        int before = -found - 2;
        return before >= 0 && starts[before] + counts[before] > ordinal ? before : before + 1;
    }

    private static void append(ColumnVector vector, byte[] value, ColumnVector standIns, int row) {
        if (vector instanceof BytesVector texts) {
            texts.append(value);
        } else if (vector instanceof TimestampVector timestamps && value.length == TIMESTAMP_BYTES) {
            ByteBuffer bytes = ByteBuffer.wrap(value);
            timestamps.append(bytes.getLong(), bytes.getInt());
        } else if (vector instanceof TimestampVector timestamps && value.length == REST_BYTES) {
            TimestampVector micros = (TimestampVector) standIns;
            int rest = ByteBuffer.wrap(value).getShort();
            if (rest <= 0 || rest >= MICRO || micros.nanoOfSecond(row) % MICRO != 0) {
                throw new IllegalArgumentException("nanoseconds that do not follow a microsecond");
            }
            timestamps.append(micros.epochSecond(row), micros.nanoOfSecond(row) + rest);
        } else {
            throw new IllegalArgumentException("exact values for a column that needs none");
        }
    }

    /** A count of things that take at least a byte each. */
    private static int count(ByteBuffer in) {
        long count = varint(in);
        if (count > in.remaining()) {
            throw new IllegalArgumentException("exact values end too early");
        }
        return (int) count;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number is too long");
    }
}
