package io.hybridsnapshot.testkit.contract;

import static io.hybridsnapshot.testkit.contract.Expectations.assertKind;
import static io.hybridsnapshot.testkit.contract.Expectations.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.FileBytes;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.testkit.data.FileDigests;
import io.hybridsnapshot.testkit.data.RandomTables;
import io.hybridsnapshot.testkit.data.Table;
import io.hybridsnapshot.testkit.data.TableAssert;
import io.hybridsnapshot.testkit.memory.ArrayBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The promises of every {@link SnapshotCodec}. The subclass supplies the codec. A codec keeps every value of every
 * type, so the contract offers no narrowing.
 */
@Timeout(180)
public abstract class SnapshotCodecContract {
    private static final int FLIPS = 250;

    @TempDir
    private Path directory;

    /** The codec under test. Every call may give the same one. */
    protected abstract SnapshotCodec codec();

    /** There and back. */
    @Nested
    class RoundTrip {
        @Test
        void everyTypeComesBackAsItIs() {
            for (int seed = 0; seed < 4; seed++) {
                assertRoundTrip(RandomTables.seeded(seed).everyType(150, 60));
            }
        }

        @Test
        void randomTablesComeBackAsTheyAre() {
            for (int seed = 10; seed < 26; seed++) {
                Random random = new Random(seed);
                assertRoundTrip(RandomTables.seeded(seed)
                        .table(1 + random.nextInt(12), 1 + random.nextInt(3_000), 1 + random.nextInt(900)));
            }
        }

        @Test
        void rowHashesOfWhatIsReadAreThoseOfWhatWasWritten() {
            Table table = RandomTables.seeded(30).everyType(400, 100);
            List<String> key = List.of(table.schema().names().get(0));
            RowHasher hasher = RowHasher.of(table.schema(), HashSpec.HSR1, key);
            try (SnapshotReader reader = open(write(table))) {
                RowHasher ofRead = RowHasher.of(reader.schema(), HashSpec.HSR1, key);
                try (RowStream stream = reader.rows(ReadOptions.ALL)) {
                    assertEquals(hashes(hasher, table), hashes(ofRead, Table.read(stream)));
                }
            }
        }

        @Test
        void fileWithoutRowsKeepsItsColumns() {
            Table table = RandomTables.seeded(31).everyType(0, 10);
            WrittenFile file = write(table);
            assertEquals(0, file.rowCount());
            try (SnapshotReader reader = open(file)) {
                assertEquals(table.schema(), reader.schema());
                assertEquals(0, reader.rowCount());
                try (RowStream stream = reader.rows(ReadOptions.ALL)) {
                    assertEquals(table.schema(), stream.schema());
                    assertEquals(Optional.empty(), stream.next());
                    assertEquals(Optional.empty(), stream.next());
                }
                try (RowStream stream = reader.rowsAt(new long[0], ReadOptions.ALL)) {
                    assertEquals(Optional.empty(), stream.next());
                }
            }
        }

        @Test
        void batchesOfAnySizeMakeOneTable() {
            Table table = RandomTables.seeded(32).table(8, 500, 500);
            for (int batchRows : List.of(1, 7, 499, 500)) {
                assertReads(table, write(table.inBatchesOf(batchRows)), ReadOptions.ALL);
            }
        }

        @Test
        void manyRowsAndManyColumnsComeBackAsTheyAre() {
            RandomTables plain = RandomTables.seeded(33).without(RandomTables.Edge.LONG_VALUE);
            assertRoundTrip(plain.table(6, 60_000, RowBatch.DEFAULT_ROWS));
            assertRoundTrip(plain.table(300, 200, 64));
        }

        @Test
        void metadataIsKept() {
            Map<String, String> metadata = Map.of(
                    "schema", "x".repeat(100_000),
                    "größe \"日本\" 😀", "it's \\ {0} \n\t value",
                    "", "no name",
                    "no value", "",
                    "json", "{\"a\": [1, null]}");
            Table table = RandomTables.seeded(34).table(3, 10, 10);
            try (SnapshotReader reader = open(write(table, file("metadata"), metadata))) {
                assertEquals(metadata, reader.metadata());
            }
            try (SnapshotReader reader = open(write(table, file("no-metadata"), Map.of()))) {
                assertEquals(Map.of(), reader.metadata());
            }
        }
    }

    /** Reading a part. */
    @Nested
    class ReadingAPart {
        @Test
        void columnsComeInTheOrderAskedFor() {
            Table table = RandomTables.seeded(35).everyType(150, 50);
            Random random = new Random(36);
            try (SnapshotReader reader = open(write(table))) {
                for (int i = 0; i < 12; i++) {
                    List<String> asked = someNames(table.schema(), random);
                    try (RowStream stream = reader.rows(ReadOptions.ALL.withColumns(asked))) {
                        TableAssert.assertSameRows(table.select(asked), stream);
                    }
                }
            }
        }

        @Test
        void unknownColumnIsAnInvalidRequestThatNamesIt() {
            Table table = RandomTables.seeded(37).table(4, 10, 10);
            ReadOptions unknown =
                    ReadOptions.ALL.withColumns(List.of(table.schema().names().get(0), "no such column"));
            try (SnapshotReader reader = open(write(table))) {
                for (boolean some : new boolean[] {true, false}) {
                    SnapshotException thrown = assertKind(
                            Kind.INVALID_REQUEST,
                            () -> (some ? reader.rowsAt(new long[] {3}, unknown) : reader.rows(unknown)).close());
                    assertTrue(thrown.getMessage().contains("no such column"), thrown::getMessage);
                }
                try (RowStream stream = reader.rows(ReadOptions.ALL)) {
                    TableAssert.assertSameRows(table, stream);
                }
            }
        }

        @Test
        void batchesHaveNoMoreRowsThanAskedForAndAreNeverEmpty() {
            Table table = RandomTables.seeded(38).table(5, 1_003, 400);
            long[] ordinals =
                    LongStream.range(0, 1_003).filter(row -> row % 3 != 1).toArray();
            try (SnapshotReader reader = open(write(table))) {
                for (int batchRows : List.of(1, 7, 400, 1_003, 100_000)) {
                    ReadOptions options = new ReadOptions(List.of(), batchRows, Optional.empty());
                    try (RowStream all = reader.rows(options)) {
                        assertBatches(batchRows, table, Table.read(all));
                    }
                    try (RowStream some = reader.rowsAt(ordinals, options)) {
                        assertBatches(batchRows, table.rowsAt(ordinals), Table.read(some));
                    }
                }
            }
        }

        @Test
        void rowsAtAgreesWithANaiveFilter() {
            RandomTables plain = RandomTables.seeded(39).without(RandomTables.Edge.LONG_VALUE);
            int rows = 30_000;
            Table table = plain.table(7, rows, RowBatch.DEFAULT_ROWS);
            Random random = new Random(40);
            List<long[]> wanted = new ArrayList<>(List.of(
                    new long[] {0},
                    new long[] {rows - 1},
                    new long[] {0, rows - 1},
                    LongStream.range(0, rows).toArray(),
                    LongStream.range(12_000, 12_100).toArray()));
            for (int share : List.of(2, 50, 3_000)) {
                wanted.add(LongStream.range(0, rows)
                        .filter(row -> random.nextInt(share) == 0)
                        .toArray());
            }
            try (SnapshotReader reader = open(write(table))) {
                for (long[] ordinals : wanted) {
                    List<String> asked = someNames(table.schema(), random);
                    ReadOptions options = new ReadOptions(asked, 1 + random.nextInt(3_000), Optional.empty());
                    try (RowStream stream = reader.rowsAt(ordinals, options)) {
                        TableAssert.assertSameRows(table.select(asked).rowsAt(ordinals), stream);
                    }
                }
            }
        }

        @Test
        void columnsThatAreStoredAlikeHoldEqualCells() {
            for (int seed = 45; seed < 49; seed++) {
                Table table = RandomTables.seeded(seed).everyType(300, 100);
                Table other = RandomTables.seeded(seed + 100).everyType(300, 100);
                // Every second column, counted from the seed, holds other cells.
                Table mixed = mixed(table, other, seed % 2);
                for (Table later : List.of(table, other, mixed, mixed.inBatchesOf(17))) {
                    assertStoredAlike(table, later);
                }
            }
        }

        private void assertStoredAlike(Table before, Table after) {
            List<String> shared = before.schema().names().stream()
                    .filter(name -> after.schema().find(name).isPresent())
                    .toList();
            try (SnapshotReader left = open(write(before));
                    SnapshotReader right = open(write(after, file("later"), Map.of()))) {
                for (String column : left.columnsStoredAlike(right, shared)) {
                    assertTrue(shared.contains(column), column);
                    TableAssert.assertSameRows(before.select(List.of(column)), after.select(List.of(column)));
                }
            }
        }

        private static Table mixed(Table table, Table other, int first) {
            RowBatch cells = table.inBatchesOf(1_000).batches().get(0);
            RowBatch others = other.inBatchesOf(1_000).batches().get(0);
            List<ColumnVector> vectors = new ArrayList<>();
            for (int column = 0; column < cells.schema().size(); column++) {
                boolean fits = column < others.schema().size()
                        && cells.schema()
                                .column(column)
                                .type()
                                .equals(others.schema().column(column).type());
                vectors.add(fits && column % 2 == first ? others.vector(column) : cells.vector(column));
            }
            return new Table(table.schema(), List.of(new RowBatch(table.schema(), vectors)));
        }

        @Test
        void readerIsAskedAnyNumberOfTimesAndStreamsMayEndEarly() {
            Table table = RandomTables.seeded(41).table(5, 900, 300);
            try (SnapshotReader reader = open(write(table))) {
                for (int i = 0; i < 3; i++) {
                    try (RowStream early = reader.rows(new ReadOptions(List.of(), 10, Optional.empty()))) {
                        assertEquals(10, early.next().orElseThrow().rowCount());
                    }
                    try (RowStream all = reader.rows(ReadOptions.ALL)) {
                        TableAssert.assertSameRows(table, all);
                        assertEquals(Optional.empty(), all.next());
                    }
                }
            }
        }

        @Test
        void onlyTheBytesOfTheColumnsAskedForAreFetched() {
            Random random = new Random(42);
            List<Column> columns = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                columns.add(new Column("noise " + i, ColumnType.BINARY));
            }
            Schema schema = Schema.of(columns);
            List<ColumnVector> vectors = RowBatch.vectorsFor(schema, 1_000);
            for (ColumnVector vector : vectors) {
                for (int row = 0; row < 1_000; row++) {
                    byte[] noise = new byte[150];
                    random.nextBytes(noise);
                    ((BytesVector) vector).append(noise);
                }
            }
            Table table = new Table(schema, List.of(new RowBatch(schema, vectors)));
            WrittenFile file = write(table);
            CountingBytes bytes = new CountingBytes(FileBytes.open(file.file()));
            try (SnapshotReader reader = codec().openReader(bytes);
                    RowStream stream = reader.rows(ReadOptions.ALL.withColumns(List.of("noise 11", "noise 3")))) {
                TableAssert.assertSameRows(table.select(List.of("noise 11", "noise 3")), stream);
            }
            assertTrue(
                    bytes.fetched < file.size() / 4,
                    () -> "two of twenty columns took " + bytes.fetched + " of " + file.size() + " bytes");
        }
    }

    /** The file. */
    @Nested
    class TheFile {
        @Test
        void writtenFileSaysWhatItIs() throws IOException {
            Table table = RandomTables.seeded(43).table(5, 700, 200);
            WrittenFile file = write(table);
            byte[] bytes = Files.readAllBytes(file.file());
            assertEquals(700, file.rowCount());
            assertEquals(bytes.length, file.size());
            assertEquals(FileDigests.md5(bytes), file.md5());
            assertEquals(FileDigests.sha256(bytes), file.sha256());
            assertTrue(file.uncompressedSize() > 0);
            String format = codec().format();
            assertFalse(format.isBlank());
            assertEquals(format.toLowerCase(Locale.ROOT), format);
        }

        @Test
        void existingFileIsReplaced() throws IOException {
            Path file = file("replaced");
            Files.write(file, new byte[1_000_000]);
            Table table = RandomTables.seeded(44).table(5, 20, 20);
            assertReads(table, write(table, file, Map.of()), ReadOptions.ALL);
            Table other = RandomTables.seeded(45).table(3, 30, 20);
            assertReads(other, write(other, file, Map.of()), ReadOptions.ALL);
        }

        @Test
        void unfinishedFileIsDeletedOnClose() throws IOException {
            Table table = RandomTables.seeded(46).table(5, 3_000, 1_000);
            for (int batches = 0; batches <= 3; batches++) {
                try (SnapshotWriter writer = codec().openWriter(file("unfinished"), table.schema(), Map.of())) {
                    for (RowBatch batch : table.batches().subList(0, batches)) {
                        writer.append(batch);
                    }
                }
                try (var left = Files.list(directory)) {
                    assertEquals(List.of(), left.toList());
                }
            }
        }

        @Test
        void finishedFileStaysAfterClose() {
            Table table = RandomTables.seeded(47).table(5, 30, 10);
            WrittenFile file;
            try (SnapshotWriter writer = codec().openWriter(file("finished"), table.schema(), Map.of())) {
                table.batches().forEach(writer::append);
                file = writer.finish();
                // Whole when finish returns, not when the writer is closed.
                assertReads(table, file, ReadOptions.ALL);
            }
            assertReads(table, file, ReadOptions.ALL);
        }

        @Test
        void fileThatCannotBeWrittenIsUnavailable() {
            Path nowhere = directory.resolve("no such folder").resolve("file");
            Schema schema = Schema.of(new Column("a", ColumnType.TEXT));
            assertKind(
                    Kind.UNAVAILABLE,
                    () -> codec().openWriter(nowhere, schema, Map.of()).close());
        }

        @Test
        void codecIsSharedBetweenThreads() throws Exception {
            SnapshotCodec shared = codec();
            ExecutorService background = Executors.newFixedThreadPool(3);
            try {
                List<Future<Object>> running = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    Table table = RandomTables.seeded(48 + i).table(6, 2_000, 300);
                    Path file = file("shared-" + i);
                    running.add(background.submit(() -> {
                        WrittenFile written = write(shared, table, file, Map.of());
                        try (SnapshotReader reader = shared.openReader(FileBytes.open(written.file()));
                                RowStream stream = reader.rows(ReadOptions.ALL)) {
                            TableAssert.assertSameRows(table, stream);
                        }
                        return null;
                    }));
                }
                for (Future<Object> one : running) {
                    await(one);
                }
            } finally {
                background.shutdownNow();
            }
        }
    }

    /** Closing. */
    @Nested
    class Closing {
        @Test
        void readerClosesTheBytesWithItself() {
            WrittenFile file = write(RandomTables.seeded(51).table(3, 10, 10));
            CountingBytes bytes = new CountingBytes(FileBytes.open(file.file()));
            try (SnapshotReader reader = codec().openReader(bytes)) {
                assertEquals(10, reader.rowCount());
                assertEquals(0, bytes.closed);
            }
            assertTrue(bytes.closed > 0, "the bytes are still open");
        }

        @Test
        void bytesAreClosedIfOpeningFails() {
            CountingBytes bytes = new CountingBytes(new ArrayBytes("nothing of use", new byte[50]));
            assertKind(Kind.CORRUPT, () -> codec().openReader(bytes).close());
            assertTrue(bytes.closed > 0, "the bytes are still open");
        }
    }

    /** Damage. */
    @Nested
    class Damage {
        @Test
        void bytesOfAnotherFormatAreCorrupt() {
            byte[] noise = new byte[5_000];
            new Random(52).nextBytes(noise);
            List<byte[]> others = List.of(
                    new byte[0],
                    new byte[1],
                    new byte[5_000],
                    noise,
                    "a,b\n1,2\n".repeat(100).getBytes(StandardCharsets.UTF_8));
            for (byte[] other : others) {
                assertKind(
                        Kind.CORRUPT,
                        () -> codec().openReader(new ArrayBytes("another format", other))
                                .close());
            }
        }

        @Test
        void fileThatWasCutIsCorrupt() throws IOException {
            byte[] whole = Files.readAllBytes(
                    write(RandomTables.seeded(53).table(5, 500, 100)).file());
            Random random = new Random(54);
            List<Integer> lengths = new ArrayList<>(
                    List.of(1, 3, 4, 8, 12, whole.length / 2, whole.length - 9, whole.length - 4, whole.length - 1));
            for (int i = 0; i < 30; i++) {
                lengths.add(random.nextInt(whole.length));
            }
            for (int length : lengths) {
                byte[] cut = Arrays.copyOf(whole, length);
                assertKind(Kind.CORRUPT, () -> readAll(cut));
            }
        }

        /**
         * One bit changes at an arbitrary position. Reading then either fails with an error thrown on purpose or
         * returns the written rows. A format without a checksum on its footer may return other columns or texts; the
         * archive's digest detects that. A codec MUST NOT return other rows under the right columns.
         */
        @Test
        void changedBitNeverGivesWrongRowsSilently() throws IOException {
            Table table = RandomTables.seeded(55)
                    .without(RandomTables.Edge.LONG_VALUE)
                    .everyType(300, 100);
            byte[] whole = Files.readAllBytes(write(table).file());
            Random random = new Random(56);
            int found = 0;
            for (int i = 0; i < FLIPS; i++) {
                int position = random.nextInt(whole.length);
                byte[] changed = whole.clone();
                changed[position] ^= (byte) (1 << random.nextInt(8));
                try {
                    Table read = readAll(changed);
                    if (read.schema().equals(table.schema())) {
                        TableAssert.assertSameRows(table, read);
                    } else {
                        found++;
                    }
                } catch (SnapshotException damaged) {
                    assertTrue(
                            damaged.kind() == Kind.CORRUPT || damaged.kind() == Kind.INVALID_REQUEST,
                            () -> "byte " + position + " changed: " + damaged.kind() + ", " + damaged.getMessage());
                    found++;
                } catch (RuntimeException raw) {
                    throw new AssertionError("byte " + position + " changed: not an error made on purpose", raw);
                }
            }
            assertTrue(found > FLIPS / 2, "only " + found + " of " + FLIPS + " changed bits were found");
        }

        @Test
        void changedRowsAreCorrupt() throws IOException {
            Random random = new Random(57);
            Schema schema = Schema.of(new Column("noise", ColumnType.BINARY));
            List<ColumnVector> vectors = RowBatch.vectorsFor(schema, 500);
            for (int row = 0; row < 500; row++) {
                byte[] noise = new byte[200];
                random.nextBytes(noise);
                ((BytesVector) vectors.get(0)).append(noise);
            }
            Table table = new Table(schema, List.of(new RowBatch(schema, vectors)));
            byte[] whole = Files.readAllBytes(write(table).file());
            for (int i = 0; i < 40; i++) {
                byte[] changed = whole.clone();
                // Well inside the values, which are nearly all of this file.
                changed[whole.length / 5 + random.nextInt(whole.length / 2)] ^= (byte) (1 << random.nextInt(8));
                assertKind(Kind.CORRUPT, () -> readAll(changed));
            }
        }
    }

    // Helpers of the facts

    private Path file(String name) {
        return directory.resolve(name);
    }

    private WrittenFile write(Table table) {
        return write(table, file("table"), Map.of("made", "for a contract"));
    }

    private WrittenFile write(Table table, Path file, Map<String, String> metadata) {
        return write(codec(), table, file, metadata);
    }

    private static WrittenFile write(SnapshotCodec codec, Table table, Path file, Map<String, String> metadata) {
        try (SnapshotWriter writer = codec.openWriter(file, table.schema(), metadata)) {
            table.batches().forEach(writer::append);
            WrittenFile written = writer.finish();
            assertEquals(file, written.file());
            return written;
        }
    }

    private SnapshotReader open(WrittenFile file) {
        return codec().openReader(FileBytes.open(file.file()));
    }

    private void assertRoundTrip(Table table) {
        WrittenFile file = write(table);
        assertEquals(table.rowCount(), file.rowCount());
        try (SnapshotReader reader = open(file)) {
            assertEquals(table.schema(), reader.schema());
            assertEquals(table.rowCount(), reader.rowCount());
        }
        assertReads(table, file, ReadOptions.ALL);
    }

    private void assertReads(Table expected, WrittenFile file, ReadOptions options) {
        try (SnapshotReader reader = open(file);
                RowStream stream = reader.rows(options)) {
            TableAssert.assertSameRows(expected, stream);
        }
    }

    private static void assertBatches(int batchRows, Table expected, Table read) {
        for (RowBatch batch : read.batches()) {
            assertTrue(
                    batch.rowCount() <= batchRows,
                    () -> "a batch of " + batch.rowCount() + " rows, asked for " + batchRows);
        }
        TableAssert.assertSameRows(expected, read);
    }

    private Table readAll(byte[] bytes) {
        try (SnapshotReader reader = codec().openReader(new ArrayBytes("bytes of a contract", bytes));
                RowStream stream = reader.rows(ReadOptions.ALL)) {
            return Table.read(stream);
        }
    }

    private static List<String> someNames(Schema schema, Random random) {
        List<String> names = new ArrayList<>(schema.names());
        Collections.shuffle(names, random);
        return names.subList(0, 1 + random.nextInt(names.size()));
    }

    private static List<String> hashes(RowHasher hasher, Table table) {
        List<String> hashes = new ArrayList<>();
        for (RowBatch batch : table.batches()) {
            KeyedHashes keyed = hasher.hash(batch);
            for (int row = 0; row < keyed.size(); row++) {
                hashes.add(keyed.identity(row) + " " + keyed.hex(row));
            }
        }
        return hashes;
    }

    /** Counts the bytes read and records whether the source was closed. */
    private static final class CountingBytes implements SeekableBytes {
        private final SeekableBytes bytes;
        private long fetched;
        private int closed;

        CountingBytes(SeekableBytes bytes) {
            this.bytes = bytes;
        }

        @Override
        public long length() {
            return bytes.length();
        }

        @Override
        public void read(long position, byte[] target, int offset, int length) {
            fetched += length;
            bytes.read(position, target, offset, length);
        }

        @Override
        public String description() {
            return bytes.description();
        }

        @Override
        public void close() {
            closed++;
            bytes.close();
        }
    }
}
