package io.hybridsnapshot.postgres.archive;

import static io.hybridsnapshot.postgres.archive.ArchiveTable.ARCHIVE;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.ARCHIVE_ID;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.CHUNK;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.CHUNK_DATA;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.CHUNK_NO;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.PARQUET_DATA;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.SHA256;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.selectOne;
import static org.jooq.impl.DSL.val;

import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Record1;
import org.jooq.Table;

/**
 * An archive's file in the database. A read fetches exactly the requested bytes, but at least 16 KiB. After three
 * consecutive reads, a fetch brings more: as many bytes as this run has read so far, up to 4 MiB at once. A run of
 * reads therefore fetches at most twice the bytes it needs. Holds its session and at most 4 MiB until closed. For one
 * thread.
 */
final class ArchiveBytes implements SeekableBytes {
    /** The least number of bytes per fetch, unless the file ends earlier. */
    static final int BLOCK_BYTES = 16 << 10;

    /** The most that is fetched in one go. */
    static final int MAX_FETCH_BYTES = 4 << 20;

    /** Two reads that meet may be those of neighbouring columns; the third makes a habit of it. */
    private static final int READS_OF_A_RUN = 3;

    private final PostgresSession session;
    private final ArchiveId id;
    private final long length;
    private final int chunkBytes;
    private final FetchListener listener;
    private final Condition version;
    private byte[] window = new byte[0];
    private long windowStart;
    private int windowLength;
    private long runStart;
    private long lastStart;
    private long lastEnd = -1;
    private int runReads;

    /**
     * @param sha256 the file's digest, which detects a file that has replaced this one meanwhile; NULL if no digest is
     *     recorded
     * @param chunkBytes bytes per chunk; 0 if the file is one value
     */
    ArchiveBytes(
            PostgresSession session, ArchiveId id, String sha256, long length, int chunkBytes, FetchListener listener) {
        this.session = session;
        this.id = id;
        this.length = length;
        this.chunkBytes = chunkBytes;
        this.listener = listener;
        this.version = ARCHIVE_ID.eq(id.value()).and(SHA256.isNotDistinctFrom(sha256));
        listener.opened(id, length);
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
        int ahead = ahead(position, count);
        int done = 0;
        while (done < count) {
            int held = fromWindow(position + done, target, offset + done, count - done);
            if (held == 0) {
                held = fetched(position + done, target, offset + done, count - done, ahead);
            }
            done += held;
        }
    }

    /** The least number of bytes that a fetch for this read should bring, based on the preceding reads. */
    private int ahead(long position, int count) {
        if (position < lastStart || position > lastEnd) {
            runStart = position;
            runReads = 0;
        }
        int ahead = BLOCK_BYTES;
        if (runReads + 1 >= READS_OF_A_RUN && count < MAX_FETCH_BYTES) {
            ahead = (int) Math.max(ahead, Math.min(lastEnd - runStart, MAX_FETCH_BYTES));
        }
        if (runReads == 0 || position + count > lastEnd) {
            runReads++;
            lastStart = position;
            lastEnd = position + count;
        }
        return ahead;
    }

    private int fromWindow(long position, byte[] target, int offset, int count) {
        if (position < windowStart || position >= windowStart + windowLength) {
            return 0;
        }
        int from = (int) (position - windowStart);
        int held = Math.min(count, windowLength - from);
        System.arraycopy(window, from, target, offset, held);
        return held;
    }

    /**
     * Fetches the requested bytes, or as many of them as one round trip may carry. Bytes fetched beyond the request are
     * kept.
     */
    private int fetched(long position, byte[] target, int offset, int count, int least) {
        int wanted = Math.min(count, MAX_FETCH_BYTES);
        int fetch = (int) Math.min(Math.max(wanted, least), length - position);
        if (fetch == wanted) {
            fetch(position, target, offset, wanted);
            return wanted;
        }
        windowLength = 0;
        if (window.length < fetch) {
            window = new byte[fetch];
        }
        fetch(position, window, 0, fetch);
        windowStart = position;
        windowLength = fetch;
        return fromWindow(position, target, offset, wanted);
    }

    private void fetch(long position, byte[] target, int offset, int count) {
        session.run("reading " + description(), () -> {
            range(position, target, offset, count);
            return count;
        });
    }

    private void range(long from, byte[] target, int offset, int count) {
        int filled = 0;
        while (filled < count) {
            long at = from + filled;
            byte[] part;
            if (chunkBytes == 0) {
                part = part(ARCHIVE, PARQUET_DATA, version, "its row", at, count);
            } else {
                int number = (int) (at / chunkBytes);
                long within = at % chunkBytes;
                int wanted = (int) Math.min(count - filled, chunkBytes - within);
                Condition chunk = ARCHIVE_ID
                        .eq(id.value())
                        .and(CHUNK_NO.eq(number))
                        .and(exists(selectOne().from(ARCHIVE).where(version)));
                part = part(CHUNK, CHUNK_DATA, chunk, "chunk " + number, within, wanted);
            }
            System.arraycopy(part, 0, target, offset + filled, part.length);
            filled += part.length;
        }
    }

    private byte[] part(Table<Record> table, Field<byte[]> data, Condition row, String what, long from, int count) {
        Field<byte[]> range = field(
                "substring({0} from {1} for {2})", byte[].class, data, val(Math.toIntExact(from + 1)), val(count));
        Record1<byte[]> found =
                session.dsl().select(range).from(table).where(row).fetchOne();
        if (found == null
                && chunkBytes > 0
                && session.dsl().fetchExists(selectOne().from(ARCHIVE).where(version))) {
            // The record is still the opened one, so the archive was neither removed nor rewritten.
            throw SnapshotException.corrupt("a part of the archive is missing")
                    .where(description())
                    .actual(what + " is not there")
                    .nextStep(restore())
                    .build();
        }
        if (found == null) {
            throw SnapshotException.conflict("the archive was removed or rewritten while it was read")
                    .where(description())
                    .nextStep("read it again; {0} shows what is there; {1}", CommonRemedy.LIST, restore())
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
