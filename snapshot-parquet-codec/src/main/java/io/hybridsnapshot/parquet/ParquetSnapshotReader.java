package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/** Reads one Parquet file. One thread; owns the bytes. */
final class ParquetSnapshotReader implements SnapshotReader {
    private final ParquetFile file;

    private ParquetSnapshotReader(ParquetFile file) {
        this.file = file;
    }

    /** Opens a file; the bytes are closed with the reader, also if opening fails. */
    static ParquetSnapshotReader open(SeekableBytes bytes) {
        try {
            return new ParquetSnapshotReader(ParquetFile.open(bytes));
        } catch (RuntimeException | Error e) {
            try {
                bytes.close();
            } catch (RuntimeException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    @Override
    public Schema schema() {
        return file.schema();
    }

    @Override
    public long rowCount() {
        return file.rowCount();
    }

    @Override
    public Map<String, String> metadata() {
        return file.metadata();
    }

    @Override
    public RowStream rows(ReadOptions options) {
        return ParquetRowStream.all(file, options);
    }

    @Override
    public RowStream rowsAt(long[] ordinals, ReadOptions options) {
        return ParquetRowStream.of(file, ordinals, options);
    }

    @Override
    public Set<String> columnsStoredAlike(SnapshotReader other, Collection<String> columns) {
        return other instanceof ParquetSnapshotReader parquet
                ? StoredPages.alike(file, parquet.file, columns)
                : Set.of();
    }

    @Override
    public void close() {
        file.bytes().close();
    }
}
