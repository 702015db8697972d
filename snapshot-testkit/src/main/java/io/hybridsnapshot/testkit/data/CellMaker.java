package io.hybridsnapshot.testkit.data;

import io.hybridsnapshot.domain.batch.BooleanVector;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DecimalVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.testkit.data.RandomTables.Edge;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Makes the cells of one column. Each edge value of the column's type comes first, once. Then edge values, random
 * values and NULLs follow, in proportions set by the column's habit.
 */
final class CellMaker {
    private static final long NANOS_A_DAY = 86_400_000_000_000L;

    private final ColumnType type;
    private final Habit habit;
    private final List<Consumer<ColumnVector>> edges = new ArrayList<>();

    /** The mixture of values in a column. */
    enum Habit {
        MIXED,
        FULL,
        SPARSE,
        ALL_NULL,
        FEW_VALUES
    }

    CellMaker(ColumnType type, Set<Edge> allowed, Habit habit) {
        this.type = type;
        this.habit = habit;
        switch (type.kind()) {
            case BOOLEAN -> {
                edge(vector -> ((BooleanVector) vector).append(true));
                edge(vector -> ((BooleanVector) vector).append(false));
            }
            case INT8 -> longs(0, 1, -1, Byte.MIN_VALUE, Byte.MAX_VALUE);
            case INT16 -> longs(0, 1, -1, Short.MIN_VALUE, Short.MAX_VALUE);
            case INT32 -> longs(0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case INT64 -> longs(0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 53, (1L << 53) + 1);
            case DECIMAL -> decimals();
            case FLOAT32 -> floats(allowed);
            case FLOAT64 -> doubles(allowed);
            case TEXT -> texts(allowed);
            case BINARY -> binaries(allowed);
            case DATE -> dates();
            case TIME -> longs(0, unit(), NANOS_A_DAY / 2, NANOS_A_DAY - unit(), cut(45_296_123_456_789L));
            case TIMESTAMP, INSTANT -> times();
            case UUID -> {
                for (long[] words : new long[][] {
                    {0, 0}, {-1, -1}, {Long.MIN_VALUE, 1}, {Long.MAX_VALUE, Long.MIN_VALUE}, {1, Long.MAX_VALUE}
                }) {
                    edge(vector -> ((UuidVector) vector).append(words[0], words[1]));
                }
            }
        }
    }

    /** Appends the column's cell of a row; never NULL where {@code present}. */
    void append(ColumnVector vector, int row, Random random, boolean present) {
        boolean isNull = switch (habit) {
            // Row 0 holds values only, row 1 may be all NULL, and the edges follow.
            case MIXED -> row >= edges.size() + 2 && random.nextInt(5) == 0;
            case FULL -> false;
            case SPARSE -> random.nextInt(20) != 0;
            case ALL_NULL -> true;
            case FEW_VALUES -> random.nextInt(10) == 0;
        };
        if (isNull && !present) {
            vector.appendNull();
        } else if (habit == Habit.FEW_VALUES) {
            edges.get(row % Math.min(3, edges.size())).accept(vector);
        } else if (habit == Habit.MIXED && row >= 2 && row < edges.size() + 2) {
            edges.get(row - 2).accept(vector);
        } else if (random.nextInt(4) == 0) {
            // Long values come last; otherwise they would fill a large table.
            edges.get(random.nextInt(Math.min(edges.size(), 12))).accept(vector);
        } else {
            appendRandom(vector, random);
        }
    }

    private void appendRandom(ColumnVector vector, Random random) {
        switch (type.kind()) {
            case BOOLEAN -> ((BooleanVector) vector).append(random.nextBoolean());
            case INT8 -> ((LongVector) vector).append((byte) random.nextInt());
            case INT16 -> ((LongVector) vector).append((short) random.nextInt());
            case INT32 -> ((LongVector) vector).append(random.nextInt());
            case INT64 -> ((LongVector) vector).append(random.nextLong());
            case DECIMAL -> {
                BigInteger value = new BigInteger(random.nextInt(128), random)
                        .mod(BigInteger.TEN.pow(1 + random.nextInt(type.precision())));
                appendDecimal(vector, random.nextBoolean() ? value : value.negate());
            }
            case FLOAT32 -> ((DoubleVector) vector).append((float) (random.nextGaussian() * 1_000));
            case FLOAT64 -> ((DoubleVector) vector).append(random.nextGaussian() * 1e9);
            case TEXT -> ((BytesVector) vector).append(randomText(random));
            case BINARY -> {
                byte[] bytes = new byte[1 + random.nextInt(40)];
                random.nextBytes(bytes);
                ((BytesVector) vector).append(bytes);
            }
            case DATE -> ((LongVector) vector).append(random.nextInt(60_000) - 20_000);
            case TIME -> ((LongVector) vector).append(cut(Math.floorMod(random.nextLong(), NANOS_A_DAY)));
            case TIMESTAMP, INSTANT ->
                ((TimestampVector) vector)
                        .append(random.nextLong() % 5_000_000_000L, (int) cut(random.nextInt(1_000_000_000)));
            case UUID -> ((UuidVector) vector).append(random.nextLong(), random.nextLong());
        }
    }

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        int length = 1 + random.nextInt(30);
        for (int i = 0; i < length; i++) {
            switch (random.nextInt(6)) {
                case 0 -> text.appendCodePoint(0x1F600 + random.nextInt(50));
                case 1 -> text.append((char) (0xC0 + random.nextInt(0x100)));
                case 2 -> text.append((char) (0x4E00 + random.nextInt(0x1000)));
                default -> text.append((char) (' ' + random.nextInt(95)));
            }
        }
        return text.toString();
    }

    private void edge(Consumer<ColumnVector> cell) {
        edges.add(cell);
    }

    private void longs(long... values) {
        for (long value : values) {
            edge(vector -> ((LongVector) vector).append(value));
        }
    }

    private void decimals() {
        BigInteger largest = BigInteger.TEN.pow(type.precision()).subtract(BigInteger.ONE);
        List<BigInteger> values = new ArrayList<>(List.of(
                BigInteger.ZERO,
                BigInteger.ONE,
                BigInteger.ONE.negate(),
                largest,
                largest.negate(),
                BigInteger.TEN.pow(type.precision() - 1),
                BigInteger.TEN.pow(type.scale()).min(largest)));
        if (type.isWideDecimal()) {
            BigInteger most = BigInteger.valueOf(Long.MAX_VALUE);
            BigInteger least = BigInteger.valueOf(Long.MIN_VALUE);
            values.addAll(List.of(most, most.add(BigInteger.ONE), least, least.subtract(BigInteger.ONE)));
        }
        for (BigInteger value : values) {
            edge(vector -> appendDecimal(vector, value));
        }
    }

    private static void appendDecimal(ColumnVector vector, BigInteger unscaled) {
        if (vector instanceof DecimalVector wide) {
            wide.append(unscaled);
        } else {
            ((LongVector) vector).append(unscaled.longValueExact());
        }
    }

    private void floats(Set<Edge> allowed) {
        special(allowed);
        for (float value :
                new float[] {0, 1, -1, 0.1f, Float.MIN_VALUE, Float.MIN_NORMAL, Float.MAX_VALUE, 16_777_216f}) {
            edge(vector -> ((DoubleVector) vector).append(value));
        }
        edge(vector -> ((DoubleVector) vector).append(-Float.MAX_VALUE));
    }

    private void doubles(Set<Edge> allowed) {
        special(allowed);
        for (double value : new double[] {
            0,
            1,
            0.1,
            1e-5,
            1e16,
            1e22,
            Double.MIN_VALUE,
            Double.MIN_NORMAL,
            Double.MAX_VALUE,
            -Double.MAX_VALUE,
            Math.PI
        }) {
            edge(vector -> ((DoubleVector) vector).append(value));
        }
    }

    private void special(Set<Edge> allowed) {
        if (allowed.contains(Edge.NAN)) {
            edge(vector -> ((DoubleVector) vector).append(Double.NaN));
        }
        if (allowed.contains(Edge.NEGATIVE_ZERO)) {
            edge(vector -> ((DoubleVector) vector).append(-0.0));
        }
        if (allowed.contains(Edge.INFINITY)) {
            edge(vector -> ((DoubleVector) vector).append(Double.POSITIVE_INFINITY));
            edge(vector -> ((DoubleVector) vector).append(Double.NEGATIVE_INFINITY));
        }
    }

    private void texts(Set<Edge> allowed) {
        List<String> values = new ArrayList<>();
        if (allowed.contains(Edge.EMPTY_TEXT)) {
            values.add("");
        }
        if (allowed.contains(Edge.LONE_SURROGATE)) {
            values.addAll(List.of("\uD800", "x\uDC00y", "\uDE00\uD83D", "half \uD83D"));
        }
        if (allowed.contains(Edge.NUL)) {
            values.addAll(List.of("\0", "a\0b"));
        }
        if (allowed.contains(Edge.CONTROL_CHARACTER)) {
            values.addAll(List.of("line\r\nbreak", "\n", "\r", "tab\t", "\u0001\u001F\u007F\u0085"));
        }
        values.addAll(List.of(
                " ",
                "  blanks at both ends  ",
                "\"",
                "\"quoted\", with, commas; and 'more'",
                "NULL",
                "null",
                "\\N",
                "\\",
                "NaN",
                "0012",
                "1.50",
                "2026-03-29",
                "true",
                "größe 日本 😀",
                "e\u0301",
                "\u00A0\u2007\u202F",
                "\uFEFF",
                "\uFFFD\uFFFE\uFFFF",
                "\uDBFF\uDFFF"));
        if (allowed.contains(Edge.LONG_VALUE)) {
            values.addAll(List.of("x".repeat(70_000), "日本😀".repeat(5_000)));
        }
        for (String value : values) {
            edge(vector -> ((BytesVector) vector).append(value));
        }
    }

    private void binaries(Set<Edge> allowed) {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        List<byte[]> values = new ArrayList<>(
                List.of(new byte[] {0}, new byte[] {-1, -2}, all, "\\x00".getBytes(StandardCharsets.UTF_8)));
        if (allowed.contains(Edge.EMPTY_TEXT)) {
            values.add(new byte[0]);
        }
        if (allowed.contains(Edge.LONG_VALUE)) {
            values.add(new byte[70_000]);
        }
        for (byte[] value : values) {
            edge(vector -> ((BytesVector) vector).append(value));
        }
    }

    private void dates() {
        for (String date : List.of(
                "1970-01-01",
                "1969-12-31",
                "0001-01-01",
                "9999-12-31",
                "1582-10-04",
                "1582-10-15",
                "1900-02-28",
                "2000-02-29",
                "2026-03-29")) {
            longs(LocalDate.parse(date).toEpochDay());
        }
    }

    private void times() {
        for (String time : List.of(
                "1970-01-01T00:00:00",
                "1969-12-31T23:59:59.999999999",
                "0001-01-01T00:00:00",
                "9999-12-31T23:59:59.999999900",
                "1677-09-21T00:12:43.145224191",
                "1677-09-21T00:12:43.145224192",
                "2262-04-11T23:47:16.854775807",
                "2262-04-11T23:47:16.854775808",
                "1582-10-10T12:00:00.123456789",
                "2026-03-29T02:30:00.123456789",
                "2026-10-25T02:30:00.5",
                "2016-12-31T23:59:59.999999999")) {
            LocalDateTime moment = LocalDateTime.parse(time);
            edge(vector -> ((TimestampVector) vector)
                    .append(moment.toEpochSecond(ZoneOffset.UTC), (int) cut(moment.getNano())));
        }
    }

    /** The nanoseconds of the last digit of a second that the type has. */
    private long unit() {
        return BigInteger.TEN.pow(9 - type.precision()).longValueExact();
    }

    private long cut(long nanos) {
        return nanos - nanos % unit();
    }
}
