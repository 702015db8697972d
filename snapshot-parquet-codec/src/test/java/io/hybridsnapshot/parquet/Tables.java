package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.batch.BooleanVector;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DecimalVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Tables for tests: seeded values at the edges of every type, and rows as text for comparison. */
final class Tables {
    static final List<ColumnType> TYPES = List.of(
            ColumnType.BOOLEAN,
            ColumnType.INT8,
            ColumnType.INT16,
            ColumnType.INT32,
            ColumnType.INT64,
            ColumnType.decimal(1, 0),
            ColumnType.decimal(9, 2),
            ColumnType.decimal(10, 10),
            ColumnType.decimal(18, 4),
            ColumnType.decimal(19, 0),
            ColumnType.decimal(28, 6),
            ColumnType.decimal(38, 38),
            ColumnType.FLOAT32,
            ColumnType.FLOAT64,
            ColumnType.TEXT,
            ColumnType.BINARY,
            ColumnType.DATE,
            ColumnType.time(0),
            ColumnType.time(6),
            ColumnType.time(7),
            ColumnType.time(9),
            ColumnType.timestamp(0),
            ColumnType.timestamp(3),
            ColumnType.timestamp(6),
            ColumnType.timestamp(7),
            ColumnType.timestamp(9),
            ColumnType.instant(0),
            ColumnType.instant(6),
            ColumnType.instant(9),
            ColumnType.UUID);

    private static final String[] TEXTS = {
        "",
        " ",
        "GREYSON",
        "greyson ",
        "nul\0inside",
        "\0",
        "quote\"d, 'it'",
        "line\nbreak\r\n",
        "ÄÖÜß",
        "한국어 텍스트",
        "\uFFFD",
        "😀 emoji",
        "lone \uD800 high",
        "\uDC00",
        "\uDC00\uD800",
        "x".repeat(3_000)
    };

    private Tables() {}

    /** A column {@code id} and one column of every type. */
    static Schema everyType() {
        List<Column> columns = new ArrayList<>();
        columns.add(new Column("id", ColumnType.INT64));
        for (ColumnType type : TYPES) {
            columns.add(new Column("c " + type, type));
        }
        return Schema.of(columns);
    }

    /** How the values of a column are spread. */
    enum Spread {
        FEW,
        MANY,
        MIXED
    }

    /** Rows {@code [first, first + count)} of a table. Its first column counts the rows. */
    static RowBatch rows(Schema schema, Random random, long first, int count, double nullShare, Spread spread) {
        List<ColumnVector> vectors = RowBatch.vectorsFor(schema, 16);
        for (int i = 0; i < count; i++) {
            ((LongVector) vectors.get(0)).append(first + i);
            for (int c = 1; c < schema.size(); c++) {
                if (random.nextDouble() < nullShare) {
                    vectors.get(c).appendNull();
                } else {
                    boolean few = spread == Spread.FEW || spread == Spread.MIXED && (c + (first + i) / 700) % 2 == 0;
                    append(vectors.get(c), schema.column(c).type(), few ? new Random(random.nextInt(5)) : random);
                }
            }
        }
        return new RowBatch(schema, vectors);
    }

    private static void append(ColumnVector vector, ColumnType type, Random random) {
        switch (type.kind()) {
            case BOOLEAN -> ((BooleanVector) vector).append(random.nextBoolean());
            case INT8 -> integer(vector, random, Byte.MIN_VALUE, Byte.MAX_VALUE);
            case INT16 -> integer(vector, random, Short.MIN_VALUE, Short.MAX_VALUE);
            case INT32, DATE -> integer(vector, random, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case INT64 -> integer(vector, random, Long.MIN_VALUE, Long.MAX_VALUE);
            case DECIMAL -> {
                BigInteger greatest = BigInteger.TEN.pow(type.precision()).subtract(BigInteger.ONE);
                BigInteger value = switch (random.nextInt(5)) {
                    case 0 -> greatest;
                    case 1 -> greatest.negate();
                    case 2 -> BigInteger.valueOf(random.nextInt(19) - 9L);
                    default ->
                        new BigInteger(greatest.bitLength() - 1, random)
                                .multiply(BigInteger.valueOf(random.nextBoolean() ? 1 : -1));
                };
                if (vector instanceof DecimalVector wide) {
                    wide.append(value);
                } else {
                    ((LongVector) vector).append(value.longValueExact());
                }
            }
            case FLOAT32 -> {
                float[] edges = {0f, -0f, Float.NaN, Float.MIN_VALUE, Float.MAX_VALUE, Float.NEGATIVE_INFINITY, 1.1f};
                int pick = random.nextInt(14);
                ((DoubleVector) vector)
                        .append(
                                pick < edges.length
                                        ? edges[pick]
                                        : Float.intBitsToFloat(random.nextInt() & 0xFF7FFFFF));
            }
            case FLOAT64 -> {
                double[] edges = {0d, -0d, Double.NaN, Double.MIN_VALUE, Double.MAX_VALUE, Double.POSITIVE_INFINITY, 0.1
                };
                int pick = random.nextInt(14);
                ((DoubleVector) vector).append(pick < edges.length ? edges[pick] : random.nextGaussian() * 1e9);
            }
            case TEXT -> {
                int pick = random.nextInt(TEXTS.length + 12);
                ((BytesVector) vector).append(pick < TEXTS.length ? TEXTS[pick] : "PO-" + random.nextInt());
            }
            case BINARY -> {
                byte[] bytes = new byte[random.nextInt(40)];
                random.nextBytes(bytes);
                ((BytesVector) vector).append(bytes);
            }
            case TIME -> {
                long unit = (long) Math.pow(10, 9 - type.precision());
                long units = 86_400_000_000_000L / unit;
                long[] edges = {0, units - 1};
                int pick = random.nextInt(10);
                ((LongVector) vector).append((pick < 2 ? edges[pick] : Math.floorMod(random.nextLong(), units)) * unit);
            }
            case TIMESTAMP, INSTANT -> {
                int unit = (int) Math.pow(10, 9 - type.precision());
                int nano = random.nextInt(1_000_000_000) / unit * unit;
                long second = switch (random.nextInt(8)) {
                    // 9999-12-31T23:59:59, 0001-01-01, the bounds of nanoseconds
                    case 0 -> 253_402_300_799L;
                    case 1 -> -62_135_596_800L;
                    case 2 -> Long.MAX_VALUE / 1_000_000_000;
                    case 3 -> Long.MIN_VALUE / 1_000_000_000 - 1;
                    case 4 -> 0;
                    case 5 -> -1;
                    default -> random.nextInt() * 2L;
                };
                ((TimestampVector) vector).append(second, nano);
            }
            case UUID -> ((UuidVector) vector).append(random.nextLong(), random.nextLong());
        }
    }

    private static void integer(ColumnVector vector, Random random, long least, long greatest) {
        long value = switch (random.nextInt(6)) {
            case 0 -> least;
            case 1 -> greatest;
            case 2 -> 0;
            default -> {
                long drawn = random.nextLong();
                yield greatest == Long.MAX_VALUE ? drawn : least + Math.floorMod(drawn, greatest - least + 1);
            }
        };
        ((LongVector) vector).append(value);
    }

    static WrittenFile write(Path file, ParquetSettings settings, Schema schema, List<RowBatch> batches) {
        try (SnapshotWriter writer = new ParquetSnapshotCodec(settings).openWriter(file, schema, Map.of())) {
            batches.forEach(writer::append);
            return writer.finish();
        }
    }

    static List<RowBatch> drain(RowStream stream) {
        List<RowBatch> batches = new ArrayList<>();
        Optional<RowBatch> batch = stream.next();
        while (batch.isPresent()) {
            batches.add(batch.get());
            batch = stream.next();
        }
        return batches;
    }

    /** Each row as one text, every bit of every value in it. */
    static List<String> texts(List<RowBatch> batches) {
        List<String> rows = new ArrayList<>();
        for (RowBatch batch : batches) {
            for (int row = 0; row < batch.rowCount(); row++) {
                StringBuilder text = new StringBuilder();
                for (int c = 0; c < batch.schema().size(); c++) {
                    text.append(cell(batch.vector(c), row)).append('|');
                }
                rows.add(text.toString());
            }
        }
        return rows;
    }

    static String cell(ColumnVector vector, int row) {
        if (vector.isNull(row)) {
            return "NULL";
        }
        if (vector instanceof BooleanVector booleans) {
            return Boolean.toString(booleans.get(row));
        } else if (vector instanceof LongVector longs) {
            return Long.toString(longs.get(row));
        } else if (vector instanceof DoubleVector doubles) {
            return Long.toHexString(Double.doubleToRawLongBits(doubles.get(row)));
        } else if (vector instanceof DecimalVector decimals) {
            return decimals.unscaled(row).toString();
        } else if (vector instanceof BytesVector bytes) {
            byte[] value = bytes.bytes(row);
            return value.length > 200
                    ? Integer.toString(new String(value, StandardCharsets.ISO_8859_1).hashCode())
                    : HexFormat.of().formatHex(value);
        } else if (vector instanceof TimestampVector timestamps) {
            return timestamps.epochSecond(row) + "." + timestamps.nanoOfSecond(row);
        }
        UuidVector uuids = (UuidVector) vector;
        return Long.toHexString(uuids.high(row)) + "-" + Long.toHexString(uuids.low(row));
    }

    /** The identity and the row hash of each row. */
    static List<String> hashes(Schema schema, List<RowBatch> batches) {
        RowHasher hasher = RowHasher.of(schema, HashSpec.HSR1, List.of("id"));
        List<String> hashes = new ArrayList<>();
        for (RowBatch batch : batches) {
            KeyedHashes keyed = hasher.hash(batch);
            for (int row = 0; row < keyed.size(); row++) {
                hashes.add(keyed.identity(row) + " " + keyed.hex(row));
            }
        }
        return hashes;
    }
}
