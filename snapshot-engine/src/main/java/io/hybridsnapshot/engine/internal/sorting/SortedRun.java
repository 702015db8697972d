package io.hybridsnapshot.engine.internal.sorting;

import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** One sorted run of records, in memory or in a file. */
abstract sealed class SortedRun {
    /** Returns a run that stays in memory. */
    static SortedRun inMemory(long[] records, int[] order) {
        return new InMemory(records, order);
    }

    /** Makes a run in a file with this number of records. */
    static SortedRun onDisk(Path file, long count) {
        return new OnDisk(file, count);
    }

    /** Opens the run from its start. */
    abstract Reader open();

    /** Deletes the run's file on the disk, if it has one. */
    abstract void delete();

    /** Reads a run; holds one record at a time. */
    abstract static sealed class Reader implements AutoCloseable {
        final long[] record = new long[KeyedRowSorter.WORDS];

        /** Moves to the next record; false at the end. */
        abstract boolean next();

        @Override
        public abstract void close();
    }

    private static final class InMemory extends SortedRun {
        private final long[] records;
        private final int[] order;

        InMemory(long[] records, int[] order) {
            this.records = records;
            this.order = order;
        }

        @Override
        Reader open() {
            return new InMemoryReader(records, order);
        }

        @Override
        void delete() {}
    }

    private static final class InMemoryReader extends Reader {
        private final long[] records;
        private final int[] order;
        private int position;

        InMemoryReader(long[] records, int[] order) {
            this.records = records;
            this.order = order;
        }

        @Override
        boolean next() {
            if (position == order.length) {
                return false;
            }
            System.arraycopy(records, KeyedRowSorter.WORDS * order[position++], record, 0, KeyedRowSorter.WORDS);
            return true;
        }

        @Override
        public void close() {}
    }

    private static final class OnDisk extends SortedRun {
        private final Path file;
        private final long count;

        OnDisk(Path file, long count) {
            this.file = file;
            this.count = count;
        }

        @Override
        Reader open() {
            return new OnDiskReader(file, count);
        }

        @Override
        void delete() {
            SpillFiles.delete(file);
        }
    }

    private static final class OnDiskReader extends Reader {
        private static final int RECORDS_A_READ = 2_048;

        private final Path file;
        private final FileChannel channel;
        private final ByteBuffer bytes = ByteBuffer.allocate(RECORDS_A_READ * KeyedRowSorter.RECORD_BYTES)
                .order(ByteOrder.nativeOrder());
        private LongBuffer words = LongBuffer.allocate(0);
        private long left;

        OnDiskReader(Path file, long count) {
            this.file = file;
            this.left = count;
            try {
                this.channel = FileChannel.open(file, StandardOpenOption.READ);
            } catch (IOException e) {
                throw SpillFiles.unreadable(file, e);
            }
        }

        @Override
        boolean next() {
            if (left == 0) {
                return false;
            }
            if (!words.hasRemaining()) {
                fill();
            }
            words.get(record);
            left--;
            return true;
        }

        private void fill() {
            bytes.clear();
            bytes.limit((int) Math.min(bytes.capacity(), left * KeyedRowSorter.RECORD_BYTES));
            try {
                while (bytes.hasRemaining()) {
                    if (channel.read(bytes) < 0) {
                        throw SnapshotException.corrupt("a temporary file is shorter than it was")
                                .where(file.toString())
                                .nextStep("{0}", CommonRemedy.REPEAT)
                                .build();
                    }
                }
            } catch (IOException e) {
                throw SpillFiles.unreadable(file, e);
            }
            words = bytes.flip().asLongBuffer();
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw SpillFiles.unreadable(file, e);
            }
        }
    }
}
