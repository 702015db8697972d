package io.hybridsnapshot.postgres.archive;

import static io.hybridsnapshot.postgres.archive.ArchiveTable.ARCHIVE_ID;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.CHUNK;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.CHUNK_DATA;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.CHUNK_NO;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.selectOne;
import static org.jooq.impl.DSL.val;

import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.util.ArrayList;
import java.util.List;
import org.jooq.Field;
import org.jooq.Record1;
import org.jooq.Record2;
import org.jooq.Result;

/**
 * An archive's file in the database. A read fetches exactly the requested bytes, but at least 16 KiB. After three
 * consecutive reads, a fetch brings more: as many bytes as this run has read so far, up to 4 MiB at once. A run of
 * reads therefore fetches at most twice the bytes it needs. A fetch that goes beyond its read ends where a chunk ends,
 * because the server returns a whole chunk in less than half the time of a part of one. Holds its session and at most
 * 4 MiB until closed. For one thread.
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
    private final StoredFile file;

    /** The parts that the newest fetch brought: consecutive bytes from {@link #heldStart} on. */
    private List<byte[]> held = List.of();

    private long heldStart;
    private long runStart;
    private long lastStart;
    private long lastEnd = -1;
    private int runReads;

    /**
     * @param file the row and the column of the file
     * @param chunkBytes bytes per chunk; 0 if the file is one value
     */
    ArchiveBytes(
            PostgresSession session,
            ArchiveId id,
            StoredFile file,
            long length,
            int chunkBytes,
            FetchListener listener) {
        this.session = session;
        this.id = id;
        this.length = length;
        this.chunkBytes = chunkBytes;
        this.listener = listener;
        this.file = file;
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
            int copied = copyHeld(position + done, target, offset + done, count - done);
            if (copied == 0) {
                fetch(position + done, count - done, ahead);
            }
            done += copied;
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

    /** Copies bytes of the part that holds a position. Returns their number; 0 if no held part does. */
    private int copyHeld(long position, byte[] target, int offset, int count) {
        long start = heldStart;
        for (byte[] part : held) {
            if (position >= start && position < start + part.length) {
                int from = (int) (position - start);
                int copied = Math.min(count, part.length - from);
                System.arraycopy(part, from, target, offset, copied);
                return copied;
            }
            start += part.length;
        }
        return 0;
    }

    /** Fetches the requested bytes, or as many of them as one round trip may carry, and holds them. */
    private void fetch(long position, int count, int least) {
        int wanted = Math.min(count, MAX_FETCH_BYTES);
        int fetch = (int) Math.min(Math.max(wanted, least), length - position);
        if (chunkBytes > 0 && fetch > wanted && fetch >= chunkBytes && position + fetch < length) {
            // Whole chunks follow then, if the run goes on.
            int beyond = (int) ((position + fetch) % chunkBytes);
            fetch = Math.max(wanted, fetch - beyond);
        }
        int bytes = fetch;
        // Dropped first, so that two fetches are never held at once.
        held = List.of();
        held = session.run(
                "reading " + description(), () -> chunkBytes == 0 ? value(position, bytes) : chunks(position, bytes));
        heldStart = position;
        listener.fetched(id, bytes);
    }

    /** A range of a file that is one value. */
    private List<byte[]> value(long from, int count) {
        Field<byte[]> range = range(file.data(), Math.toIntExact(from), count);
        Record1<byte[]> found = session.dsl()
                .select(range)
                .from(file.table())
                .where(file.version())
                .fetchOne();
        if (found == null) {
            throw replaced();
        }
        requireSize(found.value1(), count, from);
        return List.of(found.value1());
    }

    /** A range of a file in chunks. One statement reads all its chunks, so that they belong to one version. */
    private List<byte[]> chunks(long from, int count) {
        int first = (int) (from / chunkBytes);
        int last = (int) ((from + count - 1) / chunkBytes);
        int skipped = (int) (from % chunkBytes);
        long end = from + count;
        boolean whole = skipped == 0 && (end % chunkBytes == 0 || end == length);
        Field<byte[]> data = whole ? CHUNK_DATA : cut(first, skipped, last, end);
        Result<Record2<Integer, byte[]>> found = session.dsl()
                .select(CHUNK_NO, data)
                .from(CHUNK)
                .where(ARCHIVE_ID.eq(id.value()))
                .and(CHUNK_NO.between(first, last))
                .and(exists(selectOne().from(file.table()).where(file.version())))
                .orderBy(CHUNK_NO)
                .fetch();
        List<byte[]> parts = new ArrayList<>(found.size());
        long at = from;
        for (int number = first; number <= last; number++) {
            if (parts.size() == found.size() || found.get(parts.size()).value1() != number) {
                throw missing(number);
            }
            byte[] part = found.get(parts.size()).value2();
            long chunkEnd = Math.min((number + 1L) * chunkBytes, end);
            requireSize(part, (int) (chunkEnd - at), at);
            parts.add(part);
            at = chunkEnd;
        }
        return parts;
    }

    /** The wanted part of the first and the last chunk, and all of those between. */
    private Field<byte[]> cut(int first, int skipped, int last, long end) {
        int ofFirst = (int) Math.min(end - (long) first * chunkBytes, chunkBytes) - skipped;
        int ofLast = (int) (end - (long) last * chunkBytes);
        return field(
                "case {0} when {1} then {2} when {3} then {4} else {5} end",
                byte[].class,
                CHUNK_NO,
                val(first),
                range(CHUNK_DATA, skipped, ofFirst),
                val(last),
                range(CHUNK_DATA, 0, ofLast),
                CHUNK_DATA);
    }

    private static Field<byte[]> range(Field<byte[]> data, int skipped, int count) {
        return field("substring({0} from {1} for {2})", byte[].class, data, val(skipped + 1), val(count));
    }

    private void requireSize(byte[] bytes, int expected, long from) {
        if (bytes.length != expected) {
            throw SnapshotException.corrupt("a part of the archive does not have its size")
                    .where(description())
                    .actual(bytes.length + " bytes from " + from)
                    .expected(expected)
                    .nextStep(restore())
                    .build();
        }
    }

    private SnapshotException missing(int chunk) {
        if (!session.dsl().fetchExists(selectOne().from(file.table()).where(file.version()))) {
            return replaced();
        }
        // The record is still the opened one, so the archive was neither removed nor rewritten.
        return SnapshotException.corrupt("a part of the archive is missing")
                .where(description())
                .actual("chunk " + chunk + " is not there")
                .nextStep(restore())
                .build();
    }

    private SnapshotException replaced() {
        return SnapshotException.conflict("the archive was removed or rewritten while it was read")
                .where(description())
                .nextStep("read it again; {0} shows what is there; {1}", CommonRemedy.LIST, restore())
                .build();
    }

    @Override
    public String description() {
        return file.description();
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
