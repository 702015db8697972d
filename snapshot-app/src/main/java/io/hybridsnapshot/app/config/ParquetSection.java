package io.hybridsnapshot.app.config;

import java.util.Objects;
import java.util.OptionalInt;

/**
 * How archived and exported Parquet files are compressed. Immutable.
 *
 * @param compression {@code zstd}, {@code snappy}, {@code gzip}, {@code lz4_raw} or {@code uncompressed}
 * @param level the compression's level; empty: its default
 */
public record ParquetSection(String compression, OptionalInt level) {
    /** Zstandard at its default level. */
    public static final ParquetSection DEFAULT = new ParquetSection("zstd", OptionalInt.empty());

    public ParquetSection {
        Objects.requireNonNull(compression, "compression");
        Objects.requireNonNull(level, "level");
    }
}
