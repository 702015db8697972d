package io.hybridsnapshot.engine.internal.sorting;

import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.error.FullDisk;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowStream;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * Puts whole rows into another order within bounded memory: an external merge sort (Knuth, The Art of Computer
 * Programming, volume 3, 5.4) by the place given to each row. Rows are gathered as bytes and measured row by row. They
 * are spilled as a sorted run before they would exceed the limit; a single row may exceed it. One thread. The caller
 * that opened the reordering closes it, which deletes the files.
 */
public final class RowReordering implements AutoCloseable {
    private static final int INDEX_BITS = 24;
    private static final int MOST_ROWS = 1 << INDEX_BITS;
    private static final int READ_BYTES = 1 << 16;
    private static final int WRITE_BYTES = 1 << 20;
    /** A batch ends when its rows have taken about this number of bytes. */
    private static final int BATCH_BYTES = 1 << 20;

    private final Schema schema;
    private final Path directory;
    private final long bytesInMemory;
    private final RowBytes gathered = new RowBytes();
    private int[] starts = new int[1 << 10];
    /** Place and index of each row gathered, in one word, so that sorting moves one array. */
    private long[] places = new long[1 << 10];

    private int rows;
    private long mostHeld;
    private final List<Path> files = new ArrayList<>();

    /**
     * Makes an empty reordering.
     *
     * @param directory where runs spill to; has to exist
     * @param bytesInMemory about how many bytes of rows are held
     */
    public RowReordering(Schema schema, Path directory, long bytesInMemory) {
        this.schema = schema;
        this.directory = directory;
        this.bytesInMemory = bytesInMemory;
    }

    /** Takes a row of a batch of the schema. Each row has a place of its own, from 0 to 2³⁹. */
    public void add(RowBatch batch, int row, long place) {
        long bound = RowBytes.bound(batch, row);
        if (rows == MOST_ROWS || rows > 0 && gathered.length() + bound + 12L * (rows + 1) > bytesInMemory) {
            spill();
        }
        if (rows == starts.length) {
            starts = Arrays.copyOf(starts, 2 * rows);
            places = Arrays.copyOf(places, 2 * rows);
        }
        gathered.reserve(bound, bytesInMemory);
        starts[rows] = gathered.length();
        places[rows] = place << INDEX_BITS | rows;
        gathered.append(batch, row);
        rows++;
        mostHeld = Math.max(mostHeld, gathered.heapBytes());
    }

    /** Returns the most bytes of rows that were held at a time. */
    long mostHeld() {
        return mostHeld;
    }

    /** Returns how many runs were spilled. */
    int runs() {
        return files.size();
    }

    /**
     * Ends the input and returns the rows by their places, ascending. The stream is read before this object is closed.
     */
    public RowStream finish() {
        if (files.isEmpty()) {
            Arrays.sort(places, 0, rows);
            return new Merged(List.of(new Gathered()));
        }
        if (rows > 0) {
            spill();
        }
        List<Run> runs = new ArrayList<>();
        try {
            files.forEach(file -> runs.add(new Spilled(file)));
            return new Merged(runs);
        } catch (RuntimeException e) {
            runs.forEach(Run::close);
            throw e;
        }
    }

    private int index(int position) {
        return (int) places[position] & MOST_ROWS - 1;
    }

    private int end(int index) {
        return index + 1 < rows ? starts[index + 1] : gathered.length();
    }

    private void spill() {
        Arrays.sort(places, 0, rows);
        Path file = null;
        try {
            file = Files.createTempFile(directory, "snapshot-rows-", ".tmp");
            files.add(file);
            try (DataOutputStream out =
                    new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), WRITE_BYTES))) {
                for (int i = 0; i < rows; i++) {
                    int index = index(i);
                    out.writeLong(places[i] >>> INDEX_BITS);
                    out.writeInt(end(index) - starts[index]);
                    out.write(gathered.data(), starts[index], end(index) - starts[index]);
                }
            }
        } catch (IOException e) {
            throw FullDisk.unwritable("rows that changed cannot spill to the disk", file == null ? directory : file, e)
                    .expected("free space for the changed rows of one side, uncompressed")
                    .nextStep("free space on the disk of " + directory
                            + ", name another temporary directory, or compare without details")
                    .build();
        }
        rows = 0;
        gathered.clear();
    }

    @Override
    public void close() {
        for (Path file : files) {
            SpillFiles.delete(file);
        }
        files.clear();
    }

    /** Rows in the order of their places. */
    private abstract static class Run implements AutoCloseable {
        private long place;
        private byte[] data = new byte[0];
        private int from;
        private int length;

        /** Moves to the next row; false at the end. */
        abstract boolean next();

        final void at(long newPlace, byte[] newData, int newFrom, int newLength) {
            place = newPlace;
            data = newData;
            from = newFrom;
            length = newLength;
        }

        final byte[] data() {
            return data;
        }

        @Override
        public abstract void close();
    }

    /** The rows that were gathered and never spilled. */
    private final class Gathered extends Run {
        private int position;

        @Override
        boolean next() {
            if (position == rows) {
                return false;
            }
            int index = index(position);
            at(places[position] >>> INDEX_BITS, gathered.data(), starts[index], end(index) - starts[index]);
            position++;
            return true;
        }

        @Override
        public void close() {}
    }

    private static final class Spilled extends Run {
        private final Path file;
        private final DataInputStream in;

        Spilled(Path file) {
            this.file = file;
            try {
                this.in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), READ_BYTES));
            } catch (IOException e) {
                throw SpillFiles.unreadable(file, e);
            }
        }

        @Override
        boolean next() {
            try {
                long place;
                try {
                    place = in.readLong();
                } catch (EOFException e) {
                    return false;
                }
                int length = in.readInt();
                byte[] row = data().length < length ? new byte[length + (length >> 2)] : data();
                in.readFully(row, 0, length);
                at(place, row, 0, length);
                return true;
            } catch (IOException e) {
                throw SpillFiles.unreadable(file, e);
            }
        }

        @Override
        public void close() {
            try {
                in.close();
            } catch (IOException e) {
                throw SpillFiles.unreadable(file, e);
            }
        }
    }

    private final class Merged implements RowStream {
        private final List<Run> runs;
        private final PriorityQueue<Run> nextRows =
                new PriorityQueue<>(Comparator.comparingLong((Run run) -> run.place));

        Merged(List<Run> runs) {
            this.runs = runs;
            for (Run run : runs) {
                if (run.next()) {
                    nextRows.add(run);
                }
            }
        }

        @Override
        public Schema schema() {
            return schema;
        }

        @Override
        public Optional<RowBatch> next() {
            if (nextRows.isEmpty()) {
                return Optional.empty();
            }
            List<ColumnVector> vectors = RowBatch.vectorsFor(schema, RowsAtOrdinals.BATCH_ROWS);
            int count = 0;
            long bytes = 0;
            while (!nextRows.isEmpty() && count < RowsAtOrdinals.BATCH_ROWS && bytes < BATCH_BYTES) {
                Run run = nextRows.poll();
                RowBytes.read(run.data, run.from, vectors);
                bytes += run.length;
                count++;
                if (run.next()) {
                    nextRows.add(run);
                }
            }
            return Optional.of(new RowBatch(schema, vectors));
        }

        @Override
        public void close() {
            runs.forEach(Run::close);
        }
    }
}
