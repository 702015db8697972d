package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.schema.Schema;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * Row batches to and from Parquet files that pyarrow, DuckDB and Spark read with the types of the columns. A reader of
 * this codec returns exactly the written values, even where those programs see only a stand-in
 * ({@code docs/parquet.md}). Writing needs about the memory of one compressed row group; reading needs that of its
 * wanted columns. Immutable and safe to share; its writers and readers are for one thread each.
 */
public final class ParquetSnapshotCodec implements SnapshotCodec {
    private final ParquetSettings settings;

    /** A codec that writes by {@link ParquetSettings#defaults()}. */
    public ParquetSnapshotCodec() {
        this(ParquetSettings.defaults());
    }

    /** A codec that writes by these settings. It reads every flat Parquet file, independent of them. */
    public ParquetSnapshotCodec(ParquetSettings settings) {
        this.settings = Objects.requireNonNull(settings, "settings");
    }

    @Override
    public String format() {
        return "parquet";
    }

    /**
     * {@inheritDoc}
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException also INVALID_REQUEST if there is no column, or if a
     *     metadata key starts with {@code hybridsnapshot.}. The writer throws it for a value outside its column's type,
     *     and for more than 16 MiB of values that standard readers cannot hold
     */
    @Override
    public SnapshotWriter openWriter(Path file, Schema schema, Map<String, String> metadata) {
        return new ParquetSnapshotWriter(file, schema, metadata, settings);
    }

    @Override
    public SnapshotReader openReader(SeekableBytes bytes) {
        return ParquetSnapshotReader.open(bytes);
    }
}
