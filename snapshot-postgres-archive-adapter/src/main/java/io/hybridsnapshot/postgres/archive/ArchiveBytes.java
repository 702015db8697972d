package io.hybridsnapshot.postgres.archive;

import static io.hybridsnapshot.postgres.archive.ArchiveTable.ARCHIVE;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.ARCHIVE_ID;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.CHUNK;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.CHUNK_DATA;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.CHUNK_NO;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.PARQUET_DATA;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.val;

import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Record1;
import org.jooq.Table;

/**
 * An archive's file in the database. A read fetches the blocks that it touches and that are not among the few kept; where reads follow one
 * another, ever more blocks are fetched ahead, up to 4 MiB in one round trip. Holds its session until closed. One thread.
 */
final class ArchiveBytes implements SeekableBytes {
    static final int BLOCK_BYTES = 64 << 10;
    static final int MAX_FETCH_BYTES = 4 << 20;

    private static final int KEPT_BLOCKS = 2 * MAX_FETCH_BYTES / BLOCK_BYTES;

    private final PostgresSession session;
    private final ArchiveId id;
    private final long length;
    private final int chunkBytes;
    private final FetchListener listener;
    private final Map<Long, byte[]> blocks;
    private long expectedBlock = -1;
    private int aheadBlocks = 1;

    /**
     * @param chunkBytes bytes of a chunk; 0 where the file is one value
     */
    ArchiveBytes(PostgresSession session, ArchiveId id, long length, int chunkBytes, FetchListener listener) {
        this.session = session;
        this.id = id;
        this.length = length;
        this.chunkBytes = chunkBytes;
        this.listener = listener;
        this.blocks = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, byte[]> eldest) {
                return size() > KEPT_BLOCKS;
            }
        };
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public void read(long position, byte[] target, int offset, int count) {
        if (position < 0 || count > length - position) {
            throw SnapshotException.corrupt("the archive ends too early")
                    .where(description())
                    .actual(length + " bytes")
                    .expected("at least " + (position + count))
                    .nextStep(restore())
                    .build();
        }
        long end = position + count;
        long at = position;
        while (at < end) {
            long block = at / BLOCK_BYTES;
            byte[] bytes = blocks.get(block);
            if (bytes == null) {
                fetch(block, (end - 1) / BLOCK_BYTES);
                bytes = blocks.get(block);
            }
            int from = (int) (at - block * BLOCK_BYTES);
            int part = (int) Math.min(bytes.length - from, end - at);
            System.arraycopy(bytes, from, target, offset + (int) (at - position), part);
            at += part;
        }
    }

    /** Fetches the missing blocks from one to another in one round trip, or as many of them as that may carry. */
    private void fetch(long first, long lastWanted) {
        aheadBlocks = first == expectedBlock ? Math.min(2 * aheadBlocks, MAX_FETCH_BYTES / BLOCK_BYTES) : 1;
        long last = Math.max(first, lastWanted);
        for (long block = first + 1; block <= last; block++) {
            if (blocks.containsKey(block)) {
                last = block - 1;
            }
        }
        last = Math.max(last, first + aheadBlocks - 1);
        last = Math.min(last, first + MAX_FETCH_BYTES / BLOCK_BYTES - 1);
        last = Math.min(last, (length - 1) / BLOCK_BYTES);
        expectedBlock = last + 1;

        long from = first * BLOCK_BYTES;
        int count = (int) (Math.min((last + 1) * BLOCK_BYTES, length) - from);
        byte[] bytes = session.run("reading " + description(), () -> range(from, count));
        for (long block = first; block <= last; block++) {
            int start = (int) ((block - first) * BLOCK_BYTES);
            byte[] part = new byte[Math.min(BLOCK_BYTES, count - start)];
            System.arraycopy(bytes, start, part, 0, part.length);
            blocks.put(block, part);
        }
    }

    private byte[] range(long from, int count) {
        if (chunkBytes == 0) {
            return part(ARCHIVE, PARQUET_DATA, ARCHIVE_ID.eq(id.value()), from, count);
        }
        byte[] bytes = new byte[count];
        int filled = 0;
        while (filled < count) {
            long at = from + filled;
            int number = (int) (at / chunkBytes);
            long within = at % chunkBytes;
            int wanted = (int) Math.min(count - filled, chunkBytes - within);
            byte[] part = part(CHUNK, CHUNK_DATA, ARCHIVE_ID.eq(id.value()).and(CHUNK_NO.eq(number)), within, wanted);
            System.arraycopy(part, 0, bytes, filled, wanted);
            filled += wanted;
        }
        return bytes;
    }

    private byte[] part(Table<Record> table, Field<byte[]> data, Condition row, long from, int count) {
        Field<byte[]> range = field(
                "substring({0} from {1} for {2})", byte[].class, data, val(Math.toIntExact(from + 1)), val(count));
        Record1<byte[]> found =
                session.dsl().select(range).from(table).where(row).fetchOne();
        if (found == null) {
            throw SnapshotException.conflict("the archive, or a part of it, is gone")
                    .where(description())
                    .nextStep("'snapshot list' shows what is there; " + restore())
                    .build();
        }
        byte[] bytes = found.value1();
        if (bytes.length != count) {
            throw SnapshotException.corrupt("a part of the archive is shorter than it has to be")
                    .where(description())
                    .actual(bytes.length + " bytes from " + from)
                    .expected(count)
                    .nextStep(restore())
                    .build();
        }
        listener.fetched(id, count);
        return bytes;
    }

    @Override
    public String description() {
        return "archive " + id;
    }

    @Override
    public void close() {
        session.close();
    }

    private String restore() {
        return "SELECT * FROM validate_archive_integrity(" + id
                + ") tells what is damaged; restore the archive from a backup";
    }
}
