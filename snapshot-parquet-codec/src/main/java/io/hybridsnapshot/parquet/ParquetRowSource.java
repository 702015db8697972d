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
    private final String name;

    /** A source of the file's rows; it is opened anew by every {@link #open}. */
    public ParquetRowSource(Path file) {
        this(Objects.requireNonNull(file, "file"), file.toString());
    }

    private ParquetRowSource(Path file, String name) {
        this.file = file;
        this.name = Objects.requireNonNull(name, "name");
    }

    /** The same source, which messages name by these words instead of its path: {@code standard input} for a copy. */
    public ParquetRowSource named(String other) {
        return new ParquetRowSource(file, other);
    }

    private FileBytes bytes() {
        return FileBytes.openCopy(file, name);
    }

    @Override
    public String description() {
        return name;
    }

    @Override
    public RowStream open(ReadOptions options) {
        ParquetSnapshotReader reader = ParquetSnapshotReader.open(bytes());
        try {
            return new ClosingStream(reader, reader.rows(options));
        } catch (RuntimeException | Error e) {
            reader.close();
            throw e;
        }
    }

    @Override
    public Optional<SnapshotReader> openFile() {
        return Optional.of(ParquetSnapshotReader.open(bytes()));
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
