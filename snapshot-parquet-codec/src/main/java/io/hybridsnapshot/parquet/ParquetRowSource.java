package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.FileBytes;
import io.hybridsnapshot.domain.codec.FileRowSource;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads a local Parquet file from any writer as a source of rows. Only flat files are supported. The types are the
 * file's own, so the types of an earlier snapshot are ignored. Immutable; streams are for one thread each.
 */
public final class ParquetRowSource implements FileRowSource {
    private final Path file;

    /** A source of the file's rows; it is opened anew by every {@link #open}. */
    public ParquetRowSource(Path file) {
        this.file = Objects.requireNonNull(file, "file");
    }

    @Override
    public String description() {
        return file.toString();
    }

    @Override
    public RowStream open(ReadOptions options) {
        ParquetSnapshotReader reader = ParquetSnapshotReader.open(FileBytes.open(file));
        try {
            return new ClosingStream(reader, reader.rows(options));
        } catch (RuntimeException | Error e) {
            reader.close();
            throw e;
        }
    }

    @Override
    public Optional<SnapshotReader> openFile() {
        return Optional.of(ParquetSnapshotReader.open(FileBytes.open(file)));
    }

    /** A stream that closes its file. */
    private record ClosingStream(ParquetSnapshotReader reader, RowStream rows) implements RowStream {
        @Override
        public Schema schema() {
            return rows.schema();
        }

        @Override
        public Optional<RowBatch> next() {
            return rows.next();
        }

        @Override
        public void close() {
            rows.close();
            reader.close();
        }
    }
}
