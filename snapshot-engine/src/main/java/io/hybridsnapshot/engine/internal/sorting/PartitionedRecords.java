package io.hybridsnapshot.engine.internal.sorting;

import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.FullDisk;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Collects records of seven words within bounded memory, and returns them by partitions of their first word, whose bits
 * are evenly distributed. Records beyond the bound go to a file, a block a partition whenever the memory is full
 * (Grace hash join; Kitsuregawa, Tanaka and Moto-oka, 1983). A hot path that works on arrays. One thread; the caller
 * that made this closes it, which deletes the file.
 */
public final class PartitionedRecords implements AutoCloseable {
    /** Words of a record. */
    public static final int WORDS = 7;

    /** A partition of ten million records fits a processor's cache of the second level. */
    private static final int PARTITION_BITS = 10;
    /** The number of partitions. */
    public static final int PARTITIONS = 1 << PARTITION_BITS;

    private static final int RECORD_BYTES = WORDS * Long.BYTES;
    private static final int RECORDS_A_BUFFER = 1 << 12;
    private static final int INITIAL_RECORDS = 1 << 12;

    private final Path directory;
    private final int recordsInMemory;
    private final long[] sizes = new long[PARTITIONS];
    /** The first record of each partition in each block of the file, and the end. */
    private final List<long[]> blocks = new ArrayList<>();

    private final ByteBuffer bytes =
            ByteBuffer.allocateDirect(RECORDS_A_BUFFER * RECORD_BYTES).order(ByteOrder.nativeOrder());
    private final LongBuffer words = bytes.asLongBuffer();
    private long[] records = new long[WORDS * INITIAL_RECORDS];
    private int buffered;
    private int[] order = new int[0];
    private int[] starts = new int[0];
    private long[] loaded = new long[0];
    private @Nullable Spilled spilled;
    private long written;

    /**
     * Makes an empty collection.
     *
     * @param directory where records spill to; has to exist
     * @param recordsInMemory records held in memory, at least 2
     */
    public PartitionedRecords(Path directory, int recordsInMemory) {
        if (recordsInMemory < 2) {
            throw new IllegalArgumentException("recordsInMemory " + recordsInMemory);
        }
        this.directory = directory;
        this.recordsInMemory = Math.min(recordsInMemory, Integer.MAX_VALUE / WORDS / 4);
    }

    /** Returns how many records are held in memory. */
    public int recordsInMemory() {
        return recordsInMemory;
    }

    /** Adds a record. */
    public void add(long word0, long word1, long word2, long word3, long word4, long word5, long word6) {
        if (buffered == recordsInMemory) {
            spill();
        }
        int at = WORDS * buffered;
        if (at == records.length) {
            records = Arrays.copyOf(records, (int) Math.min((long) WORDS * recordsInMemory, 2L * records.length));
        }
        records[at] = word0;
        records[at + 1] = word1;
        records[at + 2] = word2;
        records[at + 3] = word3;
        records[at + 4] = word4;
        records[at + 5] = word5;
        records[at + 6] = word6;
        sizes[partition(word0)]++;
        buffered++;
    }

    private static int partition(long word) {
        return (int) (word >>> Long.SIZE - PARTITION_BITS);
    }

    /** Returns how many records a partition has. */
    public long size(int partition) {
        return sizes[partition];
    }

    /** Ends the input. */
    public void finish() {
        distribute();
    }

    /** Orders the records in memory by their partitions. */
    private void distribute() {
        starts = new int[PARTITIONS + 1];
        for (int i = 0; i < buffered; i++) {
            starts[partition(records[WORDS * i]) + 1]++;
        }
        for (int i = 0; i < PARTITIONS; i++) {
            starts[i + 1] += starts[i];
        }
        int[] next = Arrays.copyOf(starts, PARTITIONS);
        order = order.length < buffered ? new int[buffered] : order;
        for (int i = 0; i < buffered; i++) {
            order[next[partition(records[WORDS * i])]++] = i;
        }
    }

    private void spill() {
        distribute();
        try {
            FileChannel channel = spilled().channel();
            long[] block = new long[PARTITIONS + 1];
            for (int i = 0; i <= PARTITIONS; i++) {
                block[i] = written + starts[i];
            }
            words.clear();
            for (int i = 0; i < buffered; i++) {
                words.put(records, WORDS * order[i], WORDS);
                if (words.remaining() < WORDS) {
                    write(channel);
                }
            }
            write(channel);
            blocks.add(block);
            written += buffered;
            buffered = 0;
        } catch (IOException e) {
            Path full = spilled == null ? directory : spilled.path();
            throw FullDisk.unwritable("sorting cannot spill to the disk", full, e)
                    .expected(RECORD_BYTES + " bytes of free space a row")
                    .nextStep("free space on the disk of " + directory + ", or name another temporary directory")
                    .build();
        }
    }

    private Spilled spilled() throws IOException {
        Spilled existing = spilled;
        if (existing == null) {
            Path path = Files.createTempFile(directory, "snapshot-run-", ".tmp");
            try {
                existing = new Spilled(path, FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
            } catch (IOException | RuntimeException e) {
                SpillFiles.delete(path);
                throw e;
            }
            spilled = existing;
        }
        return existing;
    }

    private void write(FileChannel target) throws IOException {
        bytes.clear().limit(Long.BYTES * words.position());
        while (bytes.hasRemaining()) {
            target.write(bytes);
        }
        words.clear();
    }

    /**
     * Loads a part of a partition into {@link #loaded}: the records whose next bits are those of the pass.
     *
     * @param pass from 0 to {@code passes - 1}
     * @param passes a power of two
     * @return how many records were loaded
     */
    public int load(int partition, int pass, int passes) {
        return loadInto(this, partition, pass, passes, 0);
    }

    /** Loads a part of a partition behind the records that another collection has loaded, into its array. */
    public int loadBehind(PartitionedRecords target, int partition, int pass, int passes, int at) {
        return loadInto(target, partition, pass, passes, at);
    }

    /** Returns the records loaded last. */
    public long[] loaded() {
        return loaded;
    }

    private int loadInto(PartitionedRecords target, int partition, int pass, int passes, int from) {
        int shift = Long.SIZE - PARTITION_BITS - Integer.numberOfTrailingZeros(passes);
        int at = from;
        for (long[] block : blocks) {
            long left = block[partition + 1] - block[partition];
            long position = block[partition] * RECORD_BYTES;
            while (left > 0) {
                int count = (int) Math.min(left, RECORDS_A_BUFFER);
                read(Objects.requireNonNull(spilled, "a block has been spilled"), position, count);
                target.makeRoom(at + count);
                for (int i = 0; i < count; i++) {
                    words.get(WORDS * i, target.loaded, WORDS * at, WORDS);
                    at += belongs(target.loaded[WORDS * at], shift, pass, passes) ? 1 : 0;
                }
                left -= count;
                position += (long) count * RECORD_BYTES;
            }
        }
        target.makeRoom(at + starts[partition + 1] - starts[partition]);
        for (int i = starts[partition]; i < starts[partition + 1]; i++) {
            int record = WORDS * order[i];
            if (belongs(records[record], shift, pass, passes)) {
                System.arraycopy(records, record, target.loaded, WORDS * at, WORDS);
                at++;
            }
        }
        return at - from;
    }

    private static boolean belongs(long word, int shift, int pass, int passes) {
        return (word >>> shift & passes - 1) == pass;
    }

    private void makeRoom(int count) {
        if (loaded.length < WORDS * count) {
            loaded = Arrays.copyOf(loaded, Math.max(WORDS * count, loaded.length + (loaded.length >> 1)));
        }
    }

    private void read(Spilled from, long position, int count) {
        bytes.clear().limit(count * RECORD_BYTES);
        long at = position;
        try {
            while (bytes.hasRemaining()) {
                int read = from.channel().read(bytes, at);
                if (read < 0) {
                    throw SnapshotException.corrupt("a temporary file is shorter than it was")
                            .where(from.path().toString())
                            .nextStep("{0}", CommonRemedy.REPEAT)
                            .build();
                }
                at += read;
            }
        } catch (IOException e) {
            throw SpillFiles.unreadable(from.path(), e);
        }
    }

    /** Deletes the file. */
    @Override
    public void close() {
        records = new long[0];
        loaded = new long[0];
        order = new int[0];
        buffered = 0;
        Spilled last = spilled;
        if (last != null) {
            spilled = null;
            try {
                last.channel().close();
            } catch (IOException e) {
                throw SpillFiles.unreadable(last.path(), e);
            } finally {
                SpillFiles.delete(last.path());
            }
        }
    }

    /** The file, open for reading and writing. */
    private record Spilled(Path path, FileChannel channel) {}
}
