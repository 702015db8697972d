package io.hybridsnapshot.engine.internal.sorting;

import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.error.FullDisk;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Sorts identities, hashes and ordinals by identity within bounded memory: an external merge sort (Knuth, The Art of
 * Computer Programming, volume 3, 5.4) that spills sorted runs to files. A row takes 56 bytes, in memory and on disk,
 * and 72 while it is sorted. A hot path that works on arrays. One thread. The caller that opened the sorter closes it,
 * which deletes the files.
 */
public final class KeyedRowSorter implements AutoCloseable {
    static final int WORDS = 7;
    static final int RECORD_BYTES = WORDS * Long.BYTES;
    private static final int RECORDS_A_WRITE = 1 << 12;
    private static final int INITIAL_ROWS = 1 << 12;

    private final Path directory;
    private final int rowsInMemory;
    private final List<SortedRun> runs = new ArrayList<>();
    private long[] records;
    private int buffered;
    private long total;
    private boolean finished;

    /**
     * Makes a sorter.
     *
     * @param directory where runs spill to; has to exist
     * @param rowsInMemory rows held in memory, at least 2 and at most 306 million
     */
    public KeyedRowSorter(Path directory, int rowsInMemory) {
        if (rowsInMemory < 2 || rowsInMemory > Integer.MAX_VALUE / WORDS) {
            throw new IllegalArgumentException("rowsInMemory " + rowsInMemory);
        }
        this.directory = directory;
        this.rowsInMemory = rowsInMemory;
        this.records = new long[WORDS * Math.min(rowsInMemory, INITIAL_ROWS)];
    }

    /**
     * Adds all rows. Their ordinals continue those of the rows added before. Rows without identity MUST NOT be among
     * them.
     */
    public void add(KeyedHashes hashes) {
        for (int row = 0; row < hashes.size(); row++) {
            add(
                    hashes.identityHigh(row),
                    hashes.identityLow(row),
                    hashes.hashWord(row, 0),
                    hashes.hashWord(row, 1),
                    hashes.hashWord(row, 2),
                    hashes.hashWord(row, 3));
        }
    }

    /** Adds one record by its words. Their meaning is up to the caller; the first two determine the order. */
    public void add(long high, long low, long hash0, long hash1, long hash2, long hash3) {
        add(total, high, low, hash0, hash1, hash2, hash3);
    }

    private void add(long ordinal, long high, long low, long hash0, long hash1, long hash2, long hash3) {
        if (finished) {
            throw new IllegalStateException("already finished");
        }
        if (buffered == rowsInMemory) {
            spill();
        }
        int at = WORDS * buffered;
        if (at == records.length) {
            records = Arrays.copyOf(records, (int) Math.min((long) WORDS * rowsInMemory, 2L * records.length));
        }
        records[at] = high;
        records[at + 1] = low;
        records[at + 2] = hash0;
        records[at + 3] = hash1;
        records[at + 4] = hash2;
        records[at + 5] = hash3;
        records[at + 6] = ordinal;
        total++;
        buffered++;
    }

    /** Ends the input. The rows returned stay readable until this sorter is closed. */
    public SortedKeyedRows finish() {
        if (!finished) {
            finished = true;
            if (buffered > 0) {
                if (runs.isEmpty()) {
                    runs.add(SortedRun.inMemory(records, RecordOrder.sorted(records, buffered)));
                } else {
                    spill();
                }
            }
            records = new long[0];
        }
        return new SortedKeyedRows(List.copyOf(runs), total);
    }

    private void spill() {
        int[] order = RecordOrder.sorted(records, buffered);
        Path file = null;
        try {
            file = Files.createTempFile(directory, "snapshot-run-", ".tmp");
            ByteBuffer bytes =
                    ByteBuffer.allocate(RECORDS_A_WRITE * RECORD_BYTES).order(ByteOrder.nativeOrder());
            try (OutputStream out = Files.newOutputStream(file)) {
                LongBuffer words = bytes.asLongBuffer();
                for (int row : order) {
                    words.put(records, WORDS * row, WORDS);
                    if (!words.hasRemaining()) {
                        out.write(bytes.array());
                        words.clear();
                    }
                }
                out.write(bytes.array(), 0, Long.BYTES * words.position());
            }
            runs.add(SortedRun.onDisk(file, buffered));
            buffered = 0;
        } catch (IOException e) {
            throw FullDisk.unwritable("sorting cannot spill to the disk", file == null ? directory : file, e)
                    .expected(RECORD_BYTES + " bytes of free space a row")
                    .nextStep("free space on the disk of " + directory + ", or name another temporary directory")
                    .build();
        }
    }

    /** Deletes the spilled files. */
    @Override
    public void close() {
        finished = true;
        records = new long[0];
        runs.forEach(SortedRun::delete);
        runs.clear();
    }
}
