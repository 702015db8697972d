package io.hybridsnapshot.postgres.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The server's storage of the bytes, and the parts that it reads to return a range of them. */
class StorageTest {
    private static final int SIZE = 8 << 20;
    private static final int PAGE = 8 << 10;

    private static final Pattern BLOCKS = Pattern.compile("Buffers: shared(?: hit=(\\d+))?(?: read=(\\d+))?");

    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    @TempDir
    private Path directory;

    @BeforeAll
    static void makeTables() {
        DATABASE.executeScript("ddl/tables/kestra/snapshot_archive_postgresql.sql");
    }

    @Test
    void bothColumnsOfBytesAreExternal() {
        assertEquals(
                List.of("snapshot_archive|parquet_data|e", "snapshot_archive_chunk|data|e"),
                DATABASE.rows("SELECT attrelid::regclass, attname, attstorage FROM pg_attribute"
                        + " WHERE attrelid IN ('snapshot_archive'::regclass, 'snapshot_archive_chunk'::regclass)"
                        + " AND atttypid = 'bytea'::regtype AND NOT attisdropped ORDER BY 1, 2"));
    }

    @Test
    void bytesThatWouldCompressAreKeptAsTheyAre() {
        long id = store(new byte[SIZE]);
        assertEquals(
                List.of("null|" + SIZE),
                DATABASE.rows("SELECT pg_column_compression(parquet_data), pg_column_size(parquet_data)"
                        + " FROM snapshot_archive WHERE archive_id = " + id));
    }

    @Test
    void aRangeTouchesItsOwnPagesAlone() {
        // Zeros: were they compressed, a range near the end would take all that is before it.
        long id = store(new byte[SIZE]);
        long oneByte = blocks(id, 1, 1);
        assertTrue(oneByte <= 60, () -> oneByte + " blocks for one byte, catalogue and row included");
        for (int length : List.of(64 << 10, 1 << 20, SIZE)) {
            for (int from : List.of(1, SIZE - length + 1)) {
                long pages = length / PAGE;
                long further = blocks(id, from, length) - oneByte;
                assertTrue(
                        further >= pages * 9 / 10 && further <= pages * 11 / 10 + 6,
                        () -> further + " blocks for " + pages + " pages of bytes from " + from);
            }
        }
    }

    @Test
    void aRangeReadsTheSameBytesAsThePart() {
        byte[] bytes = Submissions.bytes(21, SIZE);
        ArchiveId id = new ArchiveId(store(bytes));
        try (SeekableBytes opened =
                new PostgresArchiveStore(PostgresArchiveSettings.of(DATABASE.settings())).open(id)) {
            byte[] part = new byte[70_000];
            opened.read(SIZE - 70_001, part, 0, part.length);
            assertArrayEquals(Arrays.copyOfRange(bytes, SIZE - 70_001, SIZE - 1), part);
        }
    }

    private long store(byte[] bytes) {
        DATABASE.execute("DELETE FROM snapshot_archive");
        return new PostgresArchiveStore(PostgresArchiveSettings.of(DATABASE.settings()))
                .store(Submissions.of(directory, Submissions.DATE, bytes))
                .id()
                .value();
    }

    /** The number of blocks that the server reads for a range, in memory or not, without planning. */
    private static long blocks(long id, int from, int length) {
        List<String> plan = DATABASE.rows("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, COSTS OFF)"
                + " SELECT md5(substring(parquet_data from " + from + " for " + length
                + ")) FROM snapshot_archive WHERE archive_id = " + id);
        Matcher first = BLOCKS.matcher(String.join("\n", plan));
        assertTrue(first.find(), plan::toString);
        return count(first.group(1)) + count(first.group(2));
    }

    private static long count(String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }
}
