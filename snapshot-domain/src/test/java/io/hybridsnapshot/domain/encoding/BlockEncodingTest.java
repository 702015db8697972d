package io.hybridsnapshot.domain.encoding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

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
import io.hybridsnapshot.domain.schema.ColumnId;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Rows are encoded in blocks; the block must have no effect on a message. */
class BlockEncodingTest {
    private static final List<ColumnType> TYPES = List.of(
            ColumnType.BOOLEAN,
            ColumnType.INT64,
            ColumnType.decimal(18, 6),
            ColumnType.decimal(38, 9),
            ColumnType.FLOAT64,
            ColumnType.TEXT,
            ColumnType.BINARY,
            ColumnType.DATE,
            ColumnType.time(9),
            ColumnType.timestamp(9),
            ColumnType.instant(9),
            ColumnType.UUID);

    private static final HashSpec RULES = new HashSpec(Map.of(
            name(5), ColumnRules.parse(List.of("trim", "empty-as-null")),
            name(2), ColumnRules.parse(List.of("scale 2")),
            name(3), ColumnRules.parse(List.of("scale 3")),
            name(4), ColumnRules.parse(List.of("scale 1")),
            name(9), ColumnRules.parse(List.of("precision millis"))));

    private final Random random = new Random(7);

    @Test
    void aRowAmongOthersHasTheMessageThatItHasAlone() {
        for (int rows : new int[] {1, 2, 63, 64, 65, 300}) {
            assertEachRowAsAlone(batch(rows, 40));
        }
    }

    @Test
    void rowsOfHundredsOfKilobytesHaveTheMessagesThatTheyHaveAlone() {
        assertEachRowAsAlone(batch(20, 700_000));
    }

    @Test
    void payloadsOfEveryLengthAreWrittenAsTheyAre() {
        int rows = 300;
        for (ColumnType type : List.of(ColumnType.TEXT, ColumnType.BINARY)) {
            Schema schema = Schema.of(List.of(new Column("a", type), new Column("b", type)));
            List<ColumnVector> vectors = List.of(new BytesVector(rows), new BytesVector(rows));
            List<List<byte[]>> cells = List.of(new ArrayList<>(), new ArrayList<>());
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < 2; column++) {
                    byte[] cell = "x"
                            .repeat(column == 0 ? row : random.nextInt(140))
                            .replace("xxx", "yz" + row % 10)
                            .getBytes(StandardCharsets.US_ASCII);
                    cells.get(column).add(cell);
                    ((BytesVector) vectors.get(column)).append(cell);
                }
            }
            RowEncoder encoder = RowEncoder.ofRows(schema, HashSpec.HSR1);
            encoder.read(new RowBatch(schema, vectors));
            boolean inOrder = Long.compareUnsigned(ColumnId.of("a"), ColumnId.of("b")) < 0;
            for (int row = 0; row < rows; row++) {
                ByteBuffer expected = ByteBuffer.allocate(1_000).put(new byte[] {'H', 'S', 'R', 0, 1, 1, 2});
                for (int field = 0; field < 2; field++) {
                    int column = inOrder ? field : 1 - field;
                    byte[] cell = cells.get(column).get(row);
                    expected.putLong(ColumnId.of(column == 0 ? "a" : "b"))
                            .put((byte) (type.equals(ColumnType.TEXT) ? 0x20 : 0x30));
                    if (cell.length > 127) {
                        expected.put((byte) (cell.length | 0x80)).put((byte) (cell.length >> 7));
                    } else {
                        expected.put((byte) cell.length);
                    }
                    expected.put(cell);
                }
                assertArrayEquals(Arrays.copyOf(expected.array(), expected.position()), message(encoder, row));
            }
        }
    }

    @Test
    void rowsAreEncodedInEveryOrder() {
        RowBatch batch = batch(200, 40);
        RowEncoder encoder = RowEncoder.ofRows(batch.schema(), RULES);
        encoder.read(batch);
        Map<Integer, byte[]> ascending = new HashMap<>();
        for (int row = 0; row < batch.rowCount(); row++) {
            ascending.put(row, message(encoder, row));
        }
        for (int i = 0; i < 1_000; i++) {
            int row = random.nextInt(batch.rowCount());
            // A single field is encoded into the same buffer.
            encoder.encodeField(random.nextInt(TYPES.size()), random.nextInt(batch.rowCount()));
            assertArrayEquals(ascending.get(row), message(encoder, row));
        }
    }

    private void assertEachRowAsAlone(RowBatch batch) {
        List<String> key = List.of(name(1), name(5), name(7));
        for (HashSpec spec : List.of(HashSpec.HSR1, RULES)) {
            KeyedHashes together = RowHasher.of(batch.schema(), spec, key).hash(batch);
            RowHasher hasher = RowHasher.of(batch.schema(), spec, key);
            for (int row = 0; row < batch.rowCount(); row++) {
                KeyedHashes alone = hasher.hash(batch.rows(new int[] {row}, 1));
                assertEquals(alone.hex(0), together.hex(row));
                assertEquals(alone.identity(0), together.identity(row));
                assertEquals(alone.lacksIdentity(0), together.lacksIdentity(row));
            }
        }
    }

    private static byte[] message(RowEncoder encoder, int row) {
        encoder.encode(row);
        return Arrays.copyOfRange(encoder.buffer(), encoder.start(), encoder.start() + encoder.length());
    }

    private static String name(int type) {
        return type + " " + TYPES.get(type);
    }

    private RowBatch batch(int rows, int longest) {
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < TYPES.size(); i++) {
            columns.add(new Column(name(i), TYPES.get(i)));
        }
        Schema schema = Schema.of(columns);
        List<ColumnVector> vectors = RowBatch.vectorsFor(schema, rows);
        for (int row = 0; row < rows; row++) {
            for (ColumnVector vector : vectors) {
                if (random.nextInt(3) == 0) {
                    vector.appendNull();
                } else {
                    append(vector, longest);
                }
            }
        }
        return new RowBatch(schema, vectors);
    }

    private void append(ColumnVector vector, int longest) {
        long value = random.nextLong() >> random.nextInt(64);
        if (vector instanceof BooleanVector booleans) {
            booleans.append(random.nextBoolean());
        } else if (vector instanceof LongVector longs) {
            longs.append(value & 0x3F_FFFF_FFFFL);
        } else if (vector instanceof DecimalVector decimals) {
            decimals.append(new BigInteger(random.nextInt(120), random).subtract(BigInteger.valueOf(value)));
        } else if (vector instanceof DoubleVector doubles) {
            doubles.append(random.nextGaussian() * value);
        } else if (vector instanceof TimestampVector times) {
            times.append(value, random.nextInt(1_000_000_000));
        } else if (vector instanceof UuidVector uuids) {
            uuids.append(random.nextLong(), value);
        } else {
            ((BytesVector) vector).append(text(random.nextInt(longest)));
        }
    }

    /** Blanks at the ends, characters of every length, and now and then a lone surrogate. */
    private String text(int length) {
        String alphabet = random.nextInt(20) == 0 ? " aé€\uD800" : " abé€";
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }
}
