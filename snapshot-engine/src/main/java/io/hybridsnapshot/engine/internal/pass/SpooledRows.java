package io.hybridsnapshot.engine.internal.pass;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.FileBytes;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a pass over a source that can be read only once. The first {@link #rows} reads the source and copies
 * every batch to a file. Later readings are those of the file.
 *
 * <p>The first reading may stop early: {@link #replay} copies the rest before it reads the file. A failure of the
 * source or of the copy ends both, and every later call throws it again. The first stream may be read in another
 * thread, which may still wait for its last batch when the replay begins: the batch goes to the copy. That thread MUST
 * NOT be interrupted before a replay, because the interruption would end the source ({@link
 * PrefetchedRowStream#openShared}). Everything else is for the caller's thread. The pass closes this.
 */
public final class SpooledRows implements SnapshotReader {
    private final PrefetchedRowStream source;
    private final SnapshotCodec codec;
    private final Path path;
    private final AtomicBoolean started = new AtomicBoolean();
    /** Held by the thread that takes a batch from the source. */
    private final ReentrantLock reading = new ReentrantLock();

    private volatile @Nullable WrittenFile written;
    private volatile @Nullable Throwable failure;
    /** These are guarded by this object, which no thread holds while it waits for the source. */
    private @Nullable BackgroundSnapshotWriter writer;

    private @Nullable SnapshotReader reader;
    private boolean closed;

    SpooledRows(PrefetchedRowStream source, SnapshotCodec codec, Path path) {
        this.source = source;
        this.codec = codec;
        this.path = path;
    }

    @Override
    public Schema schema() {
        return source.schema();
    }

    /** Returns the rows of the source, once it has been read to its end. */
    @Override
    public long rowCount() {
        return copy().rowCount();
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of();
    }

    @Override
    public RowStream rows(ReadOptions options) {
        if (started.getAndSet(true)) {
            return copy().rows(options);
        }
        Schema columns = options.columns().isEmpty() ? schema() : schema().select(options.columns());
        return new FirstReading(columns);
    }

    @Override
    public RowStream rowsAt(long[] ordinals, ReadOptions options) {
        return copy().rowsAt(ordinals, options);
    }

    /** Checks whether rows have been read. */
    boolean isStarted() {
        return started.get();
    }

    /** Returns all rows again, in the order of the source. */
    RowStream replay() {
        return copy().rows(ReadOptions.ALL);
    }

    /** Returns the copy of all rows. */
    WrittenFile written() {
        for (WrittenFile file = written; ; file = written) {
            if (file != null) {
                return file;
            }
            next();
        }
    }

    private SnapshotReader copy() {
        WrittenFile file = written();
        synchronized (this) {
            requireOpen();
            SnapshotReader open = reader;
            if (open == null) {
                open = codec.openReader(FileBytes.open(file.file()));
                reader = open;
            }
            return open;
        }
    }

    /** Waits for another reader: a reading that was given up may still be at its last batch. */
    private Optional<RowBatch> next() {
        try {
            reading.lockInterruptibly();
        } catch (InterruptedException e) {
            throw Interruption.error(e);
        }
        try {
            return copied();
        } finally {
            reading.unlock();
        }
    }

    /** Takes the next batch from the source and copies it. */
    private Optional<RowBatch> copied() {
        Throwable earlier = failure;
        if (earlier != null) {
            throw PrefetchedRowStream.thrown(earlier);
        }
        if (written != null) {
            return Optional.empty();
        }
        try {
            BackgroundSnapshotWriter target = writer();
            Optional<RowBatch> batch = source.next();
            if (batch.isEmpty()) {
                finish(target);
            } else {
                target.append(batch.get());
            }
            return batch;
        } catch (RuntimeException | Error e) {
            failure = e;
            throw e;
        }
    }

    private synchronized void finish(BackgroundSnapshotWriter target) {
        requireOpen();
        written = target.finish();
        target.close();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the copy of the rows is closed");
        }
    }

    private synchronized BackgroundSnapshotWriter writer() {
        requireOpen();
        BackgroundSnapshotWriter open = writer;
        if (open == null) {
            SnapshotWriter file = codec.openWriter(path, schema(), Map.of());
            open = new BackgroundSnapshotWriter(file);
            writer = open;
        }
        return open;
    }

    /** Closes the copy, and leaves the source to the pass. Waits for no batch; a reader that is at one fails later. */
    @Override
    public synchronized void close() {
        closed = true;
        BackgroundSnapshotWriter open = writer;
        try {
            if (open != null) {
                open.close();
            }
        } finally {
            if (reader != null) {
                reader.close();
            }
        }
    }

    /** The source's rows with some of the columns. Closing it leaves the source open. */
    private final class FirstReading implements RowStream {
        private final Schema columns;

        FirstReading(Schema columns) {
            this.columns = columns;
        }

        @Override
        public Schema schema() {
            return columns;
        }

        @Override
        public Optional<RowBatch> next() {
            return SpooledRows.this.next().map(batch -> batch.select(columns));
        }

        @Override
        public void close() {
            // The pass closes the source.
        }
    }
}
