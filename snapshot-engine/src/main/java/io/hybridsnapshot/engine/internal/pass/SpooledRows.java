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
import org.jspecify.annotations.Nullable;

/**
 * The rows of a pass over a source that can be read only once. The first {@link #rows} reads the source and copies
 * every batch to a file. Later readings are those of the file.
 *
 * <p>The first reading may stop early: {@link #replay} copies the rest before it reads the file. A failure of the
 * source or of the copy ends both, and every later call throws it again. The first stream may be read in another
 * thread; everything else is for the caller's thread. The pass closes this.
 */
public final class SpooledRows implements SnapshotReader {
    private final PrefetchedRowStream source;
    private final SnapshotCodec codec;
    private final Path path;
    private boolean started;
    private @Nullable BackgroundSnapshotWriter writer;
    private @Nullable WrittenFile written;
    private @Nullable Throwable failure;
    private @Nullable SnapshotReader reader;
    private volatile boolean closed;

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
    public synchronized RowStream rows(ReadOptions options) {
        if (started) {
            return copy().rows(options);
        }
        started = true;
        Schema columns = options.columns().isEmpty() ? schema() : schema().select(options.columns());
        return new FirstReading(columns);
    }

    @Override
    public RowStream rowsAt(long[] ordinals, ReadOptions options) {
        return copy().rowsAt(ordinals, options);
    }

    /** Checks whether rows have been read. */
    synchronized boolean isStarted() {
        return started;
    }

    /** Returns all rows again, in the order of the source. */
    RowStream replay() {
        return copy().rows(ReadOptions.ALL);
    }

    /** Returns the copy of all rows. */
    synchronized WrittenFile written() {
        for (WrittenFile file = written; ; file = written) {
            if (file != null) {
                return file;
            }
            next();
        }
    }

    private synchronized SnapshotReader copy() {
        SnapshotReader open = reader;
        if (open == null) {
            open = codec.openReader(FileBytes.open(written().file()));
            reader = open;
        }
        return open;
    }

    /** Waits for another reader: a reading that was given up may still be at its last batch. */
    private synchronized Optional<RowBatch> next() {
        if (failure != null) {
            throw PrefetchedRowStream.thrown(failure);
        }
        if (written != null) {
            return Optional.empty();
        }
        try {
            BackgroundSnapshotWriter target = writer();
            Optional<RowBatch> batch = source.next();
            if (batch.isEmpty()) {
                written = target.finish();
                target.close();
            } else if (!closed) {
                target.append(batch.get());
            }
            return batch;
        } catch (RuntimeException | Error e) {
            failure = e;
            throw e;
        }
    }

    private BackgroundSnapshotWriter writer() {
        BackgroundSnapshotWriter open = writer;
        if (open == null) {
            SnapshotWriter file = codec.openWriter(path, schema(), Map.of());
            open = new BackgroundSnapshotWriter(file);
            writer = open;
        }
        return open;
    }

    /** Closes the copy, and leaves the source to the pass. Waits for no reader. */
    @Override
    public void close() {
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
