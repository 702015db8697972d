package io.hybridsnapshot.engine.internal.sorting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import io.hybridsnapshot.domain.source.RowStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of every type come back unchanged, ordered by their places; the memory held stays below the limit. */
class RowReorderingTest {
    /** A column of each class of vectors. */
    private static final Schema SCHEMA = Schema.of(List.of(
            new Column("BOOLEAN", ColumnType.BOOLEAN),
            new Column("NUMBER", ColumnType.INT64),
            new Column("WIDE", ColumnType.decimal(38, 2)),
            new Column("FLOAT", ColumnType.FLOAT64),
            new Column("TEXT", ColumnType.TEXT),
            new Column("BINARY", ColumnType.BINARY),
            new Column("TIME", ColumnType.timestamp(9)),
            new Column("UUID", ColumnType.UUID)));

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(longs = {1, 2_000, 100_000, 1L << 30})
    void rowsComeByTheirPlacesWhateverFitsTheMemory(long limit) throws IOException {
        Random random = new Random(limit);
        int count = limit == 1 ? 100 : 3_000;
        List<Object> expected = new ArrayList<>(Collections.nCopies(count, null));
        List<Long> places = new ArrayList<>(LongStream.range(0, count).boxed().toList());
        Collections.shuffle(places, random);
        try (RowReordering reordering = new RowReordering(SCHEMA, directory, limit)) {
            for (int from = 0; from < count; from += 70) {
                RowBatch batch = batch(random, Math.min(70, count - from), row -> random.nextInt(60));
                for (int row = 0; row < batch.rowCount(); row++) {
                    long place = places.get(from + row);
                    expected.set((int) place, cells(batch, row));
                    reordering.add(batch, row, place);
                }
            }
            List<Object> actual = new ArrayList<>();
            try (RowStream rows = reordering.finish()) {
                for (Optional<RowBatch> next = rows.next(); next.isPresent(); next = rows.next()) {
                    assertTrue(next.get().rowCount() <= RowsAtOrdinals.BATCH_ROWS);
                    for (int row = 0; row < next.get().rowCount(); row++) {
                        actual.add(cells(next.get(), row));
                    }
                }
            }
            assertEquals(expected, actual);
            assertEquals(limit == 1L << 30, reordering.runs() == 0);
            assertEquals(limit == 1, reordering.runs() == count);
        }
        try (Stream<Path> left = Files.list(directory)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void wideRowsAfterNarrowOnesTakeNoMoreThanTheLimit() {
        Random random = new Random(5);
        long limit = 256 << 10;
        try (RowReordering reordering = new RowReordering(SCHEMA, directory, limit)) {
            long place = 100_000;
            for (int batches = 0; batches < 20; batches++) {
                RowBatch narrow = batch(random, 512, row -> 1);
                for (int row = 0; row < narrow.rowCount(); row++) {
                    reordering.add(narrow, row, place--);
                }
            }
            // As many rows as fitted before would be 512 times 60 KB.
            RowBatch wide = batch(random, 512, row -> 60_000);
            for (int row = 0; row < wide.rowCount(); row++) {
                reordering.add(wide, row, place--);
                assertTrue(reordering.mostHeld() <= limit, reordering.mostHeld() + " bytes after row " + row);
            }
            assertTrue(reordering.runs() > 100, reordering.runs() + " runs");
        }
    }

    @Test
    void aRowWiderThanTheLimitIsHeldAlone() {
        try (RowReordering reordering = new RowReordering(SCHEMA, directory, 10_000);
                RowStream rows = with(reordering, batch(new Random(6), 3, row -> 600_000))) {
            assertTrue(reordering.mostHeld() < 1_300_000, reordering.mostHeld() + " bytes");
            assertEquals(3, reordering.runs());
            // A megabyte ends a batch.
            assertEquals(1, rows.next().orElseThrow().rowCount());
            assertEquals(1, rows.next().orElseThrow().rowCount());
            assertEquals(1, rows.next().orElseThrow().rowCount());
            assertEquals(Optional.empty(), rows.next());
        }
    }

    @Test
    void nothingGivesNothing() {
        try (RowReordering reordering = new RowReordering(SCHEMA, directory, 10);
                RowStream rows = reordering.finish()) {
            assertEquals(Optional.empty(), rows.next());
        }
    }

    private static RowStream with(RowReordering reordering, RowBatch batch) {
        for (int row = 0; row < batch.rowCount(); row++) {
            reordering.add(batch, row, batch.rowCount() - row);
        }
        return reordering.finish();
    }

    private static RowBatch batch(Random random, int rows, IntFunction<Integer> length) {
        List<ColumnVector> vectors = RowBatch.vectorsFor(SCHEMA, rows);
        for (int row = 0; row < rows; row++) {
            for (ColumnVector vector : vectors) {
                if (random.nextInt(5) == 0 && !(vector instanceof BytesVector)) {
                    vector.appendNull();
                } else if (random.nextInt(9) == 0 && length.apply(row) < 100) {
                    vector.appendNull();
                } else if (vector instanceof BooleanVector booleans) {
                    booleans.append(random.nextBoolean());
                } else if (vector instanceof LongVector longs) {
                    longs.append(random.nextLong());
                } else if (vector instanceof DoubleVector doubles) {
                    doubles.append(
                            switch (random.nextInt(4)) {
                                case 0 -> -0.0;
                                case 1 -> Double.longBitsToDouble(0x7ff8_0000_0000_0123L);
                                case 2 -> Double.NEGATIVE_INFINITY;
                                default -> random.nextGaussian();
                            });
                } else if (vector instanceof DecimalVector decimals) {
                    decimals.append(new BigInteger(120, random).subtract(BigInteger.ONE.shiftLeft(119)));
                } else if (vector instanceof TimestampVector times) {
                    times.append(random.nextLong() >> 20, random.nextInt(1_000_000_000));
                } else if (vector instanceof UuidVector uuids) {
                    uuids.append(new UUID(random.nextLong(), random.nextLong()));
                } else {
                    byte[] bytes = new byte[length.apply(row)];
                    // Any letter; and a lone surrogate as three bytes, which a batch may hold.
                    Arrays.fill(bytes, (byte) ('a' + random.nextInt(26)));
                    if (bytes.length >= 3 && random.nextInt(10) == 0) {
                        bytes[0] = (byte) 0xED;
                        bytes[1] = (byte) 0xA0;
                        bytes[2] = (byte) 0x80;
                    }
                    ((BytesVector) vector).append(bytes);
                }
            }
        }
        return new RowBatch(SCHEMA, vectors);
    }

    /** The cells of a row as objects, exactly. */
    private static List<Object> cells(RowBatch batch, int row) {
        List<Object> cells = new ArrayList<>();
        for (int column = 0; column < SCHEMA.size(); column++) {
            ColumnVector vector = batch.vector(column);
            if (vector.isNull(row)) {
                cells.add("NULL");
            } else if (vector instanceof BooleanVector booleans) {
                cells.add(booleans.get(row));
            } else if (vector instanceof LongVector longs) {
                cells.add(longs.get(row));
            } else if (vector instanceof DoubleVector doubles) {
                cells.add(Double.doubleToRawLongBits(doubles.get(row)));
            } else if (vector instanceof DecimalVector decimals) {
                cells.add(decimals.unscaled(row));
            } else if (vector instanceof TimestampVector times) {
                cells.add(List.of(times.epochSecond(row), times.nanoOfSecond(row)));
            } else if (vector instanceof UuidVector uuids) {
                cells.add(new UUID(uuids.high(row), uuids.low(row)));
            } else {
                cells.add(HexFormat.of().formatHex(((BytesVector) vector).bytes(row)));
            }
        }
        return cells;
    }
}
