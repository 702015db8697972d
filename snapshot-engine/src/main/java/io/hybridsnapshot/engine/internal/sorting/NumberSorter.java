package io.hybridsnapshot.engine.internal.sorting;

import io.hybridsnapshot.domain.error.FullDisk;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Collects 64-bit numbers within bounded memory, to find out whether one of them occurs twice. Numbers beyond the bound
 * are sorted into files. A hot path that works on arrays. One thread. The caller that made the sorter closes it, which
 * deletes the files.
 */
public final class NumberSorter implements AutoCloseable {
    private static final int INITIAL_NUMBERS = 1 << 13;
    private static final int NUMBERS_A_BUFFER = 1 << 14;
    private static final int FILE_BUFFER = NUMBERS_A_BUFFER * Long.BYTES;

    private final Path directory;
    private final int numbersInMemory;
    private final List<Path> files = new ArrayList<>();
    private long[] numbers;
    private int buffered;
    private boolean sorted;

    /**
     * Makes a sorter.
     *
     * @param directory where numbers spill to; has to exist
     * @param numbersInMemory numbers held in memory, at least 2
     */
    public NumberSorter(Path directory, int numbersInMemory) {
        if (numbersInMemory < 2) {
            throw new IllegalArgumentException("numbersInMemory " + numbersInMemory);
        }
        this.directory = directory;
        this.numbersInMemory = numbersInMemory;
        this.numbers = new long[Math.min(numbersInMemory, INITIAL_NUMBERS)];
    }

    /** Adds {@code count} numbers of an array, from a position on. */
    public void add(long[] source, int from, int count) {
        sorted = false;
        int at = from;
        int left = count;
        while (left > 0) {
            if (buffered == numbersInMemory) {
                spill();
            }
            if (buffered == numbers.length) {
                numbers = Arrays.copyOf(numbers, (int) Math.min(numbersInMemory, 2L * numbers.length));
            }
            int taken = Math.min(left, numbers.length - buffered);
            System.arraycopy(source, at, numbers, buffered, taken);
            buffered += taken;
            at += taken;
            left -= taken;
        }
    }

    /** Checks whether a number occurs twice in one of the sorters, or in two of them. They can take more numbers. */
    public static boolean holdRepeated(NumberSorter... sorters) {
        List<Run> runs = new ArrayList<>();
        try {
            for (NumberSorter sorter : sorters) {
                sorter.openRuns(runs);
            }
            return holdRepeated(runs);
        } finally {
            runs.forEach(Run::close);
        }
    }

    private static boolean holdRepeated(List<Run> runs) {
        PriorityQueue<Run> queue =
                new PriorityQueue<>(Math.max(1, runs.size()), (a, b) -> Long.compare(a.number, b.number));
        for (Run run : runs) {
            if (run.next()) {
                queue.add(run);
            }
        }
        boolean first = true;
        long last = 0;
        for (Run run = queue.poll(); run != null; run = queue.poll()) {
            long limit = queue.isEmpty() ? Long.MAX_VALUE : queue.peek().number;
            boolean more = true;
            // The numbers of one run that come before all others need no queue.
            while (more && run.number <= limit) {
                if (!first && run.number == last) {
                    return true;
                }
                first = false;
                last = run.number;
                more = run.next();
            }
            if (more) {
                queue.add(run);
            }
        }
        return false;
    }

    private void openRuns(List<Run> runs) {
        sort();
        runs.add(new Run(numbers, buffered));
        for (Path file : files) {
            runs.add(new Run(file));
        }
    }

    private void sort() {
        if (!sorted) {
            Arrays.sort(numbers, 0, buffered);
            sorted = true;
        }
    }

    private void spill() {
        sort();
        Path file = null;
        try {
            file = Files.createTempFile(directory, "snapshot-run-", ".tmp");
            files.add(file);
            ByteBuffer bytes = ByteBuffer.allocate(FILE_BUFFER).order(ByteOrder.nativeOrder());
            try (OutputStream out = Files.newOutputStream(file)) {
                for (int i = 0; i < buffered; i += NUMBERS_A_BUFFER) {
                    int count = Math.min(NUMBERS_A_BUFFER, buffered - i);
                    bytes.asLongBuffer().put(numbers, i, count);
                    out.write(bytes.array(), 0, count * Long.BYTES);
                }
            }
            buffered = 0;
            sorted = false;
        } catch (IOException e) {
            throw FullDisk.unwritable("sorting cannot spill to the disk", file == null ? directory : file, e)
                    .expected(Long.BYTES + " bytes of free space a row")
                    .nextStep("free space on the disk of " + directory + ", or name another temporary directory")
                    .build();
        }
    }

    /** Deletes the spilled files. */
    @Override
    public void close() {
        numbers = new long[0];
        buffered = 0;
        for (Path file : files) {
            SpillFiles.delete(file);
        }
        files.clear();
    }

    /** Reads sorted numbers of the memory or of a file. */
    private static final class Run {
        private final long[] source;
        private final @Nullable Spilled file;
        private final byte[] bytes;
        private int count;
        private int position;
        private long number;

        private record Spilled(Path path, InputStream in) {}

        Run(long[] source, int count) {
            this.source = source;
            this.count = count;
            this.file = null;
            this.bytes = new byte[0];
        }

        Run(Path path) {
            this.source = new long[NUMBERS_A_BUFFER];
            this.bytes = new byte[FILE_BUFFER];
            try {
                this.file = new Spilled(path, Files.newInputStream(path));
            } catch (IOException e) {
                throw SpillFiles.unreadable(path, e);
            }
        }

        boolean next() {
            if (position == count && !fill()) {
                return false;
            }
            number = source[position++];
            return true;
        }

        private boolean fill() {
            if (file == null) {
                return false;
            }
            try {
                int read = file.in().readNBytes(bytes, 0, bytes.length);
                count = read / Long.BYTES;
                position = 0;
                ByteBuffer.wrap(bytes)
                        .order(ByteOrder.nativeOrder())
                        .asLongBuffer()
                        .get(source, 0, count);
                return count > 0;
            } catch (IOException e) {
                throw SpillFiles.unreadable(file.path(), e);
            }
        }

        void close() {
            if (file != null) {
                try {
                    file.in().close();
                } catch (IOException e) {
                    throw SpillFiles.unreadable(file.path(), e);
                }
            }
        }
    }
}
