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
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import java.math.BigInteger;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Seeded random tables of all types, with the values and texts that break CSV readers. */
final class RandomTables {
    private static final String[] PIECES = {
        "a",
        "b",
        " ",
        "  ",
        "\t",
        ",",
        ";",
        "\"",
        "\"\"",
        "'",
        "\n",
        "\r",
        "\r\n",
        "\0",
        "é",
        "ß",
        "€",
        "😀",
        "👩‍🚀",
        "\uFEFF",
        "\uFFFD",
        "NULL",
        "null",
        "0",
        "-",
        "=1+1",
        "#",
        "\\",
        "\\N",
        "longer words",
        "\u2028",
        "\u0085"
    };

    private RandomTables() {}

    static Schema schema(Random random) {
        List<Column> columns = new ArrayList<>();
        int width = 1 + random.nextInt(12);
        for (int i = 0; i < width; i++) {
            columns.add(new Column((i % 3 == 0 ? text(random) : "") + "c" + i, type(random)));
        }
        return Schema.of(columns);
    }

    static ColumnType type(Random random) {
        int precision = 1 + random.nextInt(38);
        return switch (random.nextInt(18)) {
            case 0 -> ColumnType.BOOLEAN;
            case 1 -> ColumnType.INT8;
            case 2 -> ColumnType.INT16;
            case 3 -> ColumnType.INT32;
            case 4 -> ColumnType.INT64;
            case 5, 6 -> ColumnType.decimal(precision, random.nextInt(precision + 1));
            case 7 -> ColumnType.FLOAT32;
            case 8 -> ColumnType.FLOAT64;
            case 9 -> ColumnType.BINARY;
            case 10 -> ColumnType.DATE;
            case 11 -> ColumnType.time(random.nextInt(10));
            case 12 -> ColumnType.timestamp(random.nextInt(10));
            case 13 -> ColumnType.instant(random.nextInt(10));
            case 14 -> ColumnType.UUID;
            default -> ColumnType.TEXT;
        };
    }

    static RowBatch batch(Random random, Schema schema, int rows) {
        List<ColumnVector> vectors = RowBatch.vectorsFor(schema, rows);
        for (int column = 0; column < schema.size(); column++) {
            for (int row = 0; row < rows; row++) {
                if (random.nextInt(4) == 0) {
                    vectors.get(column).appendNull();
                } else {
                    append(random, schema.column(column).type(), vectors.get(column));
                }
            }
        }
        return new RowBatch(schema, vectors);
    }

    static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    private static void append(Random random, ColumnType type, ColumnVector vector) {
        switch (type.kind()) {
            case BOOLEAN -> ((BooleanVector) vector).append(random.nextBoolean());
            case INT8 -> ((LongVector) vector).append(within(random, Byte.MIN_VALUE, Byte.MAX_VALUE));
            case INT16 -> ((LongVector) vector).append(within(random, Short.MIN_VALUE, Short.MAX_VALUE));
            case INT32 -> ((LongVector) vector).append(within(random, Integer.MIN_VALUE, Integer.MAX_VALUE));
            case INT64 -> ((LongVector) vector).append(within(random, Long.MIN_VALUE, Long.MAX_VALUE));
            case DECIMAL -> decimal(random, type, vector);
            case FLOAT32 -> {
                float value = Float.intBitsToFloat(random.nextInt());
                ((DoubleVector) vector).append(random.nextInt(8) == 0 ? Float.NEGATIVE_INFINITY : value);
            }
            case FLOAT64 -> {
                double[] odd = {Double.NaN, Double.POSITIVE_INFINITY, -0.0, 1e16, 1e-5, 5e-324, 0.1};
                double value = Double.longBitsToDouble(random.nextLong());
                ((DoubleVector) vector).append(random.nextInt(3) == 0 ? odd[random.nextInt(odd.length)] : value);
            }
            case TEXT -> ((BytesVector) vector).append(text(random));
            case BINARY -> {
                byte[] bytes = new byte[random.nextInt(20)];
                random.nextBytes(bytes);
                ((BytesVector) vector).append(bytes);
            }
            case DATE -> ((LongVector) vector).append(day(random));
            case TIME ->
                ((LongVector) vector).append(random.nextInt(86_400) * 1_000_000_000L + nanos(random, type.precision()));
            case TIMESTAMP, INSTANT ->
                ((TimestampVector) vector)
                        .append(day(random) * 86_400 + random.nextInt(86_400), nanos(random, type.precision()));
            case UUID -> ((UuidVector) vector).append(random.nextLong(), random.nextLong());
        }
    }

    private static long within(Random random, long min, long max) {
        long[] edges = {min, max, 0, 1, -1, 10, -10};
        if (random.nextInt(3) == 0) {
            return edges[random.nextInt(edges.length)];
        }
        long value = random.nextLong() >> random.nextInt(64);
        return value < min || value > max ? value % (max + 1) : value;
    }

    private static void decimal(Random random, ColumnType type, ColumnVector vector) {
        BigInteger limit = BigInteger.TEN.pow(1 + random.nextInt(type.precision()));
        BigInteger unscaled =
                random.nextInt(5) == 0 ? limit.subtract(BigInteger.ONE) : new BigInteger(128, random).mod(limit);
        BigInteger signed = random.nextBoolean() ? unscaled.negate() : unscaled;
        if (vector instanceof DecimalVector wide) {
            wide.append(signed);
        } else {
            ((LongVector) vector).append(signed.longValueExact());
        }
    }

    private static long day(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> LocalDate.of(random.nextInt(20_000) - 10_000, 2, 28).toEpochDay() + random.nextInt(3);
            case 1 -> LocalDate.of(10_000 + random.nextInt(1_000_000), 12, 31).toEpochDay();
            default -> random.nextInt(40_000) - 10_000;
        };
    }

    private static int nanos(Random random, int precision) {
        int unit = (int) Math.pow(10, 9 - precision);
        int units = 1_000_000_000 / unit;
        return random.nextInt(3) == 0 ? 0 : random.nextInt(units) * unit;
    }
}
