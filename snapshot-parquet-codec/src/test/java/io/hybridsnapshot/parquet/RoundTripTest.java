package io.hybridsnapshot.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.codec.FileBytes;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoundTripTest {
    private static final ParquetSettings SMALL_GROUPS = new ParquetSettings(Compression.ZSTD, 3, 1 << 20);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void everyTypeComesBackBitByBitWhateverTheBatches(long seed) {
        Random random = new Random(seed);
        Schema schema = Tables.everyType();
        List<RowBatch> batches = new ArrayList<>();
        long rows = 0;
        for (int i = 0; i < 6; i++) {
            int count = i == 0 ? 5_000 : 1 + random.nextInt(3_000);
            double nulls = new double[] {0, 0.3, 0.97, 1, 0.5, 0}[i];
            Tables.Spread spread = Tables.Spread.values()[random.nextInt(3)];
            batches.add(Tables.rows(schema, random, rows, count, nulls, spread));
            rows += count;
        }

        Path file = directory.resolve("t.parquet");
        WrittenFile written = Tables.write(file, SMALL_GROUPS, schema, batches);
        List<RowBatch> read = read(file, new ReadOptions(List.of(), 777, Optional.empty()), schema);

        assertEquals(rows, written.rowCount());
        assertEquals(Tables.texts(batches), Tables.texts(read));
        assertEquals(Tables.hashes(schema, batches), Tables.hashes(schema, read));
        assertTrue(read.stream().allMatch(batch -> batch.rowCount() <= 777));
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void everyCompressionComesBack(Compression compression) {
        Schema schema = Tables.everyType();
        List<RowBatch> batches = List.of(Tables.rows(schema, new Random(9), 0, 3_000, 0.2, Tables.Spread.MIXED));
        Path file = directory.resolve("t.parquet");
        Tables.write(file, ParquetSettings.of(compression), schema, batches);
        assertEquals(Tables.texts(batches), Tables.texts(read(file, ReadOptions.ALL, schema)));
    }

    @Test
    void aTableOfOneRowAndOneOfNullsOnlyComeBack() {
        Schema schema = Tables.everyType();
        for (double nulls : new double[] {0, 1}) {
            List<RowBatch> batches = List.of(Tables.rows(schema, new Random(3), 0, 1, nulls, Tables.Spread.MANY));
            Path file = directory.resolve("t" + nulls + ".parquet");
            Tables.write(file, ParquetSettings.defaults(), schema, batches);
            assertEquals(Tables.texts(batches), Tables.texts(read(file, ReadOptions.ALL, schema)));
        }
    }

    @Test
    void aTableWithoutRowsKeepsItsColumnsAndMetadata() {
        Schema schema = Tables.everyType();
        Path file = directory.resolve("t.parquet");
        Map<String, String> metadata = Map.of("batch_id", "7", "ü", "line\nbreak");
        try (SnapshotWriter writer = new ParquetSnapshotCodec().openWriter(file, schema, metadata)) {
            writer.append(new RowBatch(schema, RowBatch.vectorsFor(schema, 0)));
            assertEquals(0, writer.finish().rowCount());
        }
        try (SnapshotReader reader = new ParquetSnapshotCodec().openReader(FileBytes.open(file));
                RowStream rows = reader.rows(ReadOptions.ALL)) {
            assertEquals(schema, reader.schema());
            assertEquals(0, reader.rowCount());
            assertEquals(metadata, reader.metadata());
            assertTrue(rows.next().isEmpty());
            assertTrue(rows.next().isEmpty());
        }
    }

    @Test
    void namesOfAnyCharactersComeBack() {
        List<Column> columns = new ArrayList<>();
        for (String name : List.of(
                "id",
                "a.b",
                "a`b",
                "\"q\"",
                " lead",
                "trail ",
                "line\nbreak",
                "\\u0041",
                "A",
                "a",
                "\0",
                "\uD800",
                "한글",
                "😀")) {
            columns.add(new Column(name, ColumnType.INT32));
        }
        Schema schema = Schema.of(columns);
        List<RowBatch> batches = List.of(Tables.rows(schema, new Random(1), 0, 10, 0.1, Tables.Spread.MANY));
        Path file = directory.resolve("t.parquet");
        Tables.write(file, ParquetSettings.defaults(), schema, batches);
        assertEquals(Tables.texts(batches), Tables.texts(read(file, ReadOptions.ALL, schema)));
    }

    @Test
    void theDigestsAndTheSizeAreThoseOfTheFile() throws IOException, NoSuchAlgorithmException {
        Schema schema = Tables.everyType();
        Path file = directory.resolve("t.parquet");
        WrittenFile written = Tables.write(
                file,
                SMALL_GROUPS,
                schema,
                List.of(Tables.rows(schema, new Random(4), 0, 9_000, 0.1, Tables.Spread.MANY)));
        byte[] bytes = Files.readAllBytes(file);
        assertEquals(bytes.length, written.size());
        assertEquals(hex("MD5", bytes), written.md5());
        assertEquals(hex("SHA-256", bytes), written.sha256());
        assertTrue(written.uncompressedSize() > written.size());
    }

    @Test
    void aDictionaryThatGrowsTooLargeIsLeftBehindInTheMiddleOfARowGroup() {
        Schema schema = Schema.of(new Column("id", ColumnType.INT64), new Column("text", ColumnType.TEXT));
        List<RowBatch> batches = new ArrayList<>();
        for (int b = 0; b < 40; b++) {
            LongVector ids = new LongVector(2_000);
            BytesVector texts = new BytesVector(2_000);
            for (int i = 0; i < 2_000; i++) {
                ids.append(b * 2_000L + i);
                // First few values, then ever new ones of 60 bytes: more than the megabyte a dictionary may have.
                texts.append(b < 20 ? "value " + i % 7 : "a long new value " + b + " " + i + " ".repeat(40));
            }
            batches.add(new RowBatch(schema, List.of(ids, texts)));
        }
        Path file = directory.resolve("t.parquet");
        Tables.write(file, ParquetSettings.defaults(), schema, batches);
        assertEquals(Tables.texts(batches), Tables.texts(read(file, ReadOptions.ALL, schema)));
    }

    @Test
    void exactValuesComeBackThroughAnySelectionOfColumnsAndRows() {
        Schema schema = Schema.of(
                new Column("id", ColumnType.INT64),
                new Column("valid_to", ColumnType.timestamp(7)),
                new Column("text", ColumnType.TEXT));
        List<ColumnVector> vectors = RowBatch.vectorsFor(schema, 16);
        Random random = new Random(11);
        for (int i = 0; i < 20_000; i++) {
            ((LongVector) vectors.get(0)).append(i);
            if (random.nextInt(4) == 0) {
                vectors.get(1).appendNull();
            } else {
                ((TimestampVector) vectors.get(1)).append(random.nextInt(50) == 0 ? i : 253_402_300_799L, 999_999_900);
            }
            if (random.nextInt(3) == 0) {
                ((BytesVector) vectors.get(2)).append("broken \uD8FF " + i / 100);
            } else {
                ((BytesVector) vectors.get(2)).append("whole");
            }
        }
        RowBatch table = new RowBatch(schema, vectors);
        Path file = directory.resolve("t.parquet");
        Tables.write(file, new ParquetSettings(Compression.SNAPPY, 0, 1 << 12), schema, List.of(table));

        assertEquals(Tables.texts(List.of(table)), Tables.texts(read(file, ReadOptions.ALL, schema)));
        Schema one = schema.select(List.of("text"));
        assertEquals(
                Tables.texts(List.of(table.select(one))),
                Tables.texts(read(file, ReadOptions.ALL.withColumns(List.of("text")), one)));
        Schema two = schema.select(List.of("valid_to", "id"));
        int[] positions = random.ints(500, 0, 20_000).sorted().distinct().toArray();
        assertEquals(
                Tables.texts(List.of(table.rows(positions, positions.length).select(two))),
                Tables.texts(rowsAt(file, positions, ReadOptions.ALL.withColumns(two.names()))));
    }

    @Test
    void runsOfOneSentinelTakeNextToNothing() throws IOException {
        Schema schema = Schema.of(new Column("id", ColumnType.INT64), new Column("to", ColumnType.timestamp(7)));
        List<ColumnVector> vectors = RowBatch.vectorsFor(schema, 16);
        for (int i = 0; i < 100_000; i++) {
            ((LongVector) vectors.get(0)).append(0);
            ((TimestampVector) vectors.get(1)).append(253_402_300_799L, 0);
        }
        WrittenFile written = Tables.write(
                directory.resolve("t.parquet"),
                ParquetSettings.defaults(),
                schema,
                List.of(new RowBatch(schema, vectors)));
        assertTrue(written.size() < 4_000, () -> written.size() + " bytes");
    }

    @Test
    void moreThanSixteenMebibytesOfExactValuesAreRefused() {
        Schema schema = Schema.of(new Column("id", ColumnType.INT64), new Column("note", ColumnType.TEXT));
        Path file = directory.resolve("t.parquet");
        SnapshotException refused;
        try (SnapshotWriter writer = new ParquetSnapshotCodec().openWriter(file, schema, Map.of())) {
            refused = assertThrows(SnapshotException.class, () -> {
                for (int b = 0; b < 100; b++) {
                    LongVector ids = new LongVector(1);
                    BytesVector notes = new BytesVector(1);
                    ids.append(b);
                    notes.append("\uD800" + b + "y".repeat(200_000));
                    writer.append(new RowBatch(schema, List.of(ids, notes)));
                }
            });
        }
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, refused.kind());
        assertTrue(refused.getMessage().contains("'note'"), refused.getMessage());
        assertFalse(Files.exists(file));
    }

    @Test
    void aValueOutsideItsTypeIsRefusedByName() {
        assertRefused(ColumnType.INT8, 128);
        assertRefused(ColumnType.INT16, -32_769);
        assertRefused(ColumnType.INT32, 1L << 31);
        assertRefused(ColumnType.DATE, 1L << 40);
        assertRefused(ColumnType.decimal(4, 2), 10_000);
        assertRefused(ColumnType.time(6), 1);
    }

    private void assertRefused(ColumnType type, long value) {
        Schema schema = Schema.of(new Column("id", ColumnType.INT64), new Column("odd", type));
        LongVector ids = new LongVector(1);
        LongVector odd = new LongVector(1);
        ids.append(1);
        odd.append(value);
        SnapshotException refused = assertThrows(
                SnapshotException.class,
                () -> Tables.write(
                        directory.resolve("t.parquet"),
                        ParquetSettings.defaults(),
                        schema,
                        List.of(new RowBatch(schema, List.of(ids, odd)))));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, refused.kind());
        assertTrue(refused.getMessage().contains("'odd'"), refused.getMessage());
    }

    @Test
    void aFileThatWasNotFinishedIsDeleted() {
        Schema schema = Tables.everyType();
        Path file = directory.resolve("t.parquet");
        try (SnapshotWriter writer = new ParquetSnapshotCodec(SMALL_GROUPS).openWriter(file, schema, Map.of())) {
            writer.append(Tables.rows(schema, new Random(1), 0, 20_000, 0, Tables.Spread.MANY));
            assertTrue(Files.exists(file));
        }
        assertFalse(Files.exists(file));
    }

    @Test
    void aDirectoryThatIsNotThereIsNamed() {
        Path file = directory.resolve("missing").resolve("t.parquet");
        SnapshotException refused = assertThrows(
                SnapshotException.class,
                () -> new ParquetSnapshotCodec().openWriter(file, Tables.everyType(), Map.of()));
        assertEquals(SnapshotException.Kind.UNAVAILABLE, refused.kind());
        assertTrue(refused.getMessage().contains(file.toString()));
    }

    @Test
    void aFullDiskIsUnavailableAndNamesTheFile() {
        // /dev/full takes no byte. Without that device the test is skipped.
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "no /dev/full on this system");
        Schema schema = Tables.everyType();
        RowBatch rows = Tables.rows(schema, new Random(1), 0, 20_000, 0, Tables.Spread.MANY);
        SnapshotException refused;
        try (SnapshotWriter writer = new ParquetSnapshotCodec(SMALL_GROUPS).openWriter(full, schema, Map.of())) {
            refused = assertThrows(SnapshotException.class, () -> writer.append(rows));
        }
        assertTrue(Files.exists(full));
        assertEquals(SnapshotException.Kind.UNAVAILABLE, refused.kind());
        assertTrue(refused.getMessage().contains("/dev/full"), refused.getMessage());
    }

    @ParameterizedTest
    @EnumSource(Tables.Spread.class)
    void rowsAtEqualsANaiveFilter(Tables.Spread spread) {
        Schema schema = Tables.everyType();
        Random random = new Random(21);
        RowBatch table = Tables.rows(schema, random, 0, 12_000, 0.3, spread);
        Path file = directory.resolve("t.parquet");
        Tables.write(file, new ParquetSettings(Compression.ZSTD, 1, 200_000), schema, List.of(table));
        List<int[]> selections = List.of(
                new int[0],
                new int[] {0},
                new int[] {11_999},
                random.ints(40, 0, 12_000).sorted().distinct().toArray(),
                random.ints(6_000, 0, 12_000).sorted().distinct().toArray(),
                IntStream.range(3_000, 7_500).toArray(),
                IntStream.range(0, 12_000).toArray());
        for (int[] positions : selections) {
            assertEquals(
                    Tables.texts(List.of(table.rows(positions, positions.length))),
                    Tables.texts(rowsAt(file, positions, new ReadOptions(List.of(), 500, Optional.empty()))));
        }
    }

    @Test
    void ordinalsThatAreNoAscendingRowsAreRefused() {
        Schema schema = Tables.everyType();
        Path file = directory.resolve("t.parquet");
        Tables.write(
                file,
                ParquetSettings.defaults(),
                schema,
                List.of(Tables.rows(schema, new Random(1), 0, 10, 0, Tables.Spread.MANY)));
        try (SnapshotReader reader = new ParquetSnapshotCodec().openReader(FileBytes.open(file))) {
            for (long[] ordinals : new long[][] {{-1}, {10}, {3, 3}, {4, 2}}) {
                assertEquals(
                        SnapshotException.Kind.INVALID_REQUEST,
                        assertThrows(SnapshotException.class, () -> reader.rowsAt(ordinals, ReadOptions.ALL))
                                .kind());
            }
            assertEquals(
                    SnapshotException.Kind.INVALID_REQUEST,
                    assertThrows(
                                    SnapshotException.class,
                                    () -> reader.rows(ReadOptions.ALL.withColumns(List.of("nothing"))))
                            .kind());
        }
    }

    @Test
    void columnsThatAreNotAskedForAreNotFetched() {
        Schema schema = Tables.everyType();
        Path file = directory.resolve("t.parquet");
        WrittenFile written = Tables.write(
                file,
                SMALL_GROUPS,
                schema,
                List.of(Tables.rows(schema, new Random(5), 0, 30_000, 0.1, Tables.Spread.MANY)));
        CountingBytes bytes = new CountingBytes(FileBytes.open(file));
        try (SnapshotReader reader = new ParquetSnapshotCodec().openReader(bytes)) {
            long opened = bytes.fetched();
            assertTrue(bytes.requests() <= 2, () -> bytes.requests() + " requests to open");
            try (RowStream rows = reader.rows(ReadOptions.ALL.withColumns(List.of("id")))) {
                assertEquals(30_000, Tables.texts(Tables.drain(rows)).size());
            }
            long one = bytes.fetched() - opened;
            assertTrue(one < written.size() / 15, () -> one + " of " + written.size() + " bytes");
        }
        assertTrue(bytes.isClosed());
    }

    @Test
    void rowGroupsWithoutAWantedRowAreNotFetched() {
        Schema schema = Tables.everyType();
        Path file = directory.resolve("t.parquet");
        List<RowBatch> batches = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            batches.add(Tables.rows(schema, new Random(i), i * 1_000L, 1_000, 0.1, Tables.Spread.MANY));
        }
        WrittenFile written = Tables.write(file, new ParquetSettings(Compression.ZSTD, 3, 1 << 10), schema, batches);
        CountingBytes bytes = new CountingBytes(FileBytes.open(file));
        try (SnapshotReader reader = new ParquetSnapshotCodec().openReader(bytes)) {
            long opened = bytes.fetched();
            int requests = bytes.requests();
            try (RowStream rows = reader.rowsAt(new long[] {7_500, 7_501}, ReadOptions.ALL)) {
                assertEquals(2, Tables.texts(Tables.drain(rows)).size());
            }
            long fetched = bytes.fetched() - opened;
            assertTrue(fetched < written.size() / 18, () -> fetched + " of " + written.size() + " bytes");
            assertEquals(1, bytes.requests() - requests);
        }
    }

    @Test
    void aRowGroupTooLargeToBeHeldIsReadWindowByWindow() {
        Schema schema = Schema.of(
                new Column("id", ColumnType.INT64),
                new Column("a", ColumnType.BINARY),
                new Column("b", ColumnType.BINARY));
        Path file = directory.resolve("t.parquet");
        Random random = new Random(8);
        List<RowBatch> batches = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            List<ColumnVector> vectors = RowBatch.vectorsFor(schema, 10);
            for (int row = 0; row < 10; row++) {
                ((LongVector) vectors.get(0)).append(i * 10 + row);
                byte[] bytes = new byte[100_000];
                random.nextBytes(bytes);
                ((BytesVector) vectors.get(1)).append(bytes);
                ((BytesVector) vectors.get(2)).append(Arrays.copyOf(bytes, 99_000));
            }
            batches.add(new RowBatch(schema, vectors));
        }
        WrittenFile written =
                Tables.write(file, new ParquetSettings(Compression.UNCOMPRESSED, 0, 1 << 30), schema, batches);
        CountingBytes bytes = new CountingBytes(FileBytes.open(file));
        try (SnapshotReader reader = new ParquetSnapshotCodec().openReader(bytes);
                RowStream rows = reader.rows(ReadOptions.ALL)) {
            assertEquals(Tables.texts(batches), Tables.texts(Tables.drain(rows)));
        }
        assertTrue(
                bytes.fetched() <= written.size() * 101 / 100,
                () -> bytes.fetched() + " bytes fetched of " + written.size());
    }

    private static List<RowBatch> read(Path file, ReadOptions options, Schema expected) {
        try (SnapshotReader reader = new ParquetSnapshotCodec().openReader(FileBytes.open(file));
                RowStream rows = reader.rows(options)) {
            assertEquals(expected, rows.schema());
            return Tables.drain(rows);
        }
    }

    private static List<RowBatch> rowsAt(Path file, int[] positions, ReadOptions options) {
        try (SnapshotReader reader = new ParquetSnapshotCodec().openReader(FileBytes.open(file));
                RowStream rows =
                        reader.rowsAt(Arrays.stream(positions).asLongStream().toArray(), options)) {
            return Tables.drain(rows);
        }
    }

    private static String hex(String algorithm, byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
    }
}
