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
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.Sha256;
import io.hybridsnapshot.domain.schema.TypeKind;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Digests of rows for one comparison of two sides. They are never stored. A digest has 128 bits: the sum of the row's
 * cells in words, each multiplied by a random number of its own (multilinear hashing; Lemire and Kaser, Strongly
 * Universal String Hashing is Fast, 2014). Rows with equal fields in the row encoding have equal digests. Two rows that
 * were fixed before the numbers were drawn, with unequal fields, have equal digests with a probability of at most
 * 2^-64; two keys, at most 2^-96. {@code docs/adr/0011-digests-of-one-comparison.md} has the proof.
 *
 * <p>The digest of a row is the sum of the digests of its columns. So the difference between two rows can be checked
 * against the differences in some of their columns. A sketch beside each digest tells most of the columns in which two
 * rows differ. A hot path: arrays, no object a cell. Not thread-safe.
 */
public final class RowDigests {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HALF = 0xffff_ffffL;
    private static final long NOT_ASCII = 0x8080_8080_8080_8080L;

    /** Places of multipliers, which have two words each. */
    private static final int OF_NULL = 0;

    private static final int OF_LENGTH = 2;
    private static final int OF_ILL_FORMED = 4;
    private static final int OF_WORDS = 6;
    /** A word has a multiplier for itself, or one for each half. */
    private static final int PLACES_A_WORD = 4;

    private static final int WORDS_OF_FIXED = 2;
    /** A longer value is summed by its SHA-256. */
    private static final int WORDS_OF_BYTES = 32;

    private static final int SKETCH_BITS = 3;
    private static final int SKETCH_GROUPS = Long.SIZE / SKETCH_BITS;

    /** How the words of a cell are found. */
    private enum Form {
        /** From the stored value. */
        VALUE,
        /** From the field of the row encoding. */
        FIELD
    }

    /** What equal digests say. */
    private enum Strength {
        /** Two rows of one key have equal fields. */
        FIELDS,
        /** Two keys are equal. A word is summed by halves, for a smaller probability of an error. */
        KEYS,
        /** Two rows of one key have the same values, bit by bit. */
        BITS
    }

    /** A column of both sides. */
    private record Summand(String name, int position, Form form, boolean text, long[] multipliers) {
        boolean isOfBytes() {
            return multipliers.length > OF_WORDS + PLACES_A_WORD * WORDS_OF_FIXED;
        }

        int sketchShift() {
            return position % SKETCH_GROUPS * SKETCH_BITS;
        }
    }

    private final List<Summand> summands;
    private final Strength strength;

    private final HashSpec spec;
    private final int[] columns;
    private final int[] fields;
    private final @Nullable RowEncoder encoder;
    private final Optional<MessageDigest> sha256;
    private long[] highs = new long[0];
    private long[] lows = new long[0];
    private long[] sketches = new long[0];
    /** Multiplied with a cell for its part of the sketch. */
    private long[] salts = new long[0];

    private int[] allRows = new int[0];
    private long cellHigh;
    private long cellLow;

    private RowDigests(List<Summand> summands, Strength strength, HashSpec spec, Schema schema) {
        this.summands = summands;
        this.strength = strength;
        this.spec = spec;
        this.columns = summands.stream()
                .mapToInt(summand -> schema.indexOf(summand.name()))
                .toArray();
        boolean encodes = summands.stream().anyMatch(summand -> summand.form() == Form.FIELD);
        this.encoder = encodes ? RowEncoder.ofRows(schema, spec) : null;
        this.fields = summands.stream()
                .mapToInt(summand -> encoder == null ? -1 : encoder.fieldOf(summand.name()))
                .toArray();
        this.sha256 = summands.stream().anyMatch(summand -> summand.isOfBytes())
                ? Optional.of(Sha256.digest())
                : Optional.empty();
    }

    /**
     * The digests of the two sides of a comparison.
     *
     * @param before takes batches of the earlier side
     * @param after takes batches of the later side
     */
    public record Sides(RowDigests before, RowDigests after) {
        /** Returns the same digests for batches with fewer columns. The columns left out add nothing. */
        public Sides narrowedTo(Schema beforeColumns, Schema afterColumns) {
            return new Sides(before.narrowedTo(beforeColumns), after.narrowedTo(afterColumns));
        }
    }

    /**
     * Makes digests for telling whether two rows of one key are equal.
     *
     * @param names the columns to sum, which both schemas have
     * @param spec the rules under which fields are equal
     * @param random draws the multipliers; the proof needs independent, evenly distributed numbers that the rows do not
     *     depend on
     */
    public static Sides ofRows(
            Schema before, Schema after, HashSpec spec, Collection<String> names, RandomGenerator random) {
        return of(before, after, spec, names, Strength.FIELDS, random);
    }

    /**
     * Makes digests for finding equal keys among all keys. They take twice the time.
     *
     * @param names the columns to sum, which both schemas have
     * @param spec as {@link #ofRows} has it
     * @param random as {@link #ofRows} has it
     */
    public static Sides ofKeys(
            Schema before, Schema after, HashSpec spec, Collection<String> names, RandomGenerator random) {
        return of(before, after, spec, names, Strength.KEYS, random);
    }

    /**
     * Makes digests for telling whether two rows of one key have the same values, bit by bit: zeros of different signs
     * and different NaN differ.
     *
     * @param names the columns to sum, which both schemas have with one type each
     * @param random as {@link #ofRows} has it
     * @throws IllegalArgumentException if a column has two types
     */
    public static Sides ofExactRows(Schema before, Schema after, Collection<String> names, RandomGenerator random) {
        for (String name : names) {
            if (!before.column(before.indexOf(name)).equals(after.column(after.indexOf(name)))) {
                throw new IllegalArgumentException("column '" + name + "' has two types");
            }
        }
        return of(before, after, HashSpec.ALL_COLUMNS, names, Strength.BITS, random);
    }

    private static Sides of(
            Schema before,
            Schema after,
            HashSpec spec,
            Collection<String> names,
            Strength strength,
            RandomGenerator random) {
        List<Summand> summands = new ArrayList<>();
        for (String name : names) {
            TypeKind kind = before.column(before.indexOf(name)).type().kind();
            Form form = BatchComparison.areStoredInOneForm(before, after, spec, name) ? Form.VALUE : Form.FIELD;
            boolean bytes = form == Form.FIELD || kind == TypeKind.TEXT || kind == TypeKind.BINARY;
            int words = bytes ? WORDS_OF_BYTES : WORDS_OF_FIXED;
            long[] multipliers =
                    random.longs(OF_WORDS + (long) PLACES_A_WORD * words).toArray();
            summands.add(new Summand(name, summands.size(), form, kind == TypeKind.TEXT, multipliers));
        }
        return new Sides(
                new RowDigests(summands, strength, spec, before), new RowDigests(summands, strength, spec, after));
    }

    private RowDigests narrowedTo(Schema schema) {
        List<Summand> kept = summands.stream()
                .filter(summand -> schema.find(summand.name()).isPresent())
                .toList();
        return new RowDigests(kept, strength, spec, schema);
    }

    /**
     * Returns the columns that differ if two rows differ in their sketches, and columns that share a place with them.
     */
    public Set<String> columnsOf(long sketchDifference) {
        Set<String> found = new LinkedHashSet<>();
        for (Summand summand : summands) {
            if ((sketchDifference >>> summand.sketchShift() & (1 << SKETCH_BITS) - 1) != 0) {
                found.add(summand.name());
            }
        }
        return found;
    }

    /** Computes the digests of all rows of a batch, without sketches. */
    public void digest(RowBatch batch) {
        if (allRows.length < batch.rowCount()) {
            allRows = new int[batch.rowCount()];
            Arrays.setAll(allRows, row -> row);
        }
        digest(batch, allRows, batch.rowCount());
    }

    /** Computes the digests of rows of a batch, given by {@code count} positions, without sketches. */
    public void digest(RowBatch batch, int[] rows, int count) {
        makeRoom(count);
        Arrays.fill(salts, 0, count, 0);
        sum(batch, rows, count);
    }

    /**
     * Computes the digests and sketches of rows of a batch, given by {@code count} positions.
     *
     * @param keys a number for each row of the batch, the same for two rows of one key. Sketches of other keys are
     *     independent of each other, so a column that differs in many rows differs in some of their sketches.
     */
    public void digest(RowBatch batch, int[] rows, int count, long[] keys) {
        makeRoom(count);
        for (int i = 0; i < count; i++) {
            salts[i] = CellDigests.mixed(keys[rows[i]]) | 1;
        }
        sum(batch, rows, count);
    }

    private void makeRoom(int count) {
        if (highs.length < count) {
            highs = new long[count];
            lows = new long[count];
            sketches = new long[count];
            salts = new long[count];
        }
    }

    private void sum(RowBatch batch, int[] rows, int count) {
        Arrays.fill(highs, 0, count, 0);
        Arrays.fill(lows, 0, count, 0);
        Arrays.fill(sketches, 0, count, 0);
        if (encoder != null) {
            encoder.read(batch);
        }
        for (int i = 0; i < columns.length; i++) {
            Summand summand = summands.get(i);
            ColumnVector vector = batch.vector(columns[i]);
            if (summand.form() == Form.FIELD) {
                addFields(summand, fields[i], rows, count);
            } else if (vector.nullCount() == vector.size()) {
                addNulls(summand, count);
            } else if (vector instanceof LongVector longs) {
                addLongs(summand, longs, rows, count);
            } else if (vector instanceof BytesVector bytes) {
                addBytes(summand, bytes, rows, count);
            } else {
                addOthers(summand, vector, rows, count);
            }
        }
    }

    /** Returns the upper half of a digest; the row is a position in the last call's rows. */
    public long high(int row) {
        return highs[row];
    }

    /** Returns the lower half of a digest. */
    public long low(int row) {
        return lows[row];
    }

    /** Returns the sketch of a row. */
    public long sketch(int row) {
        return sketches[row];
    }

    private void addNulls(Summand summand, int count) {
        startCell();
        addNull(summand.multipliers());
        for (int i = 0; i < count; i++) {
            addCell(i, summand.sketchShift());
        }
    }

    private void addLongs(Summand summand, LongVector vector, int[] rows, int count) {
        long[] multipliers = summand.multipliers();
        int shift = summand.sketchShift();
        long[] values = vector.values();
        boolean nulls = vector.nullCount() > 0;
        for (int i = 0; i < count; i++) {
            int row = rows[i];
            startCell();
            if (nulls && vector.isNull(row)) {
                addNull(multipliers);
            } else {
                addWord(multipliers, OF_WORDS, values[row]);
            }
            addCell(i, shift);
        }
    }

    private void addBytes(Summand summand, BytesVector vector, int[] rows, int count) {
        long[] multipliers = summand.multipliers();
        int shift = summand.sketchShift();
        byte[] data = vector.data();
        boolean nulls = vector.nullCount() > 0;
        for (int i = 0; i < count; i++) {
            int row = rows[i];
            startCell();
            if (nulls && vector.isNull(row)) {
                addNull(multipliers);
            } else {
                int from = vector.start(row);
                int to = vector.end(row);
                boolean ascii = addBytes(multipliers, data, from, to);
                if (!ascii && summand.text() && !Wtf8.isWellFormed(data, from, to - from)) {
                    startCell();
                    addIllFormed(multipliers, vector.text(row));
                }
            }
            addCell(i, shift);
        }
    }

    /** Adds a value; true if it is known to be ASCII. */
    private boolean addBytes(long[] multipliers, byte[] data, int from, int to) {
        int length = to - from;
        addNumber(multipliers, OF_LENGTH, length);
        if (length > WORDS_OF_BYTES * Long.BYTES) {
            addHash(multipliers, data, from, length);
            return false;
        }
        int place = OF_WORDS;
        int at = from;
        long seen = 0;
        for (; at <= to - Long.BYTES; at += Long.BYTES) {
            long word = (long) LONG.get(data, at);
            seen |= word;
            addWord(multipliers, place, word);
            place += PLACES_A_WORD;
        }
        if (at < to) {
            long rest = 0;
            for (; at < to; at++) {
                rest = rest << Byte.SIZE | data[at] & 0xff;
            }
            seen |= rest;
            addWord(multipliers, place, rest);
        }
        return (seen & NOT_ASCII) == 0;
    }

    private void addHash(long[] multipliers, byte[] data, int from, int length) {
        MessageDigest digest = sha256.orElseThrow();
        digest.update(data, from, length);
        byte[] hash = digest.digest();
        addWord(multipliers, OF_WORDS, (long) LONG.get(hash, 0));
        addWord(multipliers, OF_WORDS + PLACES_A_WORD, (long) LONG.get(hash, Long.BYTES));
    }

    /** Adds a text by its UTF-16 units, apart from the bytes of any well-formed text. */
    private void addIllFormed(long[] multipliers, String text) {
        byte[] units = new byte[Character.BYTES * text.length()];
        for (int i = 0; i < text.length(); i++) {
            units[2 * i] = (byte) (text.charAt(i) >>> Byte.SIZE);
            units[2 * i + 1] = (byte) text.charAt(i);
        }
        addBytes(multipliers, units, 0, units.length);
        addNumber(multipliers, OF_ILL_FORMED, 1);
    }

    private void addFields(Summand summand, int field, int[] rows, int count) {
        RowEncoder fieldsOfRows = Objects.requireNonNull(encoder, "a column of this form has an encoder");
        for (int i = 0; i < count; i++) {
            startCell();
            if (fieldsOfRows.encodeField(field, rows[i])) {
                int start = fieldsOfRows.start();
                addBytes(summand.multipliers(), fieldsOfRows.buffer(), start, start + fieldsOfRows.length());
            } else {
                addNull(summand.multipliers());
            }
            addCell(i, summand.sketchShift());
        }
    }

    private void addOthers(Summand summand, ColumnVector vector, int[] rows, int count) {
        for (int i = 0; i < count; i++) {
            startCell();
            if (vector.isNull(rows[i])) {
                addNull(summand.multipliers());
            } else {
                addValue(summand.multipliers(), vector, rows[i]);
            }
            addCell(i, summand.sketchShift());
        }
    }

    private void addValue(long[] multipliers, ColumnVector vector, int row) {
        if (vector instanceof TimestampVector times) {
            addWord(multipliers, OF_WORDS, times.epochSecond(row));
            addNumber(multipliers, OF_WORDS + PLACES_A_WORD, times.nanoOfSecond(row));
        } else if (vector instanceof DecimalVector decimals) {
            addWord(multipliers, OF_WORDS, decimals.low(row));
            addWord(multipliers, OF_WORDS + PLACES_A_WORD, decimals.high(row));
        } else if (vector instanceof UuidVector uuids) {
            addWord(multipliers, OF_WORDS, uuids.low(row));
            addWord(multipliers, OF_WORDS + PLACES_A_WORD, uuids.high(row));
        } else if (vector instanceof DoubleVector doubles) {
            double value = doubles.get(row);
            // The two zeros are one field, and so are all NaN.
            addWord(
                    multipliers,
                    OF_WORDS,
                    strength == Strength.BITS
                            ? Double.doubleToRawLongBits(value)
                            : Double.doubleToLongBits(value + 0.0));
        } else if (vector instanceof BooleanVector booleans) {
            addNumber(multipliers, OF_WORDS, booleans.get(row) ? 1 : 0);
        } else {
            throw new IllegalArgumentException(
                    "no digest of a " + vector.getClass().getSimpleName());
        }
    }

    private void startCell() {
        cellHigh = 0;
        cellLow = 0;
    }

    private void addNull(long[] multipliers) {
        addNumber(multipliers, OF_NULL, 1);
    }

    private void addWord(long[] multipliers, int place, long word) {
        if (strength == Strength.KEYS) {
            addNumber(multipliers, place, word & HALF);
            addNumber(multipliers, place + 2, word >>> Integer.SIZE);
        } else {
            addNumber(multipliers, place, word);
        }
    }

    /** Adds a signed number of 64 bits, times a multiplier of 128 bits, to the cell. */
    private void addNumber(long[] multipliers, int place, long number) {
        long multiplier = multipliers[place + 1];
        long low = multiplier * number;
        // The lower half of the multiplier is unsigned; multiplyHigh takes it as signed.
        long high = Math.multiplyHigh(multiplier, number) + (multiplier >> 63 & number) + multipliers[place] * number;
        long sum = cellLow + low;
        cellHigh += high + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0);
        cellLow = sum;
    }

    private void addCell(int row, int sketchShift) {
        long sum = lows[row] + cellLow;
        highs[row] += cellHigh + (Long.compareUnsigned(sum, cellLow) < 0 ? 1 : 0);
        lows[row] = sum;
        sketches[row] ^= cellHigh * salts[row] >>> Long.SIZE - SKETCH_BITS << sketchShift;
    }
}
