package io.hybridsnapshot.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.testkit.memory.ArrayBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CorruptionTest {
    private static final Schema SCHEMA = Schema.of(
            new Column("id", ColumnType.INT64),
            new Column("text", ColumnType.TEXT),
            new Column("size", ColumnType.INT32),
            new Column("price", ColumnType.decimal(25, 2)),
            new Column("at", ColumnType.timestamp(7)),
            new Column("flag", ColumnType.BOOLEAN));

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(Compression.class)
    void aFlippedBitIsFoundOrChangesNoRow(Compression compression) throws IOException {
        byte[] whole = file(ParquetSettings.of(compression));
        int footer = whole.length - 8 - Bytes.intAt(whole, whole.length - 8);
        List<String> rows = readAll(whole);
        Random random = new Random(17);
        int found = 0;
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) (1 << random.nextInt(8));
            boolean noticed = isNoticed(damaged, rows, at);
            found += noticed ? 1 : 0;
            // Statistics and indexes are for engines that filter; rows do not depend on them.
            assertTrue(noticed || at >= 4, "the first bytes");
        }
        int tried = whole.length;
        int noticed = found;
        assertTrue(noticed > footer / 2, () -> noticed + " of " + tried + " flips were noticed");
    }

    @Test
    void overwrittenBytesAreFoundOrChangeNoRow() throws IOException {
        byte[] whole = file(ParquetSettings.defaults());
        List<String> rows = readAll(whole);
        Random random = new Random(23);
        for (int i = 0; i < 3_000; i++) {
            byte[] damaged = whole.clone();
            int from = random.nextInt(whole.length);
            int to = Math.min(whole.length, from + 1 + random.nextInt(16));
            switch (random.nextInt(3)) {
                case 0 -> Arrays.fill(damaged, from, to, (byte) 0xFF);
                case 1 -> Arrays.fill(damaged, from, to, (byte) 0);
                default -> {
                    for (int at = from; at < to; at++) {
                        damaged[at] = (byte) random.nextInt();
                    }
                }
            }
            isNoticed(damaged, rows, from);
        }
    }

    @Test
    void aFileCutAnywhereIsCorrupt() throws IOException {
        byte[] whole = file(ParquetSettings.defaults());
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            SnapshotException corrupt = assertThrows(SnapshotException.class, () -> readAll(cut));
            assertEquals(SnapshotException.Kind.CORRUPT, corrupt.kind(), corrupt.getMessage());
            assertTrue(corrupt.getMessage().contains("damaged.parquet"), corrupt.getMessage());
        }
    }

    @Test
    void everyFlippedBitOfAPageIsCorrupt() throws IOException {
        byte[] whole = file(new ParquetSettings(Compression.UNCOMPRESSED, 0, 1 << 20));
        // "needle-7" stands unencoded in the file; the bytes around it are the inside of a page.
        int at = indexOf(whole, "needle-7".getBytes(StandardCharsets.US_ASCII));
        for (int bit = 0; bit < 8 * 8; bit++) {
            byte[] damaged = whole.clone();
            damaged[at + bit / 8] ^= (byte) (1 << bit % 8);
            SnapshotException corrupt = assertThrows(SnapshotException.class, () -> readAll(damaged));
            assertEquals(SnapshotException.Kind.CORRUPT, corrupt.kind());
            assertTrue(corrupt.getMessage().contains("'text'"), corrupt.getMessage());
        }
    }

    /** Whether the damage ended in CORRUPT; otherwise it must not show in the rows. */
    private static boolean isNoticed(byte[] damaged, List<String> rows, int at) {
        try {
            List<String> read = readAll(damaged);
            assertEquals(rows, read, "rows differ after damage at " + at);
            return false;
        } catch (SnapshotException e) {
            boolean told = e.kind() == SnapshotException.Kind.CORRUPT
                    // A damaged footer may name a type, a compression or an encryption that is not supported.
                    || e.kind() == SnapshotException.Kind.INVALID_REQUEST;
            assertTrue(told, e.getMessage());
            assertTrue(e.getMessage().contains("damaged.parquet"), e.getMessage());
            return true;
        }
    }

    private byte[] file(ParquetSettings settings) throws IOException {
        Path file = directory.resolve("t.parquet");
        RowBatch rows = Tables.rows(SCHEMA, new Random(2), 0, 60, 0.3, Tables.Spread.MIXED);
        BytesVector texts = new BytesVector(60);
        for (int i = 0; i < 60; i++) {
            texts.append(i == 40 ? "lone \uDBFF" : "needle-" + i % 9);
        }
        RowBatch batch = new RowBatch(
                SCHEMA, List.of(rows.vector(0), texts, rows.vector(2), rows.vector(3), rows.vector(4), rows.vector(5)));
        Tables.write(file, settings, SCHEMA, List.of(batch));
        return Files.readAllBytes(file);
    }

    private static List<String> readAll(byte[] bytes) {
        try (SnapshotReader reader = new ParquetSnapshotCodec().openReader(new ArrayBytes("damaged.parquet", bytes));
                RowStream rows = reader.rows(ReadOptions.ALL)) {
            return Tables.texts(Tables.drain(rows));
        }
    }

    private static int indexOf(byte[] bytes, byte[] wanted) {
        for (int at = 0; at < bytes.length - wanted.length; at++) {
            if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        throw new AssertionError("not in the file");
    }
}
